import LimbTypes
import Testing

@testable import LimbDaemon

@Suite("Time on the robot")
struct RobotClockTests {
  private func record(session: UInt64, tick: UInt64, microseconds: UInt64) -> StepRecord {
    var record = StepRecord()
    record.session = session
    record.tick = tick
    record.deviceTimeMicroseconds = microseconds
    return record
  }

  @Test("each run counts from the tick at which it armed, and runs add up")
  func runs() {
    var clock = RobotClock(tickSeconds: 0.002)
    clock.begin(record(session: 1, tick: 3000, microseconds: 6_000_000), armedTick: 1500)
    clock.advance(to: record(session: 1, tick: 4000, microseconds: 8_000_000))
    #expect(abs(clock.seconds - 5) < 1e-9)
    clock.begin(record(session: 2, tick: 700, microseconds: 1_400_000), armedTick: 200)
    #expect(abs(clock.seconds - 6) < 1e-9)
    clock.advance(to: record(session: 2, tick: 1200, microseconds: 2_400_000))
    #expect(abs(clock.seconds - 7) < 1e-9)
    #expect(clock.knowsEveryArming)
  }

  @Test("a run whose arming nobody knows counts from its first record, and that is told")
  func unknown() {
    var clock = RobotClock(tickSeconds: 0.002)
    clock.begin(record(session: 1, tick: 3000, microseconds: 6_000_000), armedTick: nil)
    clock.advance(to: record(session: 1, tick: 4000, microseconds: 8_000_000))
    #expect(abs(clock.seconds - 2) < 1e-9)
    #expect(!clock.knowsEveryArming)
  }

  @Test("a device that starts anew in mid-run counts on, and no time becomes negative")
  func reset() {
    var clock = RobotClock(tickSeconds: 0.002)
    clock.begin(record(session: 1, tick: 100, microseconds: 5_000_000), armedTick: 100)
    clock.advance(to: record(session: 1, tick: 200, microseconds: 6_000_000))
    clock.advance(to: record(session: 1, tick: 50, microseconds: 500_000))
    clock.advance(to: record(session: 1, tick: 60, microseconds: 700_000))
    #expect(abs(clock.seconds - 1.7) < 1e-9)
  }
}

import LimbControl
import LimbRealtime
import LimbTypes
import Testing

/// Real time, on a clock that the test moves.
@Suite(.serialized) struct PacingTests {
  func walking() throws -> ControlBench {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), lockstep: false, change: { $0.mode = .zero })
    for _ in 0..<50 { bench.passTime() }
    bench.ask(.arm)
    for _ in 0..<4000 where bench.state != .episode { bench.passTime() }
    try #require(bench.state == .episode, "\(bench.path) \(bench.board.status().armRefusal)")
    return bench
  }

  func sent(_ bench: ControlBench) -> UInt64 { bench.loop.step.state.counters.commandsSent }

  @Test("one frame, one command")
  func oneForOne() throws {
    let bench = try walking()
    let before = sent(bench)
    for _ in 0..<40 { bench.passTime() }
    #expect(sent(bench) - before == 40)
    #expect(bench.loop.step.state.counters.coastedTicks == 0 && bench.loop.step.state.counters.missedDeadlines == 0)
  }

  @Test("of frames that wait the newest gets the one command; the others update the estimator; nothing is burst")
  func newestWins() throws {
    let bench = try walking()
    let before = sent(bench)
    let late = bench.loop.step.state.counters.lateFrames
    for _ in 0..<3 { bench.passTime(delivers: false, iterates: false) }
    bench.passTime()
    #expect(sent(bench) - before == 1)
    #expect(bench.loop.step.state.counters.lateFrames - late == 3)
    #expect(bench.state == .episode)
    bench.passTime()
    #expect(sent(bench) - before == 2)
  }

  @Test("a frame that comes after its deadline only updates the estimator; the next one gets a command again")
  func lateFrame() throws {
    let bench = try walking()
    // The deadline is a period and the patience after the last frame: 10 ms.
    for _ in 0..<4 { bench.passTime(delivers: false, iterates: false) }
    bench.loop.time.set(nanoseconds: bench.robot.nowMicroseconds * 1000 + 3_000_000)
    _ = bench.loop.iterate()
    #expect(bench.state == .coast)
    let counters = bench.loop.step.state.counters
    bench.deliverOldestHeldFrame()
    _ = bench.loop.iterate()
    #expect(bench.loop.step.state.counters.lateFrames == counters.lateFrames + 1)
    #expect(bench.loop.step.state.supervisor.code == .coast, "it is no fresh frame")
    bench.passTime()
    #expect(bench.state == .episode)
  }

  @Test("without a device control iterates all the same, and finds it when it comes")
  func noDevice() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), lockstep: false)
    for _ in 0..<30 { bench.passTime(delivers: false) }
    #expect(bench.board.iterations == 30 && bench.state == .link)
    for _ in 0..<200 { bench.passTime() }
    #expect(bench.state == .disarmed)
  }

  @Test("a line that falls silent for a second is no link; the robot stops by itself and nothing re-arms")
  func silence() throws {
    let bench = try walking()
    for _ in 0..<700 { bench.passTime(delivers: false) }
    #expect(bench.state == .link, "\(bench.path)")
    #expect(bench.robot.state == 5 || bench.robot.state == 7, "DAMP or LIMP, not \(bench.robot.state)")
    for _ in 0..<300 { bench.passTime() }
    #expect(bench.state == .disarmed && bench.robot.state != 3)
  }
}

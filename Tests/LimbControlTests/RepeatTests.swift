@testable import LimbControl
import LimbRealtime
import LimbTypes
import Testing

@Suite(.serialized) struct RepeatTests {
  /// A life with everything in it: arming, walking, coasting, falling, a new policy, pausing, stopping.
  func live(_ bench: ControlBench) throws {
    bench.publish(version: 1) { $0 % 5 == 0 ? 0.03 : -0.01 }
    try bench.walk()
    bench.advance(130)
    bench.losesFrames = true
    bench.advance(7)
    bench.losesFrames = false
    bench.publish(version: 2) { $0 % 3 == 0 ? 0.02 : -0.01 }
    bench.advance(600)
    bench.advance(until: { bench.state == .episode })
    bench.advance(30)
    bench.robot.rollRadians = 1
    bench.advance(until: { bench.state == .fallen })
    bench.advance(40)
    bench.robot.rollRadians = 0
    bench.advance(until: { bench.state == .episode })
    bench.advance(60)
    bench.ask(.pause)
    bench.advance(until: { bench.state == .paused })
    bench.advance(100)
    bench.ask(.resume)
    bench.advance(until: { bench.state == .episode })
    bench.advance(30)
    bench.losesFrames = true
    bench.advance(200)
    bench.losesFrames = false
    bench.advance(200)
    bench.ask(.clear)
    bench.advance(100)
    bench.board.raiseEmergencyStop()
    bench.advance(100)
  }

  @Test("the same seed gives the same records, bit for bit; another seed does not")
  func repeats() throws {
    let profile = try shippedProfile("quad8-sim.yaml", quick)
    let one = try ControlBench(profile)
    try live(one)
    let two = try ControlBench(profile)
    try live(two)
    let other = try ControlBench(profile, seed: 6)
    try live(other)
    #expect(one.steps.count > 20 && one.steps.count == two.steps.count)
    #expect(one.steps.map(fingerprint) == two.steps.map(fingerprint))
    #expect(one.steps.map(fingerprint) != other.steps.map(fingerprint))
    #expect(one.path == two.path)
  }

  func fingerprint(_ record: StepRecord) -> [UInt32] {
    (0..<8).flatMap {
      [record.preSquash[$0].bitPattern, record.appliedTargetRadians[$0].bitPattern, record.observation[$0].bitPattern]
    } + [UInt32(truncatingIfNeeded: record.tick), record.logDensity.bitPattern]
  }

  @Test(
    "after warm-up, control makes no heap call in any state, and every ring is served",
    .enabled(if: HeapProbe.isAvailable || RealtimeSanitizer.isActive))
  func noHeapCalls() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    try live(bench)
    let counters = bench.loop.step.state.counters
    #expect(counters.heapCalls == 0)
    #expect(counters.stepsDropped == 0 && counters.eventsDropped == 0 && counters.ticksDropped == 0)
    let all: Set<SupervisorCode> = [
      .check, .ramp, .stand, .episode, .coast, .fallen, .paused, .safeStop, .emergencyStop,
    ]
    #expect(Set(bench.path).isSuperset(of: all))
  }

  @Test("a full ring costs records, counted and visible as a gap, and never the robot's motion")
  func fullRing() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), change: { $0.mode = .uniform })
    bench.isRecorderStalled = true
    bench.advance(20)
    bench.ask(.arm)
    bench.advance(9000)
    #expect(bench.loop.step.state.counters.ticksDropped > 7000)
    #expect(bench.state == .episode || bench.state == .stand, "\(bench.state)")
    #expect(bench.robot.state == 3)
    bench.isRecorderStalled = false
    bench.advance(300)
    let numbers = bench.ticks.map(\.iteration)
    #expect(zip(numbers, numbers.dropFirst()).contains { $1 > $0 + 1 }, "the gap shows")
  }

  @Test("a key-frame of the state, put back, goes on with the same bytes")
  func keyFrame() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), change: { $0.mode = .uniform })
    try bench.walk()
    bench.advance(90)
    let frame = bench.loop.step.state
    var input = bench.loop.input
    var first: [JointCommand] = []
    var second: [JointCommand] = []
    for pass in 0..<2 {
      bench.loop.step.state = frame
      input = bench.loop.input
      input.requestCount = 0
      for tick in 1...120 {
        var next = input
        next.hasFrame = true
        next.now = input.now.adding(nanoseconds: Int64(tick) * 2_000_000)
        next.frame.tick += UInt64(tick)
        next.frame.deviceTimeMicroseconds += UInt64(tick) * 2000
        next.frame.imuSequence &+= UInt16(tick)
        var command = JointCommand()
        var output = ControlOutput()
        bench.loop.step.advance(next, command: &command, output: &output)
        if pass == 0 { first.append(command) } else { second.append(command) }
      }
    }
    for (a, b) in zip(first, second) {
      for joint in 0..<8 {
        #expect(a.targets.positionRadians[joint].bitPattern == b.targets.positionRadians[joint].bitPattern)
      }
    }
  }
}

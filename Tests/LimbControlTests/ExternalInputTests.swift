import LimbControl
import LimbProfile
import LimbTask
import LimbTypes
import Testing

/// What clients of the control socket send while the robot moves: velocity, reward, labels.
@Suite(.serialized) struct ExternalInputTests {
  private func bench() throws -> ControlBench {
    try ControlBench(shippedProfile("quad8-sim.yaml", quick + [("joints:", "estimation: {velocity: external}\njoints:")]))
  }

  /// Ticks with a fresh velocity every 20 of them.
  private func advance(_ bench: ControlBench, _ velocity: Vector3, until done: () -> Bool) -> Bool {
    for count in 0..<20_000 {
      if done() { return true }
      if count % 20 == 0 { bench.ask(.velocity(velocity)) }
      bench.advance()
    }
    return false
  }

  @Test("without a fresh velocity the robot is not armed; with one it is, and the estimate is what was sent")
  func arms() throws {
    let bench = try bench()
    bench.advance(20)
    let first = bench.ask(.arm)
    bench.advance(400)
    #expect(bench.reply(first)?.result == .externalVelocityMissing)
    let sent = Vector3(0.3, -0.1, 0.05)
    bench.ask(.arm)
    #expect(advance(bench, sent, until: { bench.state == .episode }))
    var steps = 0
    #expect(advance(bench, sent) { steps = bench.steps.count { $0.kind == .step }; return steps > 3 })
    // The robot stands level and looks along x: its heading frame is its body frame.
    let estimate = bench.loop.step.state.estimator.state.baseVelocityMetersPerSecond
    #expect(abs(estimate.x - 0.3) < 1e-3 && abs(estimate.y + 0.1) < 1e-3 && abs(estimate.z - 0.05) < 1e-3, "\(estimate)")
    let recorded = try #require(bench.steps.last { $0.kind == .step }).signals.baseVelocityMetersPerSecond
    #expect(abs(recorded.x - 0.3) < 1e-3, "\(recorded)")
  }

  @Test("a velocity that stays away for 200 ms is a missing sensor: the robot coasts, then stops, and stays disarmed")
  func goesStale() throws {
    let bench = try bench()
    bench.advance(20)
    bench.ask(.velocity(Vector3()))
    bench.ask(.arm)
    #expect(advance(bench, Vector3(), until: { bench.state == .episode }))
    bench.ask(.velocity(Vector3(0.2, 0, 0)))
    // 500 Hz: 95 ticks are 190 ms.
    bench.advance(95)
    #expect(bench.state == .episode)
    bench.advance(20)
    #expect(bench.state == .coast)
    bench.advance(until: { bench.state == .safeStop })
    bench.advance(2000)
    #expect(bench.state == .disarmed && bench.robot.state != 3)
    #expect(bench.steps.last?.endCause != EndCause.none)
  }

  @Test("velocities and labels, however fast they come, keep no request of a person out; the newest velocity counts")
  func floods() throws {
    let bench = try bench()
    bench.advance(20)
    bench.ask(.arm)
    #expect(advance(bench, Vector3(), until: { bench.state == .episode }))
    for count in 0..<1000 {
      bench.ask(.velocity(Vector3(Float(count) * 0.0003, 0, 0)))
      bench.ask(.label(reward: Float(count) * 0.001, success: -1, revision: UInt32(count)))
    }
    let disarm = bench.ask(.disarm)
    bench.advance(20)
    let estimate = bench.loop.step.state.estimator.state.baseVelocityMetersPerSecond
    #expect(abs(estimate.x - 0.2997) < 1e-3, "\(estimate)")
    #expect(advance(bench, Vector3(), until: { bench.state == .disarmed }))
    #expect(bench.reply(disarm)?.result == .done)
    let labels = bench.events.filter { $0.kind == .request && $0.a == 10 }
    #expect(labels.count == 32, "half of the queue's 64")
  }

  @Test("what cannot be a velocity is not taken, and a robot that measures by itself takes none")
  func refuses() throws {
    let bench = try bench()
    bench.advance(20)
    for wrong in [Vector3(.nan, 0, 0), Vector3(0, .infinity, 0), Vector3(0, 0, 21)] {
      bench.ask(.velocity(wrong))
      bench.advance(2)
    }
    let arm = bench.ask(.arm)
    bench.advance(400)
    #expect(bench.reply(arm)?.result == .externalVelocityMissing)

    let own = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    try own.walk()
    own.ask(.velocity(Vector3(3, 0, 0)))
    own.advance(50)
    #expect(own.loop.step.state.estimator.state.baseVelocityMetersPerSecond.x < 1)
  }

  @Test("every input is logged bit for bit, and the reward that was sent stands in the records")
  func logged() throws {
    let bench = try bench()
    bench.advance(20)
    let sent = Vector3(0.1, -0.2, 1e-7)
    bench.ask(.velocity(sent))
    bench.advance(2)
    let event = try #require(bench.events.last { $0.kind == .request && $0.a == 11 })
    #expect(Float(bitPattern: UInt32(truncatingIfNeeded: event.b)) == sent.x)
    #expect(Float(bitPattern: UInt32(event.b >> 32)) == sent.y && event.value == sent.z)
    bench.ask(.arm)
    #expect(advance(bench, sent, until: { bench.state == .episode }))
    let label = bench.ask(.label(reward: 0.625, success: 1, revision: 9))
    bench.advance(2)
    #expect(bench.reply(label)?.result == .done)
    let told = try #require(bench.events.last { $0.kind == .request && $0.a == 10 })
    #expect(told.value == 0.625 && told.b == 9 | 1 << 32)
    let before = bench.steps.count
    #expect(advance(bench, sent) { bench.steps.count > before + 2 })
    #expect(bench.steps.last { $0.kind == .step }?.signals.externalReward == 0.625)
  }
}

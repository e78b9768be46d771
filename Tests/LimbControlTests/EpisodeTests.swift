import CLimbLink
import LimbControl
import LimbTask
import LimbTypes
import Testing

@Suite(.serialized) struct ArmingTests {
  @Test("a cold robot goes through CHECK, RAMP and STAND into an episode, and no target jumps on the way")
  func coldStart() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    for joint in bench.robot.positions.indices { bench.robot.positions[joint] += joint % 2 == 0 ? 0.4 : -0.4 }
    bench.advance(50)
    #expect(bench.state == .disarmed)
    #expect(bench.robot.state == 2, "the device is disarmed")
    let arm = bench.ask(.arm)
    let took = bench.advance(until: { bench.state == .episode })
    #expect(took != nil, "\(bench.path) \(bench.loop.step.state.armRefusal)")
    #expect(bench.path == [.link, .disarmed, .check, .ramp, .stand, .episode])
    #expect(bench.reply(arm)?.result == .done)
    #expect(bench.robot.state == 3, "the device is armed")
    // 1 rad/s of ramp in steps of 2 ms, and one count of 1/4096 rad on the wire.
    #expect(bench.robot.largestJump <= 0.0023, "jumped by \(bench.robot.largestJump) rad")
  }

  @Test("nothing moves or is powered without an explicit arm")
  func neverArmsByItself() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.advance(2000)
    #expect(bench.state == .disarmed && bench.robot.state == 2 && !bench.robot.output.motors_enabled)
  }

  @Test(
    "a reason outside control refuses arming by its name",
    arguments: [
      (ArmingBlocks.notCalibrated, RequestResult.notCalibrated), (.realtimeRefused, .realtimeRefused),
      (.learnerInDebt, .learnerInDebt),
    ])
  func blocked(block: ArmingBlocks, expected: RequestResult) throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.advance(20)
    bench.board.block(block, true)
    let arm = bench.ask(.arm)
    bench.advance(400)
    #expect(bench.reply(arm)?.result == expected)
    #expect(bench.state == .disarmed && bench.board.status().armRefusal == expected)
    bench.board.block(block, false)
    let again = bench.ask(.arm)
    bench.advance(until: { bench.state == .ramp })
    #expect(bench.reply(again)?.result == .done)
  }

  @Test("a joint that lies on a stop behind its range is armed, and moves inward only", arguments: [Float(0.101), 0.14])
  func armsOnTheStop(beyond: Float) throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    // Joint 3's range begins at 0.2.
    bench.robot.positions[3] = 0.2 - beyond
    bench.advance(20)
    let arm = bench.ask(.arm)
    bench.advance(until: { bench.state == .ramp })
    #expect(bench.reply(arm)?.result == .done)
    bench.advance(50)
    #expect(bench.robot.positions[3] >= 0.2 - beyond)
  }

  @Test("a joint outside its range, a low battery and lost frames refuse arming with the number")
  func refusedByMeasurement() throws {
    let outside = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    outside.robot.positions[3] = 0.2 - 0.16
    outside.advance(20)
    let first = outside.ask(.arm)
    outside.advance(400)
    #expect(outside.reply(first)?.result == .jointOutsideRange && outside.reply(first)?.detail == 3)

    let flat = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    flat.robot.sample.voltage_v = 13.2
    flat.advance(20)
    let second = flat.ask(.arm)
    flat.advance(400)
    #expect(flat.reply(second)?.result == .voltage && flat.reply(second)?.detail == 13200)

    let lossy = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    lossy.advance(20)
    let third = lossy.ask(.arm)
    for count in 0..<400 {
      lossy.losesFrames = count % 5 == 0
      lossy.advance()
    }
    #expect(lossy.reply(third)?.result == .framesMissing)
  }

  @Test("a robot that lies on its side is armed without stiffness and waits to be righted")
  func armedLying() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.robot.rollRadians = 1.4
    bench.advance(20)
    bench.ask(.arm)
    bench.advance(until: { bench.state == .fallen })
    bench.advance(200)
    #expect(bench.state == .fallen && bench.robot.joint_control(0).kp == 0)
    bench.robot.rollRadians = 0
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
  }
}

@Suite(.serialized) struct EpisodeTests {
  @Test("an episode is its context, its steps and a close; a time limit leads to the next one without a fall")
  func records() throws {
    let profile = try shippedProfile("quad8-sim.yaml", quick + [("history: 2", "history: 5")])
    let bench = try ControlBench(profile, change: { $0.mode = .uniform })
    try bench.walk()
    bench.advance(until: { bench.steps.contains { $0.kind == .close } })
    let first = bench.steps.filter { $0.episode == 1 }
    let kinds = [RecordKind](repeating: .context, count: 4) + .init(repeating: .step, count: 20) + [.close]
    #expect(first.map(\.kind) == kinds)
    #expect(first.map(\.index) == Array(-4...20))
    #expect(first.map(\.sequence) == Array(0...24))
    #expect(first.allSatisfy { $0.flags.contains(.regular) })
    #expect(first.dropFirst(5).allSatisfy { abs($0.durationSeconds - 0.05) < 1e-4 })
    #expect(zip(first, first.dropFirst()).allSatisfy { $1.tick - $0.tick == 25 })
    let close = try #require(first.last)
    #expect(close.endCause == .timeLimit && close.flags.contains(.truncated) && !close.flags.contains(.terminated))
    #expect(close.source == .none && close.logDensity.isNaN)
    for step in first where step.kind == .step {
      #expect(step.source == .uniform && abs(step.logDensity + 8 * 0.6931472) < 1e-4 && step.seed == 5)
    }
    // Signals of record t + 1 are the outcome of action t.
    #expect(first[4].signals.actionRate == 0 && first[5].signals.actionRate > 0)
    bench.advance(until: { bench.state == .episode })
    #expect(bench.path.suffix(3) == [.episode, .stand, .episode])
    #expect(bench.robot.firmwareEpisode == 2, "the device was told the number of the second episode")
  }

  @Test("a fall terminates: kept, cut short, no stiffness within a tick; upright and still, the robot stands up gently")
  func fall() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), change: { $0.mode = .zero })
    try bench.walk()
    bench.advance(60)
    bench.robot.rollRadians = 1
    bench.advance(until: { bench.state == .fallen }, limit: 5)
    #expect(bench.state == .fallen)
    bench.advance(2)
    #expect(bench.robot.joint_control(0).kp == 0 && bench.robot.joint_control(0).kd > 0)
    let close = try #require(bench.steps.last)
    #expect(close.kind == .close && close.endCause == .fall && close.flags.contains(.terminated))
    #expect(close.flags.contains(.regular) && !close.flags.contains(.truncated) && close.durationSeconds < 0.05)
    bench.advance(2000)
    #expect(bench.state == .fallen, "nobody has put it back on its feet")
    bench.robot.rollRadians = 0
    let waited = try #require(bench.advance(until: { bench.state == .stand }))
    #expect(waited >= 450, "upright and still for a second")
    bench.advance(1000)
    let gentle = bench.robot.joint_control(0).kp
    #expect(abs(gentle - 4) < 0.1, "10 % power for three seconds, not \(gentle)")
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
    #expect(abs(bench.robot.joint_control(0).kp - 40) < 0.1)
    #expect(bench.loop.step.state.counters.falls == 1)
  }

  @Test("with confirm: operator the robot waits for a person")
  func operatorConfirms() throws {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick + [("confirm: automatic", "confirm: operator")]))
    try bench.walk()
    bench.robot.rollRadians = 1
    bench.advance(until: { bench.state == .fallen })
    bench.robot.rollRadians = 0
    bench.advance(until: { bench.state == .wait })
    bench.advance(3000)
    #expect(bench.state == .wait && bench.robot.joint_control(0).kp == 0)
    bench.ask(.resume)
    bench.advance(until: { bench.state == .stand }, limit: 3)
    #expect(bench.state == .stand)
  }

  @Test("more falls in a minute than the profile allows make a safe stop")
  func tooManyFalls() throws {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick + [("attempts: 3", "attempts: 3, max_falls_per_minute: 2")]))
    try bench.walk()
    for _ in 0..<3 {
      guard bench.advance(until: { bench.state == .episode }) != nil else { break }
      bench.robot.rollRadians = 1
      bench.advance(until: { bench.state != .episode })
      bench.robot.rollRadians = 0
    }
    #expect(bench.path.last == .safeStop)
    bench.advance(until: { bench.state == .disarmed })
    #expect(bench.robot.state == 2)
  }

  @Test("the mean and the sampled action come from the published policy, with its version and its density")
  func policy() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.publish(version: 3) { $0 % 7 == 0 ? 0.05 : -0.02 }
    try bench.walk()
    bench.advance(100)
    let step = try #require(bench.steps.last { $0.kind == .step })
    #expect(step.source == .policy && step.policyVersion == 3 && step.logDensity.isFinite)
    var density: Float = 0
    for index in 0..<8 {
      let sigma = PortableMath.exp(step.logStandardDeviation[index])
      let z = (step.preSquash[index] - step.mean[index]) / sigma
      density += -0.5 * z * z - step.logStandardDeviation[index] - 0.9189385
      density -= 2 * (0.6931472 - step.preSquash[index] - PortableMath.softplus(-2 * step.preSquash[index]))
    }
    #expect(abs(step.logDensity - density) < 1e-4)
    #expect(bench.events.contains { $0.kind == .policyAdopted && $0.a == 3 })
    bench.ask(.policy(.mean))
    bench.advance(until: { bench.steps.contains { $0.endCause == .policyChange } })
    bench.advance(until: { bench.steps.last?.source == .mean })
    let mean = try #require(bench.steps.last)
    #expect((0..<8).allSatisfy { mean.preSquash[$0] == mean.mean[$0] } && mean.logDensity.isNaN)
  }

  @Test("a policy that is not finite is never adopted, and the robot walks on")
  func brokenPolicy() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.publish(version: 1) { _ in 0.01 }
    try bench.walk()
    bench.publish(version: 2) { $0 == 40 ? .nan : 0.01 }
    bench.advance(until: { bench.loop.step.state.counters.refusedPolicies == 1 })
    #expect(bench.steps.last { $0.kind == .step }?.policyVersion == 1)
    #expect(bench.loop.step.state.counters.refusedActions == 0)
  }

  @Test("the scripted trot moves diagonal feet together")
  func trot() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), change: { $0.mode = .scripted })
    try bench.walk()
    bench.advance(until: { bench.steps.contains { $0.kind == .close } })
    let steps = bench.steps.filter { $0.kind == .step }
    #expect(steps.allSatisfy { $0.source == .scripted })
    var largest: Float = 0
    for step in steps {
      let feet = (0..<4).map { bench.plan.kinematics.footPosition($0, joints: step.requestedTargetRadians) }
      let rest = (0..<4).map {
        bench.plan.kinematics.footPosition($0, joints: bench.plan.action.nominalTargets())
      }
      let moved = (0..<4).map { feet[$0].x - rest[$0].x }
      #expect(abs(moved[0] - moved[3]) < 0.01, "front left and rear right swing together: \(moved)")
      #expect(abs(moved[1] - moved[2]) < 0.01, "front right and rear left swing together: \(moved)")
      largest = max(largest, abs(moved[0] - moved[1]))
    }
    #expect(largest > 0.04, "strides of \(largest) m")
  }
}

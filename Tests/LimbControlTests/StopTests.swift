import CLimbLink
@testable import LimbControl
import LimbProfile
import LimbTypes
import Testing

@Suite(.serialized) struct StopTests {
  @Test("a lost frame is coasted over: the target goes on, the step is irregular, the episode continues")
  func shortCoast() throws {
    let bench = try walking()
    let index = bench.loop.step.state.episode.index
    let why = bench.loop.step.state.supervisor.reason
    bench.losesFrames = true
    bench.advance(10)
    #expect(bench.state == .coast && bench.loop.step.state.supervisor.reason == .frameMissing)
    bench.losesFrames = false
    bench.advance(1)
    #expect(bench.state == .episode)
    #expect(bench.loop.step.state.supervisor.reason == why, "the state's own reason is told again")
    bench.advance(100)
    let spoilt = try #require(bench.steps.first { $0.index == index && $0.kind == .step })
    #expect(spoilt.coastedTicks == 10 && !spoilt.flags.contains(.regular))
    let next = try #require(bench.steps.first { $0.index == index + 2 })
    #expect(next.flags.contains(.regular))
    #expect(bench.robot.state == 3)
  }

  @Test("a disarm is no safe stop to be counted, a stop that nobody asked for is")
  func countsTrouble() throws {
    let bench = try walking()
    bench.ask(.disarm)
    #expect(bench.advance(until: { bench.state == .safeStop }, limit: 100) != nil)
    #expect(bench.advance(until: { bench.state == .disarmed }) != nil)
    #expect(bench.loop.step.state.counters.safeStops == 0)
    let lost = try walking()
    lost.losesFrames = true
    #expect(lost.advance(until: { lost.state == .safeStop }, limit: 60) != nil)
    #expect(lost.loop.step.state.counters.safeStops == 1)
  }

  @Test("coasting ends in a safe stop after coast_ms, the device damps by itself, and nothing re-arms")
  func longCoast() throws {
    let bench = try walking()
    bench.losesFrames = true
    let ticks = try #require(bench.advance(until: { bench.state == .safeStop }, limit: 60))
    #expect(ticks >= 30 && ticks <= 31, "coast_ms is 60, a tick 2 ms: \(ticks)")
    let close = try #require(bench.steps.last)
    #expect(close.kind == .close && close.endCause == .staleSensors && close.flags.contains(.truncated))
    #expect(!close.flags.contains(.regular) && !close.flags.contains(.terminated))
    bench.advance(100)
    #expect(bench.robot.state == 5, "DAMP, not \(bench.robot.state)")
    bench.losesFrames = false
    bench.advance(1000)
    #expect(bench.state == .disarmed)
    let arm = bench.ask(.arm)
    bench.advance(400)
    #expect(bench.reply(arm)?.result == .deviceLatched)
    let clear = bench.ask(.clear)
    bench.advance(50)
    #expect(bench.reply(clear)?.result == .done && bench.robot.state == 2)
    bench.ask(.arm)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
  }

  @Test("an IMU that stands still is stale: coast, then a safe stop")
  func frozenImu() throws {
    let bench = try walking()
    bench.robot.isImuFrozen = true
    let ticks = try #require(bench.advance(until: { bench.state == .safeStop }, limit: 100))
    #expect(ticks <= 48, "30 ms of patience and 60 ms of coasting")
    #expect(bench.steps.last?.endCause == .staleSensors)
  }

  @Test("an e-stop reaches the device within two ticks from any state, latches, and needs its own clear")
  func emergencyStop() throws {
    let bench = try walking()
    bench.board.raiseEmergencyStop()
    bench.advance(1)
    #expect(bench.board.isEmergencyStopAcknowledged && bench.state == .emergencyStop)
    bench.advance(1)
    #expect(bench.robot.state == 9 && bench.robot.joint_control(0).kp >= 0)
    #expect(bench.robot.action == 4, "the device damps")
    #expect(bench.steps.last?.endCause == .emergencyStop && bench.steps.last?.flags.contains(.regular) == false)
    let sent = bench.loop.step.state.counters.commandsSent
    bench.advance(100)
    #expect(bench.loop.step.state.counters.commandsSent == sent, "not another command")
    let arm = bench.ask(.arm)
    let clear = bench.ask(.clear)
    bench.advance(10)
    #expect(bench.reply(arm)?.result == .latchedEmergencyStop && bench.reply(clear)?.result == .latchedEmergencyStop)
    let right = bench.ask(.clearEmergencyStop)
    bench.advance(50)
    #expect(bench.reply(right)?.result == .done)
    #expect(bench.state == .disarmed && bench.robot.state == 2, "\(bench.state) \(bench.robot.state)")
    #expect(!bench.board.isEmergencyStopAcknowledged)
  }

  @Test("the robot's own e-stop input latches limbd too, and clear is refused while it is pressed")
  func deviceEmergencyStop() throws {
    let bench = try walking()
    bench.robot.sample.estop_input = true
    bench.advance(3)
    #expect(bench.state == .emergencyStop)
    let early = bench.ask(.clearEmergencyStop)
    bench.advance(50)
    #expect(bench.reply(early)?.result == .deviceRefused && bench.reply(early)?.detail == 5)
    bench.robot.sample.estop_input = false
    bench.advance(5)
    let late = bench.ask(.clearEmergencyStop)
    bench.advance(50)
    #expect(bench.reply(late)?.result == .done && bench.state == .disarmed)
  }

  @Test("a device fault latches FAULT; clear works when the cause has gone")
  func deviceFault() throws {
    let bench = try walking()
    FirmwareRobot.set(&bench.robot.sample.temperature_c, 2, 120)
    bench.advance(until: { bench.state == .fault }, limit: 200)
    #expect(bench.state == .fault && bench.robot.state == 8)
    #expect(bench.steps.last?.endCause == .deviceFault)
    let early = bench.ask(.clear)
    bench.advance(50)
    #expect(bench.reply(early)?.result == .causePresent)
    FirmwareRobot.set(&bench.robot.sample.temperature_c, 2, 30)
    bench.advance(200)
    let late = bench.ask(.clear)
    bench.advance(50)
    #expect(bench.reply(late)?.result == .done && bench.state == .disarmed)
  }

  @Test("a temperature sensor that fails is a fault of the device and not a cool motor")
  func temperatureSensor() throws {
    let bench = try walking()
    FirmwareRobot.set(&bench.robot.sample.temperature_c, 2, .nan)
    bench.advance(until: { bench.state == .fault }, limit: 300)
    #expect(bench.state == .fault && bench.robot.state == 8)
    #expect(bench.steps.last?.endCause == .deviceFault)
    #expect(bench.board.status().deviceFaultCode == 0x80)
  }

  @Test("a device that does not mind that its hottest motor is no longer known is stopped by limbd")
  func carelessDevice() throws {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick), change: { $0.mode = .uniform },
      firmware: { $0.fault_debounce_ms = 60_000 })
    try bench.walk()
    bench.advance(60)
    for joint in 0..<8 { FirmwareRobot.set(&bench.robot.sample.temperature_c, joint, .nan) }
    bench.advance(until: { bench.state == .fault }, limit: 300)
    #expect(bench.state == .fault && bench.robot.state != 8)
    #expect(bench.events.last { $0.kind == .fault }?.a == 0x80)
    let status = bench.board.status()
    #expect(status.reason == .temperatureSensorLost && status.deviceFaultCode == 0, "limbd's finding, not the device's")
    #expect(bench.steps.last?.endCause == .deviceFault)
    bench.advance(200)
    #expect(bench.robot.state != 3 && bench.robot.state != 4, "no command comes any more, so the device stops")
  }

  @Test("an arm whose fault limbd alone has found is not let go: the device holds it when no command comes")
  func carelessArm() throws {
    let bench = try reaching(firmware: { $0.fault_debounce_ms = 60_000 })
    for joint in 0..<bench.profile.joints.count { FirmwareRobot.set(&bench.robot.sample.temperature_c, joint, .nan) }
    bench.advance(until: { bench.state == .fault }, limit: 300)
    try #require(bench.state == .fault && bench.robot.state != 8)
    // Measured again at once: nothing but limbd's latch tells the two apart now.
    for joint in 0..<bench.profile.joints.count { FirmwareRobot.set(&bench.robot.sample.temperature_c, joint, 30) }
    for _ in 0..<2000 {
      bench.advance(1)
      try #require(bench.robot.joint_control(0).kp > 0, "let go in device state \(bench.robot.state)")
    }
    #expect(bench.robot.state == 6 && bench.board.status().motorsEnabled)
    let letGo = bench.ask(.disarm)
    bench.advance(50)
    #expect(bench.reply(letGo)?.result == .done && !bench.board.status().motorsEnabled)
  }

  @Test("a hot motor whose readings fail every few frames is stopped for, as one whose readings come", arguments: [1, 2, 7])
  func failingReadings(every: Int) throws {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick), change: { $0.mode = .uniform },
      firmware: { $0.fault_debounce_ms = 60_000 })
    try bench.walk()
    for tick in 1...400 where !bench.path.contains(.safeStop) {
      let celsius: Float = tick % (every + 1) == 0 ? .nan : 95
      for joint in 0..<8 { FirmwareRobot.set(&bench.robot.sample.temperature_c, joint, celsius) }
      bench.advance(1)
    }
    #expect(bench.path.contains(.safeStop) && bench.board.status().reason == .temperature, "\(bench.path)")
  }

  @Test("a device that stops by itself is believed at once, though its IMU has frozen")
  func stopWithFrozenImu() throws {
    let bench = try walking()
    bench.robot.isImuFrozen = true
    try #require(bench.advance(until: { bench.state == .coast }, limit: 30) != nil, "\(bench.path)")
    bench.robot.sample.estop_input = true
    bench.advance(3)
    #expect(bench.state == .emergencyStop, "\(bench.path)")
  }

  @Test(
    "a device that stops by itself is believed at once, though a number of its frame is not finite",
    arguments: [(DeviceState.emergencyStop, SupervisorCode.emergencyStop), (.fault, .fault), (.damp, .disarmed)])
  func stopInRefusedFrame(device: DeviceState, expected: SupervisorCode) throws {
    let bench = try walking()
    var input = ControlInput()
    input.now = bench.loop.step.state.frameAt.adding(nanoseconds: 2_000_000)
    input.isLinked = true
    input.hasFrame = true
    input.frame = bench.loop.step.state.frame
    input.frame.tick += 1
    input.frame.jointPositionRadians[0] = .nan
    input.frame.deviceState = device
    var (command, output) = (JointCommand(), ControlOutput())
    bench.loop.step.advance(input, command: &command, output: &output)
    #expect(bench.state == expected && bench.loop.step.state.counters.invalidFrames == 1)
    #expect(bench.loop.step.state.frame.jointPositionRadians[0].isFinite)
  }

  @Test("the button on the robot ends the episode as a hand on it, and the robot rests until resume")
  func button() throws {
    let bench = try walking()
    bench.robot.sample.button = true
    bench.advance(3)
    let close = try #require(bench.steps.last)
    #expect(close.endCause == .handOnRobot && close.flags.contains(.truncated) && !close.flags.contains(.regular))
    bench.advance(2000)
    #expect(bench.state == .paused && bench.distanceToPark < 0.1)
    // Still pressed: it is a new press that counts.
    bench.ask(.resume)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
    bench.advance(200)
    #expect(bench.state == .episode)
  }

  @Test("a stop names its own cause: lateness of control is stale sensors, a flat battery the device")
  func causes() throws {
    let late = try walking()
    late.loop.overruns = 1000
    late.advance(1)
    #expect(late.state == .safeStop && late.steps.last?.endCause == .staleSensors)

    let flat = try walking()
    flat.robot.sample.voltage_v = 12
    flat.advance(until: { flat.state == .safeStop }, limit: 400)
    #expect(flat.steps.last?.endCause == .deviceFault)
  }

  @Test("tilting over during the ramp is a safe stop")
  func tilt() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.robot.positions[1] += 0.5
    bench.advance(20)
    bench.ask(.arm)
    bench.advance(until: { bench.state == .ramp })
    bench.robot.rollRadians = 1.2
    bench.advance(until: { bench.state == .safeStop }, limit: 5)
    bench.advance(2)
    #expect(bench.state == .safeStop && bench.robot.joint_control(0).kp == 0)
    bench.advance(until: { bench.state == .disarmed })
    #expect(bench.robot.state == 2)
  }

  @Test("a battery below the first level rests after the episode, below the second stops at once")
  func battery() throws {
    let bench = try walking()
    bench.robot.sample.voltage_v = 13.8
    bench.advance(until: { bench.state == .paused })
    #expect(bench.path.last == .paused && bench.steps.last?.endCause == .timeLimit)
    let other = try walking()
    other.robot.sample.voltage_v = 13.3
    other.advance(until: { other.state == .safeStop }, limit: 400)
    #expect(other.state == .safeStop)
  }

  @Test("a device that is reset in mid-stride leaves limbd disarmed, and it greets again without arming")
  func deviceReset() throws {
    let bench = try walking()
    bench.robot.reset()
    bench.advance(until: { !bench.loop.step.state.supervisor.state.isArmed }, limit: 400)
    bench.advance(2000)
    #expect(bench.state == .disarmed && bench.robot.state == 2, "\(bench.state) \(bench.robot.state)")
    let cause = bench.steps.last?.endCause
    #expect(cause == .linkLoss || cause == .staleSensors)
  }

  @Test("two actions in an episode that are not finite: the first coasts and reverts, the second stops")
  func nonFiniteActions() throws {
    let often = [("adopt_every_steps: 20", "adopt_every_steps: 1")]
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick + often))
    bench.publish(version: 1) { _ in 0.01 }
    try bench.walk()
    bench.publish(version: 2) { _ in 0.02 }
    bench.advance(until: { bench.loop.step.state.counters.adoptedPolicies == 2 })
    bench.corruptPolicy()
    bench.advance(until: { bench.loop.step.state.counters.refusedActions == 1 })
    #expect(bench.state == .episode)
    bench.advance(30)
    let after = try #require(bench.steps.last { $0.kind == .step })
    #expect(after.policyVersion == 1 && !after.flags.contains(.regular))
    bench.corruptPolicy()
    bench.advance(until: { bench.state == .safeStop }, limit: 40)
    #expect(bench.steps.last?.endCause == .nonFiniteAction)
  }
}

import CLimbLink
@testable import LimbControl
import LimbDevices
import LimbProfile
import LimbTypes
import Testing

/// Triggers within a stop, frames that fail within a stop, and a device that is armed against limbd's belief.
@Suite(.serialized) struct SeverityTests {
  /// ARM of SPEC §4.
  let armType: UInt8 = 0x33

  /// A quadruped on its way to the park pose.
  func parking() throws -> (ControlBench, disarm: UInt64) {
    let bench = try walking()
    let disarm = bench.ask(.disarm)
    bench.advance(until: { bench.state == .safeStop }, limit: 60)
    bench.advance(2)
    try #require(bench.state == .safeStop && bench.robot.joint_control(0).kp > 0, "\(bench.path)")
    return (bench, disarm)
  }

  /// An arm whose device holds by itself, and limbd shows it.
  func holding() throws -> ControlBench {
    let bench = try reaching()
    bench.losesFrames = true
    bench.advance(200)
    bench.losesFrames = false
    bench.advance(300)
    try #require(bench.state == .hold && bench.robot.state == 6, "\(bench.path)")
    return bench
  }

  @Test("a graver trigger on the way to the park pose damps a quadruped, and the disarm is still done")
  func graverWhileParking() throws {
    let (bench, disarm) = try parking()
    bench.loop.overruns = 1000
    bench.advance(3)
    #expect(bench.state == .safeStop && bench.robot.joint_control(0).kp == 0)
    #expect(bench.board.status().reason == .overrun)
    bench.advance(until: { bench.state == .disarmed }, limit: 1000)
    #expect(bench.reply(disarm)?.result == .done && bench.robot.state == 2)
  }

  @Test("a battery below its second level on the way to the park pose makes an arm hold where it is")
  func armHoldsWhileParking() throws {
    let bench = try reaching()
    bench.robot.stuckJoint = 2
    let disarm = bench.ask(.disarm)
    bench.advance(until: { bench.state == .safeStop }, limit: 60)
    bench.robot.sample.voltage_v = 10.3
    bench.advance(until: { bench.state == .hold }, limit: 600)
    #expect(bench.state == .hold && bench.board.status().reason == .voltage, "\(bench.path)")
    bench.advance(200)
    #expect(bench.reply(disarm)?.result == .interrupted && bench.robot.joint_control(1).kp > 0)
  }

  @Test("a quadruped that tips while it sits down for a disarm is without stiffness at once")
  func tipsWhileParking() throws {
    let (bench, disarm) = try parking()
    bench.robot.rollRadians = 1.2
    bench.advance(3)
    #expect(bench.robot.joint_control(0).kp == 0 && bench.board.status().reason == .tilt)
    bench.advance(until: { bench.state == .disarmed }, limit: 1000)
    #expect(bench.reply(disarm)?.result == .done)
  }

  @Test("a quadruped that tips while it sits down for a pause is without stiffness, and resume waits for it upright")
  func tipsWhilePausing() throws {
    let bench = try walking()
    bench.ask(.pause)
    bench.advance(until: { bench.state == .paused }, limit: 60)
    bench.advance(2)
    try #require(bench.robot.joint_control(0).kp > 0)
    bench.robot.rollRadians = 1.2
    bench.advance(3)
    #expect(bench.state == .paused && bench.robot.joint_control(0).kp == 0)
    bench.ask(.resume)
    bench.advance(3)
    #expect(bench.state == .fallen && bench.robot.joint_control(0).kp == 0)
  }

  @Test("a device that is armed though limbd is not is disarmed, logged, and can be armed in the ordinary way")
  func strayArming() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.advance(300)
    bench.loop.driver.requestArm()
    try #require(bench.advance(until: { bench.robot.state == 3 }, limit: 10) != nil)
    #expect(bench.state == .disarmed)
    bench.advance(30)
    #expect(bench.robot.state == 2 && bench.state == .disarmed)
    let told = bench.events.filter { $0.kind == .fault && $0.b == TransitionReason.strayArming.number }
    #expect(told.count == 1)
    bench.ask(.arm)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
    #expect(bench.events.count { $0.kind == .fault } == 1, "the ordinary way is no stray")
  }

  @Test("a control that is late time and again arms nothing, and says how often it was late")
  func lateControl() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.advance(20)
    bench.loop.overruns = 1000
    let late = bench.ask(.arm)
    bench.advance(400)
    #expect(bench.reply(late)?.result == .deadlinesMissed && bench.reply(late)?.detail == 1000)
    #expect(bench.robot.state == 2 && !bench.path.contains(.ramp))
    bench.loop.overruns = 0
    bench.ask(.arm)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
  }

  @Test("a robot that leans beyond a strict tilt limit is armed lying, without stiffness, and not stopped at once")
  func strictTilt() throws {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick + [("tilt_limit_deg: 60", "tilt_limit_deg: 31")]))
    bench.robot.rollRadians = 0.57
    bench.advance(20)
    bench.ask(.arm)
    #expect(bench.advance(until: { bench.state == .fallen }, limit: 2000) != nil, "\(bench.path)")
    bench.advance(5)
    #expect(bench.state == .fallen && bench.robot.joint_control(0).kp == 0 && !bench.path.contains(.ramp))
  }

  @Test("one dropped frame in HOLD changes neither state nor reason, and a clear within it is done")
  func droppedFrameInHold() throws {
    let bench = try holding()
    let why = bench.board.status().reason
    let before = bench.path.count
    bench.losesFrames = true
    bench.advance(1)
    bench.losesFrames = false
    bench.advance(2)
    #expect(bench.state == .hold && bench.board.status().reason == why)
    bench.losesFrames = true
    let clear = bench.ask(.clear)
    bench.advance(2)
    bench.losesFrames = false
    bench.advance(100)
    #expect(bench.reply(clear)?.result == .done && bench.state == .disarmed)
    #expect(!bench.path[before...].contains(.safeStop))
  }

  @Test("a HOLD of limbd's own that loses its frames is HOLD still, held by the device, for the same reason")
  func longLossInHold() throws {
    let bench = try reaching()
    bench.robot.sample.voltage_v = 10.3
    bench.advance(until: { bench.state == .hold }, limit: 600)
    let before = bench.path.count
    bench.losesFrames = true
    bench.advance(200)
    #expect(bench.state == .hold && bench.robot.state == 6)
    bench.losesFrames = false
    bench.advance(10)
    #expect(bench.state == .hold && bench.board.status().reason == .voltage)
    #expect(!bench.path[before...].contains(.safeStop))
  }

  @Test("with an IMU that stands still a stop still sees what the device says: its e-stop input latches")
  func deviceSeenWithoutInertialUnit() throws {
    let bench = try walking()
    bench.robot.isImuFrozen = true
    bench.advance(until: { bench.state == .safeStop }, limit: 100)
    bench.robot.sample.estop_input = true
    bench.advance(4)
    #expect(bench.state == .emergencyStop && bench.board.status().deviceState == .emergencyStop)
  }

  @Test("in HOLD without a fresh velocity limbd still sees what the device does: it holds on, and lets go")
  func deviceSeenWithoutVelocity() throws {
    let bench = try ControlBench(
      shippedProfile(
        "arm6-sim.yaml",
        [("episode_steps: 200", "episode_steps: 20"), ("control: {", "estimation: {velocity: external}\ncontrol: {")]),
      change: { $0.mode = .zero })
    for count in 0..<4000 where bench.state != .stand {
      if count == 30 { bench.ask(.arm) }
      if count % 20 == 0 { bench.ask(.velocity(Vector3())) }
      bench.advance()
    }
    try #require(bench.state == .stand, "\(bench.path)")
    bench.loop.overruns = 1000
    bench.advance(1)
    try #require(bench.state == .hold)
    bench.loop.overruns = 0
    bench.advance(600)
    #expect(bench.state == .hold && bench.board.status().deviceState == .hold, "\(bench.path)")
    #expect(bench.board.status().deviceState.number == UInt64(bench.robot.state))
    #expect(!bench.path.contains(.safeStop))
    let disarm = bench.ask(.disarm)
    bench.advance(20)
    #expect(bench.reply(disarm)?.result == .done && bench.state == .disarmed && bench.robot.state == 7, "limp")
  }

  @Test("an arm whose device damps on link loss is held by commands alone: after the end it sinks")
  func holdOfLimbdAlone() throws {
    let bench = try ControlBench(
      shippedProfile(
        "arm6-sim.yaml", [("episode_steps: 200", "episode_steps: 20"), ("on_link_loss: hold", "on_link_loss: damp")]),
      change: { $0.mode = .uniform }, firmware: { $0.on_link_loss = 1 })
    try bench.walk()
    bench.advance(120)
    bench.robot.stuckJoint = 2
    bench.ask(.disarm)
    bench.advance(until: { bench.state == .hold }, limit: Int(bench.profile.parkSeconds * 1000))
    try #require(bench.state == .hold && bench.robot.joint_control(1).kp > 0, "\(bench.path)")
    let end = bench.ask(.shutdown)
    bench.advance(5)
    #expect(bench.reply(end)?.result == .done && bench.board.status().leftInStopAction)
    bench.losesFrames = true
    bench.advance(200)
    #expect(bench.robot.state == 5, "DAMP, not \(bench.robot.state)")
  }

  @Test("a device reset in a silent stop ends its line: the disarm is interrupted, not refused, and motors are off")
  func resetInSilentStop() throws {
    let bench = try walking()
    let disarm = bench.ask(.disarm)
    bench.losesFrames = true
    bench.advance(until: { bench.state == .safeStop }, limit: 60)
    bench.robot.reset()
    bench.losesFrames = false
    bench.advance(400)
    #expect(bench.reply(disarm)?.result == .interrupted, "\(String(describing: bench.reply(disarm))) \(bench.path)")
    #expect(bench.robot.state == 2 || bench.robot.state == 1)
  }

  @Test("an ARM that goes unanswered after its wish was withdrawn adds no second refusal")
  func refusedOnce() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.advance(20)
    bench.lostTypes = [armType]
    let arm = bench.ask(.arm)
    try #require(bench.advance(until: { bench.loop.step.state.isArming }, limit: 400) != nil)
    bench.advance(2)
    let disarm = bench.ask(.disarm)
    bench.advance(400)
    #expect(bench.reply(arm)?.result == .interrupted && bench.reply(disarm)?.result == .done)
    #expect(bench.events.count { $0.kind == .armRefused } == 1)
    #expect(bench.board.status().armRefusal == .interrupted)
  }
}

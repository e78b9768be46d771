import CLimbLink
@testable import LimbControl
import LimbDevices
import LimbProfile
import LimbTypes
import Testing

/// Letting go: a disarm is done when the device says so, and a hold is left without a fall.
@Suite(.serialized) struct ReleaseTests {
  /// DISARM of SPEC §4.
  let disarmType: UInt8 = 0x34

  /// An arm whose device holds by itself, its HOLD cleared.
  func cleared() throws -> ControlBench {
    let bench = try reaching()
    bench.losesFrames = true
    bench.advance(200)
    bench.losesFrames = false
    bench.advance(300)
    bench.ask(.clear)
    bench.advance(20)
    try #require(bench.state == .disarmed && bench.robot.state == 6)
    return bench
  }

  @Test("a cleared HOLD still powers the motors and says so; disarm lets go, and is done when the device has")
  func clearThenDisarm() throws {
    let bench = try cleared()
    let before = bench.board.status()
    #expect(before.deviceState == .hold && before.motorsEnabled)
    let disarm = bench.ask(.disarm)
    bench.advance(1)
    #expect(bench.reply(disarm) == nil, "nobody has confirmed it yet")
    bench.advance(5)
    #expect(bench.reply(disarm)?.result == .done && bench.robot.state == 2 && bench.robot.action == 0)
    let after = bench.board.status()
    #expect(after.deviceState == .disarmed && !after.motorsEnabled && after.state == .disarmed)
  }

  @Test("an arm whose ARM was accepted without limbd knowing is held on, and can be armed or let go by a person")
  func strayArmHolds() throws {
    let bench = try cleared()
    bench.loop.driver.requestArm()
    try #require(bench.advance(until: { bench.robot.state == 3 }, limit: 10) != nil)
    for _ in 0..<2000 {
      bench.advance(1)
      try #require(bench.robot.joint_control(1).kp > 0 && bench.robot.action == 3, "let go: \(bench.robot.state)")
    }
    #expect(bench.state == .disarmed && bench.robot.state == 6, "no command came, and the device holds by itself")
    bench.ask(.clear)
    bench.advance(20)
    bench.ask(.arm)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
  }

  @Test("an arm with a fault between ARM and its first command holds on by itself, and is no longer armed")
  func faultWhileArming() throws {
    let bench = try cleared()
    bench.ask(.arm)
    try #require(bench.advance(until: { bench.robot.state == 3 }, limit: 2000) != nil)
    bench.loop.step.enterFault(.temperatureSensorLost, code: ControlStep.temperatureSensorFault)
    try #require(bench.state == .fault)
    for _ in 0..<1000 {
      bench.advance(1)
      try #require(bench.robot.joint_control(1).kp > 0, "let go: \(bench.robot.state)")
    }
    #expect(bench.robot.state == 6, "FAULT sends no command that would keep the device armed")
    let clear = bench.ask(.clear)
    bench.advance(50)
    #expect(bench.reply(clear)?.result == .done && bench.state == .disarmed && bench.robot.joint_control(1).kp > 0)
  }

  @Test("an answer to what was given up is no answer to what was asked since")
  func lateAnswer() throws {
    let bench = try cleared()
    let kinds: [(ServiceKind, DeviceRequest)] = [
      (.arm, .arm), (.disarm, .disarm), (.clear, .clear(emergencyStop: false)),
      (.clearEmergencyStop, .clear(emergencyStop: true)), (.setParameter, .episode(3)),
    ]
    for (kind, _) in kinds {
      for (asked, request) in kinds {
        bench.loop.step.state.underWay = request
        bench.loop.step.state.episode.announcementBegan = bench.loop.step.state.frameAt
        var input = ControlInput()
        input.now = bench.loop.step.state.frameAt
        input.answer = .timedOut
        input.answerKind = kind
        bench.loop.step.takeAnswer(input)
        #expect(bench.loop.step.state.underWay.isNone == (kind == asked), "\(kind) for \(asked)")
      }
    }
  }

  @Test("a disarm that the device never hears is not done, in DISARMED, CHECK and HOLD alike")
  func unheardDisarm() throws {
    let bench = try cleared()
    bench.lostTypes = [disarmType]
    let disarm = bench.ask(.disarm)
    bench.advance(300)
    #expect(bench.reply(disarm)?.result == .deviceSilent && bench.robot.state == 6)

    let arm = bench.ask(.arm)
    bench.advance(20)
    let second = bench.ask(.disarm)
    bench.advance(300)
    #expect(bench.reply(arm)?.result == .interrupted && bench.reply(second)?.result == .deviceSilent)

    let held = try reaching()
    held.robot.sample.voltage_v = 10.3
    held.advance(until: { held.state == .hold }, limit: 600)
    held.lostTypes = [disarmType]
    let third = held.ask(.disarm)
    held.advance(300)
    #expect(held.reply(third)?.result == .deviceSilent && held.state == .hold)
    #expect(held.robot.joint_control(1).kp > 0, "it holds on")
  }

  @Test("an unanswered DISARM in a stop: limbd falls silent, the device's watchdog stops it, the person is told")
  func silentStop() throws {
    let bench = try walking()
    bench.lostTypes = [disarmType]
    let disarm = bench.ask(.disarm)
    #expect(bench.advance(until: { bench.reply(disarm) != nil }, limit: 4000) != nil)
    #expect(bench.reply(disarm)?.result == .deviceSilent && bench.state == .safeStop)
    let sent = bench.loop.step.state.counters.commandsSent
    bench.advance(until: { bench.state == .disarmed }, limit: 400)
    #expect(bench.state == .disarmed && bench.robot.state == 5, "DAMP by time-to-live, not \(bench.robot.state)")
    #expect(bench.loop.step.state.counters.commandsSent - sent <= 2)
    bench.lostTypes = []
    let again = bench.ask(.disarm)
    bench.advance(10)
    #expect(bench.reply(again)?.result == .done && bench.robot.action != 4, "limp, not damping")
  }

  @Test("a disarm that meets a stop by silence is answered when the device has confirmed it")
  func disarmDuringSilence() throws {
    let bench = try walking()
    let disarm = bench.ask(.disarm)
    bench.losesFrames = true
    bench.advance(until: { bench.state == .safeStop }, limit: 60)
    bench.losesFrames = false
    bench.advance(400)
    #expect(bench.state == .disarmed && bench.robot.state == 7, "LIMP, not \(bench.robot.state)")
    #expect(bench.reply(disarm)?.result == .done)
  }

  @Test("disarm lets go of an arm that holds after an e-stop, and the e-stop stays")
  func disarmInEmergencyStop() throws {
    let bench = try reaching()
    bench.board.raiseEmergencyStop()
    bench.advance(10)
    #expect(bench.robot.state == 9 && bench.robot.action == 3)
    let disarm = bench.ask(.disarm)
    bench.advance(10)
    #expect(bench.reply(disarm)?.result == .done && bench.robot.action == 5)
    #expect(bench.state == .emergencyStop && bench.robot.state == 9)
  }

  @Test("a HOLD that limbd keeps is cleared when its cause has gone: the pose stays until resume")
  func clearOwnHold() throws {
    let bench = try reaching()
    bench.robot.sample.voltage_v = 10.3
    bench.advance(until: { bench.state == .hold }, limit: 600)
    bench.advance(50)
    let early = bench.ask(.clear)
    bench.advance(2)
    #expect(bench.reply(early)?.result == .causePresent && bench.state == .hold)
    bench.robot.sample.voltage_v = 12
    bench.advance(5)
    let held = bench.robot.positions
    let clear = bench.ask(.clear)
    bench.advance(1000)
    #expect(bench.reply(clear)?.result == .done && bench.state == .paused && bench.robot.state == 3)
    #expect(zip(bench.robot.positions, held).allSatisfy { abs($0 - $1) < 0.02 }, "it moved")
    #expect(bench.robot.joint_control(1).kp > 0)
    bench.ask(.resume)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
  }

  @Test("after the clear of limbd's own HOLD a disarm parks the arm and lets it go there")
  func parkAfterHold() throws {
    let bench = try reaching()
    bench.loop.overruns = 1000
    bench.advance(1)
    try #require(bench.state == .hold)
    let early = bench.ask(.clear)
    bench.advance(1)
    #expect(bench.reply(early)?.result == .causePresent, "it is late still")
    bench.loop.overruns = 0
    bench.ask(.clear)
    bench.advance(5)
    let disarm = bench.ask(.disarm)
    bench.advance(until: { bench.state == .disarmed }, limit: 4000)
    #expect(bench.reply(disarm)?.result == .done && bench.robot.state == 2 && bench.distanceToPark < 0.05)
  }

  @Test("an arm that cannot reach its park pose holds, and is never let go where it is")
  func unreachablePark() throws {
    let bench = try reaching()
    bench.robot.stuckJoint = 2
    let limit = Int(bench.profile.parkSeconds * 500)
    let disarm = bench.ask(.disarm)
    bench.advance(until: { bench.state == .safeStop }, limit: 50)
    let ticks = try #require(bench.advance(until: { bench.state == .hold }, limit: 2 * limit), "\(bench.path)")
    #expect(abs(ticks - limit) <= 2 && bench.reply(disarm)?.result == .interrupted)
    #expect(bench.board.status().reason == .parkTimeout)
    bench.advance(2000)
    #expect(bench.state == .hold && bench.robot.state == 3 && bench.robot.joint_control(1).kp > 0)
    bench.robot.stuckJoint = nil
    bench.ask(.clear)
    bench.advance(5)
    let again = bench.ask(.disarm)
    bench.advance(until: { bench.state == .disarmed }, limit: 2 * limit)
    #expect(bench.reply(again)?.result == .done && bench.distanceToPark < 0.05)
  }

  @Test("a long way at a low ramp speed is walked to its end before power goes")
  func slowPark() throws {
    let bench = try reaching([("slew_rad_s: 2.5", "slew_rad_s: 2.5\n  ramp_rad_s: 0.1")])
    let disarm = bench.ask(.disarm)
    let ticks = try #require(bench.advance(until: { bench.state == .disarmed }, limit: 20_000), "\(bench.path)")
    #expect(ticks > 6 * 500 && bench.reply(disarm)?.result == .done && bench.distanceToPark < 0.05)
  }
}

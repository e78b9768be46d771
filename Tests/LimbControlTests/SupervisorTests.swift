import LimbTypes
import Testing

@testable import LimbControl

@Suite struct SupervisorTests {
  let now = Instant(nanoseconds: 1_000_000_000)

  func disarmed() throws -> Supervisor {
    var supervisor = Supervisor()
    try supervisor.start(at: now)
    try supervisor.link(at: now)
    return supervisor
  }

  func standing() throws -> Supervisor {
    var supervisor = try disarmed()
    try supervisor.requestArm(at: now)
    try supervisor.armed(at: now)
    try supervisor.rampDone(at: now)
    return supervisor
  }

  func walking() throws -> Supervisor {
    var supervisor = try standing()
    try supervisor.beginEpisode()
    return supervisor
  }

  @Test("a cold start reaches an episode only through LINK, DISARMED, CHECK, RAMP and STAND, and logs each change")
  func coldStart() throws {
    var supervisor = Supervisor()
    #expect(supervisor.code == .boot)
    try supervisor.start(at: now)
    try supervisor.link(at: now)
    #expect(supervisor.code == .disarmed)
    try supervisor.requestArm(at: now)
    #expect(supervisor.code == .check && !supervisor.state.isArmed)
    try supervisor.armed(at: now)
    #expect(supervisor.code == .ramp && supervisor.state.isArmed)
    try supervisor.rampDone(at: now)
    try supervisor.beginEpisode()
    #expect(supervisor.code == .episode)
    var path: [SupervisorCode] = []
    var transition = Transition()
    while supervisor.drain(&transition) { path.append(transition.to) }
    #expect(path == [.link, .disarmed, .check, .ramp, .stand, .episode])
  }

  @Test("a fall and getting up again stay inside RUN and count attempts")
  func fallAndStand() throws {
    var supervisor = try walking()
    try supervisor.fall(at: now)
    #expect(supervisor.code == .fallen)
    try supervisor.righted(at: now)
    #expect(supervisor.code == .wait)
    try supervisor.standUp(at: now)
    guard case .run(.stand(gentle: true, _, attempt: 1)) = supervisor.state else {
      Issue.record("not standing up: \(supervisor.code)")
      return
    }
    try supervisor.standUpFailed(at: now)
    try supervisor.standUp(at: now)
    guard case .run(.stand(gentle: true, _, attempt: 2)) = supervisor.state else {
      Issue.record("the second attempt is not counted")
      return
    }
    try supervisor.beginEpisode()
    try supervisor.fall(at: now)
    guard case .run(.fallen(_, attempt: 0)) = supervisor.state else {
      Issue.record("attempts must start anew after an episode")
      return
    }
  }

  @Test("WAIT goes back to FALLEN when the robot tips over")
  func waitTips() throws {
    var supervisor = try walking()
    try supervisor.fall(at: now)
    try supervisor.righted(at: now)
    try supervisor.tippedOver(at: now)
    #expect(supervisor.code == .fallen)
  }

  @Test("after a time limit the robot returns to the stance without falling")
  func timeLimit() throws {
    var supervisor = try walking()
    try supervisor.returnToStance(at: now, .timeLimit)
    guard case .run(.stand(gentle: false, _, _)) = supervisor.state else {
      Issue.record("not at the stance")
      return
    }
  }

  @Test("why it was last stopped stays told after the states behind it have gone by")
  func stopReason() throws {
    var supervisor = try walking()
    #expect(supervisor.stopReason == .none)
    try supervisor.coast(at: Instant(nanoseconds: 1))
    try supervisor.frameReturned()
    #expect(supervisor.stopReason == .none, "a frame that was missing is no stop")
    try supervisor.coast(at: Instant(nanoseconds: 2))
    try supervisor.safeStop(at: Instant(nanoseconds: 3), .silence, .staleSensors, latch: false)
    try supervisor.stopDone(at: Instant(nanoseconds: 4))
    #expect(supervisor.reason == .done && supervisor.stopReason == .staleSensors)
    var lost = try walking()
    try lost.unlink(at: Instant(nanoseconds: 5))
    try lost.link(at: Instant(nanoseconds: 6))
    #expect(lost.stopReason == .unlinked)
  }

  @Test("coasting comes back to exactly what it interrupted")
  func coastReturns() throws {
    var supervisor = try walking()
    try supervisor.coast(at: now)
    #expect(supervisor.code == .coast)
    try supervisor.frameReturned()
    #expect(supervisor.code == .episode)
    try supervisor.safeStop(at: now, .park, .shutdownRequested, latch: false)
    try supervisor.coast(at: now)
    try supervisor.frameReturned()
    #expect(supervisor.code == .safeStop)
  }

  @Test("a silent safe stop does not coast")
  func silentStop() throws {
    var supervisor = try walking()
    try supervisor.safeStop(at: now, .silence, .staleSensors, latch: false)
    #expect(throws: SupervisorError.illegal(in: .safeStop, event: .frameMissing)) { try supervisor.coast(at: now) }
  }

  @Test("severity only rises: a milder stop does not replace a graver one")
  func severityRises() throws {
    var supervisor = try walking()
    try supervisor.safeStop(at: now, .damp, .tilt, latch: false)
    #expect(throws: SupervisorError.self) { try supervisor.safeStop(at: now, .park, .pauseRequested, latch: false) }
    try supervisor.safeStop(at: now, .silence, .staleSensors, latch: true)
    try supervisor.stopDone(at: now)
    #expect(supervisor.code == .fault)
    supervisor.emergencyStop(at: now, .emergencyStopRequested)
    #expect(supervisor.code == .emergencyStop)
    #expect(throws: SupervisorError.self) { try supervisor.fault(.deviceFault, code: 1) }
    #expect(throws: SupervisorError.self) { try supervisor.clear(at: now, isLinked: true) }
    #expect(throws: SupervisorError.self) { try supervisor.unlink(at: now) }
  }

  @Test("a safe stop that coasts over a missing frame is not made milder either")
  func severityRisesInCoast() throws {
    var supervisor = try walking()
    try supervisor.safeStop(at: now, .damp, .nonFiniteAction, latch: true)
    try supervisor.coast(at: now)
    #expect(throws: SupervisorError.self) { try supervisor.safeStop(at: now, .park, .disarmRequested, latch: false) }
    try supervisor.frameReturned()
    guard case .safeStop(.damp, .nonFiniteAction, _, latch: true) = supervisor.state else {
      Issue.record("the stop has changed: \(supervisor.code)")
      return
    }
  }

  @Test("every reason that makes a safe stop has an end cause of its own, and no beginning has one")
  func endCauses() {
    #expect(TransitionReason.tilt.endCause == .fall)
    #expect(TransitionReason.overrun.endCause == .staleSensors)
    #expect(TransitionReason.deviceStopped.endCause == .linkLoss)
    #expect(TransitionReason.voltage.endCause == .deviceFault)
    #expect(TransitionReason.deviceEmergencyStop.endCause == .emergencyStop)
    let stops = TransitionReason.allCases.filter { $0.rawValue >= 30 }
    #expect(stops.allSatisfy { $0.endCause != .none })
    #expect([TransitionReason.none, .started, .armed, .frameFresh, .cleared].allSatisfy { $0.endCause == .none })
  }

  @Test("an emergency stop works from every state, again and again, and only its own clear leaves it")
  func emergencyStop() throws {
    for var supervisor in [Supervisor(), try disarmed(), try standing(), try walking()] {
      supervisor.emergencyStop(at: now, .emergencyStopRequested)
      supervisor.emergencyStop(at: now, .deviceEmergencyStop)
      #expect(supervisor.code == .emergencyStop && supervisor.reason == .emergencyStopRequested)
      #expect(throws: SupervisorError.self) { try supervisor.requestArm(at: now) }
      try supervisor.clearEmergencyStop(at: now, isLinked: true)
      #expect(supervisor.code == .disarmed)
    }
  }

  @Test("losing the link disarms, and nothing re-arms by itself")
  func unlinkDisarms() throws {
    for var supervisor in [try disarmed(), try standing(), try walking()] {
      try supervisor.unlink(at: now)
      #expect(supervisor.code == .link)
      try supervisor.link(at: now)
      #expect(supervisor.code == .disarmed)
    }
  }

  @Test("an arm's hold is left by clear alone, to DISARMED")
  func hold() throws {
    var supervisor = try walking()
    try supervisor.hold(at: now, .jointRange)
    #expect(supervisor.code == .hold && supervisor.state.isArmed)
    #expect(throws: SupervisorError.self) { try supervisor.beginEpisode() }
    try supervisor.clear(at: now, isLinked: true)
    #expect(supervisor.code == .disarmed)
  }

  @Test("pause leads to PAUSED from any activity, resume stands up gently")
  func pauseAndResume() throws {
    var supervisor = try walking()
    try supervisor.pause(at: now, .pauseRequested)
    #expect(supervisor.code == .paused)
    try supervisor.resume(at: now)
    guard case .run(.stand(gentle: true, _, attempt: 0)) = supervisor.state else {
      Issue.record("resume must stand up gently")
      return
    }
  }

  @Test("arming is refused in any state but DISARMED, with the state named")
  func armOnlyFromDisarmed() throws {
    var boot = Supervisor()
    #expect(throws: SupervisorError.illegal(in: .boot, event: .armRequested)) { try boot.requestArm(at: now) }
    var running = try walking()
    #expect(throws: SupervisorError.illegal(in: .episode, event: .armRequested)) { try running.requestArm(at: now) }
    var checking = try disarmed()
    try checking.requestArm(at: now)
    try checking.refuseArm(at: now)
    #expect(checking.code == .disarmed)
  }
}

internal import Glibc
internal import LimbControl
internal import LimbDevices
internal import LimbExperience
internal import LimbLearning
internal import LimbOperations
internal import LimbProfile
internal import LimbRealtime
internal import LimbTypes
internal import Synchronization

/// Answers to the control socket; runs on the socket's thread.
extension RobotRun {
  func answer(_ request: LimbOperations.ControlRequest, _ share: RealtimeShare) -> ControlAnswer {
    switch request {
    case .status: return .now(ControlReply(json: status().text))
    case .emergencyStop:
      // The flag before everything else; it latches, so no arming can get ahead of it and no lock need be waited for.
      defer { share.hand.takeOver() }
      return .now(emergencyStop())
    case .shutdown:
      share.hand.takeOver()
      StopSignals.request()
      return .now(.ok)
    case .arm:
      let hand = share.hand
      let newest = hand.newest
      // A real robot that a person took over stays his.
      guard profile.link.isSimulated else { return forward(.arm, timeoutMilliseconds: 4000) }
      return forward(.arm, timeoutMilliseconds: 4000) { if $0 == .done { hand.giveBack(through: newest) } }
    case .disarm:
      share.hand.takeOver()
      return forward(.disarm, timeoutMilliseconds: Int64((profile.parkSeconds + 3) * 1000))
    case .pause: return forward(.pause, timeoutMilliseconds: 1000)
    case .resume: return forward(.resume, timeoutMilliseconds: 1000)
    case .clear(let emergencyStop):
      let hand = share.hand
      let grip = hand.reach()
      return forward(emergencyStop ? .clearEmergencyStop : .clear, timeoutMilliseconds: 2000) { hand.settle(grip, $0) }
    case .velocity(let x, let y, let z):
      let source = profile.estimation.velocitySource
      guard source == .external else {
        return .now(.refused("estimation.velocity is \(source.rawValue), expected external"))
      }
      _ = desk.ask(.velocity(Vector3(x, y, z)))
      return .now(.ok)
    case .label(let reward, let success, let revision):
      return forward(.label(reward: reward, success: success, revision: revision), timeoutMilliseconds: 1000)
    case .policy(let mode): return forward(.policy(mode == "mean" ? .mean : mode == "zero" ? .zero : .sample), timeoutMilliseconds: 1000)
    }
  }

  /// Hands a request to control. Nobody else's request, an e-stop least of all, waits for its answer.
  /// `hearer` hears what control says, also when the client no longer waits for it.
  private func forward(
    _ kind: ControlRequestKind, timeoutMilliseconds: Int64, hearer: RequestDesk.Hearer? = nil
  ) -> ControlAnswer {
    let late = ControlReply.refused("control has not answered yet; see: limbd status")
    guard let id = desk.ask(kind, hearer: hearer) else {
      hearer?(.busy)
      return .now(.refused("control's queue is full: this request was not handed in. Ask again"))
    }
    let clock = TimeSource.monotonic()
    let end = clock.now().adding(nanoseconds: timeoutMilliseconds * 1_000_000)
    return .later {
      guard let reply = self.desk.takeReply(id) else { return clock.now() < end ? nil : late }
      self.desk.tell()
      if reply.result == .done { return .ok }
      let state = self.desk.status().state
      return .refused(RefusalWords(self.profile).sentence(reply.result, detail: reply.detail, state: state))
    }
  }

  /// Promise S6: the flag first. If control has not seen it within two ticks, the emergency line stops the device
  /// itself, which can do no harm beside control's own ESTOP; only a control thread that stays deaf is cut off. Where
  /// nobody has heard it, the person is told so: the flag stays up, but the power switch is his.
  private func emergencyStop() -> ControlReply {
    board.raiseEmergencyStop()
    let ticks = max(2 * profile.control.periodNanoseconds / 1000, 2000)
    if isAcknowledged(within: ticks) { return .ok }
    let isStopped = emergencyLine.stopThrice()
    if isAcknowledged(within: Self.deafMicroseconds) { return .ok }
    emergencyLine.cut()
    return isStopped ? .ok : .refused("control did not answer and no line took the stop: cut the power")
  }

  /// Control iterates at 20 Hz when nothing moves: one that has not looked after twice as long is stuck.
  private static let deafMicroseconds = 100_000

  private func isAcknowledged(within microseconds: Int) -> Bool {
    var waited = 0
    while !board.isEmergencyStopAcknowledged, waited < microseconds {
      usleep(500)
      waited += 500
    }
    return board.isEmergencyStopAcknowledged
  }

  /// `limbd status --json`.
  func status() -> JSONObject {
    let status = desk.status()
    let learner = learning.statistics()
    var object = JSONObject()
    object.set("ok", true)
    object.set("robot", profile.robot.name)
    object.set("state", "\(status.state.name)")
    object.set("reason", "\(status.reason.name)")
    object.set("last_stop", "\(status.stopReason.name)")
    object.set("linked", status.isLinked)
    // What the device said last: without a link nobody knows whether it powers its motors.
    object.set("device_state", status.isLinked ? "\(status.deviceState.name)" : "unknown")
    if let uuid = deviceUUID.withLock({ $0 }) { object.set("device_uuid", uuid) }
    if status.isLinked { object.set("motors_enabled", status.motorsEnabled) }
    object.set("robot_seconds", status.robotSeconds)
    object.set("episode", status.episode)
    object.set("steps_total", status.stepsTotal)
    object.set("written_steps", store.writtenSteps)
    object.set("written_records", store.writtenRecords)
    object.set("dropped_records", store.droppedRecords)
    let errors = recorder.errorCounts()
    object.set("store_errors", errors.store)
    object.set("log_errors", errors.log)
    object.set("policy_version", status.policyVersion)
    object.set("power_percent", status.powerPercent)
    object.set("bus_volts", status.busVolts)
    object.set("temperature_max_celsius", status.temperatureMaxCelsius)
    var joints = JSONObject()
    for (index, joint) in profile.joints.enumerated() { joints.set(joint.name, status.jointPositionRadians[index]) }
    object.set("joint_position_rad", joints)
    object.set("estimated_speed_m_s", status.baseVelocityMetersPerSecond.x)
    object.set("roll_rad", status.rollRadians)
    object.set("pitch_rad", status.pitchRadians)
    object.set("updates_total", learner.updates)
    object.set("updates_owed", learner.updatesOwed)
    object.set("credit_dropped", learner.creditDropped)
    object.set("temperature", learner.temperature)
    object.set("learner_frozen", learner.isFrozen)
    object.set("emergency_stopped", status.isEmergencyStopped)
    object.set("counters", counters(status.counters))
    service.describe(into: &object)
    return object
  }

  private func counters(_ counters: ControlCounters) -> JSONObject {
    var object = JSONObject()
    object.set("iterations", counters.iterations)
    object.set("frames", counters.frames)
    object.set("late_frames", counters.lateFrames)
    object.set("invalid_frames", counters.invalidFrames)
    object.set("frames_lost", counters.lostFrames)
    object.set("frames_damaged", counters.damagedFrames)
    object.set("coasted_ticks", counters.coastedTicks)
    object.set("missed_deadlines", counters.missedDeadlines)
    object.set("late_wakes", counters.lateWakes)
    object.set("long_reads", counters.longReads)
    object.set("long_steps", counters.longSteps)
    object.set("long_writes", counters.longWrites)
    object.set("missed_steps", counters.missedSteps)
    object.set("steps_dropped", counters.stepsDropped)
    object.set("ticks_dropped", counters.ticksDropped)
    object.set("events_dropped", counters.eventsDropped)
    object.set("commands_failed", counters.commandsFailed)
    object.set("adopted_policies", counters.adoptedPolicies)
    object.set("refused_policies", counters.refusedPolicies)
    object.set("refused_actions", counters.refusedActions)
    object.set("falls", counters.falls)
    object.set("safe_stops", counters.safeStops)
    object.set("emergency_stops", counters.emergencyStops)
    object.set("armings", counters.armings)
    object.set("heap_calls", counters.heapCalls)
    object.set("page_faults", counters.pageFaults)
    object.set("involuntary_switches", counters.involuntarySwitches)
    return object
  }
}

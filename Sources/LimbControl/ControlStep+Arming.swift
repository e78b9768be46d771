internal import LimbTypes

/// From DISARMED to armed: CHECK.
extension ControlStep {
  /// Watches half a second of frames, then every precondition, then asks the device.
  @_noLocks mutating func check(
    _ input: ControlInput, _ isFresh: Bool, since: Instant, _ command: inout JointCommand,
    _ output: inout ControlOutput
  ) {
    if isFresh { state.checkFrames += 1 } else { state.checkMissing += 1 }
    if isFresh {
      state.envelope.off(measuredRadians: state.frame.jointPositionRadians, &command)
      output.sendsCommand = true
    }
    let elapsed = input.now.nanoseconds(since: since)
    if !state.isArming {
      guard elapsed >= 500_000_000 else { return }
      var detail: Int64 = 0
      let refusal = preconditions(input, &detail)
      guard case .done = refusal else { return refuse(refusal, detail, input.now) }
      if !state.episode.isAnnounced { return announceEpisode(input.now) }
      state.isArming = true
      state.wanted = .arm
      return
    }
    if isFresh, state.frame.deviceState.isLive, state.underWay.isNone, state.wanted.isNone { return armed(input.now) }
    if elapsed > 2_500_000_000 {
      // A device that holds a loaded arm is left holding.
      if !settings.holdsOnFault { wantDisarm() }
      refuse(.deviceSilent, 0, input.now)
    }
  }

  /// The preconditions that limbd itself sees, in the order in which a person would want to hear of them.
  @_noLocks private mutating func preconditions(_ input: ControlInput, _ detail: inout Int64) -> RequestResult {
    if input.armingBlocks.contains(.notCalibrated) { return .notCalibrated }
    if input.armingBlocks.contains(.realtimeRefused) { return .realtimeRefused }
    if input.armingBlocks.contains(.learnerInDebt) { return .learnerInDebt }
    if isLate(input) {
      detail = Int64(input.consecutiveOverruns)
      return .deadlinesMissed
    }
    switch state.frame.deviceState {
    case .damp, .limp, .fault, .emergencyStop:
      detail = Int64(state.frame.deviceState.number)
      return .deviceLatched
    case .boot, .waitHello, .disarmed, .armed, .coast, .hold: break
    }
    if state.checkFrames < 10 || state.checkMissing * 20 > state.checkFrames {
      detail = Int64(state.checkMissing)
      return .framesMissing
    }
    if input.lossRatio > 0.01 {
      detail = roundedUp(input.lossRatio * 1000)
      return .linkLoss
    }
    // A voltage or temperature that is not known (NaN) is as good as one out of range.
    let volts = state.frame.busVolts
    if settings.voltageStop.isFinite, !(volts >= settings.voltageStop) {
      detail = volts.isFinite ? Int64(volts * 1000) : -1
      return .voltage
    }
    let celsius = state.frame.temperatureMaxCelsius
    if settings.temperatureStop.isFinite, !(celsius <= settings.temperatureWarn) {
      detail = celsius.isFinite ? roundedUp(celsius) : -128
      return .temperature
    }
    let joint = limits.jointOutsideRange(state.frame.jointPositionRadians)
    if joint >= 0 {
      detail = Int64(joint)
      return .jointOutsideRange
    }
    if lacksExternalVelocity(input.now) { return .externalVelocityMissing }
    if state.counters.frozenInertialUnitFrames &- state.checkFrozenBefore > 5 { return .inertialUnitFrozen }
    return .done
  }

  /// The next whole number: what is too much stays above its limit in words.
  @_noLocks private func roundedUp(_ x: Float) -> Int64 {
    let whole = Int64(x)
    return Float(whole) < x ? whole + 1 : whole
  }

  /// Back to DISARMED with the reason.
  @_noLocks mutating func refuse(_ result: RequestResult, _ detail: Int64, _ now: Instant) {
    state.armRefusal = result
    state.armRefusalDetail = detail
    _ = try? state.supervisor.refuseArm(at: now)
    event(.armRefused, a: result.number, b: UInt64(bitPattern: detail), at: now)
    if state.hasArmRequest {
      state.hasArmRequest = false
      board.reply(RequestReply(id: state.armRequest, result, detail: detail))
    }
  }

  /// The device answered ARM. If it accepted, its next frame says so and CHECK goes on. Outside CHECK the
  /// wish is refused already, and its reason stays.
  @_noLocks mutating func armAnswered(_ input: ControlInput) {
    guard case .check = state.supervisor.state else { return }
    switch input.answer {
    case .none, .accepted: break
    case .refused(let code, let more):
      guard code != 6 else {  // too few mode-OFF commands yet: they keep coming, ask again
        state.isArming = false
        return
      }
      refuse(.deviceRefused, Int64(code) | Int64(more) << 8, input.now)
    case .timedOut: refuse(.deviceSilent, 0, input.now)
    }
  }

  /// The device is live: targets start at the measured angles.
  @_noLocks private mutating func armed(_ now: Instant) {
    state.counters.armings &+= 1
    state.armRefusal = .done
    state.armRefusalDetail = 0
    state.isArming = false
    state.leftInStopAction = false
    state.envelope.seed(state.frame.jointPositionRadians)
    state.history.clear()
    state.hasGrid = false
    state.isStill = false
    state.isSettled = false
    state.isConfirmed = false
    state.fallCount = 0
    // Half a second of low supply counts from here, not from the arming before.
    state.warnSince = now
    state.stopSince = now
    state.restAfterEpisode = .none
    state.stopPhase = .moving
    state.powerPercent = settings.isArm ? state.requestedPowerPercent : ControlStep.gentlePercent
    if !state.hasBeenArmed {
      state.hasBeenArmed = true
      state.firstArmedMicroseconds = state.frame.deviceTimeMicroseconds
    }
    if isUpright(min(0.6, settings.tiltLimitRadians)) {
      _ = try? state.supervisor.armed(at: now)
    } else {
      _ = try? state.supervisor.armedLying(at: now)
    }
    if state.hasArmRequest {
      state.hasArmRequest = false
      board.reply(RequestReply(id: state.armRequest, .done))
    }
  }

  /// True if roll and pitch are both within `limit`, or the robot has no attitude.
  @_noLocks func isUpright(_ limit: Float) -> Bool {
    settings.isArm
      || (state.estimator.state.rollRadians.magnitude < limit && state.estimator.state.pitchRadians.magnitude < limit)
  }
}

internal import LimbTask
internal import LimbTypes

/// Between episodes: lying, waiting, standing up.
extension ControlStep {
  /// FALLEN: no stiffness. Once the robot has been upright and still for a second it may stand up, or ask a person.
  @_noLocks mutating func lie(_ now: Instant, _ since: Instant, _ attempt: Int, _ command: inout JointCommand) {
    damp(&command)
    announceEpisode(now)
    let isQuiet = isUpright(0.35) && isQuiet()
    if !isQuiet || !state.isStill { state.stillSince = now }
    state.isStill = isQuiet
    guard isQuiet, now.nanoseconds(since: since) >= 2_000_000_000,
      now.nanoseconds(since: state.stillSince) >= 1_000_000_000
    else { return }
    if attempt >= settings.resetAttempts { return stopOrHold(now, .standUpFailed) }
    if settings.confirmsByOperator {
      state.isConfirmed = false
      _ = try? state.supervisor.righted(at: now)
    } else {
      beginStanding(now)
      _ = try? state.supervisor.standUp(at: now)
    }
  }

  /// WAIT: no stiffness until a person confirms by `resume` or by the button on the robot.
  @_noLocks mutating func wait(_ now: Instant, _ command: inout JointCommand) {
    damp(&command)
    guard isUpright(settings.standTiltRadians) else {
      _ = try? state.supervisor.tippedOver(at: now)
      return
    }
    guard state.isConfirmed || state.frame.flags.contains(.button) else { return }
    state.isConfirmed = false
    beginStanding(now)
    _ = try? state.supervisor.standUp(at: now)
  }

  /// What STAND starts from: the target in force, whatever it is.
  @_noLocks mutating func beginStanding(_ now: Instant) {
    state.isSettled = false
    state.settledSince = now
    state.isStill = false
    state.stillSince = now
    if settings.isArm { return }
    if state.powerPercent < ControlStep.gentlePercent { state.powerPercent = ControlStep.gentlePercent }
  }

  /// STAND: three gentle seconds if it begins on the ground, then to full power; at the stance, settle, then the
  /// episode begins at a step's edge.
  @_noLocks mutating func stand(
    _ input: ControlInput, _ gentle: Bool, _ since: Instant, _ attempt: Int, _ isEdge: Bool,
    _ command: inout JointCommand
  ) {
    let now = input.now
    announceEpisode(now)
    guard isUpright(settings.standTiltRadians) else {
      standFailed(now, attempt)
      return damp(&command)
    }
    let elapsed = now.nanoseconds(since: since)
    let isGentle = gentle && !settings.isArm && elapsed < 3_000_000_000
    slewPower(to: isGentle ? ControlStep.gentlePercent : state.requestedPowerPercent, percentPerSecond: 90)
    let goal = settings.resetsToNominal ? limits.nominalRadians : state.envelope.appliedRadians
    move(to: goal, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)

    let stands = settings.isArm || feetOnGround() >= 3 || plan.kinematics.legCount == 0
    let isReady =
      state.powerPercent >= state.requestedPowerPercent && isAt(goal, within: settings.rampErrorRadians)
      && isQuiet() && stands && !isGentle
    if !isReady || !state.isSettled { state.settledSince = now }
    state.isSettled = isReady
    // A robot that cannot get back to its stance in a few seconds does not stand: it is treated as fallen.
    let allowed = gentle ? settings.attemptNanoseconds + 4_000_000_000 : min(settings.attemptNanoseconds, 4_000_000_000)
    if elapsed > allowed {
      standFailed(now, attempt)
      return
    }
    let settleNanoseconds: Int64 = settings.isArm ? 200_000_000 : 500_000_000
    guard isEdge, isReady, now.nanoseconds(since: state.settledSince) >= settleNanoseconds, state.episode.isAnnounced,
      state.history.regularCount >= plan.observation.history - 1, state.interval.isRegular, !state.isShuttingDown
    else { return }
    if case .none = state.restAfterEpisode {
      beginEpisode(input, &command)
    } else {
      enterPause(now, state.restAfterEpisode)
    }
  }

  @_noLocks private mutating func standFailed(_ now: Instant, _ attempt: Int) {
    state.isStill = false
    if settings.isArm { return stopOrHold(now, .standUpFailed) }
    if attempt >= settings.resetAttempts { return stopOrHold(now, .standUpFailed) }
    _ = try? state.supervisor.standUpFailed(at: now)
  }

  /// Joints and body hardly move.
  @_noLocks private func isQuiet() -> Bool {
    let omega = state.estimator.state.angularVelocityRadiansPerSecond
    if dot(omega, omega) > 0.16 { return false }
    for joint in 0..<limits.jointCount
    where state.frame.jointVelocityRadiansPerSecond[joint].magnitude > 1 { return false }
    return true
  }

  @_noLocks private func feetOnGround() -> Int { state.estimator.state.contacts.nonzeroBitCount }

  /// Notes a fall. False if there were more than the profile allows within a minute.
  @_noLocks mutating func noteFall(_ now: Instant) -> Bool {
    state.counters.falls &+= 1
    state.falls[state.fallCount % 64] = now.nanoseconds
    state.fallCount += 1
    var recent = 0
    for index in 0..<(state.fallCount < 64 ? state.fallCount : 64)
    where now.nanoseconds &- state.falls[index] < 60_000_000_000 { recent += 1 }
    return recent <= settings.maxFallsPerMinute
  }
}

internal import LimbTask
internal import LimbTypes

/// One tick while armed.
extension ControlStep {
  /// Power with which standing up and the ramp begin, percent.
  static var gentlePercent: Float { @_noLocks get { 10 } }

  @_noLocks mutating func drive(
    _ input: ControlInput, _ isFresh: Bool, _ command: inout JointCommand, _ output: inout ControlOutput
  ) {
    guard isFresh else { return coastOrStop(input, &command, &output) }
    watchSupply(input.now)
    watchOverruns(input)
    let isEdge = passEdge()
    switch state.supervisor.state {
    case .ramp(let since): ramp(input.now, since, &command)
    case .run(.episode): walk(input, isEdge, &command)
    case .run(.fallen(let since, let attempt)): lie(input.now, since, attempt, &command)
    case .run(.wait): wait(input.now, &command)
    case .run(.stand(let gentle, let since, let attempt)): stand(input, gentle, since, attempt, isEdge, &command)
    case .run(.paused(let since)): rest(input.now, since, &command)
    case .safeStop(let motion, _, let since, _): comeToRest(input.now, motion, since, &command, &output)
    case .hold: holdPose(&command)
    case .boot, .link, .disarmed, .check, .coast, .fault, .emergencyStop:
      state.envelope.damp(measuredRadians: state.frame.jointPositionRadians, &command)
    }
    if isEdge, !state.episode.isRunning { remember() }
    switch state.supervisor.state {
    case .safeStop(.silence, _, _, _): break
    case .ramp, .run, .coast, .safeStop, .hold: output.sendsCommand = true
    case .boot, .link, .disarmed, .check, .fault, .emergencyStop: break
    }
  }

  /// No fresh frame: the last target goes on for at most `coast_ms`, then the device stops by itself.
  @_noLocks private mutating func coastOrStop(
    _ input: ControlInput, _ command: inout JointCommand, _ output: inout ControlOutput
  ) {
    state.counters.coastedTicks &+= 1
    state.interval.addCoast()
    let blind = input.now.nanoseconds(since: state.frameAt)
    if case .safeStop(.silence, _, let since, _) = state.supervisor.state {
      // Every time-to-live is over after 200 ms: the device has stopped.
      if input.now.nanoseconds(since: since) > 300_000_000 { endSilence(input.now) }
      return
    }
    // In HOLD there is nothing to coast on once the device holds by itself.
    if blind >= settings.coastNanoseconds || !state.frame.deviceState.isLive, stayInHold() { return }
    if blind >= settings.coastNanoseconds {
      state.leftInStopAction = true
      stop(input.now, .silence, .staleSensors)
      return
    }
    if case .coast = state.supervisor.state {} else { _ = try? state.supervisor.coast(at: input.now) }
    state.envelope.coast(&command)
    output.sendsCommand = true
  }

  /// HOLD without a frame to go by: still HOLD, but no command. Its time-to-live over, a device
  /// that holds by itself holds on; any other stops in its own way, and its next frame says so.
  @_noLocks private mutating func stayInHold() -> Bool {
    switch state.supervisor.state {
    case .hold: return true
    case .coast(origin: .hold(let why, let since), since: _):
      return (try? state.supervisor.hold(at: since, why)) != nil
    default: return false
    }
  }

  /// Whether the tick begins a new policy step. Steps lie on a grid of device ticks, so that a missed frame delays one
  /// and not all that follow. A wholly missed one spoils the interval.
  @_noLocks private mutating func passEdge() -> Bool {
    let grid = state.frame.tick / settings.policyEvery
    guard state.hasGrid else {
      state.hasGrid = true
      state.grid = grid
      state.interval.begin(atMicroseconds: state.frame.deviceTimeMicroseconds, powerPercent: state.powerPercent)
      return false
    }
    guard grid > state.grid else { return false }
    if grid > state.grid + 1 {
      state.counters.missedSteps &+= grid - state.grid - 1
      state.interval.spoil()
    }
    state.grid = grid
    return true
  }

  /// Between episodes too, observations at policy rate are remembered: the context of the next episode.
  @_noLocks private mutating func remember() {
    var entry = ObservationHistory.Entry()
    observe(&entry)
    let full = state.powerPercent >= state.requestedPowerPercent
    entry.isRegular = state.interval.isRegular && full
    state.history.push(entry)
    state.interval.begin(atMicroseconds: state.frame.deviceTimeMicroseconds, powerPercent: state.powerPercent)
  }

  /// The observation at this tick.
  @_noLocks func observe(_ entry: inout ObservationHistory.Entry) {
    plan.observation.gather(
      state: state.estimator.state, goal: state.episode.goalMeters, previousAction: state.episode.action,
      appliedTarget: state.envelope.appliedRadians, into: &entry.frame)
    entry.tick = state.frame.tick
    entry.deviceTimeMicroseconds = state.frame.deviceTimeMicroseconds
  }

  /// A target with the profile's gains through the envelope. A refused one coasts.
  @_noLocks mutating func move(
    to target: JointVector, slewRadiansPerSecond slew: Float, _ command: inout JointCommand
  ) {
    var targets = JointTargets()
    targets.positionRadians = target
    targets.stiffness = limits.stiffness
    targets.damping = limits.damping
    let limited = state.envelope.apply(
      targets, measuredRadians: state.frame.jointPositionRadians,
      measuredRadiansPerSecond: state.frame.jointVelocityRadiansPerSecond, slewRadiansPerSecond: slew,
      powerPercent: state.powerPercent, to: &command)
    state.interval.add(limited, powerPercent: state.powerPercent)
    if limited.contains(.nonFinite) {
      state.interval.spoil()
      state.envelope.coast(&command)
    }
  }

  /// Moves the power in force towards `goal`, so that no motor jumps.
  @_noLocks mutating func slewPower(to goal: Float, percentPerSecond rate: Float) {
    let step = rate * limits.periodSeconds
    if state.powerPercent < goal - step {
      state.powerPercent += step
    } else if state.powerPercent > goal + step {
      state.powerPercent -= step
    } else {
      state.powerPercent = goal
    }
  }

  /// RAMP: from the measured angles to the stance, gently, then settle.
  @_noLocks private mutating func ramp(_ now: Instant, _ since: Instant, _ command: inout JointCommand) {
    guard isUpright(settings.tiltLimitRadians) else {
      stop(now, .damp, .tilt)
      return state.envelope.damp(measuredRadians: state.frame.jointPositionRadians, &command)
    }
    slewPower(to: state.requestedPowerPercent, percentPerSecond: 60)
    move(to: limits.nominalRadians, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)
    let isFull = state.powerPercent >= state.requestedPowerPercent
    if isFull, isAt(limits.nominalRadians, within: settings.rampErrorRadians) {
      beginStanding(now)
      _ = try? state.supervisor.rampDone(at: now)
    } else if now.nanoseconds(since: since) > settings.rampNanoseconds {
      stopOrHold(now, .rampTimeout)
    }
  }

  /// True if the target in force is `goal` and every joint is within `error` of it.
  @_noLocks func isAt(_ goal: JointVector, within error: Float) -> Bool {
    for joint in 0..<limits.jointCount {
      if (state.envelope.appliedRadians[joint] - goal[joint]).magnitude > 1e-3 { return false }
      if (state.frame.jointPositionRadians[joint] - goal[joint]).magnitude > error { return false }
    }
    return true
  }

  /// Battery and motors at two levels: rest after the episode; stop now. A level counts after half a second beyond it.
  /// What is not known for a moment is no better than it was: the half second runs on.
  @_noLocks private mutating func watchSupply(_ now: Instant) {
    let volts = state.frame.busVolts
    let celsius = state.frame.temperatureMaxCelsius
    let isLow = volts < settings.voltageWarn
    let isBeyondWarn = isLow || celsius > settings.temperatureWarn
    let isBeyondStop = volts < settings.voltageStop || celsius > settings.temperatureStop
    let isKnown = (volts.isFinite || !settings.voltageStop.isFinite)
      && (celsius.isFinite || !settings.temperatureStop.isFinite)
    if isKnown, !isBeyondWarn { state.warnSince = now }
    if isKnown, !isBeyondStop { state.stopSince = now }
    state.isWarned = now.nanoseconds(since: state.warnSince) > 500_000_000
    state.isPastStop = now.nanoseconds(since: state.stopSince) > 500_000_000
    if state.isPastStop {
      let isFlat = volts < settings.voltageStop || settings.voltageStop.isFinite && !volts.isFinite
      stopOrHold(now, isFlat ? .voltage : .temperature)
    } else if state.isWarned {
      state.restAfterEpisode = isLow ? .voltage : .temperature
    }
  }

  @_noLocks private mutating func watchOverruns(_ input: ControlInput) {
    if isLate(input) { stopOrHold(input.now, .overrun) }
  }

  /// Control has been late so many times in a row (`safety.overrun_limit_ticks`) that nobody is to rely on it.
  @_noLocks func isLate(_ input: ControlInput) -> Bool {
    settings.overrunLimit > 0 && input.consecutiveOverruns >= settings.overrunLimit
  }
}

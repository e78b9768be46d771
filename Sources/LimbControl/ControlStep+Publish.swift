internal import LimbTypes

/// Events and status.
extension ControlStep {
  /// Numbers an event and hands it to the recorder; a full ring loses it, counted.
  @_noLocks mutating func event(
    _ kind: ControlEventKind, a: UInt64 = 0, b: UInt64 = 0, value: Float = 0, at now: Instant
  ) {
    var event = ControlEvent()
    event.sequence = state.eventSequence
    event.iteration = state.counters.iterations
    event.tick = state.frame.tick
    event.at = now
    event.kind = kind
    event.a = a
    event.b = b
    event.value = value
    state.eventSequence &+= 1
    if !board.push(event) { state.counters.eventsDropped &+= 1 }
  }

  /// Every change of state since the last iteration becomes an event.
  @_noLocks mutating func drainTransitions(_ now: Instant) {
    var transition = Transition()
    while state.supervisor.drain(&transition) {
      event(
        .transition, a: transition.from.number, b: transition.to.number,
        value: Float(transition.reason.number), at: now)
    }
  }

  /// What operations see of this iteration.
  @_noLocks mutating func publishStatus(_ input: ControlInput) {
    var status = ControlStatus()
    status.state = state.supervisor.code
    status.reason = state.supervisor.reason
    status.stopReason = state.supervisor.stopReason
    status.isLinked = input.isLinked
    status.deviceState = state.frame.deviceState
    status.motorsEnabled = state.frame.flags.contains(.motorsEnabled)
    status.deviceFaultCode = state.frame.faultCode
    status.at = input.now
    status.tick = state.frame.tick
    status.deviceTimeMicroseconds = state.frame.deviceTimeMicroseconds
    if state.hasBeenArmed, state.frame.deviceTimeMicroseconds > state.firstArmedMicroseconds {
      status.robotSeconds = Double(state.frame.deviceTimeMicroseconds - state.firstArmedMicroseconds) * 1e-6
    }
    status.episode = state.episode.number
    status.stepIndex = state.episode.isRunning ? state.episode.index - 1 : -1
    status.stepsTotal = state.stepNumber
    status.recordsTotal = state.recordSequence
    status.policyVersion = state.hasPolicy ? board.policyVersion() : 0
    status.policyMode = state.mode
    status.isWarmingUp = isWarmingUp
    status.powerPercent = state.powerPercent
    status.busVolts = state.frame.busVolts
    status.busAmperes = state.frame.busAmperes
    status.temperatureMaxCelsius = state.frame.temperatureMaxCelsius
    status.rollRadians = state.estimator.state.rollRadians
    status.pitchRadians = state.estimator.state.pitchRadians
    status.yawRadians = state.estimator.state.yawRadians
    status.baseVelocityMetersPerSecond = state.estimator.state.baseVelocityMetersPerSecond
    status.baseHeightMeters = state.estimator.state.baseHeightMeters
    status.contacts = state.estimator.state.contacts
    status.handPositionMeters = state.estimator.state.handPositionMeters
    status.goalPositionMeters = state.episode.goalMeters
    status.jointPositionRadians = state.estimator.state.jointPositionRadians
    status.armRefusal = state.armRefusal
    status.armRefusalDetail = state.armRefusalDetail
    if case .emergencyStop = state.supervisor.state { status.isEmergencyStopped = true }
    // An arm in HOLD stays there: when commands stop its device does what the profile's link-loss action says.
    let isLeftHolding = state.isShuttingDown && isHolding
    status.isShutDown = isLeftHolding || state.isShuttingDown && !state.supervisor.state.isArmed
    status.leftInStopAction = state.leftInStopAction || isLeftHolding
    status.counters = state.counters
    board.publish(status)
  }

  /// In HOLD, coasting or not.
  private var isHolding: Bool {
    @_noLocks get {
      switch state.supervisor.state {
      case .hold, .coast(origin: .hold, since: _): return true
      default: return false
      }
    }
  }
}

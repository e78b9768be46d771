package import LimbTypes

/// Coasting, stopping, latching, clearing.
extension Supervisor {
  /// RAMP, RUN, SAFE_STOP or HOLD → COAST: no fresh frame. A silent safe stop has nothing to coast on and stays.
  @_noLocks package mutating func coast(at now: Instant) throws(SupervisorError) {
    let why = reason
    defer { interruptedReason = why }
    switch state {
    case .ramp(let since): go(.coast(origin: .ramp(since: since), since: now), .frameMissing)
    case .run(let activity): go(.coast(origin: .run(activity), since: now), .frameMissing)
    case .hold(let why, let since):
      go(.coast(origin: .hold(reason: why, since: since), since: now), .frameMissing)
    case .safeStop(let motion, let why, let since, let latch) where rank(motion) < rank(.silence):
      go(.coast(origin: .safeStop(motion, reason: why, since: since, latch: latch), since: now), .frameMissing)
    default: throw illegal(.frameMissing)
    }
  }

  /// COAST → what was interrupted: a fresh frame came in time. The transition is logged as `frame_fresh`; `reason` is again
  /// the one that led to the interrupted state, which is what a person asks for.
  @_noLocks package mutating func frameReturned() throws(SupervisorError) {
    guard case .coast(let origin, _) = state else { throw illegal(.frameFresh) }
    switch origin {
    case .ramp(let since): go(.ramp(since: since), .frameFresh)
    case .run(let activity): go(.run(activity), .frameFresh)
    case .hold(let why, let since): go(.hold(reason: why, since: since), .frameFresh)
    case .safeStop(let motion, let why, let since, let latch):
      go(.safeStop(motion, reason: why, since: since, latch: latch), .frameFresh)
    }
    reason = interruptedReason
  }

  /// Any armed state → SAFE_STOP. In SAFE_STOP itself, coasting or not, only a graver motion (damp over park, silence over both) or a
  /// latch changes anything: severity never falls.
  @_noLocks package mutating func safeStop(
    at now: Instant, _ motion: StopMotion, _ why: TransitionReason, latch: Bool
  ) throws(SupervisorError) {
    switch state {
    case .ramp, .run, .hold: go(.safeStop(motion, reason: why, since: now, latch: latch), why)
    case .coast(let origin, _):
      guard case .safeStop(let present, _, let since, let latched) = origin else {
        return go(.safeStop(motion, reason: why, since: now, latch: latch), why)
      }
      let graver = rank(motion) > rank(present)
      guard graver || (latch && !latched) else { throw illegal(why) }
      go(
        .safeStop(graver ? motion : present, reason: why, since: graver ? now : since, latch: latched || latch),
        why)
    case .safeStop(let present, _, let since, let latched):
      let graver = rank(motion) > rank(present)
      guard graver || (latch && !latched) else { throw illegal(why) }
      go(
        .safeStop(graver ? motion : present, reason: why, since: graver ? now : since, latch: latched || latch),
        why)
    case .boot, .link, .disarmed, .check, .fault, .emergencyStop: throw illegal(why)
    }
  }

  /// Any armed state of an arm → HOLD: keeps its pose until a person clears or disarms.
  @_noLocks package mutating func hold(at now: Instant, _ why: TransitionReason) throws(SupervisorError) {
    switch state {
    case .ramp, .run, .coast, .safeStop: go(.hold(reason: why, since: now), why)
    case .boot, .link, .disarmed, .check, .hold, .fault, .emergencyStop: throw illegal(why)
    }
  }

  /// SAFE_STOP → DISARMED, or FAULT if the stop latches.
  @_noLocks package mutating func stopDone(at now: Instant) throws(SupervisorError) {
    guard case .safeStop(_, let why, _, let latch) = state else { throw illegal(.done) }
    if latch { go(.fault(reason: why, code: 0), .done) } else { go(.disarmed(since: now), .done) }
  }

  /// Any linked state but ESTOP → FAULT.
  @_noLocks package mutating func fault(_ why: TransitionReason, code: UInt32) throws(SupervisorError) {
    switch state {
    case .boot, .link, .fault, .emergencyStop: throw illegal(why)
    case .disarmed, .check, .ramp, .run, .coast, .safeStop, .hold: go(.fault(reason: why, code: code), why)
    }
  }

  /// Any state → ESTOP. Again: no change, no error (it is idempotent).
  @_noLocks package mutating func emergencyStop(at now: Instant, _ why: TransitionReason) {
    if case .emergencyStop = state { return }
    go(.emergencyStop(since: now), why)
  }

  /// FAULT or HOLD → DISARMED: a person cleared it and the cause is gone (the caller asked the device first). HOLD
  /// keeps being held by the device. In DISARMED only the device had a latch: nothing changes here.
  @_noLocks package mutating func clear(at now: Instant, isLinked: Bool) throws(SupervisorError) {
    switch state {
    case .fault, .hold, .coast(origin: .hold, since: _):
      go(isLinked ? .disarmed(since: now) : .link(since: now), .cleared)
    case .disarmed: return
    default: throw illegal(.cleared)
    }
  }

  /// HOLD → PAUSED: a person cleared a hold that limbd keeps itself, with the device armed, and the cause is gone.
  @_noLocks package mutating func clearOwnHold(at now: Instant) throws(SupervisorError) {
    switch state {
    case .hold, .coast(origin: .hold, since: _): break
    default: throw illegal(.cleared)
    }
    go(.run(.paused(since: now)), .cleared)
  }

  /// ESTOP → DISARMED, or LINK if the device has gone.
  @_noLocks package mutating func clearEmergencyStop(at now: Instant, isLinked: Bool) throws(SupervisorError) {
    guard case .emergencyStop = state else { throw illegal(.cleared) }
    go(isLinked ? .disarmed(since: now) : .link(since: now), .cleared)
  }

  /// Takes the oldest transition that was not logged yet. False when there is none.
  @_noLocks package mutating func drain(_ transition: inout Transition) -> Bool {
    guard queued > 0 else { return false }
    transition = queue[0]
    for index in 1..<8 { queue[index - 1] = queue[index] }
    queued -= 1
    return true
  }

  /// Park is the mildest, then damping, then silence.
  @_noLocks func rank(_ motion: StopMotion) -> Int {
    switch motion {
    case .park: 0
    case .damp: 1
    case .silence: 2
    }
  }
}

internal import LimbTypes

/// Letting go: disarm, shutdown, clear.
extension ControlStep {
  /// Disarm and shutdown: the robot is made safe first, by sitting, parking or damping. A disarm is answered `done` only
  /// when the device has said that its motors are off, whatever limbd's own state is: a cleared HOLD still holds.
  @_noLocks mutating func stopWanted(_ id: UInt64, _ input: ControlInput, isShutdown: Bool) -> RequestResult? {
    if isShutdown { state.isShuttingDown = true }
    let why: TransitionReason = isShutdown ? .shutdownRequested : .disarmRequested
    switch state.supervisor.state {
    case .boot, .link: return isShutdown ? .done : .notLinked
    case .disarmed, .fault, .emergencyStop:
      // When limbd ends, motors stay as it found them.
      if isShutdown { return .done }
      guard input.isLinked else { return .notLinked }
      wantDisarm()
    case .check:
      refuse(.interrupted, 0, input.now)
      if isShutdown {
        // ARM may be on its way. A device that holds goes on holding by itself once commands stop.
        if state.isArming, !settings.holdsOnFault { wantDisarm() }
        return .done
      }
      wantDisarm()
    case .safeStop, .ramp, .coast(origin: .safeStop, since: _), .coast(origin: .ramp, since: _):
      stop(input.now, settings.wantedStop, why)
    case .hold, .coast(origin: .hold, since: _):
      // A disarm lets a loaded arm fall: only a person may ask for that. When limbd ends and commands stop, the device
      // does what its link-loss action says: most arms hold on by themselves; one that damps sinks.
      if isShutdown { return .done }
      wantDisarm()
    case .run(let activity), .coast(origin: .run(let activity), since: _):
      stop(activity, input.now, isShutdown ? .shutdown : .disarm, why)
    }
    replyStop(.interrupted)
    state.hasStopRequest = true
    state.stopRequest = id
    return nil
  }

  /// A wanted stop of a robot that works: an episode ends at its next step, one that lies stays without stiffness.
  @_noLocks mutating func stop(_ activity: Activity, _ now: Instant, _ cause: EndCause, _ why: TransitionReason) {
    switch activity {
    case .episode: endAtNextStep(cause)
    case .fallen, .wait: stop(now, .damp, why)
    case .paused: stop(now, state.pauseOnlyDamps ? .damp : settings.wantedStop, why)
    case .stand: stop(now, settings.wantedStop, why)
    }
  }

  /// DISARM as soon as no other request is under way. It goes before a CLEAR that has not begun.
  @_noLocks mutating func wantDisarm() {
    if case .clear = state.wanted, state.hasClearRequest {
      state.hasClearRequest = false
      board.reply(RequestReply(id: state.clearRequest, .interrupted))
    }
    state.wanted = .disarm
  }

  @_noLocks mutating func clear(_ id: UInt64, _ input: ControlInput, isEmergency: Bool) -> RequestResult? {
    switch state.supervisor.state {
    case .emergencyStop: if !isEmergency { return .latchedEmergencyStop }
    case .hold, .coast(origin: .hold, since: _):
      if isEmergency { return .wrongState }
      if isHoldingItself(input.now) { return clearOwnHold(input) }
    case .fault, .disarmed: if isEmergency { return .wrongState }
    case .boot, .link, .check, .ramp, .run, .coast, .safeStop: return .wrongState
    }
    guard input.isLinked else {
      // No device to ask: the daemon's own latch goes, the device's stays with the device.
      if isEmergency {
        lowerEmergencyStop(input)
      } else {
        _ = try? state.supervisor.clear(at: input.now, isLinked: false)
      }
      return .done
    }
    guard !state.hasClearRequest, state.wanted.isNone, !isEmergency || isToldEmergencyStop else { return .busy }
    state.wanted = .clear(emergencyStop: isEmergency)
    state.hasClearRequest = true
    state.clearRequest = id
    return nil
  }

  /// HOLD is limbd's own: the device is armed and follows the pose that it is sent. The device has no latch to lift.
  @_noLocks private func isHoldingItself(_ now: Instant) -> Bool {
    state.frame.deviceState.isLive && now.nanoseconds(since: state.frameAt) < settings.coastNanoseconds
  }

  /// HOLD → PAUSED, if what led to it is gone. Like the device's CLEAR it keeps the pose: the robot moves only when a
  /// person says `resume`, or `disarm`, which parks first.
  @_noLocks private mutating func clearOwnHold(_ input: ControlInput) -> RequestResult {
    if state.isShuttingDown { return .wrongState }
    if state.isPastStop || isLate(input) { return .causePresent }
    guard (try? state.supervisor.clearOwnHold(at: input.now)) != nil else { return .wrongState }
    state.pauseOnlyDamps = false
    state.stopPhase = .holding
    return .done
  }
}

internal import LimbTypes

/// Coming to rest: safe stop, pause, hold.
extension ControlStep {
  /// Stops by `motion`. If a stop is under way, only a graver one changes it. A running episode ends with the cause that
  /// belongs to the reason.
  @_noLocks mutating func stop(_ now: Instant, _ motion: StopMotion, _ why: TransitionReason) {
    guard (try? state.supervisor.safeStop(at: now, motion, why, latch: false)) != nil else { return }
    endEpisode(why.endCause)
    if !why.isAsked { state.counters.safeStops &+= 1 }
    state.stopPhase = .moving
    if case .damp = motion { state.stopPhase = .damping(since: now) }
  }

  /// What a fault with fresh sensors does: an arm under gravity holds, everything else damps. On the way to the park
  /// pose too: severity only rises.
  @_noLocks mutating func stopOrHold(_ now: Instant, _ why: TransitionReason) {
    switch state.supervisor.state {
    case .safeStop: guard isParking else { return }
    case .hold: return
    case .boot, .link, .disarmed, .check, .ramp, .run, .coast, .fault, .emergencyStop: break
    }
    if settings.holdsOnFault {
      endEpisode(why.endCause)
      state.counters.safeStops &+= 1
      _ = try? state.supervisor.hold(at: now, why)
      interruptRequests()
    } else {
      stop(now, .damp, why)
    }
  }

  /// A safe stop that still moves the joints.
  private var isParking: Bool {
    @_noLocks get {
      guard case .safeStop(.park, _, _, _) = state.supervisor.state else { return false }
      switch state.stopPhase {
      case .moving, .holding: return true
      case .damping, .disarming: return false
      }
    }
  }

  /// SAFE_STOP with fresh frames: move, damp for 0.7 s, disarm.
  @_noLocks mutating func comeToRest(
    _ now: Instant, _ motion: StopMotion, _ since: Instant, _ command: inout JointCommand,
    _ output: inout ControlOutput
  ) {
    if case .silence = motion {
      if now.nanoseconds(since: since) > 300_000_000 { endSilence(now) }
      return
    }
    switch state.stopPhase {
    case .moving, .holding:
      guard isUpright(settings.tiltLimitRadians) else {
        // It tipped, or somebody picked it up: joints do not go on moving.
        stop(now, .damp, .tilt)
        return damp(&command)
      }
      if park(&command) {
        state.stopPhase = .damping(since: now)
      } else if now.nanoseconds(since: since) > settings.parkNanoseconds {
        parkFailed(now)
      }
    case .damping(let began):
      damp(&command)
      if now.nanoseconds(since: began) > 700_000_000 {
        wantDisarm()
        state.stopPhase = .disarming(since: now)
      }
    case .disarming(let began):
      damp(&command)
      // The device does not answer: silence, and its own watchdog does the rest.
      if now.nanoseconds(since: began) > 1_000_000_000 { stop(now, .silence, state.supervisor.reason) }
    }
  }

  /// One tick on the way to the park pose. True if the robot is there.
  @_noLocks private mutating func park(_ command: inout JointCommand) -> Bool {
    slewPower(to: state.requestedPowerPercent, percentPerSecond: 60)
    move(to: limits.parkRadians, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)
    return isAt(limits.parkRadians, within: settings.rampErrorRadians)
  }

  /// The park pose cannot be reached. A robot on legs is let down where it is; an arm would fall, and holds.
  /// Where the device does not hold by itself, limbd alone keeps this HOLD: it lasts as long as its commands.
  @_noLocks private mutating func parkFailed(_ now: Instant) {
    guard settings.isArm else {
      state.stopPhase = .damping(since: now)
      return
    }
    if (try? state.supervisor.hold(at: now, .parkTimeout)) != nil { interruptRequests() }
  }

  /// After a silent stop every time-to-live is over: a device that holds keeps holding (HOLD), any other is still.
  @_noLocks mutating func endSilence(_ now: Instant) {
    guard settings.holdsOnFault else { return finishStop(now, isConfirmed: false) }
    if (try? state.supervisor.hold(at: now, state.supervisor.reason)) != nil { interruptRequests() }
  }

  /// No stiffness, damping; the power in force is forgotten.
  @_noLocks mutating func damp(_ command: inout JointCommand) {
    state.envelope.damp(measuredRadians: state.frame.jointPositionRadians, &command)
    state.powerPercent = 0
  }

  /// HOLD: the last target, within the hold error of the measured angles. A device that holds by itself hears mode-OFF
  /// commands, so that it can be armed again.
  @_noLocks mutating func holdPose(_ command: inout JointCommand) {
    guard state.frame.deviceState.isLive else {
      return state.envelope.off(measuredRadians: state.frame.jointPositionRadians, &command)
    }
    var target = state.envelope.appliedRadians
    for joint in 0..<limits.jointCount {
      let measured = state.frame.jointPositionRadians[joint]
      if target[joint] > measured + limits.holdErrorRadians { target[joint] = measured + limits.holdErrorRadians }
      if target[joint] < measured - limits.holdErrorRadians { target[joint] = measured - limits.holdErrorRadians }
    }
    move(to: target, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)
  }

  /// Into PAUSED from a robot that stands (or an arm anywhere).
  @_noLocks mutating func enterPause(_ now: Instant, _ why: TransitionReason) {
    state.pauseOnlyDamps = false
    state.stopPhase = .moving
    _ = try? state.supervisor.pause(at: now, why)
  }

  /// PAUSED: sits or parks; then a quadruped is without stiffness, an arm keeps holding. After a cleared HOLD the pose
  /// stays. A quadruped that tips or is picked up is without stiffness at once.
  @_noLocks mutating func rest(_ now: Instant, _ since: Instant, _ command: inout JointCommand) {
    if !isUpright(settings.tiltLimitRadians) { state.pauseOnlyDamps = true }
    if state.pauseOnlyDamps { return damp(&command) }
    switch state.stopPhase {
    case .moving:
      let isThere = park(&command)
      if !settings.isArm, isThere || now.nanoseconds(since: since) > settings.parkNanoseconds {
        state.stopPhase = .damping(since: now)
      }
    case .holding: holdPose(&command)
    case .damping, .disarming: damp(&command)
    }
  }
}

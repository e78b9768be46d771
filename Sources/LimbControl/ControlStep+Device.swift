internal import LimbTypes

/// What the device says of itself, and what is asked of it.
extension ControlStep {
  /// A fresh frame's device state against what control believes.
  @_noLocks mutating func watchDevice(_ now: Instant) {
    if state.frame.flags.contains(.positionClamped) || state.frame.flags.contains(.slewClamped)
      || state.frame.flags.contains(.torqueClamped)
    {
      state.interval.addDeviceClamp()
    }
    if state.frame.flags.contains(.temperatureLost), state.frame.deviceState.isLive {
      enterFault(.temperatureSensorLost, code: ControlStep.temperatureSensorFault)
      return
    }
    if !state.frame.deviceState.isLive || state.supervisor.state.isArmed { state.strayFrames = 0 }
    switch state.frame.deviceState {
    case .emergencyStop: enterEmergencyStop(now, .deviceEmergencyStop)
    case .fault: enterFault(.deviceFault, code: state.frame.faultCode)
    case .damp, .hold, .limp: if state.supervisor.state.isArmed { deviceStopped(now) }
    case .boot, .waitHello, .disarmed: if state.supervisor.state.isArmed { deviceStopped(now) }
    case .armed, .coast: disarmStray(now)
    }
  }

  /// A device that is armed while limbd is not (the answer to ARM or DISARM was lost) is asked to disarm, after ten
  /// frames that say so, since some may have been on their way, and then after 500 more. CHECK decides for itself.
  @_noLocks private mutating func disarmStray(_ now: Instant) {
    switch state.supervisor.state {
    case .disarmed, .fault: break
    case .boot, .link, .check, .ramp, .run, .coast, .safeStop, .hold, .emergencyStop: return
    }
    state.strayFrames += 1
    guard state.strayFrames >= 10, !state.isShuttingDown, state.wanted.isNone, state.underWay.isNone,
      !leavesDeviceAlone
    else { return }
    state.strayFrames = -490
    wantDisarm()
    event(.fault, b: TransitionReason.strayArming.number, at: now)
  }

  /// The device's motors are on, though limbd is in FAULT, or is DISARMED and the robot is an arm that is held. It gets
  /// neither DISARM, which would let a loaded arm go, nor a command, so that its time to live ends and it does what
  /// `on_link_loss` says: that holds an arm until a person clears or disarms.
  var leavesDeviceAlone: Bool {
    @_noLocks get {
      guard state.frame.deviceState.isLive, state.frame.flags.contains(.motorsEnabled) else { return false }
      switch state.supervisor.state {
      case .fault: return true
      case .disarmed: return settings.holdsOnFault
      case .boot, .link, .check, .ramp, .run, .coast, .safeStop, .hold, .emergencyStop: return false
      }
    }
  }

  /// The fault bit of SPEC §5, found by limbd itself.
  static var temperatureSensorFault: UInt32 { @_noLocks get { 0x80 } }

  /// Latches FAULT.
  @_noLocks mutating func enterFault(_ why: TransitionReason, code: UInt32) {
    switch state.supervisor.state {
    case .boot, .link, .fault, .emergencyStop: return
    case .disarmed, .check, .ramp, .run, .coast, .safeStop, .hold: break
    }
    endEpisode(why.endCause)
    interruptRequests()
    _ = try? state.supervisor.fault(why, code: code)
    event(.fault, a: UInt64(code), b: why.number, at: state.frameAt)
  }

  /// The device stopped by itself while control thought it was armed: time-to-live, reset, somebody's DISARM.
  @_noLocks private mutating func deviceStopped(_ now: Instant) {
    // A frame refused for its IMU comes here while limbd coasts: with the device stopped there is nothing to coast on.
    if case .coast = state.supervisor.state { _ = try? state.supervisor.frameReturned() }
    switch state.supervisor.state {
    case .safeStop(_, _, _, let latch):
      // Ours: it is done, or it went further than we asked.
      if case .disarmed = state.frame.deviceState {
        finishStop(now, isConfirmed: true)
      } else if state.wanted.isNone, !latch {
        settleStoppedDevice(now)
      }
    case .hold:
      // It holds as it should, or somebody made it let go.
      if case .hold = state.frame.deviceState { return }
      _ = try? state.supervisor.clear(at: now, isLinked: true)
      state.hasGrid = false
    default:
      stop(now, .silence, .deviceStopped)
      settleStoppedDevice(now)
    }
  }

  /// A device that holds, damps or is limp needs nothing more from us: HOLD for a holding arm, DISARMED otherwise (it
  /// must be cleared before it can be armed).
  @_noLocks private mutating func settleStoppedDevice(_ now: Instant) {
    if case .hold = state.frame.deviceState {
      if (try? state.supervisor.hold(at: now, state.supervisor.reason)) != nil { interruptRequests() }
    } else {
      finishStop(now, isConfirmed: state.frame.deviceState.isOff)
    }
  }

  /// SAFE_STOP is over. A person who asked to disarm hears it when the device has said that its motors are off; if it
  /// stopped in another way it is asked. When limbd ends, a device in its own stop action is left there.
  @_noLocks mutating func finishStop(_ now: Instant, isConfirmed: Bool) {
    _ = try? state.supervisor.stopDone(at: now)
    state.hasGrid = false
    guard state.hasStopRequest else { return }
    if isConfirmed || state.isShuttingDown { replyStop(.done) } else { wantDisarm() }
  }
}

extension DeviceState {
  /// Its motors are off and nothing of it is latched.
  var isOff: Bool {
    @_noLocks get {
      switch self {
      case .boot, .waitHello, .disarmed: true
      case .armed, .coast, .damp, .hold, .limp, .fault, .emergencyStop: false
      }
    }
  }
}

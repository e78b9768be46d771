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
      enterFault(.deviceFault, code: ControlStep.temperatureSensorFault)
      return
    }
    switch state.frame.deviceState {
    case .emergencyStop: enterEmergencyStop(now, .deviceEmergencyStop)
    case .fault: enterFault(.deviceFault, code: state.frame.faultCode)
    case .damp, .hold, .limp: if state.supervisor.state.isArmed { deviceStopped(now) }
    case .boot, .waitHello, .disarmed: if state.supervisor.state.isArmed { deviceStopped(now) }
    case .armed, .coast: break
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
    switch state.supervisor.state {
    case .safeStop(_, _, _, let latch):
      // Ours: it is done, or it went further than we asked.
      if case .disarmed = state.frame.deviceState { finishStop(now) } else if state.wanted.isNone, !latch {
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
      _ = try? state.supervisor.hold(at: now, state.supervisor.reason)
    } else {
      finishStop(now)
    }
  }

  /// SAFE_STOP is over.
  @_noLocks mutating func finishStop(_ now: Instant) {
    _ = try? state.supervisor.stopDone(at: now)
    state.hasGrid = false
    if state.hasStopRequest {
      state.hasStopRequest = false
      board.reply(RequestReply(id: state.stopRequest, .done))
    }
  }

  /// The answer to the request under way.
  @_noLocks mutating func takeAnswer(_ input: ControlInput) {
    if case .episode = state.underWay, input.now.nanoseconds(since: state.episode.announcementBegan) > 400_000_000 {
      // A device without that parameter is not asked again, and says nothing.
      state.episode.isAnnounced = true
      state.underWay = .none
    }
    if case .none = input.answer { return }
    let request = state.underWay
    state.underWay = .none
    switch request {
    case .none: break
    case .episode: state.episode.isAnnounced = true
    case .arm: armAnswered(input)
    case .disarm:
      switch state.supervisor.state {
      case .hold:
        _ = try? state.supervisor.clear(at: input.now, isLinked: true)
        replyStop()
      case .safeStop: finishStop(input.now)
      default: replyStop()
      }
    case .clear(let isEmergency): clearAnswered(input, isEmergency)
    }
  }

  @_noLocks private mutating func replyStop() {
    guard state.hasStopRequest else { return }
    state.hasStopRequest = false
    board.reply(RequestReply(id: state.stopRequest, .done))
  }

  @_noLocks private mutating func clearAnswered(_ input: ControlInput, _ isEmergency: Bool) {
    var result = RequestResult.done
    var detail: Int64 = 0
    switch input.answer {
    case .none: return
    case .accepted: break
    case .timedOut: result = .deviceSilent
    case .refused(let code, let more):
      result = code == 4 ? .causePresent : .deviceRefused
      detail = code == 4 ? Int64(more) : Int64(code)
    }
    if case .done = result {
      if isEmergency {
        board.lowerEmergencyStop()
        _ = try? state.supervisor.clearEmergencyStop(at: input.now, isLinked: input.isLinked)
      } else {
        _ = try? state.supervisor.clear(at: input.now, isLinked: input.isLinked)
      }
      state.hasGrid = false
    }
    if state.hasClearRequest {
      state.hasClearRequest = false
      board.reply(RequestReply(id: state.clearRequest, result, detail: detail))
    }
  }

  /// Hands the wanted request out if none is under way.
  @_noLocks mutating func beginRequest(_ output: inout ControlOutput) {
    guard state.underWay.isNone, !state.wanted.isNone else { return }
    output.request = state.wanted
    state.underWay = state.wanted
    state.wanted = .none
  }

  /// Wants the device to know the number of the next episode, once. Arms and gentle devices answer at once.
  @_noLocks mutating func announceEpisode(_ now: Instant) {
    guard !state.episode.isAnnounced, state.wanted.isNone, state.underWay.isNone else { return }
    state.wanted = .episode(state.episode.number)
    state.episode.announcementBegan = now
  }

  /// Requests that wait for something that will not come any more.
  @_noLocks mutating func interruptRequests() {
    if state.hasArmRequest {
      state.hasArmRequest = false
      board.reply(RequestReply(id: state.armRequest, .interrupted))
    }
    if state.hasClearRequest {
      state.hasClearRequest = false
      board.reply(RequestReply(id: state.clearRequest, .interrupted))
    }
    if state.hasStopRequest {
      state.hasStopRequest = false
      board.reply(RequestReply(id: state.stopRequest, .interrupted))
    }
  }
}

extension DeviceRequest {
  var isNone: Bool {
    @_noLocks get {
      if case .none = self { return true }
      return false
    }
  }
}

internal import LimbDevices
internal import LimbTypes

/// Requests to the device and what it answers.
extension ControlStep {
  /// Hands the wanted request out if none is under way.
  @_noLocks mutating func beginRequest(_ output: inout ControlOutput) {
    guard state.underWay.isNone, !state.wanted.isNone else { return }
    output.request = state.wanted
    state.underWay = state.wanted
    state.wanted = .none
  }

  /// The answer to the request under way.
  @_noLocks mutating func takeAnswer(_ input: ControlInput) {
    if case .episode = state.underWay, input.now.nanoseconds(since: state.episode.announcementBegan) > 400_000_000 {
      // A device without that parameter is not asked again, and says nothing.
      state.episode.isAnnounced = true
      state.underWay = .none
    }
    if case .none = input.answer { return }
    // A late answer to what was given up (the episode's number) is none to what was asked since.
    guard input.answerKind.isAnswer(to: state.underWay) else { return }
    let request = state.underWay
    state.underWay = .none
    switch request {
    case .none: break
    case .episode: state.episode.isAnnounced = true
    case .arm: armAnswered(input)
    case .disarm: disarmAnswered(input)
    case .clear(let isEmergency): clearAnswered(input, isEmergency)
    }
  }

  /// Only a device that said so has let go. From one that refuses or is silent limbd is silent too, in a stop, so that
  /// the device's own watchdog ends it; the person is told.
  @_noLocks private mutating func disarmAnswered(_ input: ControlInput) {
    switch input.answer {
    case .none: return
    case .timedOut: disarmFailed(.deviceSilent, 0, input.now)
    case .refused(let code, _): disarmFailed(.deviceRefused, Int64(code), input.now)
    case .accepted:
      switch state.supervisor.state {
      case .safeStop: finishStop(input.now, isConfirmed: true)
      case .hold, .coast(origin: .hold, since: _):
        _ = try? state.supervisor.clear(at: input.now, isLinked: true)
        replyStop(.done)
      case .boot, .link, .disarmed, .check, .ramp, .run, .coast, .fault, .emergencyStop: replyStop(.done)
      }
    }
  }

  @_noLocks private mutating func disarmFailed(_ result: RequestResult, _ detail: Int64, _ now: Instant) {
    replyStop(result, detail)
    switch state.supervisor.state {
    case .safeStop, .coast(origin: .safeStop, since: _): stop(now, .silence, state.supervisor.reason)
    case .boot, .link, .disarmed, .check, .ramp, .run, .coast, .hold, .fault, .emergencyStop: break
    }
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
        lowerEmergencyStop(input)
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

  /// The e-stops that control has seen are cleared; one raised since is not.
  @_noLocks mutating func lowerEmergencyStop(_ input: ControlInput) {
    board.lowerEmergencyStop(state.emergencyStopCount)
    _ = try? state.supervisor.clearEmergencyStop(at: input.now, isLinked: input.isLinked)
  }

  /// Answers the person who asked to disarm or to shut down.
  @_noLocks mutating func replyStop(_ result: RequestResult, _ detail: Int64 = 0) {
    guard state.hasStopRequest else { return }
    state.hasStopRequest = false
    board.reply(RequestReply(id: state.stopRequest, result, detail: detail))
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
    replyStop(.interrupted)
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

extension ServiceKind {
  @_noLocks fileprivate func isAnswer(to request: DeviceRequest) -> Bool {
    switch (request, self) {
    case (.arm, .arm), (.disarm, .disarm), (.clear(emergencyStop: false), .clear),
      (.clear(emergencyStop: true), .clearEmergencyStop), (.episode, .setParameter):
      true
    default: false
    }
  }
}

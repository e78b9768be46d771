internal import LimbTypes

/// Requests of operations: control decides.
extension ControlStep {
  @_noLocks mutating func takeRequests(_ input: ControlInput) {
    for index in 0..<input.requestCount {
      let request = input.requests[index]
      event(.request, a: request.kind.code, b: argument(request), value: number(request.kind), at: input.now)
      let result = handle(request, input)
      if let result { board.reply(RequestReply(id: request.id, result, detail: detail(result))) }
    }
  }

  /// What an answer at once is about: the state, where that is the reason.
  @_noLocks private func detail(_ result: RequestResult) -> Int64 {
    if case .wrongState = result { return Int64(state.supervisor.code.number) }
    return 0
  }

  /// nil: the answer comes later.
  @_noLocks private mutating func handle(_ request: ControlRequest, _ input: ControlInput) -> RequestResult? {
    switch request.kind {
    case .arm: return arm(request.id, input)
    case .disarm: return stopWanted(request.id, input, isShutdown: false)
    case .shutdown: return stopWanted(request.id, input, isShutdown: true)
    case .pause: return pause(input.now)
    case .resume: return resume(input.now)
    case .clear: return clear(request.id, input, isEmergency: false)
    case .clearEmergencyStop:
      // An e-stop that was raised after somebody asked to lift the one before is not lifted with it.
      guard request.emergencyStopCount >= input.emergencyStopCount else { return .interrupted }
      return clear(request.id, input, isEmergency: true)
    case .policy(let mode):
      state.mode = mode
      if state.episode.isRunning { endAtNextStep(.policyChange) }
      return .done
    case .power(let percent):
      guard percent >= 10, percent <= limits.powerPercent else { return .invalidArgument }
      state.requestedPowerPercent = percent
      return .done
    case .label(let reward, let success, let revision):
      guard reward.isFinite else { return .invalidArgument }
      state.episode.externalReward = reward
      state.episode.successLabel = success
      state.episode.labelRevision = revision
      return .done
    case .velocity(let velocity):
      take(velocity, input.now)
      return nil
    }
  }

  /// Keeps a velocity from outside, if the profile asks for one and it is believable.
  @_noLocks private mutating func take(_ bodyMetersPerSecond: Vector3, _ now: Instant) {
    let square = dot(bodyMetersPerSecond, bodyMetersPerSecond)
    let limit = ControlStep.externalVelocityLimitMetersPerSecond
    guard settings.velocityIsExternal, square.isFinite, square <= limit * limit else { return }
    state.estimator.take(externalMetersPerSecond: bodyMetersPerSecond)
    state.externalVelocityAt = now
    state.hasExternalVelocity = true
  }

  /// Faster than this is a mistake of units or of the tracker, and is not taken.
  package static var externalVelocityLimitMetersPerSecond: Float { @_noLocks get { 20 } }
  /// An external velocity older than this is a missing sensor.
  package static var externalVelocityPatienceNanoseconds: Int64 { @_noLocks get { 200_000_000 } }

  /// Whether the profile wants a velocity from outside and the newest is too old, or there is none.
  @_noLocks func lacksExternalVelocity(_ now: Instant) -> Bool {
    settings.velocityIsExternal
      && (!state.hasExternalVelocity
        || now.nanoseconds(since: state.externalVelocityAt) > ControlStep.externalVelocityPatienceNanoseconds)
  }

  /// With `number` all that the request says, bit for bit: what a replay needs.
  @_noLocks private func argument(_ request: ControlRequest) -> UInt64 {
    switch request.kind {
    case .policy(let mode): mode.number
    case .power(let percent): percent >= 0 && percent <= 100 ? UInt64(percent) : 0
    case .label(_, let success, let revision): UInt64(revision) | UInt64(UInt32(bitPattern: success)) << 32
    case .velocity(let velocity): UInt64(velocity.x.bitPattern) | UInt64(velocity.y.bitPattern) << 32
    case .clearEmergencyStop: request.emergencyStopCount
    case .arm, .disarm, .pause, .resume, .clear, .shutdown: 0
    }
  }

  @_noLocks private func number(_ kind: ControlRequestKind) -> Float {
    switch kind {
    case .power(let percent): percent
    case .label(let reward, _, _): reward
    case .velocity(let velocity): velocity.z
    case .policy, .arm, .disarm, .pause, .resume, .clear, .clearEmergencyStop, .shutdown: 0
    }
  }

  @_noLocks private mutating func arm(_ id: UInt64, _ input: ControlInput) -> RequestResult? {
    switch state.supervisor.state {
    case .boot, .link: return .notLinked
    case .emergencyStop: return .latchedEmergencyStop
    case .fault: return .latchedFault
    case .check: return .busy
    case .ramp, .run, .coast, .safeStop, .hold: return .wrongState
    case .disarmed: break
    }
    guard !state.isShuttingDown, (try? state.supervisor.requestArm(at: input.now)) != nil else { return .wrongState }
    state.checkFrames = 0
    state.checkMissing = 0
    state.checkFrozenBefore = state.counters.frozenInertialUnitFrames
    state.isArming = false
    state.hasArmRequest = true
    state.armRequest = id
    return nil
  }

  /// What a person wished within the last step of an episode that ended by itself: it is done all the same.
  @_noLocks mutating func honour(_ wish: EndCause, _ now: Instant) {
    guard case .run(let activity) = state.supervisor.state else { return }
    switch wish {
    case .pause: _ = pause(now)
    case .disarm: stop(activity, now, wish, .disarmRequested)
    case .shutdown: stop(activity, now, wish, .shutdownRequested)
    case .none, .fall, .trip, .timeLimit, .policyChange, .emergencyStop, .linkLoss, .staleSensors, .deviceFault,
      .handOnRobot, .nonFiniteAction, .rest:
      break
    }
  }

  @_noLocks private mutating func pause(_ now: Instant) -> RequestResult {
    switch state.supervisor.state {
    case .run(.episode), .coast(origin: .run(.episode), since: _): endAtNextStep(.pause)
    case .run(.fallen), .run(.wait):
      state.pauseOnlyDamps = true
      _ = try? state.supervisor.pause(at: now, .pauseRequested)
    case .run(.stand): enterPause(now, .pauseRequested)
    case .run(.paused): break
    case .boot, .link, .disarmed, .check, .ramp, .coast, .safeStop, .hold, .fault, .emergencyStop: return .wrongState
    }
    return .done
  }

  @_noLocks private mutating func resume(_ now: Instant) -> RequestResult {
    switch state.supervisor.state {
    case .run(.paused):
      guard !state.isPastStop else { return .wrongState }
      state.restAfterEpisode = .none
      if state.pauseOnlyDamps, !isUpright(0.35) {
        _ = try? state.supervisor.resume(at: now)
        _ = try? state.supervisor.standUpFailed(at: now)
      } else {
        beginStanding(now)
        _ = try? state.supervisor.resume(at: now)
      }
      return .done
    case .run(.wait):
      state.isConfirmed = true
      return .done
    case .boot, .link, .disarmed, .check, .ramp, .run, .coast, .safeStop, .hold, .fault, .emergencyStop:
      return .wrongState
    }
  }

  /// Ends the episode at the next step's edge, so that its last transition is whole. Of several wishes the one that
  /// leaves the robot at rest the longest wins.
  @_noLocks mutating func endAtNextStep(_ cause: EndCause) {
    if weight(cause) > weight(state.episode.pendingEnd) { state.episode.pendingEnd = cause }
  }

  @_noLocks private func weight(_ wish: EndCause) -> Int {
    switch wish {
    case .none: 0
    case .policyChange: 1
    case .pause: 2
    case .disarm: 3
    case .shutdown: 4
    case .fall, .trip, .timeLimit, .emergencyStop, .linkLoss, .staleSensors, .deviceFault, .handOnRobot,
      .nonFiniteAction, .rest:
      5
    }
  }
}

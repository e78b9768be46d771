internal import LimbNetworks
internal import LimbTask
internal import LimbTypes

/// The episode: its ticks, its ends.
extension ControlStep {
  /// STAND → EPISODE at a step's edge: context records, then the first step.
  @_noLocks mutating func beginEpisode(_ input: ControlInput, _ command: inout JointCommand) {
    guard (try? state.supervisor.beginEpisode()) != nil else { return }
    state.episode.isRunning = true
    state.episode.index = 0
    state.episode.action = ActionVector()
    state.episode.action1 = ActionVector()
    state.episode.action2 = ActionVector()
    state.episode.headingRadians = 0
    state.episode.lastYawRadians = state.estimator.state.yawRadians
    state.episode.pendingEnd = .none
    state.episode.refusedActions = 0
    state.episode.isCoastingAction = false
    state.noise.forget()
    // From the target in force, so that the first filtered target is no jump.
    state.filter.reset(to: state.envelope.appliedRadians)
    event(.episodeBegan, a: UInt64(state.episode.number), b: settings.run.seed, at: input.now)
    emitContext()
    takeStep(input)
  }

  /// One tick of EPISODE.
  @_noLocks mutating func walk(_ input: ControlInput, _ isEdge: Bool, _ command: inout JointCommand) {
    trackHeading()
    state.interval.add(state.estimator.state, limits: limits)
    if let termination = plan.termination.evaluate(state.estimator.state) {
      return fail(input.now, termination.endCause, &command)
    }
    if !isUpright(settings.tiltLimitRadians) {
      stop(input.now, .damp, .tilt)
      return damp(&command)
    }
    if state.isButtonNew { return makeWay(input.now, &command) }
    if isEdge {
      if state.episode.index >= settings.episodeSteps { return finish(input.now, .timeLimit, &command) }
      switch state.episode.pendingEnd {
      case .none: takeStep(input)
      case .fall, .trip, .timeLimit, .pause, .disarm, .shutdown, .policyChange, .emergencyStop, .linkLoss,
        .staleSensors, .deviceFault, .handOnRobot, .nonFiniteAction, .rest:
        return finish(input.now, state.episode.pendingEnd, &command)
      }
      guard state.episode.isRunning else { return damp(&command) }
    }
    if !isAwaitingAction { follow(&command) }
  }

  /// The command of a tick within a step: towards what the action asks for, through the filter.
  @_noLocks mutating func follow(_ command: inout JointCommand) {
    slewPower(to: state.requestedPowerPercent, percentPerSecond: 50)
    if state.episode.isCoastingAction {
      move(to: state.envelope.appliedRadians, slewRadiansPerSecond: limits.slewRadiansPerSecond, &command)
    } else {
      var target = state.requestedRadians
      state.filter.apply(&target)
      move(to: target, slewRadiansPerSecond: limits.slewRadiansPerSecond, &command)
    }
  }

  /// `task.terminate` latched: the step ends here and now. A quadruped lies down; an arm must not drop and goes home.
  @_noLocks private mutating func fail(_ now: Instant, _ cause: EndCause, _ command: inout JointCommand) {
    let wish = state.episode.pendingEnd
    endEpisode(cause)
    let isWithinLimit = noteFall(now)
    if settings.isArm {
      beginStanding(now)
      _ = try? state.supervisor.returnToStance(at: now, .fell)
      move(to: state.envelope.appliedRadians, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)
    } else {
      state.isStill = false
      _ = try? state.supervisor.fall(at: now)
      damp(&command)
    }
    if !isWithinLimit { stopOrHold(now, .tooManyFalls) }
    honour(wish, now)
  }

  /// A person's hand is on the robot, at its button: what it does from here on is not the policy's doing. It rests.
  @_noLocks private mutating func makeWay(_ now: Instant, _ command: inout JointCommand) {
    let wish = state.episode.pendingEnd
    endEpisode(TransitionReason.handOnRobot.endCause)
    enterPause(now, .handOnRobot)
    honour(wish, now)
    move(to: state.envelope.appliedRadians, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)
  }

  /// The episode ends at a step's edge with the robot on its feet.
  @_noLocks private mutating func finish(_ now: Instant, _ cause: EndCause, _ command: inout JointCommand) {
    let wish = state.episode.pendingEnd
    endEpisode(cause)
    switch cause {
    case .pause: enterPause(now, .pauseRequested)
    case .disarm: stop(now, settings.wantedStop, .disarmRequested)
    case .shutdown: stop(now, settings.wantedStop, .shutdownRequested)
    case .policyChange:
      beginStanding(now)
      _ = try? state.supervisor.returnToStance(at: now, .policyChanged)
    case .none, .fall, .trip, .timeLimit, .emergencyStop, .linkLoss, .staleSensors, .deviceFault, .handOnRobot,
      .nonFiniteAction, .rest:
      beginStanding(now)
      if case .none = state.restAfterEpisode {
        _ = try? state.supervisor.returnToStance(at: now, .timeLimit)
      } else {
        enterPause(now, .rest)
      }
      honour(wish, now)
    }
    move(to: state.envelope.appliedRadians, slewRadiansPerSecond: limits.rampRadiansPerSecond, &command)
  }

  /// Heading against the first record, unwrapped.
  @_noLocks private mutating func trackHeading() {
    let yaw = state.estimator.state.yawRadians
    var turned = yaw - state.episode.lastYawRadians
    if turned > 3.1415927 { turned -= 6.2831855 }
    if turned < -3.1415927 { turned += 6.2831855 }
    state.episode.headingRadians += turned
    state.episode.lastYawRadians = yaw
  }

  /// Closes the running episode, whatever ends it: the one place that writes `close` records. Does nothing without one.
  @_noLocks mutating func endEpisode(_ cause: EndCause) {
    guard state.episode.isRunning else { return }
    state.episode.isRunning = false
    emitClose(cause)
    event(
      .episodeEnded, a: UInt64(state.episode.number), b: cause.number, value: Float(state.episode.index),
      at: state.frameAt)
    state.episode.number &+= 1
    state.episode.isAnnounced = false
    state.episode.action = ActionVector()
    state.episode.externalReward = 0
    state.episode.successLabel = -1
    state.episode.pendingEnd = .none
    drawGoal()
  }

  /// The hand's goal of the next episode: uniform in the profile's box, a pure function of seed and episode.
  @_noLocks mutating func drawGoal() {
    guard settings.hasGoal else { return }
    let u = Philox.uniforms(seed: settings.run.seed, stream: .goal, counter: UInt64(state.episode.number), lane: 0)
    let size = settings.goalMaximum - settings.goalMinimum
    state.episode.goalMeters = settings.goalMinimum + Vector3(u.x, u.y, u.z) * size
    state.episode.goalNumber = UInt64(state.episode.number)
    event(
      .goalDrawn, a: state.episode.goalNumber, b: 0, value: state.episode.goalMeters.x, at: state.frameAt)
  }
}

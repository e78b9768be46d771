package import LimbNetworks
package import LimbProfile
package import LimbTask
package import LimbTypes

/// One tick of control: frame and instant in, command out. No clock, no I/O; the same bytes in give the same bytes out.
///
/// ```
/// var step = ControlStep(profile: profile, plan: plan, run: run, policy: PolicyInference(actor), board: board)
/// var command = JointCommand()
/// var output = ControlOutput()
/// step.advance(input, command: &command, output: &output)   // exactly once an iteration, with or without a frame
/// if output.sendsCommand { … }                                // encode and send `command`
/// ```
/// Records, events, answers and the status go out through the board. Frames that come late or are not the newest go
/// through `absorbLate` and update the estimator alone. Everything is `@_noLocks`; after `init` nothing allocates.
package struct ControlStep: ~Copyable {
  /// The task, compiled from the profile.
  package let plan: ControlPlan
  /// The profile's limits.
  package let limits: ControlLimits
  /// Numbers of the profile and of the run.
  package let settings: ControlSettings
  /// What the step shares with recorder, learner and operations.
  package let board: ControlBoard
  let policy: PolicyRunner
  let gait: ScriptedGait
  /// The step whose action is awaited from outside: outcome and observation are filled in.
  package internal(set) var openRecord = StepRecord()
  /// `advance` has stopped half-way: somebody outside owes an action (`PolicyMode.external`), which `decide` takes.
  package internal(set) var isAwaitingAction = false
  /// Everything remembered between two ticks.
  package var state: ControlStepState

  /// Allocates; call it before the control thread starts.
  package init(
    profile: RobotProfile, plan: ControlPlan, run: ControlRun, policy: consuming PolicyInference, board: ControlBoard
  ) {
    precondition(plan.observation.history <= historyCapacity, "a history longer than \(historyCapacity) frames")
    self.plan = plan
    self.board = board
    limits = ControlLimits(profile: profile)
    settings = ControlSettings(profile: profile, run: run)
    self.policy = PolicyRunner(policy)
    gait = ScriptedGait(plan)
    state = ControlStepState(
      estimator: StateEstimator(settings: EstimatorSettings(profile: profile), kinematics: plan.kinematics),
      envelope: SafetyEnvelope(limits: ControlLimits(profile: profile)), filter: plan.action.lowPass, run: run)
    drawGoal()
  }

  /// Bytes of a key-frame.
  package static var keyFrameByteCount: Int { MemoryLayout<ControlStepState>.size }

  /// Copies everything remembered between two ticks: `keyFrameByteCount` bytes. Good for the same build alone.
  @_noLocks package func copyKeyFrame(into bytes: UnsafeMutableRawPointer) {
    unsafe bytes.assumingMemoryBound(to: ControlStepState.self).pointee = state
  }

  /// Goes on from a key-frame that the same build made. `bytes` is aligned to 16.
  @_noLocks package mutating func restoreKeyFrame(from bytes: UnsafeRawPointer) {
    state = unsafe bytes.assumingMemoryBound(to: ControlStepState.self).pointee
  }

  /// A frame that comes too late for a command, or is not the newest of its iteration: the estimator sees it, nobody
  /// else.
  @_noLocks package mutating func absorbLate(_ frame: SensorFrame) {
    state.counters.lateFrames &+= 1
    _ = state.estimator.absorb(frame)
  }

  /// One iteration. Fills `command` where `output.sendsCommand` becomes true. Traps while an action is awaited.
  @_noLocks package mutating func advance(
    _ input: ControlInput, command: inout JointCommand, output: inout ControlOutput
  ) {
    precondition(!isAwaitingAction, "decide first")
    state.counters.iterations &+= 1
    output = ControlOutput()
    watchLine(input)
    watchEmergencyStop(input)
    watchLink(input)
    let isFresh = takeFrame(input)
    if isFresh {
      // First back to what was interrupted: the device's state is judged against that.
      if case .coast = state.supervisor.state { _ = try? state.supervisor.frameReturned() }
      watchDevice(input.now)
    }
    takeAnswer(input)
    takeRequests(input)

    switch state.supervisor.state {
    case .boot: _ = try? state.supervisor.start(at: input.now)
    case .link: break
    case .disarmed: idle(isFresh, &command, &output)
    case .check(let since): check(input, isFresh, since: since, &command, &output)
    case .ramp, .run, .coast, .safeStop, .hold: drive(input, isFresh, &command, &output)
    case .fault: idle(isFresh, &command, &output)
    case .emergencyStop: stayStopped(isFresh, &output)
    }
    if !isAwaitingAction { conclude(input, &command, &output) }
  }

  /// Goes on where `advance` stopped for an action from outside, each number −1 … 1. False if one of them is not finite:
  /// nothing has happened then, and the action is still awaited. `input`, `command` and `output` are those of `advance`.
  @_noLocks package mutating func decide(
    _ action: ActionVector, _ input: ControlInput, command: inout JointCommand, output: inout ControlOutput
  ) -> Bool {
    guard isAwaitingAction else { return false }
    var choice = ActionChoice()
    choice.source = .external
    var index = 0
    while index < plan.actionCount {
      guard action[index].isFinite else { return false }
      choice.set(action[index], at: index)
      index += 1
    }
    isAwaitingAction = false
    state.noise.forget()
    act(choice)
    var record = openRecord
    closeStep(&record, choice, input)
    // The tick that begins an episode still has STAND's command.
    if state.episode.index > 1 { follow(&command) }
    conclude(input, &command, &output)
    return true
  }

  /// What every iteration ends with.
  @_noLocks private mutating func conclude(
    _ input: ControlInput, _ command: inout JointCommand, _ output: inout ControlOutput
  ) {
    command.answersTick = state.frame.tick
    command.timeToLiveMilliseconds = settings.timeToLiveMilliseconds
    beginRequest(&output)
    drainTransitions(input.now)
    publishStatus(input)
  }

  /// Motors off. The device validates these commands and counts them for ARM; before the first RUN they keep it armed.
  @_noLocks private mutating func idle(
    _ isFresh: Bool, _ command: inout JointCommand, _ output: inout ControlOutput
  ) {
    guard isFresh, !leavesDeviceAlone else { return }
    state.envelope.off(measuredRadians: state.frame.jointPositionRadians, &command)
    output.sendsCommand = true
  }

  /// Believes or refuses the frame of this iteration. False: control has nothing fresh to act on.
  @_noLocks private mutating func takeFrame(_ input: ControlInput) -> Bool {
    guard input.hasFrame else { return false }
    switch state.estimator.absorb(input.frame) {
    case .good:
      state.counters.frames &+= 1
      // Without the velocity that the profile relies on, a frame is as good as none: coast, then stop.
      if lacksExternalVelocity(input.now), state.supervisor.state.isArmed {
        takeDeviceAlone(input)
        return false
      }
      state.isButtonNew = input.frame.flags.contains(.button) && !state.frame.flags.contains(.button)
      state.frame = input.frame
      state.frameAt = input.now
      return true
    case .imuFrozen:
      state.counters.frozenInertialUnitFrames &+= 1
      // Joints and device state are fresh all the same: a disarmed device must keep hearing from us.
      if state.supervisor.state.isArmed {
        takeDeviceAlone(input)
        return false
      }
      state.frame = input.frame
      return true
    case .invalid:
      state.counters.invalidFrames &+= 1
      takeStopAlone(input)
      return false
    }
  }

  /// A frame that tells nothing of the base still tells of device and joints. In a stop or HOLD nothing else counts:
  /// a device that let go, faulted or was stopped there is not to go unseen.
  @_noLocks private mutating func takeDeviceAlone(_ input: ControlInput) {
    switch state.supervisor.state {
    case .safeStop, .hold, .coast(origin: .safeStop, since: _), .coast(origin: .hold, since: _):
      state.frame = input.frame
      watchDevice(input.now)
    case .boot, .link, .disarmed, .check, .ramp, .run, .coast, .fault, .emergencyStop: takeStopAlone(input)
    }
  }

  /// A frame whose measurements are refused came with the right checksum all the same: that the device has stopped by
  /// itself is believed and acted on at once, and not when `coast_ms` is over.
  @_noLocks private mutating func takeStopAlone(_ input: ControlInput) {
    guard state.supervisor.state.isArmed, !input.frame.deviceState.isLive else { return }
    state.frame.deviceState = input.frame.deviceState
    state.frame.faultCode = input.frame.faultCode
    state.frame.flags = input.frame.flags
    watchDevice(input.now)
  }

  /// LINK ↔ the rest.
  @_noLocks private mutating func watchLink(_ input: ControlInput) {
    if case .link = state.supervisor.state {
      guard input.isLinked else { return }
      state.estimator.reset()
      state.hasExternalVelocity = false
      state.episode.isAnnounced = false
      state.underWay = .none
      state.wanted = .none
      _ = try? state.supervisor.link(at: input.now)
      event(.linked, at: input.now)
      return
    }
    guard !input.isLinked else { return }
    // The driver forgets what was under way with the line: no answer comes any more, in the latched states either.
    interruptRequests()
    state.underWay = .none
    state.wanted = .none
    switch state.supervisor.state {
    case .boot, .link, .fault, .emergencyStop: return
    case .disarmed, .check, .ramp, .run, .coast, .safeStop, .hold: break
    }
    if state.supervisor.state.isArmed {
      endEpisode(TransitionReason.unlinked.endCause)
      state.leftInStopAction = true
    }
    state.hasGrid = false
    _ = try? state.supervisor.unlink(at: input.now)
    event(.unlinked, at: input.now)
  }
}

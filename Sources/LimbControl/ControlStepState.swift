internal import LimbNetworks
internal import LimbTask
package import LimbTypes

/// The episode under way and what the next one needs.
package struct EpisodeState: BitwiseCopyable, Sendable {
  /// Number of the present or next episode.
  package var number: UInt32 = 0
  /// True between the first record of an episode and its `close`.
  package var isRunning = false
  /// Index of the next record of the running episode: 0 before its first step.
  package var index: Int32 = 0
  /// The last squashed action, each in (−1, 1).
  package var action = ActionVector()
  /// The one before it.
  package var action1 = ActionVector()
  /// The one before that: the second difference needs three.
  package var action2 = ActionVector()
  /// Heading against the episode's first record, unwrapped.
  package var headingRadians: Float = 0
  /// The yaw that `headingRadians` was last updated with.
  package var lastYawRadians: Float = 0
  /// An end that waits for the next step's edge.
  package var pendingEnd = EndCause.none
  /// Non-finite actions of this episode; the second leads to SAFE_STOP.
  package var refusedActions = 0
  /// The action under way was refused: the last target goes on until the next step.
  package var isCoastingAction = false
  /// The device was told the number, or has no use for it.
  package var isAnnounced = false
  /// When control began to tell the device the number.
  package var announcementBegan = Instant()
  /// Goal of the episode, base frame (arms).
  package var goalMeters = Vector3()
  /// Number of the goal in force, that of its episode.
  package var goalNumber: UInt64 = 0
  /// Reward per step that a request has set; goes into every record until the next.
  package var externalReward: Float = 0
  /// What a request said of the episode: −1 unknown, 0 no, 1 yes.
  package var successLabel: Int32 = -1
  /// Revision of that label.
  package var labelRevision: UInt32 = 0

  /// Before the first episode.
  @_noLocks package init() {}
}

/// Where a stop, a pause or a shutdown has come to.
enum StopPhase: BitwiseCopyable, Sendable {
  case moving
  /// A pause that keeps the pose: after a HOLD that a person cleared nothing moves until they say so.
  case holding
  case damping(since: Instant)
  case disarming(since: Instant)
}

/// Everything that the step remembers between two ticks: one bitwise-copyable value, so that a key-frame is its bytes.
package struct ControlStepState: BitwiseCopyable, Sendable {
  /// The state machine.
  package var supervisor = Supervisor()
  /// What is believed of the robot.
  package var estimator: StateEstimator
  /// The safety envelope and the targets in force.
  package var envelope: SafetyEnvelope
  /// The last observation frames, what the policy sees.
  package var history = ObservationHistory()
  /// Sums over the ticks since the last record.
  package var interval = StepInterval()
  /// The episode under way.
  package var episode = EpisodeState()
  /// What has been counted since the start.
  package var counters = ControlCounters()
  /// Who chooses actions.
  package var mode: PolicyMode
  /// The low-pass behind the action mapper, and what it is fed.
  var filter: LowPassFilter
  /// The noise of the last sampled action, from which a correlated one goes on.
  var noise = ExplorationNoise()
  var requestedRadians = JointVector()
  /// The newest frame that was fresh, and when it came.
  var frame = SensorFrame()
  /// The robot's button is pressed in that frame and was not in the one before.
  var isButtonNew = false
  var frameAt = Instant()
  /// tick / policy_every of the newest tick processed while armed; nil before the first.
  var grid: UInt64 = 0
  var hasGrid = false
  /// Power asked for, percent; in force from the next step's edge on.
  package var requestedPowerPercent: Float
  /// Power in force, percent; 0 before the first arming.
  package var powerPercent: Float = 0
  // Numbering.
  /// Sequence number of the next step record.
  package var recordSequence: UInt64
  /// Steps chosen so far in this state directory: the counter of the exploration noise.
  package var stepNumber: UInt64
  var eventSequence: UInt64 = 0
  // Policies.
  var lastAdoptionStep: UInt64 = 0
  var hasPolicy = false
  var policyWaitingSince: UInt64 = .max
  // CHECK.
  var checkFrames = 0
  var checkMissing = 0
  var checkFrozenBefore: UInt64 = 0
  var armRequest: UInt64 = 0
  var clearRequest: UInt64 = 0
  var stopRequest: UInt64 = 0
  var hasArmRequest = false
  var hasClearRequest = false
  var hasStopRequest = false
  var isArming = false
  // The newest velocity from outside: its value is the estimator's.
  var externalVelocityAt = Instant()
  var hasExternalVelocity = false
  /// Why the last wish to arm was refused, `.done` if it was not.
  package var armRefusal = RequestResult.done
  /// What `armRefusal` is about; see `RequestResult`.
  package var armRefusalDetail: Int64 = 0
  // Requests to the device.
  var wanted = DeviceRequest.none
  var underWay = DeviceRequest.none
  /// Frames in a row in which the device was armed and limbd was not; below 0 after it was asked to disarm.
  var strayFrames = 0
  // Standing, resting, stopping.
  var stillSince = Instant()
  var isStill = false
  var settledSince = Instant()
  var isSettled = false
  var isConfirmed = false
  var falls = InlineArray<64, UInt64>(repeating: 0)
  var fallCount = 0
  var stopPhase = StopPhase.moving
  var restAfterEpisode = TransitionReason.none
  var warnSince = Instant()
  var stopSince = Instant()
  var isWarned = false
  var isPastStop = false
  var pauseOnlyDamps = false
  /// ESTOPs that the present line took whole.
  var emergencyBursts = 0
  /// The newest raise of the e-stop that control has acted on.
  var emergencyStopCount: UInt64 = 0
  var lineNumber: UInt64 = 0
  var wasLinked = false
  var isShuttingDown = false
  /// True if a shutdown left the device in its own stop action.
  package var leftInStopAction = false
  var firstArmedMicroseconds: UInt64 = 0
  var hasBeenArmed = false

  init(estimator: StateEstimator, envelope: SafetyEnvelope, filter: LowPassFilter, run: ControlRun) {
    self.estimator = estimator
    self.envelope = envelope
    self.filter = filter
    mode = run.mode
    requestedPowerPercent = envelope.limits.powerPercent
    recordSequence = run.firstRecordSequence
    stepNumber = run.firstStep
    episode.number = run.firstEpisode
  }
}

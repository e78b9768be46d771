internal import LimbTask
package import LimbTypes

/// The episode under way and what the next one needs.
package struct EpisodeState: BitwiseCopyable, Sendable {
  /// Number of the present or next episode.
  package var number: UInt32 = 0
  package var isRunning = false
  /// Index of the next record of the running episode: 0 before its first step.
  package var index: Int32 = 0
  /// The last three squashed actions, newest first.
  package var action = ActionVector()
  package var action1 = ActionVector()
  package var action2 = ActionVector()
  /// Heading against the first record, unwrapped, and the yaw it was last updated with.
  package var headingRadians: Float = 0
  package var lastYawRadians: Float = 0
  /// An end that waits for the next step's edge.
  package var pendingEnd = EndCause.none
  package var refusedActions = 0
  /// The action under way was refused: the last target goes on until the next step.
  package var isCoastingAction = false
  /// The device was told the number, or has no use for it.
  package var isAnnounced = false
  package var announcementBegan = Instant()
  package var goalMeters = Vector3()
  package var goalNumber: UInt64 = 0
  package var externalReward: Float = 0
  package var successLabel: Int32 = -1
  package var labelRevision: UInt32 = 0

  @_noLocks package init() {}
}

/// Where a stop, a pause or a shutdown has come to.
enum StopPhase: BitwiseCopyable, Sendable {
  case moving
  case damping(since: Instant)
  case disarming(since: Instant)
}

/// Everything that the step remembers between two ticks: one bitwise-copyable value, so that a key-frame is its bytes.
package struct ControlStepState: BitwiseCopyable, Sendable {
  package var supervisor = Supervisor()
  package var estimator: StateEstimator
  package var envelope: SafetyEnvelope
  package var history = ObservationHistory()
  package var interval = StepInterval()
  package var episode = EpisodeState()
  package var counters = ControlCounters()
  package var mode: PolicyMode
  /// The low-pass behind the action mapper, and what it is fed.
  var filter: LowPassFilter
  var requestedRadians = JointVector()
  /// The newest frame that was fresh, and when it came.
  var frame = SensorFrame()
  var frameAt = Instant()
  /// tick / policy_every of the newest tick processed while armed; nil before the first.
  var grid: UInt64 = 0
  var hasGrid = false
  /// Power asked for and power in force, percent.
  package var requestedPowerPercent: Float
  package var powerPercent: Float = 0
  // Numbering.
  package var recordSequence: UInt64
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
  package var armRefusal = RequestResult.done
  package var armRefusalDetail: Int64 = 0
  // Requests to the device.
  var wanted = DeviceRequest.none
  var underWay = DeviceRequest.none
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
  var emergencyBursts = 0
  var isShuttingDown = false
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

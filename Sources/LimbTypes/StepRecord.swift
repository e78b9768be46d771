/// What kind of record it is (docs/architecture.md, The record).
package enum RecordKind: UInt8, BitwiseCopyable, Sendable {
  /// One of the H − 1 frames at policy rate before an episode; fills histories, never sampled as a transition.
  case context = 0
  /// An observation and the action chosen on it.
  case step = 1
  /// The observation after the last action; no action.
  case close = 2
}

/// Who chose the action.
package enum ActionSource: UInt8, BitwiseCopyable, Sendable {
  case none = 0
  case policy = 1
  case mean = 2
  case uniform = 3
  case scripted = 4
  case human = 5
  case prior = 6
  case zero = 7
  /// Gaussian noise about action 0, before a policy is asked; its law is in μ and log σ.
  case noise = 8
  /// Another program's, through `limbd environment`.
  case external = 9
}

/// One bit each.
package struct StepFlags: BitwiseCopyable, Sendable, Equatable {
  /// The bits as the replay store has them.
  package var rawValue: UInt8
  /// Flags with these bits.
  @_noLocks package init(rawValue: UInt8 = 0) { self.rawValue = rawValue }
  /// The interval that led to this record ended in a state whose future is worth nothing.
  package static var terminated: StepFlags { @_noLocks get { StepFlags(rawValue: 1) } }
  /// The episode was cut here, the world would have gone on.
  package static var truncated: StepFlags { @_noLocks get { StepFlags(rawValue: 2) } }
  /// The interval that led to this record may be learned from: no coast, power unchanged, duration within ±10 % unless
  /// a termination cut it short, nothing missed, not dropped by the table of end causes.
  package static var regular: StepFlags { @_noLocks get { StepFlags(rawValue: 4) } }
  /// True if every bit of `other` is set.
  @_noLocks package func contains(_ other: StepFlags) -> Bool { rawValue & other.rawValue == other.rawValue }
  /// Sets the bits of `other`.
  @_noLocks package mutating func insert(_ other: StepFlags) { rawValue |= other.rawValue }
  /// Clears the bits of `other`.
  @_noLocks package mutating func remove(_ other: StepFlags) { rawValue &= ~other.rawValue }
}

/// What one step leaves behind. It is emitted when the step begins, so it has two halves:
///
/// - the **outcome** of the interval that led here: signals, applied targets, `limitedBy`, duration, flags, end cause;
/// - the **choice** made here: pre-squash u, μ, log σ, log-density, requested target, source, policy version.
///
/// A `close` has an outcome and no choice, a `context` record only an observation. Key: (session, episode, index);
/// `sequence` counts every record the control thread ever emitted, so that a gap shows a loss. Crosses from control to
/// the recorder by value; its fields on disk are `StepRecordLayout`.
package struct StepRecord: BitwiseCopyable, Sendable {
  /// Context, step or close.
  package var kind = RecordKind.step
  /// Who chose the action; `.none` where there is none.
  package var source = ActionSource.none
  /// Whether the interval that led here ended the episode, and whether it may be learned from.
  package var flags = StepFlags()
  /// Why the episode ended; `.none` unless the record is a `close`.
  package var endCause = EndCause.none
  /// Running number of step records of this state directory.
  package var sequence: UInt64 = 0
  /// The run that the record belongs to.
  package var session: UInt64 = 0
  /// Number of the episode, unique in the state directory.
  package var episode: UInt32 = 0
  /// 0, 1, … for steps, the episode's length for `close`, −(H−1) … −1 for context.
  package var index: Int32 = 0
  /// The device tick that began the step.
  package var tick: UInt64 = 0
  /// The device's clock at that tick.
  package var deviceTimeMicroseconds: UInt64 = 0
  /// Seed of the run; with the episode number it gives the simulator's randomisation back.
  package var seed: UInt64 = 0
  /// Version of the policy that chose, 0 = none.
  package var policyVersion: UInt64 = 0
  /// Observation terms in raw units at this record.
  package var observation = ObservationFrame()
  /// Outcome: see the type.
  package var signals = RewardSignals()
  /// Outcome: targets in force at this tick on the host, after filter and envelope, radians.
  package var appliedTargetRadians = JointVector()
  /// Outcome: targets that the device reports, radians.
  package var deviceTargetRadians = JointVector()
  /// Outcome: union over the interval's ticks.
  package var limitedBy = LimitedBy()
  /// Outcome: length of the interval in device time, seconds; 0 if there is none.
  package var durationSeconds: Float = 0
  /// Outcome: ticks of the interval that control coasted.
  package var coastedTicks: UInt16 = 0
  /// Choice: the action before tanh.
  package var preSquash = ActionVector()
  /// Choice: μ of the law it was drawn from.
  package var mean = ActionVector()
  /// Choice: ln σ of the law it was drawn from.
  package var logStandardDeviation = ActionVector()
  /// Choice: log-density of the law actually sampled, at `preSquash`; NaN = unknown.
  package var logDensity: Float = .nan
  /// Choice: what the action mapper asks for, before filter and envelope, radians.
  package var requestedTargetRadians = JointVector()
  /// Choice: age of the frame when the action was computed, seconds.
  package var frameAgeSeconds: Float = 0
  /// Choice: power level in force, percent.
  package var powerPercent: Float = 100

  /// A step of which nothing is known.
  @_noLocks package init() {}
}

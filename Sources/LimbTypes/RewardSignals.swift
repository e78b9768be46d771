/// Everything a reward term may look at. The signals of record t+1 are the outcome of action t (docs/architecture.md,
/// The record).
///
/// Means and maxima run over the ticks between the two records; the rest is taken at the record's own tick. No reward
/// is stored: terms are pure functions of these and of profile parameters, so that a changed weight or target relabels
/// everything the robot ever did.
package struct RewardSignals: BitwiseCopyable, Sendable {
  /// Mean estimated velocity of the base, heading frame, m/s.
  package var baseVelocityMetersPerSecond = Vector3()
  /// Roll at the record.
  package var rollRadians: Float = 0
  /// Pitch at the record.
  package var pitchRadians: Float = 0
  /// Heading against the episode's first record, radians, unwrapped.
  package var headingRadians: Float = 0
  /// Mean angular velocity, body frame, radians per second.
  package var angularVelocityRadiansPerSecond = Vector3()
  /// Estimated height of the base, metres; 0 while no foot stands: look at `contacts` too.
  package var baseHeightMeters: Float = 0
  /// Bit f set = foot f carried load at the record's tick.
  package var contacts: UInt32 = 0
  /// Mean of Σ |τ·q̇| over the joints, watts.
  package var jointPowerWatts: Float = 0
  /// Mean of Σ τ² over the joints, (N·m)².
  package var effortSquared: Float = 0
  /// Smallest distance of any joint to its range, as a share of half the range: 1 in the middle, 0 at the limit, < 0
  /// outside.
  package var jointLimitMargin: Float = 1
  /// Root mean square over dimensions of a_t − 2 a_{t−1} + a_{t−2}, squashed actions in (−1, 1).
  package var actionAcceleration: Float = 0
  /// Root mean square over dimensions of a_t − a_{t−1}.
  package var actionRate: Float = 0
  /// Hand at the record, base frame (arms).
  package var handPositionMeters = Vector3()
  /// Goal of the episode, base frame (arms).
  package var goalPositionMeters = Vector3()
  /// What counts as reached at the record, base frame: the hand (arms).
  package var achievedGoalMeters = Vector3()
  /// Speed of the hand at the record (arms).
  package var handSpeedMetersPerSecond: Float = 0
  /// A reward that came from outside, per step.
  package var externalReward: Float = 0
  /// A success label from outside: −1 unknown, 0 no, 1 yes.
  package var successLabel: Int32 = -1
  /// Revision of that labelling; 0 = never labelled.
  package var labelRevision: UInt32 = 0

  /// All zeros, in the middle of every range.
  @_noLocks package init() {}
}

/// The fixed-width record that a `StepRecord` becomes on disk: little endian, every field at a fixed byte, so that
/// `numpy.memmap` reads a whole segment as one structured array (`docs/replay-layout.md`).
///
/// The layout follows from the widths alone. Columns are only ever added, behind the others and under a new format
/// version; the meaning, unit and type of a column never change. Widths that no robot of today has (more joints, more
/// feet) need no new version: a file says its own columns.
///
/// A plain value; any thread may use it.
package struct StepRecordLayout: Sendable, Equatable {
  /// The version that a file carries beside its columns.
  package static let formatVersion = 1
  /// Where the part starts whose length depends on the widths.
  package static let fixedBytes = 208

  /// Joints, 1 … `jointCapacity`.
  package let jointCount: Int
  /// Action dimensions, 1 … `actionCapacity`.
  package let actionCount: Int
  /// Feet, 0 … `footCapacity`: how many bits of the column `contacts` mean something.
  package let footCount: Int
  /// Numbers in one observation frame, 1 … `observationFrameCapacity`.
  package let observationFrameWidth: Int
  /// Bytes from one record to the next, a multiple of 8.
  package let stride: Int
  /// Byte offset of the observation frame: f32 × `observationFrameWidth`. This and the following offsets depend on the
  /// widths.
  package let observationOffset: Int
  /// Byte offset of the targets in force on the host, f32 × `jointCount`, radians.
  package let appliedTargetOffset: Int
  /// Byte offset of the targets that the device reports, f32 × `jointCount`, radians.
  package let deviceTargetOffset: Int
  /// Byte offset of what the action mapper asks for, f32 × `jointCount`, radians.
  package let requestedTargetOffset: Int
  /// Byte offset of the action before tanh, f32 × `actionCount`.
  package let preSquashOffset: Int
  /// Byte offset of μ of the policy's law, f32 × `actionCount`.
  package let meanOffset: Int
  /// Byte offset of ln σ of the policy's law, f32 × `actionCount`.
  package let logStandardDeviationOffset: Int

  /// The layout for a robot; nil if a width is outside its range.
  package init?(jointCount: Int, actionCount: Int, footCount: Int, observationFrameWidth: Int) {
    guard (1...jointCapacity).contains(jointCount), (1...actionCapacity).contains(actionCount),
      (0...footCapacity).contains(footCount), (1...observationFrameCapacity).contains(observationFrameWidth)
    else { return nil }
    self.jointCount = jointCount
    self.actionCount = actionCount
    self.footCount = footCount
    self.observationFrameWidth = observationFrameWidth
    observationOffset = Self.fixedBytes
    appliedTargetOffset = observationOffset + 4 * observationFrameWidth
    deviceTargetOffset = appliedTargetOffset + 4 * jointCount
    requestedTargetOffset = deviceTargetOffset + 4 * jointCount
    preSquashOffset = requestedTargetOffset + 4 * jointCount
    meanOffset = preSquashOffset + 4 * actionCount
    logStandardDeviationOffset = meanOffset + 4 * actionCount
    stride = (logStandardDeviationOffset + 4 * actionCount + 7) / 8 * 8
  }

  /// Byte offsets of the columns that stand first in every record.
  package enum Offset {
    /// u32, equal to `stride`; 0 in space that was never written.
    package static let length = 0
    /// u32, CRC-32C of the bytes from `sequence` to the end of the record.
    package static let checksum = 4
    /// u64, running number of step records of the state directory.
    package static let sequence = 8
    /// u64, the run that the record belongs to.
    package static let session = 16
    /// u32, number of the episode.
    package static let episode = 24
    /// i32, step within the episode; negative for context.
    package static let index = 28
    /// u8, `RecordKind`.
    package static let kind = 32
    /// u8, `ActionSource`.
    package static let source = 33
    /// u8, `StepFlags`.
    package static let flags = 34
    /// u8, `EndCause`; 0 unless the record is a `close`.
    package static let endCause = 35
    /// u32, `LimitedBy` over the interval that led here.
    package static let limitedBy = 36
    /// u64, device tick that began the step.
    package static let tick = 40
    /// u64, device clock at that tick, microseconds.
    package static let deviceTime = 48
    /// u64, seed of the run.
    package static let seed = 56
    /// u64, the policy that chose, 0 = none.
    package static let policyVersion = 64
    /// f32, length of the interval that led here, seconds.
    package static let duration = 72
    /// u16, ticks of that interval without a fresh frame.
    package static let coastedTicks = 76
    /// u16, numbers in use of the observation frame.
    package static let observationCount = 78
    /// f32, log-density of the pre-squash action, NaN = unknown.
    package static let logDensity = 80
    /// f32, age of the frame when the action was computed, seconds.
    package static let frameAge = 84
    /// f32, power level in force, percent.
    package static let power = 88
    /// 3 × f32, mean velocity of the base in the heading frame, m/s.
    package static let baseVelocity = 92
    /// f32, radians.
    package static let roll = 104
    /// f32, radians.
    package static let pitch = 108
    /// f32, against the episode's first record, unwrapped, radians.
    package static let heading = 112
    /// 3 × f32, mean, body frame, rad/s.
    package static let angularVelocity = 116
    /// f32, metres.
    package static let baseHeight = 128
    /// u32, bit f set = foot f carried load.
    package static let contacts = 132
    /// f32, mean Σ |τ·q̇|, watts.
    package static let jointPower = 136
    /// f32, mean Σ τ², (N·m)².
    package static let effortSquared = 140
    /// f32, share of half the range left to the nearest limit: 1 in the middle, 0 at the limit.
    package static let jointLimitMargin = 144
    /// f32, root mean square of the second difference of the squashed actions.
    package static let actionAcceleration = 148
    /// f32, root mean square of their first difference.
    package static let actionRate = 152
    /// 3 × f32, base frame, metres (arms).
    package static let handPosition = 156
    /// 3 × f32, base frame, metres (arms).
    package static let goalPosition = 168
    /// 3 × f32, base frame, metres (arms).
    package static let achievedGoal = 180
    /// f32, m/s (arms).
    package static let handSpeed = 192
    /// f32, a reward from outside.
    package static let externalReward = 196
    /// i32, −1 unknown, 0 no, 1 yes.
    package static let successLabel = 200
    /// u32, counts relabellings of the record.
    package static let labelRevision = 204
  }
}

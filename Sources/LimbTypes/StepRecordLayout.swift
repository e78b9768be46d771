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
  /// Byte offsets of the columns whose place depends on the widths.
  package let observationOffset: Int
  package let appliedTargetOffset: Int
  package let deviceTargetOffset: Int
  package let requestedTargetOffset: Int
  package let preSquashOffset: Int
  package let meanOffset: Int
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
    package static let sequence = 8
    package static let session = 16
    package static let episode = 24
    package static let index = 28
    package static let kind = 32
    package static let source = 33
    package static let flags = 34
    package static let endCause = 35
    package static let limitedBy = 36
    package static let tick = 40
    package static let deviceTime = 48
    package static let seed = 56
    package static let policyVersion = 64
    package static let duration = 72
    package static let coastedTicks = 76
    package static let observationCount = 78
    package static let logDensity = 80
    package static let frameAge = 84
    package static let power = 88
    package static let baseVelocity = 92
    package static let roll = 104
    package static let pitch = 108
    package static let heading = 112
    package static let angularVelocity = 116
    package static let baseHeight = 128
    package static let contacts = 132
    package static let jointPower = 136
    package static let effortSquared = 140
    package static let jointLimitMargin = 144
    package static let actionAcceleration = 148
    package static let actionRate = 152
    package static let handPosition = 156
    package static let goalPosition = 168
    package static let achievedGoal = 180
    package static let handSpeed = 192
    package static let externalReward = 196
    package static let successLabel = 200
    package static let labelRevision = 204
  }
}

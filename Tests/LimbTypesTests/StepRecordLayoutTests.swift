import Testing

@testable import LimbTypes

/// A record whose every stored field differs from every other and from its default.
private func distinctRecord(_ layout: StepRecordLayout) -> StepRecord {
  var record = StepRecord()
  var next: Float = 1
  func number() -> Float {
    next += 1.25
    return next
  }
  record.kind = .close
  record.source = .human
  record.flags = StepFlags(rawValue: 5)
  record.endCause = .timeLimit
  record.sequence = 0x0102_0304_0506_0708
  record.session = 0x1112_1314_1516_1718
  record.episode = 0x2122_2324
  record.index = -4
  record.tick = 0x3132_3334_3536_3738
  record.deviceTimeMicroseconds = 0x4142_4344_4546_4748
  record.seed = 0x5152_5354_5556_5758
  record.policyVersion = 0x6162_6364_6566_6768
  record.limitedBy = LimitedBy(rawValue: 0x7172_7374)
  record.coastedTicks = 0x7576
  record.durationSeconds = number()
  record.logDensity = number()
  record.frameAgeSeconds = number()
  record.powerPercent = number()
  record.observation.count = Int32(layout.observationFrameWidth)
  for i in 0..<layout.observationFrameWidth { record.observation[i] = number() }
  for j in 0..<layout.jointCount {
    record.appliedTargetRadians[j] = number()
    record.deviceTargetRadians[j] = number()
    record.requestedTargetRadians[j] = number()
  }
  for a in 0..<layout.actionCount {
    record.preSquash[a] = number()
    record.mean[a] = number()
    record.logStandardDeviation[a] = number()
  }
  record.signals.baseVelocityMetersPerSecond = Vector3(number(), number(), number())
  record.signals.rollRadians = number()
  record.signals.pitchRadians = number()
  record.signals.headingRadians = number()
  record.signals.angularVelocityRadiansPerSecond = Vector3(number(), number(), number())
  record.signals.baseHeightMeters = number()
  record.signals.contacts = 0x2D
  record.signals.jointPowerWatts = number()
  record.signals.effortSquared = number()
  record.signals.jointLimitMargin = number()
  record.signals.actionAcceleration = number()
  record.signals.actionRate = number()
  record.signals.handPositionMeters = Vector3(number(), number(), number())
  record.signals.goalPositionMeters = Vector3(number(), number(), number())
  record.signals.achievedGoalMeters = Vector3(number(), number(), number())
  record.signals.handSpeedMetersPerSecond = number()
  record.signals.externalReward = number()
  record.signals.successLabel = 1
  record.signals.labelRevision = 77
  return record
}

private func bytes(_ record: StepRecord, _ layout: StepRecordLayout) -> [UInt8] {
  var encoded = [UInt8](repeating: 0xAA, count: layout.stride)
  unsafe encoded.withUnsafeMutableBytes { unsafe layout.encode(record, into: $0.baseAddress!) }
  return encoded
}

@Suite("The step record on disk")
struct StepRecordLayoutTests {
  static let widths: [(Int, Int, Int, Int)] = [(8, 8, 4, 37), (12, 12, 4, 61), (6, 7, 0, 33), (18, 18, 6, 128), (1, 1, 0, 1)]

  @Test("columns fill the record without gap or overlap, and the stride is a multiple of 8", arguments: widths)
  func columnsTile(_ w: (Int, Int, Int, Int)) throws {
    let layout = try #require(
      StepRecordLayout(jointCount: w.0, actionCount: w.1, footCount: w.2, observationFrameWidth: w.3))
    var end = 0
    for column in layout.columns {
      #expect(column.offset == end, "\(column.name)")
      let size = try #require(Int(String(column.dtype.last!)))
      #expect(column.offset % size == 0, "\(column.name) is aligned")
      end += size * column.count
    }
    #expect(layout.stride % 8 == 0 && layout.stride >= end && layout.stride - end < 8)
    #expect(Set(layout.columns.map(\.name)).count == layout.columns.count)
  }

  @Test("every field comes back", arguments: widths)
  func roundTrip(_ w: (Int, Int, Int, Int)) throws {
    let layout = try #require(
      StepRecordLayout(jointCount: w.0, actionCount: w.1, footCount: w.2, observationFrameWidth: w.3))
    let record = distinctRecord(layout)
    let encoded = bytes(record, layout)
    var decoded = StepRecord()
    let whole = unsafe encoded.withUnsafeBytes { unsafe layout.decode($0.baseAddress!, into: &decoded) }
    #expect(whole)
    // Every stored field differs, so equal bytes of the second encoding mean that no two fields were exchanged.
    #expect(bytes(decoded, layout) == encoded)
    #expect(decoded.signals.achievedGoalMeters == record.signals.achievedGoalMeters)
    #expect(decoded.policyVersion == record.policyVersion && decoded.index == -4 && decoded.endCause == .timeLimit)
    #expect(decoded.logStandardDeviation[w.1 - 1] == record.logStandardDeviation[w.1 - 1])
    #expect(decoded.observation[w.3 - 1] == record.observation[w.3 - 1])
  }

  @Test("the first columns stand where format version 1 put them, for ever")
  func frozenOffsets() throws {
    let layout = try #require(
      StepRecordLayout(jointCount: 8, actionCount: 8, footCount: 4, observationFrameWidth: 37))
    let words = layout.columns.map { "\($0.name) \($0.dtype) \($0.count) \($0.offset) \($0.half)" }
    #expect(
      words == [
        "length <u4 1 0 envelope", "crc32c <u4 1 4 envelope", "sequence <u8 1 8 key", "session <u8 1 16 key",
        "episode <u4 1 24 key", "index <i4 1 28 key", "kind |u1 1 32 key", "source |u1 1 33 choice",
        "flags |u1 1 34 outcome", "end_cause |u1 1 35 outcome", "limited_by <u4 1 36 outcome", "tick <u8 1 40 key",
        "device_time_us <u8 1 48 key", "seed <u8 1 56 key", "policy_version <u8 1 64 choice",
        "duration_s <f4 1 72 outcome", "coasted_ticks <u2 1 76 outcome", "observation_count <u2 1 78 observation",
        "log_density <f4 1 80 choice", "frame_age_s <f4 1 84 choice", "power_percent <f4 1 88 choice",
        "base_velocity_m_s <f4 3 92 outcome", "roll_rad <f4 1 104 outcome", "pitch_rad <f4 1 108 outcome",
        "heading_rad <f4 1 112 outcome", "angular_velocity_rad_s <f4 3 116 outcome", "base_height_m <f4 1 128 outcome",
        "contacts <u4 1 132 outcome", "joint_power_w <f4 1 136 outcome", "effort_squared_n2_m2 <f4 1 140 outcome",
        "joint_limit_margin <f4 1 144 outcome", "action_acceleration <f4 1 148 outcome",
        "action_rate <f4 1 152 outcome", "hand_position_m <f4 3 156 outcome", "goal_position_m <f4 3 168 outcome",
        "achieved_goal_m <f4 3 180 outcome", "hand_speed_m_s <f4 1 192 outcome", "external_reward <f4 1 196 outcome",
        "success_label <i4 1 200 outcome", "label_revision <u4 1 204 outcome", "observation <f4 37 208 observation",
        "applied_target_rad <f4 8 356 outcome", "device_target_rad <f4 8 388 outcome",
        "requested_target_rad <f4 8 420 choice", "pre_squash <f4 8 452 choice", "mean <f4 8 484 choice",
        "log_standard_deviation <f4 8 516 choice",
      ])
    #expect(layout.stride == 552)
  }

  @Test("numbers are little endian at the byte that the column names")
  func littleEndian() throws {
    let layout = try #require(
      StepRecordLayout(jointCount: 2, actionCount: 1, footCount: 0, observationFrameWidth: 1))
    let encoded = bytes(distinctRecord(layout), layout)
    #expect(Array(encoded[8..<16]) == [8, 7, 6, 5, 4, 3, 2, 1])
    #expect(Array(encoded[28..<32]) == [0xFC, 0xFF, 0xFF, 0xFF])
    #expect(Array(encoded[0..<4]) == [UInt8(layout.stride), 0, 0, 0])
  }

  @Test("a foreign length or an unknown enumeration is refused")
  func refusals() throws {
    let layout = try #require(
      StepRecordLayout(jointCount: 2, actionCount: 2, footCount: 0, observationFrameWidth: 3))
    let good = bytes(distinctRecord(layout), layout)
    for (offset, value) in [(0, UInt8(1)), (32, 9), (33, 200), (35, 99)] {
      var bad = good
      bad[offset] = value
      var record = StepRecord()
      #expect(unsafe !bad.withUnsafeBytes { unsafe layout.decode($0.baseAddress!, into: &record) }, "byte \(offset)")
    }
    #expect(StepRecordLayout(jointCount: 19, actionCount: 8, footCount: 4, observationFrameWidth: 37) == nil)
    #expect(StepRecordLayout(jointCount: 8, actionCount: 8, footCount: 4, observationFrameWidth: 129) == nil)
  }
}

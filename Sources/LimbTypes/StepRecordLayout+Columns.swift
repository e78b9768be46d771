extension StepRecordLayout {
  /// What a column speaks of (docs/architecture.md, The record): a record ends one interval and begins the next.
  package enum Half: String, Sendable {
    /// Length and checksum of the record itself.
    case envelope
    /// Which record it is, and when.
    case key
    /// What was seen at the record.
    case observation
    /// What the interval before the record led to.
    case outcome
    /// What was chosen at the record.
    case choice
  }

  /// One column as a file's header lists it.
  package struct Column: Sendable, Equatable {
    /// Name in numpy's structured array, with the unit where there is one.
    package let name: String
    /// numpy's type of one element: `<f4`, `<u8`, …
    package let dtype: String
    /// Elements a record; 1 is a scalar.
    package let count: Int
    /// First byte within the record.
    package let offset: Int
    /// SI unit, or empty for numbers without one.
    package let unit: String
    /// Which half of the record it belongs to.
    package let half: Half
  }

  /// Every column in the order of its bytes; together with the padding at the end they fill the record.
  package var columns: [Column] { envelopeColumns + signalColumns + wideColumns }

  private func column(
    _ name: String, _ dtype: String, _ offset: Int, _ half: Half, unit: String = "", count: Int = 1
  ) -> Column {
    Column(name: name, dtype: dtype, count: count, offset: offset, unit: unit, half: half)
  }

  private var envelopeColumns: [Column] {
    [
      column("length", "<u4", Offset.length, .envelope, unit: "B"),
      column("crc32c", "<u4", Offset.checksum, .envelope),
      column("sequence", "<u8", Offset.sequence, .key),
      column("session", "<u8", Offset.session, .key),
      column("episode", "<u4", Offset.episode, .key),
      column("index", "<i4", Offset.index, .key),
      column("kind", "|u1", Offset.kind, .key),
      column("source", "|u1", Offset.source, .choice),
      column("flags", "|u1", Offset.flags, .outcome),
      column("end_cause", "|u1", Offset.endCause, .outcome),
      column("limited_by", "<u4", Offset.limitedBy, .outcome),
      column("tick", "<u8", Offset.tick, .key),
      column("device_time_us", "<u8", Offset.deviceTime, .key, unit: "us"),
      column("seed", "<u8", Offset.seed, .key),
      column("policy_version", "<u8", Offset.policyVersion, .choice),
      column("duration_s", "<f4", Offset.duration, .outcome, unit: "s"),
      column("coasted_ticks", "<u2", Offset.coastedTicks, .outcome),
      column("observation_count", "<u2", Offset.observationCount, .observation),
      column("log_density", "<f4", Offset.logDensity, .choice),
      column("frame_age_s", "<f4", Offset.frameAge, .choice, unit: "s"),
      column("power_percent", "<f4", Offset.power, .choice, unit: "%"),
    ]
  }

  private var signalColumns: [Column] {
    [
      column("base_velocity_m_s", "<f4", Offset.baseVelocity, .outcome, unit: "m/s", count: 3),
      column("roll_rad", "<f4", Offset.roll, .outcome, unit: "rad"),
      column("pitch_rad", "<f4", Offset.pitch, .outcome, unit: "rad"),
      column("heading_rad", "<f4", Offset.heading, .outcome, unit: "rad"),
      column("angular_velocity_rad_s", "<f4", Offset.angularVelocity, .outcome, unit: "rad/s", count: 3),
      column("base_height_m", "<f4", Offset.baseHeight, .outcome, unit: "m"),
      column("contacts", "<u4", Offset.contacts, .outcome),
      column("joint_power_w", "<f4", Offset.jointPower, .outcome, unit: "W"),
      column("effort_squared_n2_m2", "<f4", Offset.effortSquared, .outcome, unit: "N2 m2"),
      column("joint_limit_margin", "<f4", Offset.jointLimitMargin, .outcome),
      column("action_acceleration", "<f4", Offset.actionAcceleration, .outcome),
      column("action_rate", "<f4", Offset.actionRate, .outcome),
      column("hand_position_m", "<f4", Offset.handPosition, .outcome, unit: "m", count: 3),
      column("goal_position_m", "<f4", Offset.goalPosition, .outcome, unit: "m", count: 3),
      column("achieved_goal_m", "<f4", Offset.achievedGoal, .outcome, unit: "m", count: 3),
      column("hand_speed_m_s", "<f4", Offset.handSpeed, .outcome, unit: "m/s"),
      column("external_reward", "<f4", Offset.externalReward, .outcome),
      column("success_label", "<i4", Offset.successLabel, .outcome),
      column("label_revision", "<u4", Offset.labelRevision, .outcome),
    ]
  }

  private var wideColumns: [Column] {
    [
      column("observation", "<f4", observationOffset, .observation, count: observationFrameWidth),
      column("applied_target_rad", "<f4", appliedTargetOffset, .outcome, unit: "rad", count: jointCount),
      column("device_target_rad", "<f4", deviceTargetOffset, .outcome, unit: "rad", count: jointCount),
      column("requested_target_rad", "<f4", requestedTargetOffset, .choice, unit: "rad", count: jointCount),
      column("pre_squash", "<f4", preSquashOffset, .choice, count: actionCount),
      column("mean", "<f4", meanOffset, .choice, count: actionCount),
      column("log_standard_deviation", "<f4", logStandardDeviationOffset, .choice, count: actionCount),
    ]
  }
}

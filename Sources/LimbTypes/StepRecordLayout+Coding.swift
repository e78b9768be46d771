extension StepRecordLayout {
  /// Writes `record` into `stride` bytes at `bytes`, padding zeroed. The checksum is left 0: whoever owns the file
  /// fills it in (`Offset.checksum`). Entries beyond the layout's widths are not stored.
  package func encode(_ record: borrowing StepRecord, into bytes: UnsafeMutableRawPointer) {
    unsafe put(UInt32(stride), bytes, Offset.length)
    unsafe put(UInt32(0), bytes, Offset.checksum)
    unsafe encodeKey(record, into: bytes)
    unsafe encodeSignals(record.signals, into: bytes)
    unsafe put(record.limitedBy.rawValue, bytes, Offset.limitedBy)
    unsafe put(record.durationSeconds, bytes, Offset.duration)
    unsafe put(record.coastedTicks, bytes, Offset.coastedTicks)
    unsafe put(UInt16(clamping: record.observation.count), bytes, Offset.observationCount)
    unsafe put(record.logDensity, bytes, Offset.logDensity)
    unsafe put(record.frameAgeSeconds, bytes, Offset.frameAge)
    unsafe put(record.powerPercent, bytes, Offset.power)
    for i in 0..<observationFrameWidth {
      unsafe put(record.observation.storage[i], bytes, observationOffset + 4 * i)
    }
    for j in 0..<jointCount {
      unsafe put(record.appliedTargetRadians.storage[j], bytes, appliedTargetOffset + 4 * j)
      unsafe put(record.deviceTargetRadians.storage[j], bytes, deviceTargetOffset + 4 * j)
      unsafe put(record.requestedTargetRadians.storage[j], bytes, requestedTargetOffset + 4 * j)
    }
    for a in 0..<actionCount {
      unsafe put(record.preSquash.storage[a], bytes, preSquashOffset + 4 * a)
      unsafe put(record.mean.storage[a], bytes, meanOffset + 4 * a)
      unsafe put(record.logStandardDeviation.storage[a], bytes, logStandardDeviationOffset + 4 * a)
    }
    let end = logStandardDeviationOffset + 4 * actionCount
    if end < stride { unsafe put(UInt32(0), bytes, end) }
  }

  /// Reads a record back; entries beyond the layout's widths are 0. False if the length is not this layout's or an
  /// enumeration holds a number that this build does not know; `record` is then half written and means nothing.
  package func decode(_ bytes: UnsafeRawPointer, into record: inout StepRecord) -> Bool {
    guard unsafe get(bytes, Offset.length, as: UInt32.self) == UInt32(stride) else { return false }
    record = StepRecord()
    guard unsafe decodeKey(bytes, into: &record) else { return false }
    record.signals = unsafe decodeSignals(bytes)
    record.limitedBy = LimitedBy(rawValue: unsafe get(bytes, Offset.limitedBy, as: UInt32.self))
    record.durationSeconds = unsafe real(bytes, Offset.duration)
    record.coastedTicks = unsafe get(bytes, Offset.coastedTicks, as: UInt16.self)
    record.observation.count = Int32(unsafe get(bytes, Offset.observationCount, as: UInt16.self))
    record.logDensity = unsafe real(bytes, Offset.logDensity)
    record.frameAgeSeconds = unsafe real(bytes, Offset.frameAge)
    record.powerPercent = unsafe real(bytes, Offset.power)
    for i in 0..<observationFrameWidth {
      record.observation.storage[i] = unsafe real(bytes, observationOffset + 4 * i)
    }
    for j in 0..<jointCount {
      record.appliedTargetRadians.storage[j] = unsafe real(bytes, appliedTargetOffset + 4 * j)
      record.deviceTargetRadians.storage[j] = unsafe real(bytes, deviceTargetOffset + 4 * j)
      record.requestedTargetRadians.storage[j] = unsafe real(bytes, requestedTargetOffset + 4 * j)
    }
    for a in 0..<actionCount {
      record.preSquash.storage[a] = unsafe real(bytes, preSquashOffset + 4 * a)
      record.mean.storage[a] = unsafe real(bytes, meanOffset + 4 * a)
      record.logStandardDeviation.storage[a] = unsafe real(bytes, logStandardDeviationOffset + 4 * a)
    }
    return true
  }

  /// The reward signals alone, which is all that a reward needs.
  package func decodeSignals(_ bytes: UnsafeRawPointer) -> RewardSignals {
    var signals = RewardSignals()
    signals.baseVelocityMetersPerSecond = unsafe vector(bytes, Offset.baseVelocity)
    signals.rollRadians = unsafe real(bytes, Offset.roll)
    signals.pitchRadians = unsafe real(bytes, Offset.pitch)
    signals.headingRadians = unsafe real(bytes, Offset.heading)
    signals.angularVelocityRadiansPerSecond = unsafe vector(bytes, Offset.angularVelocity)
    signals.baseHeightMeters = unsafe real(bytes, Offset.baseHeight)
    signals.contacts = unsafe get(bytes, Offset.contacts, as: UInt32.self)
    signals.jointPowerWatts = unsafe real(bytes, Offset.jointPower)
    signals.effortSquared = unsafe real(bytes, Offset.effortSquared)
    signals.jointLimitMargin = unsafe real(bytes, Offset.jointLimitMargin)
    signals.actionAcceleration = unsafe real(bytes, Offset.actionAcceleration)
    signals.actionRate = unsafe real(bytes, Offset.actionRate)
    signals.handPositionMeters = unsafe vector(bytes, Offset.handPosition)
    signals.goalPositionMeters = unsafe vector(bytes, Offset.goalPosition)
    signals.achievedGoalMeters = unsafe vector(bytes, Offset.achievedGoal)
    signals.handSpeedMetersPerSecond = unsafe real(bytes, Offset.handSpeed)
    signals.externalReward = unsafe real(bytes, Offset.externalReward)
    signals.successLabel = unsafe get(bytes, Offset.successLabel, as: Int32.self)
    signals.labelRevision = unsafe get(bytes, Offset.labelRevision, as: UInt32.self)
    return signals
  }

  private func encodeKey(_ record: borrowing StepRecord, into bytes: UnsafeMutableRawPointer) {
    unsafe put(record.sequence, bytes, Offset.sequence)
    unsafe put(record.session, bytes, Offset.session)
    unsafe put(record.episode, bytes, Offset.episode)
    unsafe put(record.index, bytes, Offset.index)
    unsafe put(record.kind.rawValue, bytes, Offset.kind)
    unsafe put(record.source.rawValue, bytes, Offset.source)
    unsafe put(record.flags.rawValue, bytes, Offset.flags)
    unsafe put(record.endCause.rawValue, bytes, Offset.endCause)
    unsafe put(record.tick, bytes, Offset.tick)
    unsafe put(record.deviceTimeMicroseconds, bytes, Offset.deviceTime)
    unsafe put(record.seed, bytes, Offset.seed)
    unsafe put(record.policyVersion, bytes, Offset.policyVersion)
  }

  private func decodeKey(_ bytes: UnsafeRawPointer, into record: inout StepRecord) -> Bool {
    guard let kind = RecordKind(rawValue: unsafe get(bytes, Offset.kind, as: UInt8.self)),
      let source = ActionSource(rawValue: unsafe get(bytes, Offset.source, as: UInt8.self)),
      let cause = EndCause(rawValue: unsafe get(bytes, Offset.endCause, as: UInt8.self))
    else { return false }
    record.kind = kind
    record.source = source
    record.endCause = cause
    record.flags = StepFlags(rawValue: unsafe get(bytes, Offset.flags, as: UInt8.self))
    record.sequence = unsafe get(bytes, Offset.sequence, as: UInt64.self)
    record.session = unsafe get(bytes, Offset.session, as: UInt64.self)
    record.episode = unsafe get(bytes, Offset.episode, as: UInt32.self)
    record.index = unsafe get(bytes, Offset.index, as: Int32.self)
    record.tick = unsafe get(bytes, Offset.tick, as: UInt64.self)
    record.deviceTimeMicroseconds = unsafe get(bytes, Offset.deviceTime, as: UInt64.self)
    record.seed = unsafe get(bytes, Offset.seed, as: UInt64.self)
    record.policyVersion = unsafe get(bytes, Offset.policyVersion, as: UInt64.self)
    return true
  }

  private func encodeSignals(_ signals: RewardSignals, into bytes: UnsafeMutableRawPointer) {
    unsafe put(signals.baseVelocityMetersPerSecond, bytes, Offset.baseVelocity)
    unsafe put(signals.rollRadians, bytes, Offset.roll)
    unsafe put(signals.pitchRadians, bytes, Offset.pitch)
    unsafe put(signals.headingRadians, bytes, Offset.heading)
    unsafe put(signals.angularVelocityRadiansPerSecond, bytes, Offset.angularVelocity)
    unsafe put(signals.baseHeightMeters, bytes, Offset.baseHeight)
    unsafe put(signals.contacts, bytes, Offset.contacts)
    unsafe put(signals.jointPowerWatts, bytes, Offset.jointPower)
    unsafe put(signals.effortSquared, bytes, Offset.effortSquared)
    unsafe put(signals.jointLimitMargin, bytes, Offset.jointLimitMargin)
    unsafe put(signals.actionAcceleration, bytes, Offset.actionAcceleration)
    unsafe put(signals.actionRate, bytes, Offset.actionRate)
    unsafe put(signals.handPositionMeters, bytes, Offset.handPosition)
    unsafe put(signals.goalPositionMeters, bytes, Offset.goalPosition)
    unsafe put(signals.achievedGoalMeters, bytes, Offset.achievedGoal)
    unsafe put(signals.handSpeedMetersPerSecond, bytes, Offset.handSpeed)
    unsafe put(signals.externalReward, bytes, Offset.externalReward)
    unsafe put(signals.successLabel, bytes, Offset.successLabel)
    unsafe put(signals.labelRevision, bytes, Offset.labelRevision)
  }
}

@inline(__always)
private func put(_ value: some FixedWidthInteger & BitwiseCopyable, _ bytes: UnsafeMutableRawPointer, _ offset: Int) {
  unsafe bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
}

@inline(__always)
private func put(_ value: Float, _ bytes: UnsafeMutableRawPointer, _ offset: Int) {
  unsafe put(value.bitPattern, bytes, offset)
}

@inline(__always)
private func put(_ value: Vector3, _ bytes: UnsafeMutableRawPointer, _ offset: Int) {
  unsafe put(value.x, bytes, offset)
  unsafe put(value.y, bytes, offset + 4)
  unsafe put(value.z, bytes, offset + 8)
}

@inline(__always)
private func get<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: UnsafeRawPointer, _ offset: Int, as type: T.Type) -> T {
  T(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type))
}

@inline(__always)
private func real(_ bytes: UnsafeRawPointer, _ offset: Int) -> Float {
  Float(bitPattern: unsafe get(bytes, offset, as: UInt32.self))
}

@inline(__always)
private func vector(_ bytes: UnsafeRawPointer, _ offset: Int) -> Vector3 {
  unsafe Vector3(real(bytes, offset), real(bytes, offset + 4), real(bytes, offset + 8))
}

/// PARAM_VALUE: one parameter of the device, self-described (SPEC §4.6).
package struct ParameterValueMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var id: UInt16 = 0
  /// Which of `count` parameters this is, from 0.
  package var index: UInt8 = 0
  package var count: UInt8 = 0
  /// 0 u32, 1 i32, 2 f32: how to read the bits of the three values.
  package var valueType: UInt8 = 0
  /// Bit 0: read only.
  package var flags: UInt8 = 0
  package var value: UInt32 = 0
  package var minimum: UInt32 = 0
  package var maximum: UInt32 = 0
  package var nameLength: UInt8 = 0
  package var unitLength: UInt8 = 0
  package var name = InlineArray<32, UInt8>(repeating: 0)
  package var unit = InlineArray<32, UInt8>(repeating: 0)

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 22 else { return .length }
    request = reader.u16()
    id = reader.u16()
    index = reader.u8()
    count = reader.u8()
    valueType = reader.u8()
    flags = reader.u8()
    value = reader.u32()
    minimum = reader.u32()
    maximum = reader.u32()
    nameLength = reader.u8()
    unitLength = reader.u8()
    guard nameLength <= 32 && unitLength <= 32 else { return .value }
    guard reader.count >= 22 + Int(nameLength) + Int(unitLength) else { return .length }
    for position in 0..<Int(nameLength) { name[position] = reader.u8() }
    for position in 0..<Int(unitLength) { unit[position] = reader.u8() }
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    guard nameLength <= 32 && unitLength <= 32 else { return false }
    writer.u16(request)
    writer.u16(id)
    writer.u8(index)
    writer.u8(count)
    writer.u8(valueType)
    writer.u8(flags)
    writer.u32(value)
    writer.u32(minimum)
    writer.u32(maximum)
    writer.u8(nameLength)
    writer.u8(unitLength)
    for position in 0..<Int(nameLength) { writer.u8(name[position]) }
    for position in 0..<Int(unitLength) { writer.u8(unit[position]) }
    return true
  }
}

/// What a device did with the COMMANDs that its receiver delivered (SPEC §7).
package struct CommandCounters: BitwiseCopyable, Sendable, Equatable {
  package var applied: UInt32 = 0
  package var stale: UInt32 = 0
  package var older: UInt32 = 0
  package var repeated: UInt32 = 0
  package var unknownFrame: UInt32 = 0
  package var wrongSession: UInt32 = 0
  package var wrongCount: UInt32 = 0
  package var badTimeToLive: UInt32 = 0
  package var wrongMode: UInt32 = 0

  @_noLocks package init() {}
}

/// STATS: the device's own counters, once a second (SPEC §4.6).
package struct StatisticsMessage: BitwiseCopyable, Sendable {
  package var link = LinkCounters()
  package var command = CommandCounters()
  /// Valid frames of a type that a device does not take.
  package var unexpected: UInt32 = 0
  /// Frames that did not fit the transmit buffer.
  package var transmitDropped: UInt32 = 0
  /// Longest distance of two control ticks.
  package var tickGapMaximumMicroseconds: UInt32 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 96 else { return .length }
    link.frames = reader.u32()
    link.oversize = reader.u32()
    link.cobs = reader.u32()
    link.short = reader.u32()
    link.unknownType = reader.u32()
    link.crc = reader.u32()
    link.badVersion = reader.u32()
    link.badLength = reader.u32()
    link.badValue = reader.u32()
    link.sequenceGap = reader.u32()
    link.sequenceRepeat = reader.u32()
    link.sequenceOld = reader.u32()
    command.applied = reader.u32()
    command.stale = reader.u32()
    command.older = reader.u32()
    command.repeated = reader.u32()
    command.unknownFrame = reader.u32()
    command.wrongSession = reader.u32()
    command.wrongCount = reader.u32()
    command.badTimeToLive = reader.u32()
    command.wrongMode = reader.u32()
    unexpected = reader.u32()
    transmitDropped = reader.u32()
    tickGapMaximumMicroseconds = reader.u32()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u32(link.frames)
    writer.u32(link.oversize)
    writer.u32(link.cobs)
    writer.u32(link.short)
    writer.u32(link.unknownType)
    writer.u32(link.crc)
    writer.u32(link.badVersion)
    writer.u32(link.badLength)
    writer.u32(link.badValue)
    writer.u32(link.sequenceGap)
    writer.u32(link.sequenceRepeat)
    writer.u32(link.sequenceOld)
    writer.u32(command.applied)
    writer.u32(command.stale)
    writer.u32(command.older)
    writer.u32(command.repeated)
    writer.u32(command.unknownFrame)
    writer.u32(command.wrongSession)
    writer.u32(command.wrongCount)
    writer.u32(command.badTimeToLive)
    writer.u32(command.wrongMode)
    writer.u32(unexpected)
    writer.u32(transmitDropped)
    writer.u32(tickGapMaximumMicroseconds)
    return true
  }
}

/// LOG: a line of text from the device, at most 120 bytes, any encoding.
package struct LogMessage: BitwiseCopyable, Sendable {
  /// 0 error, 1 warning, 2 information, 3 debug.
  package var level: UInt8 = 0
  package var length: UInt8 = 0
  package var text = InlineArray<120, UInt8>(repeating: 0)

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 2 else { return .length }
    level = reader.u8()
    length = reader.u8()
    guard length <= 120 else { return .value }
    guard reader.count >= 2 + Int(length) else { return .length }
    for position in 0..<Int(length) { text[position] = reader.u8() }
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    guard length <= 120 else { return false }
    writer.u8(level)
    writer.u8(length)
    for position in 0..<Int(length) { writer.u8(text[position]) }
    return true
  }
}

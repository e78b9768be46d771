/// PARAM_VALUE: one parameter of the device, self-described (SPEC §4.6).
package struct ParameterValueMessage: BitwiseCopyable, Sendable {
  /// The number of the PARAM answered.
  package var request: UInt16 = 0
  /// Names the parameter in get and set.
  package var id: UInt16 = 0
  /// Which of `count` parameters this is, from 0.
  package var index: UInt8 = 0
  /// How many parameters the device has.
  package var count: UInt8 = 0
  /// 0 u32, 1 i32, 2 f32: how to read the bits of the three values.
  package var valueType: UInt8 = 0
  /// Bit 0: read only.
  package var flags: UInt8 = 0
  /// Bits of the present value.
  package var value: UInt32 = 0
  /// Bits of the least value that set takes.
  package var minimum: UInt32 = 0
  /// Bits of the greatest value that set takes.
  package var maximum: UInt32 = 0
  /// Bytes of `name` in use, at most 32.
  package var nameLength: UInt8 = 0
  /// Bytes of `unit` in use, at most 32.
  package var unitLength: UInt8 = 0
  /// The parameter's name for a person, the first `nameLength` bytes.
  package var name = InlineArray<32, UInt8>(repeating: 0)
  /// The value's unit for a person, the first `unitLength` bytes.
  package var unit = InlineArray<32, UInt8>(repeating: 0)

  /// A parameter without a name.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&id)
    fields.u8(&index)
    fields.u8(&count)
    fields.u8(&valueType)
    fields.u8(&flags)
    fields.u32(&value)
    fields.u32(&minimum)
    fields.u32(&maximum)
    fields.u8(&nameLength)
    fields.u8(&unitLength)
    guard nameLength <= 32 && unitLength <= 32 else { return .value }
    for position in 0..<Int(nameLength) { fields.u8(&name[position]) }
    for position in 0..<Int(unitLength) { fields.u8(&unit[position]) }
    return .none
  }
}

/// What a device did with the COMMANDs that its receiver delivered (SPEC §7). Each counts in exactly one; all wrap at
/// 2³².
package struct CommandCounters: BitwiseCopyable, Sendable, Equatable {
  /// Passed every check.
  package var applied: UInt32 = 0
  /// Older than its time to live, counted from the sampling of the SENSOR it answers.
  package var stale: UInt32 = 0
  /// Answers an older SENSOR than the last applied one did.
  package var older: UInt32 = 0
  /// Answers the same SENSOR as the last applied one, without the COAST flag.
  package var repeated: UInt32 = 0
  /// Answers none of the last 256 SENSORs of the session.
  package var unknownFrame: UInt32 = 0
  /// Not of the last accepted HELLO's session.
  package var wrongSession: UInt32 = 0
  /// Carries another number of joints than the device has.
  package var wrongCount: UInt32 = 0
  /// Time to live shorter than the device takes.
  package var badTimeToLive: UInt32 = 0
  /// RUN while not armed, OFF while following, COAST with nothing to coast on.
  package var wrongMode: UInt32 = 0

  /// All zeros.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) {
    fields.u32(&applied)
    fields.u32(&stale)
    fields.u32(&older)
    fields.u32(&repeated)
    fields.u32(&unknownFrame)
    fields.u32(&wrongSession)
    fields.u32(&wrongCount)
    fields.u32(&badTimeToLive)
    fields.u32(&wrongMode)
  }
}

/// STATS: the device's own counters, once a second (SPEC §4.6).
package struct StatisticsMessage: BitwiseCopyable, Sendable {
  /// What became of the bytes that the device received.
  package var link = LinkCounters()
  /// What became of the COMMANDs among them.
  package var command = CommandCounters()
  /// Valid frames of a type that a device does not take.
  package var unexpected: UInt32 = 0
  /// Frames that did not fit the transmit buffer.
  package var transmitDropped: UInt32 = 0
  /// Longest distance of two control ticks.
  package var tickGapMaximumMicroseconds: UInt32 = 0

  /// All zeros.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    link.pass(&fields)
    command.pass(&fields)
    fields.u32(&unexpected)
    fields.u32(&transmitDropped)
    fields.u32(&tickGapMaximumMicroseconds)
    return .none
  }
}

/// LOG: a line of text from the device, at most 120 bytes, any encoding.
package struct LogMessage: BitwiseCopyable, Sendable {
  /// 0 error, 1 warning, 2 information, 3 debug.
  package var level: UInt8 = 0
  /// Bytes of `text` in use, at most 120.
  package var length: UInt8 = 0
  /// The first `length` bytes are the line.
  package var text = InlineArray<120, UInt8>(repeating: 0)

  /// An empty line.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u8(&level)
    fields.u8(&length)
    guard length <= 120 else { return .value }
    for position in 0..<Int(length) { fields.u8(&text[position]) }
    return .none
  }
}

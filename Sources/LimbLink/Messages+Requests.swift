/// ARM: make the motors live (SPEC §6.1).
package struct ArmMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var session: UInt16 = 0
  /// Of the CAPS that the host acts on.
  package var capsCRC: UInt32 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 8 else { return .length }
    request = reader.u16()
    session = reader.u16()
    capsCRC = reader.u32()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u16(session)
    writer.u32(capsCRC)
    return true
  }
}

/// DISARM: let go (SPEC §6).
package struct DisarmMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var session: UInt16 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 4 else { return .length }
    request = reader.u16()
    session = reader.u16()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u16(session)
    return true
  }
}

/// CLEAR: lift a latch (SPEC §6).
package struct ClearMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var session: UInt16 = 0
  /// Bit 0 DAMP, HOLD, LIMP and FAULT; bit 1 ESTOP.
  package var what: UInt8 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 5 else { return .length }
    request = reader.u16()
    session = reader.u16()
    what = reader.u8()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u16(session)
    writer.u8(what)
    return true
  }
}

/// ACK: the answer to a request (SPEC §5).
package struct AckMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  /// Number of the message answered.
  package var type: UInt8 = 0
  /// 0 or a reason.
  package var result: UInt8 = 0
  package var detail: UInt16 = 0
  /// The device's state after it.
  package var state: UInt8 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 7 else { return .length }
    request = reader.u16()
    type = reader.u8()
    result = reader.u8()
    detail = reader.u16()
    state = reader.u8()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u8(type)
    writer.u8(result)
    writer.u16(detail)
    writer.u8(state)
    return true
  }
}

/// PARAM: get, set, list or save (SPEC §4.6).
package struct ParameterMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var session: UInt16 = 0
  /// 0 get, 1 set, 2 list, 3 save.
  package var operation: UInt8 = 0
  /// 0 u32, 1 i32, 2 f32.
  package var valueType: UInt8 = 0
  /// For list: the index, from 0.
  package var id: UInt16 = 0
  package var value: UInt32 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 12 else { return .length }
    request = reader.u16()
    session = reader.u16()
    operation = reader.u8()
    valueType = reader.u8()
    id = reader.u16()
    value = reader.u32()
    return operation <= 3 ? .none : .value
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u16(session)
    writer.u8(operation)
    writer.u8(valueType)
    writer.u16(id)
    writer.u32(value)
    return operation <= 3
  }
}

/// BOOT: enter the boot loader (SPEC §4.6).
package struct BootMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var session: UInt16 = 0
  package var magic = LinkLimits.bootMagic

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 8 else { return .length }
    request = reader.u16()
    session = reader.u16()
    magic = reader.u32()
    return magic == LinkLimits.bootMagic ? .none : .value
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u16(session)
    writer.u32(magic)
    return magic == LinkLimits.bootMagic
  }
}

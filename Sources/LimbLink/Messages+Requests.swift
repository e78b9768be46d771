/// ARM: make the motors live (SPEC §6.1). Answered by ACK.
package struct ArmMessage: BitwiseCopyable, Sendable {
  /// Number of the request; its ACK carries it back.
  package var request: UInt16 = 0
  /// The session of the accepted HELLO; a request of another is refused.
  package var session: UInt16 = 0
  /// Of the CAPS that the host acts on; refused if the device's are others.
  package var capsCRC: UInt32 = 0

  /// All zeros: the session is still to be set.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&session)
    fields.u32(&capsCRC)
    return .none
  }
}

/// DISARM: let go (SPEC §6). Answered by ACK.
package struct DisarmMessage: BitwiseCopyable, Sendable {
  /// Number of the request; its ACK carries it back.
  package var request: UInt16 = 0
  /// The session of the accepted HELLO; a request of another is refused.
  package var session: UInt16 = 0

  /// All zeros: the session is still to be set.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&session)
    return .none
  }
}

/// CLEAR: lift a latch (SPEC §6). Answered by ACK.
package struct ClearMessage: BitwiseCopyable, Sendable {
  /// Number of the request; its ACK carries it back.
  package var request: UInt16 = 0
  /// The session of the accepted HELLO; a request of another is refused.
  package var session: UInt16 = 0
  /// Bit 0 DAMP, HOLD, LIMP and FAULT; bit 1 ESTOP.
  package var what: UInt8 = 0

  /// All zeros: lifts nothing.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&session)
    fields.u8(&what)
    return .none
  }
}

/// ACK: the answer to a request (SPEC §5), and the host's to a FAULT.
package struct AckMessage: BitwiseCopyable, Sendable {
  /// The number of the request answered.
  package var request: UInt16 = 0
  /// Number of the message answered.
  package var type: UInt8 = 0
  /// 0 or a reason.
  package var result: UInt8 = 0
  /// What the reason is about: a joint, a count, millivolts, fault bits (SPEC §5).
  package var detail: UInt16 = 0
  /// The device's state after it.
  package var state: UInt8 = 0

  /// Result ok, of nothing.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u8(&type)
    fields.u8(&result)
    fields.u16(&detail)
    fields.u8(&state)
    return .none
  }
}

/// PARAM: get, set, list or save (SPEC §4.6). Answered by PARAM_VALUE, or by ACK if refused or saved.
package struct ParameterMessage: BitwiseCopyable, Sendable {
  /// Number of the request; its answer carries it back.
  package var request: UInt16 = 0
  /// The session of the accepted HELLO; set and save of another are refused.
  package var session: UInt16 = 0
  /// 0 get, 1 set, 2 list, 3 save.
  package var operation: UInt8 = 0
  /// 0 u32, 1 i32, 2 f32.
  package var valueType: UInt8 = 0
  /// For list: the index, from 0.
  package var id: UInt16 = 0
  /// For set: the bits of the new value, to be read as `valueType`.
  package var value: UInt32 = 0

  /// Get of parameter 0, which no device has.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&session)
    fields.u8(&operation)
    fields.u8(&valueType)
    fields.u16(&id)
    fields.u32(&value)
    return operation <= 3 ? .none : .value
  }
}

/// BOOT: enter the boot loader (SPEC §4.6); taken in DISARMED and WAIT_HELLO only. Answered by ACK.
package struct BootMessage: BitwiseCopyable, Sendable {
  /// Number of the request; its ACK carries it back.
  package var request: UInt16 = 0
  /// The session of the accepted HELLO; a request of another is refused.
  package var session: UInt16 = 0
  /// `LinkLimits.bootMagic`, so that no stray byte starts a boot loader; anything else is a bad value.
  package var magic = LinkLimits.bootMagic

  /// The session is still to be set.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&session)
    fields.u32(&magic)
    return magic == LinkLimits.bootMagic ? .none : .value
  }
}

/// HEARTBEAT: alive, and how (SPEC §4.6). Feeds no watchdog.
package struct HeartbeatMessage: BitwiseCopyable, Sendable {
  package var state: UInt8 = 0
  package var loadPercent: UInt8 = 0
  /// As in SENSOR.
  package var flags: UInt16 = 0
  package var session: UInt16 = 0
  package var latch: UInt8 = 0
  package var action: UInt8 = 0
  package var fault: UInt32 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 12 else { return .length }
    state = reader.u8()
    loadPercent = reader.u8()
    flags = reader.u16()
    session = reader.u16()
    latch = reader.u8()
    action = reader.u8()
    fault = reader.u32()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u8(state)
    writer.u8(loadPercent)
    writer.u16(flags)
    writer.u16(session)
    writer.u8(latch)
    writer.u8(action)
    writer.u32(fault)
    return true
  }
}

/// ESTOP: stop now, whoever says so (SPEC §4.6).
package struct EmergencyStopMessage: BitwiseCopyable, Sendable {
  /// Free.
  package var reason: UInt8 = 0
  /// 0 host, 1 the device's input.
  package var source: UInt8 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 2 else { return .length }
    reason = reader.u8()
    source = reader.u8()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u8(reason)
    writer.u8(source)
    return true
  }
}

/// FAULT: newly latched fault bits, until an ACK carries `request` (SPEC §4.6).
package struct FaultMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  /// Number of the lowest new bit.
  package var code: UInt16 = 0
  /// 255: no joint.
  package var joint: UInt8 = 0
  /// 0 warning, 1 stop.
  package var severity: UInt8 = 0
  package var value: Int32 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 10 else { return .length }
    request = reader.u16()
    code = reader.u16()
    joint = reader.u8()
    severity = reader.u8()
    value = Int32(bitPattern: reader.u32())
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u16(code)
    writer.u8(joint)
    writer.u8(severity)
    writer.u32(UInt32(bitPattern: value))
    return true
  }
}

/// TIMESYNC: three of the four stamps of a clock comparison, microseconds (SPEC §4.6).
package struct TimeSyncMessage: BitwiseCopyable, Sendable {
  package var request: UInt16 = 0
  package var hostSentMicroseconds: UInt64 = 0
  package var deviceReceivedMicroseconds: UInt64 = 0
  package var deviceSentMicroseconds: UInt64 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 26 else { return .length }
    request = reader.u16()
    hostSentMicroseconds = reader.u64()
    deviceReceivedMicroseconds = reader.u64()
    deviceSentMicroseconds = reader.u64()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u16(request)
    writer.u64(hostSentMicroseconds)
    writer.u64(deviceReceivedMicroseconds)
    writer.u64(deviceSentMicroseconds)
    return true
  }
}

/// TICK: every byte of lockstep tick `number` has been sent (SPEC §4.6).
package struct TickMessage: BitwiseCopyable, Sendable {
  package var number: UInt64 = 0
  package var deviceTimeMicroseconds: UInt64 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 16 else { return .length }
    number = reader.u64()
    deviceTimeMicroseconds = reader.u64()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u64(number)
    writer.u64(deviceTimeMicroseconds)
    return true
  }
}

/// TICK_DONE: the host has answered tick `number`.
package struct TickDoneMessage: BitwiseCopyable, Sendable {
  package var number: UInt64 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 8 else { return .length }
    number = reader.u64()
    return .none
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u64(number)
    return true
  }
}

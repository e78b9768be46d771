/// HEARTBEAT: alive, and how (SPEC §4.6). Feeds no watchdog.
package struct HeartbeatMessage: BitwiseCopyable, Sendable {
  /// The device's state, as in SENSOR.
  package var state: UInt8 = 0
  /// Share of its tick that the device's control loop uses, percent.
  package var loadPercent: UInt8 = 0
  /// As in SENSOR.
  package var flags: UInt16 = 0
  /// The session of the last accepted HELLO, 0 before the first.
  package var session: UInt16 = 0
  /// Why the device is latched, as in SENSOR.
  package var latch: UInt8 = 0
  /// What the motors do, as in SENSOR.
  package var action: UInt8 = 0
  /// Latched fault bits, as in SENSOR.
  package var fault: UInt32 = 0

  /// BOOT, nothing wrong.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u8(&state)
    fields.u8(&loadPercent)
    fields.u16(&flags)
    fields.u16(&session)
    fields.u8(&latch)
    fields.u8(&action)
    fields.u32(&fault)
    return .none
  }
}

/// ESTOP: stop now, whoever says so (SPEC §4.6).
package struct EmergencyStopMessage: BitwiseCopyable, Sendable {
  /// Free.
  package var reason: UInt8 = 0
  /// 0 host, 1 the device's input.
  package var source: UInt8 = 0

  /// From the host, without a reason.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u8(&reason)
    fields.u8(&source)
    return .none
  }
}

/// FAULT: newly latched fault bits, every 100 ms until an ACK carries `request`, three times in all (SPEC §4.6).
package struct FaultMessage: BitwiseCopyable, Sendable {
  /// Number of the report; the host's ACK carries it back.
  package var request: UInt16 = 0
  /// Number of the lowest new bit.
  package var code: UInt16 = 0
  /// 255: no joint.
  package var joint: UInt8 = 0
  /// 0 warning, 1 stop.
  package var severity: UInt8 = 0
  /// What was measured: °C for the temperature bit, millivolts for the voltage bits, else 0.
  package var value: Int32 = 0

  /// All zeros.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u16(&code)
    fields.u8(&joint)
    fields.u8(&severity)
    fields.i32(&value)
    return .none
  }
}

/// TIMESYNC: three of the four stamps of a clock comparison, microseconds (SPEC §4.6).
package struct TimeSyncMessage: BitwiseCopyable, Sendable {
  /// Number of the question; the answer carries it back.
  package var request: UInt16 = 0
  /// The host's clock when it asked; comes back unchanged.
  package var hostSentMicroseconds: UInt64 = 0
  /// The device's clock when the question came; 0 in the question.
  package var deviceReceivedMicroseconds: UInt64 = 0
  /// The device's clock when the answer was made; 0 in the question.
  package var deviceSentMicroseconds: UInt64 = 0

  /// All zeros.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u16(&request)
    fields.u64(&hostSentMicroseconds)
    fields.u64(&deviceReceivedMicroseconds)
    fields.u64(&deviceSentMicroseconds)
    return .none
  }
}

/// TICK: every byte of lockstep tick `number` has been sent (SPEC §4.6).
package struct TickMessage: BitwiseCopyable, Sendable {
  /// Number of the lockstep tick.
  package var number: UInt64 = 0
  /// The device's clock at that tick: what the host's clock shows until it has answered.
  package var deviceTimeMicroseconds: UInt64 = 0

  /// Tick 0 at time 0.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u64(&number)
    fields.u64(&deviceTimeMicroseconds)
    return .none
  }
}

/// TICK_DONE: the host has answered tick `number`.
package struct TickDoneMessage: BitwiseCopyable, Sendable {
  /// The number of the TICK answered.
  package var number: UInt64 = 0

  /// Of tick 0.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u64(&number)
    return .none
  }
}

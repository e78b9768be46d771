/// HELLO: the host greets, names the session and asks for a rate (SPEC §4.1).
package struct HelloMessage: BitwiseCopyable, Sendable {
  /// `LinkLimits.magic`; anything else is a bad value.
  package var magic = LinkLimits.magic
  /// Chosen afresh by each run of the host, never 0: every later message of the session carries it.
  package var session: UInt16 = 0
  /// Wanted SENSOR rate, Hz; the device grants the next lower one it can keep (SPEC §4.2).
  package var rateHertz: UInt16 = 0
  /// Chosen afresh by each run of the host; with `session` it tells an answer to this HELLO from one to another.
  package var nonce: UInt32 = 0
  /// Bit 0: wants lockstep.
  package var flags: UInt16 = 0

  /// A greeting that still lacks its session.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u32(&magic)
    fields.u16(&session)
    fields.u16(&rateHertz)
    fields.u32(&nonce)
    fields.u16(&flags)
    return magic == LinkLimits.magic && session != 0 ? .none : .value
  }
}

/// HELLO_ACK: who the device is and how it is (SPEC §4.1).
package struct HelloAckMessage: BitwiseCopyable, Sendable {
  /// `LinkLimits.magic`; anything else is a bad value.
  package var magic = LinkLimits.magic
  /// The session of the HELLO answered, never 0.
  package var session: UInt16 = 0
  /// The nonce of the HELLO answered.
  package var nonce: UInt32 = 0
  /// 0 or the reason of a refusal (SPEC §5).
  package var result: UInt8 = 0
  /// The device's state after the HELLO, 0…9 (SPEC §5).
  package var state: UInt8 = 0
  /// Why the device is latched, 0 if it is not (SPEC §5). A HELLO lifts no latch.
  package var latch: UInt8 = 0
  /// Why the device last started: 0 unknown, 1 power, 2 pin, 3 software, 4 watchdog, 5 brown-out.
  package var resetCause: UInt8 = 0
  /// Names the board for ever.
  package var uuid = InlineArray<16, UInt8>(repeating: 0)
  /// The maker's number of the board's type.
  package var board: UInt16 = 0
  /// Major version of the firmware (not of the protocol).
  package var firmwareMajor: UInt8 = 0
  /// Minor version of the firmware.
  package var firmwareMinor: UInt8 = 0
  /// Patch level of the firmware.
  package var firmwarePatch: UInt8 = 0
  /// Version of the boot loader.
  package var bootloader: UInt8 = 0
  /// The first eight bytes of the firmware's commit.
  package var git = InlineArray<8, UInt8>(repeating: 0)
  /// Milliseconds since the device started; wraps after 49 days.
  package var uptimeMilliseconds: UInt32 = 0
  /// `CapsMessage.capsCRC` of the CAPS that follows: one that is known need not be waited for.
  package var capsCRC: UInt32 = 0

  /// An answer that still lacks its session.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u32(&magic)
    fields.u16(&session)
    fields.u32(&nonce)
    fields.u8(&result)
    fields.u8(&state)
    fields.u8(&latch)
    fields.u8(&resetCause)
    for index in 0..<16 { fields.u8(&uuid[index]) }
    fields.u16(&board)
    fields.u8(&firmwareMajor)
    fields.u8(&firmwareMinor)
    fields.u8(&firmwarePatch)
    fields.u8(&bootloader)
    for index in 0..<8 { fields.u8(&git[index]) }
    fields.u32(&uptimeMilliseconds)
    fields.u32(&capsCRC)
    return magic == LinkLimits.magic && session != 0 ? .none : .value
  }
}

package import LimbLink

/// How far the link has come.
package enum LinkPhase: UInt8, BitwiseCopyable, Sendable {
  /// No port.
  case disconnected
  /// HELLO goes out until somebody answers.
  case greeting
  /// The device has answered; its CAPS is awaited.
  case examining
  /// Device and profile agree: frames flow, commands are taken.
  case linked
  /// The device differs from the profile (`mismatches`): nothing but HELLO is sent to it.
  case mismatched
  /// The device refused HELLO (`refusal`, SPEC §5), for instance since another host has it armed.
  case refused

  /// Spelt out: the standard comparison of a raw-valued enum is generic, which the control path does not allow.
  @_noLocks package static func == (a: LinkPhase, b: LinkPhase) -> Bool { a.rawValue == b.rawValue }
  /// The negation of `==`, spelt out for the same reason.
  @_noLocks package static func != (a: LinkPhase, b: LinkPhase) -> Bool { a.rawValue != b.rawValue }
}

/// What the device last said of itself, in a SENSOR or a HEARTBEAT.
package struct DeviceStatus: BitwiseCopyable, Sendable {
  /// SPEC §5; the numbers of `LimbTypes.DeviceState`.
  package var state: UInt8 = 0
  /// What the motors do: 0 off, 1 follow, 2 coast, 3 hold, 4 damp, 5 limp.
  package var action: UInt8 = 0
  /// 0 none, 1 command expired, 2 e-stop by a message, 3 e-stop input, 4 fault.
  package var latch: UInt8 = 0
  /// The wire's own flags (SPEC §4.4).
  package var flags: UInt16 = 0
  /// Latched fault bits (SPEC §5), 0 = none.
  package var fault: UInt32 = 0
  /// Good mode-OFF commands in a row.
  package var armCommands: UInt8 = 0
  /// Bit j: something asked of the device's joint j was changed since the last SENSOR.
  package var clampedJoints: UInt32 = 0

  /// A device that has said nothing yet.
  @_noLocks package init() {}

  /// Motors are enabled.
  package var motorsEnabled: Bool { @_noLocks get { flags & 0x1000 != 0 } }
  /// A HOLD that has been cleared: ARM and DISARM are possible.
  package var holdIsCleared: Bool { @_noLocks get { flags & 0x0080 != 0 } }
  /// Enough good mode-OFF commands have come for ARM.
  package var isArmReady: Bool { @_noLocks get { flags & 0x0100 != 0 } }
  /// The device itself has had no fresh IMU sample for a while.
  package var imuIsStale: Bool { @_noLocks get { flags & 0x0200 != 0 } }
  /// The robot's own e-stop button is pressed.
  package var emergencyInputPressed: Bool { @_noLocks get { flags & 0x2000 != 0 } }
}

/// Who the device is.
package struct DeviceIdentity: BitwiseCopyable, Sendable {
  /// Names the board for ever.
  package var uuid = InlineArray<16, UInt8>(repeating: 0)
  /// The maker's number of the board's type.
  package var board: UInt16 = 0
  /// Major version of the firmware.
  package var firmwareMajor: UInt8 = 0
  /// Minor version of the firmware.
  package var firmwareMinor: UInt8 = 0
  /// Patch level of the firmware.
  package var firmwarePatch: UInt8 = 0
  /// The first eight bytes of the firmware's commit.
  package var git = InlineArray<8, UInt8>(repeating: 0)
  /// Why the device last started: 0 unknown, 1 power, 2 pin, 3 software, 4 watchdog, 5 brown-out.
  package var resetCause: UInt8 = 0
  /// CRC-32C of what the device can do: the same number, the same abilities.
  package var capsCRC: UInt32 = 0
  /// Major version of limb-link in the high nibble, minor in the low.
  package var protocolVersion: UInt8 = 0

  /// All zeros: nobody.
  @_noLocks package init() {}

  @_noLocks init(_ message: HelloAckMessage, protocolVersion: UInt8) {
    self.protocolVersion = protocolVersion
    uuid = message.uuid
    board = message.board
    firmwareMajor = message.firmwareMajor
    firmwareMinor = message.firmwareMinor
    firmwarePatch = message.firmwarePatch
    git = message.git
    resetCause = message.resetCause
    capsCRC = message.capsCRC
  }

  /// The UUID as 32 hexadecimal digits. Off the control path.
  package var uuidText: String {
    var text = ""
    for index in 0..<16 { text += (uuid[index] < 16 ? "0" : "") + String(uuid[index], radix: 16) }
    return text
  }
}

/// Counters of the link since the driver was made; all wrap. Loss is told by cause.
package struct LinkStatistics: BitwiseCopyable, Sendable {
  /// What became of everything that was received.
  package var received = LinkCounters()
  /// SENSOR frames handed to control.
  package var frames: UInt64 = 0
  /// COMMAND frames written whole.
  package var commands: UInt64 = 0
  /// Bytes read from the line.
  package var bytesIn: UInt64 = 0
  /// Bytes that the line took.
  package var bytesOut: UInt64 = 0
  /// Writes that the line did not take whole: the frame is lost and is not sent again.
  package var shortWrites: UInt64 = 0
  /// SENSOR frames of another session or another number of joints: dropped.
  package var foreignFrames: UInt64 = 0
  /// Bytes of one lockstep tick beyond what a tick record holds: dropped.
  package var inputOverrun: UInt64 = 0
  /// Times that the line went away.
  package var losses: UInt32 = 0
  /// Times that a handshake succeeded.
  package var handshakes: UInt32 = 0
  /// The device's own counters, as of its last STATS.
  package var device = StatisticsMessage()
  /// Of the best of the last TIMESYNCs, microseconds.
  package var roundTripMicroseconds: UInt32 = 0
  /// Device clock minus host clock, microseconds, of the same.
  package var clockOffsetMicroseconds: Int64 = 0

  /// All zeros.
  @_noLocks package init() {}

  /// Frames that never arrived, by their sequence numbers.
  package var lostFrames: UInt64 { @_noLocks get { UInt64(received.sequenceGap) } }
  /// What arrived and was no frame.
  package var damagedFrames: UInt64 { @_noLocks get { received.damaged } }

  /// SENSOR frames lost on the way per frame sent, since the driver was made.
  package var lossRatio: Float {
    @_noLocks get {
      let lost = Float(received.sequenceGap)
      return frames == 0 ? 0 : lost / (lost + Float(frames))
    }
  }
}

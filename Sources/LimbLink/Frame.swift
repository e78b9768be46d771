/// Limits of limb-link 1.0 (SPEC §1, §2). Computed, since a stored static is not allowed on the control path.
package enum LinkLimits {
  /// Header, payload and CRC together, at most.
  package static var decodedBytes: Int { @_noLocks get { 512 } }
  /// The same after stuffing, between the delimiters.
  package static var stuffedBytes: Int { @_noLocks get { 515 } }
  /// With both delimiters.
  package static var encodedBytes: Int { @_noLocks get { 517 } }
  /// Before the payload.
  package static var headerBytes: Int { @_noLocks get { 8 } }
  /// After the payload.
  package static var crcBytes: Int { @_noLocks get { 4 } }
  /// Joints that a message can carry. A robot of limbd has at most 18; the driver refuses more by name.
  package static var joints: Int { @_noLocks get { 24 } }
  /// Feet that a message can carry.
  package static var feet: Int { @_noLocks get { 8 } }
  /// The protocol's major version: what this side sends, and the only one it takes.
  package static var versionMajor: UInt8 { @_noLocks get { 1 } }
  /// The protocol's minor version: what this side sends; it takes any, whose new fields it ignores.
  package static var versionMinor: UInt8 { @_noLocks get { 0 } }
  /// "LIMB" as a little-endian word: what HELLO and HELLO_ACK begin with.
  package static var magic: UInt32 { @_noLocks get { 0x424D_494C } }
  /// "BOOT" as a little-endian word: what BOOT ends with.
  package static var bootMagic: UInt32 { @_noLocks get { 0x544F_4F42 } }
}

/// What stands before every payload.
package struct FrameHeader: BitwiseCopyable, Sendable {
  /// Major in the high nibble, minor in the low.
  package var version: UInt8 = 0x10
  /// Which message the payload is.
  package var type = MessageType.heartbeat
  /// Per direction and class; the device's cyclic one is its tick.
  package var sequence: UInt16 = 0
  /// The sender's clock, low 32 bits, microseconds; in SENSOR the instant at which the joints were sampled.
  package var senderMicroseconds: UInt32 = 0

  /// Of no frame yet.
  @_noLocks package init() {}
}

/// What became of every candidate that a receiver saw (SPEC §2). All of them wrap at 2³².
package struct LinkCounters: BitwiseCopyable, Sendable, Equatable {
  /// Good frames, delivered or held back for their sequence number.
  package var frames: UInt32 = 0
  /// More than 515 bytes without a delimiter, or more than 512 decoded.
  package var oversize: UInt32 = 0
  /// A code byte pointed beyond the end.
  package var cobs: UInt32 = 0
  /// Fewer than 12 bytes decoded.
  package var short: UInt32 = 0
  /// The type byte is none of limb-link 1.0's.
  package var unknownType: UInt32 = 0
  /// The checksum does not match: damaged, or another layout of the message.
  package var crc: UInt32 = 0
  /// Another major version, in a message that strangers do not share.
  package var badVersion: UInt32 = 0
  /// The payload is shorter than its message.
  package var badLength: UInt32 = 0
  /// A count or a value of the payload is out of its range.
  package var badValue: UInt32 = 0
  /// Frames that never arrived, by their sequence numbers.
  package var sequenceGap: UInt32 = 0
  /// Frames with the same number as the last of their class; a cyclic one is not delivered.
  package var sequenceRepeat: UInt32 = 0
  /// Frames with an older number than the last of their class; a cyclic one is not delivered.
  package var sequenceOld: UInt32 = 0

  /// All zeros.
  @_noLocks package init() {}

  /// What came and was no frame: noise on the line, or a device that speaks another language.
  package var damaged: UInt64 {
    @_noLocks get {
      UInt64(oversize) + UInt64(cobs) + UInt64(short) + UInt64(unknownType) + UInt64(crc) + UInt64(badVersion)
        + UInt64(badLength) + UInt64(badValue)
    }
  }

  /// The counters as STATS carries them.
  @_noLocks mutating func pass(_ fields: inout PayloadFields) {
    fields.u32(&frames)
    fields.u32(&oversize)
    fields.u32(&cobs)
    fields.u32(&short)
    fields.u32(&unknownType)
    fields.u32(&crc)
    fields.u32(&badVersion)
    fields.u32(&badLength)
    fields.u32(&badValue)
    fields.u32(&sequenceGap)
    fields.u32(&sequenceRepeat)
    fields.u32(&sequenceOld)
  }

  /// Candidates that were no frame, for whatever reason.
  package var rejected: UInt32 {
    @_noLocks get {
      oversize &+ cobs &+ short &+ unknownType &+ crc &+ badVersion &+ badLength &+ badValue
    }
  }
}

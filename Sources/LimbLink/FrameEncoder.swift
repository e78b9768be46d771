/// Makes frames: header, payload, checksum, stuffing, a delimiter on both sides (SPEC §1). Fixed memory, made once;
/// keeps the sequence numbers of its direction.
@safe package struct FrameEncoder: ~Copyable, @unchecked Sendable {
  private let crc = CRC32C()
  /// Header, payload and CRC before stuffing.
  private let plain: UnsafeMutablePointer<UInt8>
  /// The number of the next frame of each class.
  private var nextService: UInt16
  private var nextCyclic: UInt16

  /// Allocates; call it before the control loop starts. The first sequence numbers may be any.
  package init(firstService: UInt16 = 0, firstCyclic: UInt16 = 0) {
    unsafe plain = UnsafeMutablePointer<UInt8>.allocate(capacity: LinkLimits.decodedBytes)
    unsafe plain.initialize(repeating: 0, count: LinkLimits.decodedBytes)
    nextService = firstService
    nextCyclic = firstCyclic
  }

  deinit { unsafe plain.deallocate() }

  /// The sequence number that the next frame of a class will carry.
  @_noLocks package borrowing func nextSequence(_ sequenceClass: SequenceClass) -> UInt16 {
    switch sequenceClass {
    case .none: 0
    case .service: nextService
    case .cyclic: nextCyclic
    }
  }

  /// Writes `message` as the next frame of its class into `target`, which has room for `capacity` bytes
  /// (`LinkLimits.encodedBytes` always suffice), and returns how many bytes that took. 0, and no number is used up, if
  /// the message is not valid (SPEC §4, counts and values) or does not fit.
  ///
  /// - Parameter microseconds: the sender's clock, low 32 bits.
  @_noLocks package mutating func encode(
    _ message: Message, microseconds: UInt32, into target: UnsafeMutablePointer<UInt8>, capacity: Int
  ) -> Int {
    let type = message.type
    let sequence = nextSequence(type.sequenceClass)
    let count = unsafe encode(
      message, sequence: sequence, microseconds: microseconds, into: target, capacity: capacity)
    if count == 0 { return 0 }
    switch type.sequenceClass {
    case .none: break
    case .service: nextService = sequence &+ 1
    case .cyclic: nextCyclic = sequence &+ 1
    }
    return count
  }

  /// The same with a sequence number of the caller's choice (0 goes out for a message without a class); the encoder's
  /// own stay as they are.
  @_noLocks package borrowing func encode(
    _ message: Message, sequence: UInt16, microseconds: UInt32, into target: UnsafeMutablePointer<UInt8>,
    capacity: Int
  ) -> Int {
    let type = message.type
    var fields = unsafe PayloadFields(
      writing: plain + LinkLimits.headerBytes,
      capacity: LinkLimits.decodedBytes - LinkLimits.headerBytes - LinkLimits.crcBytes)
    guard case .none = message.write(&fields), !fields.overran else { return 0 }
    if case .caps = message { unsafe sealCaps(plain + LinkLimits.headerBytes, count: fields.count) }
    unsafe plain[0] = LinkLimits.versionMajor << 4 | LinkLimits.versionMinor
    unsafe plain[1] = type.number
    var number = sequence
    if case .none = type.sequenceClass { number = 0 }
    unsafe LittleEndian.write16(number, to: plain + 2)
    unsafe LittleEndian.write32(microseconds, to: plain + 4)
    let covered = LinkLimits.headerBytes + fields.count
    let register = unsafe crc.update(CRC32C.start, plain, count: covered)
    let checksum = CRC32C.finish(crc.update(register, littleEndian: type.schemaHash))
    unsafe LittleEndian.write32(checksum, to: plain + covered)
    let decoded = covered + LinkLimits.crcBytes
    guard COBS.maximumEncodedCount(decoded) + 2 <= capacity else { return 0 }
    unsafe target[0] = 0
    let stuffed = unsafe COBS.encode(plain, count: decoded, into: target + 1)
    unsafe target[stuffed + 1] = 0
    return stuffed + 2
  }

  /// `caps_crc` covers the payload from its byte 8 to its end (SPEC §4.3).
  @_noLocks private borrowing func sealCaps(_ payload: UnsafeMutablePointer<UInt8>, count: Int) {
    let from = CapsMessage.coveredFrom
    unsafe LittleEndian.write32(crc.checksum(payload + from, count: count - from), to: payload)
  }
}

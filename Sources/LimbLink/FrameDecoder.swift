/// Finds frames in a stream of bytes that may be lost, changed or doubled (SPEC §2). Fixed memory; each byte costs
/// bounded time; whatever comes in, every candidate ends in a delivered message or in a named counter, however the
/// stream is cut.
@safe package struct FrameDecoder: ~Copyable, @unchecked Sendable {
  /// What became of every candidate so far.
  package private(set) var counters = LinkCounters()
  /// Of the message delivered last.
  package private(set) var header = FrameHeader()
  /// The message delivered last; before the first an empty HEARTBEAT.
  package private(set) var message = Message.heartbeat(HeartbeatMessage())

  private let crc = CRC32C()
  /// The bytes since the last delimiter; a frame is unstuffed in place.
  private let buffer: UnsafeMutablePointer<UInt8>
  private var filled = 0
  private var discarding = false
  private var service = SequenceTracker()
  private var cyclic = SequenceTracker()

  /// Allocates; call it before the control loop starts.
  package init() {
    unsafe buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: LinkLimits.stuffedBytes)
    unsafe buffer.initialize(repeating: 0, count: LinkLimits.stuffedBytes)
  }

  deinit { unsafe buffer.deallocate() }

  /// Begins anew, as on a port just opened: forgets a half-received candidate and both runs of sequence numbers. The
  /// counters go on.
  @_noLocks package mutating func reset() {
    filled = 0
    discarding = false
    service = SequenceTracker()
    cyclic = SequenceTracker()
  }

  /// Consumes bytes from `bytes[offset]` on, up to the end of the first message to be delivered or to `count`, and
  /// moves `offset` behind what it consumed. True if a message is ready in `header` and `message`; call again for the
  /// rest.
  @_noLocks package mutating func consume(
    _ bytes: UnsafePointer<UInt8>, count: Int, offset: inout Int
  ) -> Bool {
    while offset < count {
      let byte = unsafe bytes[offset]
      offset += 1
      if byte == 0 {
        let candidate = filled
        filled = 0
        if discarding {
          discarding = false
        } else if candidate > 0 && finish(candidate) {
          return true
        }
      } else if !discarding {
        if filled == LinkLimits.stuffedBytes {
          counters.oversize &+= 1
          filled = 0
          discarding = true
        } else {
          unsafe buffer[filled] = byte
          filled += 1
        }
      }
    }
    return false
  }

  /// Judges one candidate by the table of SPEC §2; true if it is to be delivered.
  @_noLocks private mutating func finish(_ stuffed: Int) -> Bool {
    let decoded = unsafe COBS.decode(buffer, count: stuffed, into: buffer)
    if decoded < 0 {
      counters.cobs &+= 1
      return false
    }
    if decoded > LinkLimits.decodedBytes {
      counters.oversize &+= 1
      return false
    }
    if decoded < LinkLimits.headerBytes + LinkLimits.crcBytes {
      counters.short &+= 1
      return false
    }
    guard let type = unsafe MessageType.numbered(buffer[1]) else {
      counters.unknownType &+= 1
      return false
    }
    let covered = decoded - LinkLimits.crcBytes
    let register = unsafe crc.update(CRC32C.start, buffer, count: covered)
    let checksum = CRC32C.finish(crc.update(register, littleEndian: type.schemaHash))
    if unsafe checksum != LittleEndian.read32(buffer + covered) {
      counters.crc &+= 1
      return false
    }
    // Strangers may always greet and stop each other: those messages' layout never changes.
    if type.schemaHash != 0, unsafe buffer[0] >> 4 != LinkLimits.versionMajor {
      counters.badVersion &+= 1
      return false
    }
    return accept(type, payloadCount: covered - LinkLimits.headerBytes)
  }

  @_noLocks private mutating func accept(_ type: MessageType, payloadCount: Int) -> Bool {
    var fields = unsafe PayloadFields(reading: buffer + LinkLimits.headerBytes, count: payloadCount)
    var received = message
    var defect = Message.read(type, &fields, into: &received)
    if case .none = defect, case .caps(let caps) = received, !capsAreWhole(caps, payloadCount: payloadCount) {
      defect = .value
    }
    switch defect {
    case .length:
      counters.badLength &+= 1
      return false
    case .value:
      counters.badValue &+= 1
      return false
    case .none: counters.frames &+= 1
    }
    let sequence = unsafe LittleEndian.read16(buffer + 2)
    guard isDelivered(type, sequence) else { return false }
    unsafe header.version = buffer[0]
    header.type = type
    header.sequence = sequence
    unsafe header.senderMicroseconds = LittleEndian.read32(buffer + 4)
    message = received
    return true
  }

  @_noLocks private borrowing func capsAreWhole(_ caps: CapsMessage, payloadCount: Int) -> Bool {
    let from = CapsMessage.coveredFrom
    return unsafe crc.checksum(buffer + LinkLimits.headerBytes + from, count: payloadCount - from) == caps.capsCRC
  }

  @_noLocks private mutating func isDelivered(_ type: MessageType, _ sequence: UInt16) -> Bool {
    if case .hello = type { forgetSequences() }
    if case .helloAck = type { forgetSequences() }
    switch type.sequenceClass {
    case .none: return true
    case .service:
      _ = service.isNew(sequence, &counters)
      return true
    case .cyclic: return cyclic.isNew(sequence, &counters)
    }
  }

  @_noLocks private mutating func forgetSequences() {
    service = SequenceTracker()
    cyclic = SequenceTracker()
  }
}

/// The last sequence number of one class, and what the next one means.
struct SequenceTracker: BitwiseCopyable, Sendable {
  private var last: UInt16 = 0
  private var hasLast = false

  @_noLocks init() {}

  /// Counts gap, repeat or old; true if the number is newer than the last.
  @_noLocks mutating func isNew(_ sequence: UInt16, _ counters: inout LinkCounters) -> Bool {
    let distance = sequence &- last
    if hasLast && distance == 0 {
      counters.sequenceRepeat &+= 1
      return false
    }
    if hasLast && distance > 32768 {
      counters.sequenceOld &+= 1
      return false
    }
    if hasLast { counters.sequenceGap &+= UInt32(distance) - 1 }
    last = sequence
    hasLast = true
    return true
  }
}

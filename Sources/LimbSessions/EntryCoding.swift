internal import LimbLink
internal import LimbTypes

/// Entries under way, one behind the other as they will stand in the file: little endian, appended.
struct EntryWriter {
  var bytes: [UInt8] = []

  /// Begins an entry; its length and checksum come with `end`. Returns where it begins.
  mutating func begin(_ kind: SessionEntryKind) -> Int {
    let start = bytes.count
    put(UInt64(0))
    put(kind.rawValue)
    return start
  }

  /// Completes the entry that began at `start`.
  mutating func end(_ start: Int, _ crc: borrowing CRC32C) {
    let count = bytes.count - start - SessionFrame.overhead
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      let frame = unsafe buffer.baseAddress! + start
      unsafe LittleEndian.write32(UInt32(count), to: frame)
      unsafe LittleEndian.write32(crc.checksum(frame + 8, count: count + 1), to: frame + 4)
    }
  }

  mutating func put(_ value: some FixedWidthInteger & BitwiseCopyable) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func put(_ value: Float) { put(value.bitPattern) }

  mutating func put(_ record: borrowing TickRecord) {
    put(record.iteration)
    put(record.tick)
    put(record.wokeAt.nanoseconds)
    put(record.readAt.nanoseconds)
    put(record.wroteAt.nanoseconds)
    put(record.deadline.nanoseconds)
    put(record.state.rawValue)
    put(UInt8(record.hadFrame ? 1 : 0))
    let countIn = min(max(Int(record.bytesInCount), 0), tickBytesInCapacity)
    let countOut = min(max(Int(record.bytesOutCount), 0), tickBytesOutCapacity)
    put(UInt16(countIn))
    put(UInt16(countOut))
    put(record.bytesIn.span, countIn)
    put(record.bytesOut.span, countOut)
  }

  private mutating func put(_ span: Span<UInt8>, _ count: Int) {
    unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0[..<count]) }
  }

  mutating func put(_ event: ControlEvent) {
    put(event.sequence)
    put(event.iteration)
    put(event.tick)
    put(event.at.nanoseconds)
    put(event.kind.rawValue)
    put(event.a)
    put(event.b)
    put(event.value)
  }
}

/// Bytes of an entry being read; asking for more than there is gives nil.
struct EntryReader {
  let bytes: ArraySlice<UInt8>
  var place: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  var rest: [UInt8] { Array(bytes[place...]) }

  mutating func take<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) -> T? {
    guard bytes.endIndex - place >= T.bitWidth / 8 else { return nil }
    var value: T = 0
    for shift in 0..<(T.bitWidth / 8) { value |= T(bytes[place + shift]) << (8 * shift) }
    place += T.bitWidth / 8
    return value
  }

  mutating func tick() -> TickRecord? {
    guard let iteration = take(UInt64.self), let tick = take(UInt64.self), let woke = take(UInt64.self),
      let read = take(UInt64.self), let wrote = take(UInt64.self), let deadline = take(UInt64.self),
      let state = take(UInt8.self).flatMap(SupervisorCode.init(rawValue:)), let frame = take(UInt8.self),
      let countIn = take(UInt16.self), let countOut = take(UInt16.self), countIn <= tickBytesInCapacity,
      countOut <= tickBytesOutCapacity, bytes.endIndex - place == Int(countIn) + Int(countOut)
    else { return nil }
    var record = TickRecord()
    record.iteration = iteration
    record.tick = tick
    record.wokeAt = Instant(nanoseconds: woke)
    record.readAt = Instant(nanoseconds: read)
    record.wroteAt = Instant(nanoseconds: wrote)
    record.deadline = Instant(nanoseconds: deadline)
    record.state = state
    record.hadFrame = frame != 0
    record.bytesInCount = Int32(countIn)
    record.bytesOutCount = Int32(countOut)
    for index in 0..<Int(countIn) { record.bytesIn[index] = bytes[place + index] }
    for index in 0..<Int(countOut) { record.bytesOut[index] = bytes[place + Int(countIn) + index] }
    return record
  }

  mutating func event() -> ControlEvent? {
    guard let sequence = take(UInt64.self), let iteration = take(UInt64.self), let tick = take(UInt64.self),
      let at = take(UInt64.self), let kind = take(UInt8.self).flatMap(ControlEventKind.init(rawValue:)),
      let a = take(UInt64.self), let b = take(UInt64.self), let value = take(UInt32.self), place == bytes.endIndex
    else { return nil }
    var event = ControlEvent()
    event.sequence = sequence
    event.iteration = iteration
    event.tick = tick
    event.at = Instant(nanoseconds: at)
    event.kind = kind
    event.a = a
    event.b = b
    event.value = Float(bitPattern: value)
    return event
  }
}

/// Frames: u32 length of the payload, u32 CRC-32C of kind and payload, u8 kind, payload.
enum SessionFrame {
  /// "LIMBLOG" and a zero, at the start of every part.
  static let magic: [UInt8] = [0x4C, 0x49, 0x4D, 0x42, 0x4C, 0x4F, 0x47, 0x00]
  static let overhead = 9
  /// Longer payloads are taken for damage.
  static let payloadLimit = 64 << 20

  /// The frame at `start` of `bytes`: kind, range of the payload; nil if it is cut off or damaged.
  static func read(
    _ bytes: [UInt8], at start: Int, _ crc: borrowing CRC32C
  ) -> (kind: SessionEntryKind, payload: Range<Int>)? {
    guard bytes.count - start >= overhead, let kind = SessionEntryKind(rawValue: bytes[start + 8]) else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      let frame = unsafe buffer.baseAddress! + start
      let count = unsafe Int(LittleEndian.read32(frame))
      guard count <= payloadLimit, start + overhead + count <= bytes.count,
        unsafe LittleEndian.read32(frame + 4) == crc.checksum(frame + 8, count: count + 1)
      else { return nil }
      return (kind, start + overhead..<start + overhead + count)
    }
  }
}

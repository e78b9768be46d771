/// One message as it came: its kind and its bytes, not yet looked into.
package struct EnvironmentFrame: Sendable, Equatable {
  /// What it is.
  package let tag: EnvironmentTag
  /// What stands behind its head.
  package let payload: [UInt8]

  /// The parts.
  package init(tag: EnvironmentTag, payload: [UInt8]) {
    self.tag = tag
    self.payload = payload
  }
}

/// Cuts a stream of bytes into messages. Whatever bytes come, it gives frames or says what is wrong, as early as the
/// bytes tell: a wrong tag at its fourth byte, a wrong length at its eighth.
package struct EnvironmentDecoder: Sendable {
  /// What the environment has said of itself: from then on lengths are known beforehand.
  package var spaces: EnvironmentSpaces?
  private var bytes: [UInt8] = []
  private var start = 0

  /// Nothing read yet.
  package init(spaces: EnvironmentSpaces? = nil) { self.spaces = spaces }

  /// Takes what was read.
  package mutating func append(_ more: some Collection<UInt8>) {
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      start = 0
    } else if start > 65_536 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// Bytes of a message that is not whole yet.
  package var bytesLeft: Int { bytes.count - start }

  /// The next message, nil until it is whole. After an error the stream is beyond repair.
  package mutating func next() throws(EnvironmentError) -> EnvironmentFrame? {
    guard let (tag, count) = try head() else { return nil }
    let end = start + EnvironmentLimits.headBytes + count
    guard bytes.count >= end else { return nil }
    let frame = EnvironmentFrame(tag: tag, payload: Array(bytes[(end - count)..<end]))
    start = end
    return frame
  }

  /// What to say when the stream ends here; nil between two messages.
  package var endsInside: EnvironmentError? {
    guard bytesLeft > 0 else { return nil }
    let head = EnvironmentLimits.headBytes
    guard bytesLeft >= head else { return .cutOff(found: bytesLeft, expected: head) }
    return .cutOff(found: bytesLeft, expected: head + Int(word(at: start + 4)))
  }

  private func head() throws(EnvironmentError) -> (EnvironmentTag, Int)? {
    guard bytesLeft >= 4 else { return nil }
    guard let tag = EnvironmentTag(bytes: bytes[start..<start + 4]) else {
      throw .notAMessage(found: Array(bytes[start..<start + 4]))
    }
    guard bytesLeft >= EnvironmentLimits.headBytes else { return nil }
    let count = Int(word(at: start + 4))
    guard count <= EnvironmentLimits.payloadBytes else {
      throw .tooLong(tag, found: count, limit: EnvironmentLimits.payloadBytes)
    }
    if let expected = tag.payloadCount(spaces), count != expected {
      throw .wrongLength(tag, found: count, expected: expected)
    }
    return (tag, count)
  }

  private func word(at offset: Int) -> UInt32 { littleEndianWord(bytes, offset) }
}

/// Four bytes, the least first.
func littleEndianWord(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
  UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
    | UInt32(bytes[offset + 3]) << 24
}

/// Puts a message together.
struct EnvironmentWriter {
  private var payload: [UInt8] = []

  mutating func put(_ word: UInt32) {
    payload += [
      UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word >> 16),
      UInt8(truncatingIfNeeded: word >> 24),
    ]
  }

  mutating func put(_ numbers: [Float]) {
    payload.reserveCapacity(payload.count + 4 * numbers.count)
    for number in numbers { put(number.bitPattern) }
  }

  /// At most `limit` bytes of UTF-8, cut between two characters.
  mutating func put(text: String, limit: Int) {
    var cut = text
    while cut.utf8.count > limit { cut.removeLast() }
    payload += Array(cut.utf8)
  }

  func message(_ tag: EnvironmentTag) -> [UInt8] {
    var head = EnvironmentWriter()
    head.put(UInt32(payload.count))
    return Array(tag.rawValue.utf8) + head.payload + payload
  }
}

/// Takes a payload apart, from front to back. Reading beyond its end traps: lengths are checked first.
struct EnvironmentReader {
  private let frame: EnvironmentFrame
  private var offset = 0

  init(_ frame: EnvironmentFrame) { self.frame = frame }

  /// Words that have not been read.
  var wordsLeft: Int { (frame.payload.count - offset) / 4 }

  func expectLength(_ spaces: EnvironmentSpaces?) throws(EnvironmentError) {
    if let expected = frame.tag.payloadCount(spaces), frame.payload.count != expected {
      throw .wrongLength(frame.tag, found: frame.payload.count, expected: expected)
    }
  }

  mutating func word() -> UInt32 {
    defer { offset += 4 }
    return littleEndianWord(frame.payload, offset)
  }

  mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(bitPattern: word()) } }

  mutating func finite(_ count: Int, _ field: String) throws(EnvironmentError) -> [Float] {
    let numbers = floats(count)
    for index in numbers.indices where !numbers[index].isFinite {
      throw .notFinite(frame.tag, field: field == "reward" ? field : "\(field)[\(index)]", found: numbers[index])
    }
    return numbers
  }

  mutating func text() -> String {
    defer { offset = frame.payload.count }
    return String(decoding: frame.payload[offset...], as: UTF8.self)
  }

  /// The payload of SPAC. The version stands first, and nothing else is looked at if it is another one.
  mutating func spaces() throws(EnvironmentError) -> EnvironmentSpaces {
    let total = frame.payload.count
    guard total >= 4 else { throw .wrongLength(.spaces, found: total, expected: 20) }
    let version = word()
    guard version == EnvironmentLimits.version else {
      throw .otherVersion(found: version, expected: EnvironmentLimits.version)
    }
    guard total >= 20 else { throw .wrongLength(.spaces, found: total, expected: 20) }
    let observations = try width("observation")
    let actions = try width("action")
    let flags = word()
    guard flags & ~1 == 0 else { throw .unknownFlags(.spaces, found: flags, expected: 1) }
    let episodeSteps = word()
    let expected = 20 + 8 * (observations + actions)
    guard total >= expected else { throw .wrongLength(.spaces, found: total, expected: expected) }
    guard total <= expected + EnvironmentLimits.nameBytes else {
      throw .badSpaces(
        field: "name", found: "\(total - expected) bytes", expected: "at most \(EnvironmentLimits.nameBytes)")
    }
    let spaces = EnvironmentSpaces(
      name: "", isReseeded: flags & 1 != 0, episodeSteps: episodeSteps, observationLow: floats(observations),
      observationHigh: floats(observations), actionLow: floats(actions), actionHigh: floats(actions))
    var named = spaces
    named.name = text()
    try named.check()
    return named
  }

  private mutating func width(_ field: String) throws(EnvironmentError) -> Int {
    let count = Int(word())
    guard (1...EnvironmentLimits.width).contains(count) else {
      throw .badSpaces(field: field, found: "\(count) numbers", expected: "1 to \(EnvironmentLimits.width)")
    }
    return count
  }
}

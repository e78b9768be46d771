import Foundation
import LimbLink
import LimbTestSupport
import Testing

/// The first delivered messages of a stream, read in one piece.
private func decode(_ bytes: [UInt8]) -> ([Delivered], LinkCounters) {
  var cuts = SplitMix64(seed: 0)
  return decodeInSwift(bytes, cuts: &cuts, largest: max(bytes.count, 1))
}

private func changed(_ change: (inout LinkCounters) -> Void) -> LinkCounters {
  var counters = LinkCounters()
  change(&counters)
  return counters
}

/// The SPEC's schema lines: (hash as printed, name, number, canonical text).
private func schemaLines() throws -> [(UInt32, UInt8, String)] {
  let text = try Repository.text("firmware-protocol/SPEC.md")
  let parts = text.components(separatedBy: "```")
  let block = try #require(parts.first { $0.hasPrefix("schema\n") })
  return block.split(separator: "\n").dropFirst().compactMap { line in
    let words = line.split(separator: " ", maxSplits: 3)
    guard let hash = UInt32(words[0], radix: 16), let number = UInt8(words[2].dropFirst(2), radix: 16)
    else { return nil }
    return (hash, number, String(line.dropFirst(9)))
  }
}

@Test("every message of the SPEC has its number, and its hash is the CRC of its schema line")
func schemaHashes() throws {
  let lines = try schemaLines()
  #expect(lines.count == MessageType.allCases.count)
  for (hash, number, text) in lines {
    let type = try #require(MessageType.numbered(number), "\(text)")
    #expect(type.number == number && type.rawValue == number)
    #expect(type.schemaHash == hash, "\(text)")
    if hash != 0 { #expect(FrameBuilder.checksum(Array(text.utf8)) == hash, "\(text)") }
  }
}

@Test("a valid payload of every type is delivered and comes back byte for byte", arguments: MessageType.allCases)
func roundTrips(type: MessageType) {
  var random = SplitMix64(seed: UInt64(type.number))
  for _ in 0..<200 {
    let payload = FrameBuilder.payload(type, &random)
    let sequence: UInt16 = type.sequenceClass == .none ? 0 : UInt16(truncatingIfNeeded: random.next())
    let (frames, counters) = decode(FrameBuilder.frame(type: type.number, payload: payload, sequence: sequence))
    #expect(counters == changed { $0.frames = 1 })
    #expect(frames.count == 1)
    // What the codec knows of the payload, encoded again, decodes to the same thing once more.
    #expect(decode(frames.first?.encoded ?? []).0.first?.encoded == frames.first?.encoded)
  }
}

@Test("a payload cut anywhere inside its known part is a bad length or a bad value", arguments: MessageType.allCases)
func truncatedPayloads(type: MessageType) {
  var random = SplitMix64(seed: 77 + UInt64(type.number))
  for count in 0..<FrameBuilder.fixedSize(type) {
    let payload = Array(FrameBuilder.payload(type, &random).prefix(count))
    #expect(decode(FrameBuilder.frame(type: type.number, payload: payload)).1 == changed { $0.badLength = 1 })
  }
}

@Test("a frame cut anywhere is never delivered, and the next one is")
func truncatedFrames() {
  var random = SplitMix64(seed: 3)
  let whole = FrameBuilder.frame(type: MessageType.command.number, payload: FrameBuilder.payload(.command, &random))
  let next = FrameBuilder.frame(type: MessageType.heartbeat.number, payload: random.bytes(12))
  for count in 0..<(whole.count - 1) {
    let (frames, counters) = decode(Array(whole[..<count]) + next)
    #expect(frames.count == 1 && counters.frames == 1, "cut after \(count)")
    #expect(counters.rejected == (count > 1 ? 1 : 0))
  }
}

@Test("a changed byte never yields another message")
func corruptedFrames() {
  var random = SplitMix64(seed: 4)
  let whole = FrameBuilder.frame(type: MessageType.command.number, payload: FrameBuilder.payload(.command, &random))
  let (original, _) = decode(whole)
  for place in 0..<whole.count {
    for bit in 0..<8 {
      var bytes = whole
      bytes[place] ^= UInt8(1 << bit)
      let (frames, counters) = decode(bytes + [0])
      #expect(frames.isEmpty || frames == original, "byte \(place), bit \(bit)")
      #expect(counters.rejected + counters.frames > 0)
    }
  }
}

@Test("516 bytes without a delimiter are counted once, at once, and cost nothing but themselves")
func oversize() {
  let flood = [UInt8](repeating: 7, count: 516)
  #expect(decode(Array(flood.dropLast())).1 == LinkCounters())
  #expect(decode(flood).1 == changed { $0.oversize = 1 })
  let frame = FrameBuilder.frame(type: MessageType.disarm.number, payload: [1, 2, 3, 4])
  let (frames, counters) = decode(flood + flood + flood + frame)
  #expect(frames.count == 1)
  #expect(counters == changed { ($0.oversize, $0.frames) = (1, 1) })
}

@Test("another layout of a message is a CRC error, another major version is named")
func strangers() {
  let payload: [UInt8] = [1, 2, 3, 4]
  let disarm = MessageType.disarm.number
  #expect(decode(FrameBuilder.frame(type: disarm, payload: payload, hash: 1)).1 == changed { $0.crc = 1 })
  #expect(decode(FrameBuilder.frame(type: disarm, payload: payload, version: 0x20)).1 == changed { $0.badVersion = 1 })
  let (later, _) = decode(FrameBuilder.frame(type: disarm, payload: payload + [9, 9], version: 0x1F))
  #expect(later.first?.version == 0x1F, "a higher minor version is accepted, its additions ignored")
  let stop = FrameBuilder.frame(type: MessageType.emergencyStop.number, payload: [1, 0], version: 0xF0)
  #expect(decode(stop).0.count == 1, "anybody may stop the robot")
}

@Test("gaps, repeats and old frames are counted by class; a cyclic frame is never delivered twice")
func sequences() {
  var random = SplitMix64(seed: 6)
  let sensor = FrameBuilder.payload(.sensorQuad, &random)
  func cyclic(_ numbers: [UInt16]) -> [UInt8] {
    numbers.flatMap { FrameBuilder.frame(type: MessageType.sensorQuad.number, payload: sensor, sequence: $0) }
  }
  func service(_ numbers: [UInt16]) -> [UInt8] {
    numbers.flatMap { FrameBuilder.frame(type: MessageType.disarm.number, payload: [1, 2, 3, 4], sequence: $0) }
  }
  #expect(decode(cyclic([65534, 65535, 0, 1])).1 == changed { $0.frames = 4 })
  let (frames, counters) = decode(cyclic([10, 13, 13, 12, 14]) + service([7, 7, 6, 9]))
  #expect(frames.count == 3 + 4)
  #expect(counters == changed { ($0.frames, $0.sequenceGap, $0.sequenceRepeat, $0.sequenceOld) = (9, 3, 2, 2) })
  let hello = FrameBuilder.frame(
    type: MessageType.helloAck.number, payload: FrameBuilder.payload(.helloAck, &random), sequence: 3)
  #expect(decode(cyclic([500]) + service([9]) + hello + service([4]) + cyclic([20])).1.sequenceOld == 0)
}

@Test("an invalid message is not encoded and uses up no number")
func invalidMessages() {
  var encoder = FrameEncoder(firstService: 5, firstCyclic: 65535)
  var out = [UInt8](repeating: 0xAA, count: LinkLimits.encodedBytes)
  func encode(_ message: Message, capacity: Int) -> Int {
    unsafe out.withUnsafeMutableBufferPointer {
      unsafe encoder.encode(message, microseconds: 9, into: $0.baseAddress!, capacity: capacity)
    }
  }
  var command = CommandMessage()
  command.jointCount = 25
  #expect(encode(.command(command), capacity: 517) == 0)
  command.jointCount = 12
  #expect(encode(.command(command), capacity: 40) == 0)
  #expect(encoder.nextSequence(.cyclic) == 65535)
  let count = encode(.command(command), capacity: 145)
  #expect(count == 8 + 10 + 120 + 4 + 3)
  #expect(encoder.nextSequence(.cyclic) == 0 && encoder.nextSequence(.service) == 5)
  #expect(encode(.emergencyStop(EmergencyStopMessage()), capacity: 517) == 17)
  #expect(encoder.nextSequence(.service) == 5, "ESTOP takes no number")
}

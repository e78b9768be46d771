import Foundation
import LimbLink
import LimbTestSupport
import Testing

/// The lines of `firmware-protocol/vectors/vectors.txt` of one kind, split at the tabs. A third implementation made
/// them.
private func vectors(_ kind: String) throws -> [[String]] {
  let lines = try Repository.text("firmware-protocol/vectors/vectors.txt")
    .split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
  return lines.filter { $0[0] == kind }.map { $0.dropFirst().map(String.init) }
}

private func bytes(_ hexadecimal: String) -> [UInt8] {
  let digits = hexadecimal.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

@Test("golden: checksums and stuffing")
func goldenPrimitives() throws {
  let checksums = try vectors("crc")
  let stuffings = try vectors("cobs")
  #expect(checksums.count >= 5 && stuffings.count >= 20)
  for line in checksums { #expect(FrameBuilder.checksum(bytes(line[0])) == UInt32(line[1], radix: 16)!) }
  for line in stuffings {
    #expect(cobsEncode(bytes(line[0])) == bytes(line[1]))
    #expect(cobsDecode(bytes(line[1])) == bytes(line[0]))
  }
}

@Test("golden: every message decodes to the listed numbers and encodes to the listed bytes")
func goldenMessages() throws {
  let lines = try vectors("message")
  #expect(Set(lines.map { $0[1] }).count == MessageType.allCases.count)
  for line in lines {
    let frame = bytes(line[4])
    var decoder = FrameDecoder()
    let encoder = FrameEncoder()
    var offset = 0
    let isDelivered = unsafe frame.withUnsafeBufferPointer {
      unsafe decoder.consume($0.baseAddress!, count: frame.count, offset: &offset)
    }
    #expect(isDelivered, "\(line[0])")
    let header = decoder.header
    let message = decoder.message
    #expect(header.type.number == UInt8(line[1])!)
    if header.type.sequenceClass != .none { #expect(header.sequence == UInt16(line[2])!) }
    #expect(header.senderMicroseconds == UInt32(line[3])!)
    #expect(message.scalars == line[6].split(separator: ",").map { Int128($0)! }, "\(line[0])")
    var out = [UInt8](repeating: 0, count: LinkLimits.encodedBytes)
    let count = unsafe out.withUnsafeMutableBufferPointer {
      unsafe encoder.encode(
        message, sequence: header.sequence, microseconds: header.senderMicroseconds, into: $0.baseAddress!,
        capacity: $0.count)
    }
    #expect(Array(out[..<count]) == frame, "\(line[0])")
  }
}

@Test("golden: every stream gives the listed counters and deliveries, in one piece and byte by byte")
func goldenStreams() throws {
  let lines = try vectors("stream")
  #expect(lines.count > 150)
  for line in lines {
    let stream = bytes(line[1])
    let counters = line[2].split(separator: ",").map { UInt32($0)! }
    let delivered = line[3] == "-" ? "" : line[3]
    for largest in [max(stream.count, 1), 1] {
      var cuts = SplitMix64(seed: 1)
      let (frames, found) = decodeInSwift(stream, cuts: &cuts, largest: largest)
      #expect(found.named.map(\.1) == counters, "\(line[0])")
      let names = frames.map { "\($0.type):\($0.sequence)" }
      #expect(names.joined(separator: ",") == delivered, "\(line[0])")
    }
  }
}

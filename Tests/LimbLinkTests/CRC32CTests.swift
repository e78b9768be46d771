import LimbLink
import LimbTestSupport
import Testing

private func checksum(_ bytes: [UInt8]) -> UInt32 {
  let crc = CRC32C()
  return unsafe (bytes + [0]).withUnsafeBufferPointer {
    unsafe crc.checksum($0.baseAddress!, count: bytes.count)
  }
}

/// Bit by bit, straight from the polynomial.
private func slowly(_ bytes: [UInt8]) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82F6_3B78 }
  }
  return ~crc
}

@Test("the published check values hold", arguments: [
  (Array("123456789".utf8), 0xE306_9283),
  ([], 0),
  ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),  // RFC 3720, appendix B.4
  ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
  ([UInt8](0..<32), 0x46DD_794E),
  ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
] as [([UInt8], UInt32)])
func publishedValues(bytes: [UInt8], expected: UInt32) { #expect(checksum(bytes) == expected) }

@Test("eight at a time equals bit by bit for every length and cut, and an appended word equals its bytes")
func cuts() {
  var random = SplitMix64(seed: 2)
  let crc = CRC32C()
  for count in 0..<100 {
    let bytes = random.bytes(count) + [0]
    let whole = slowly(Array(bytes[..<count]))
    #expect(checksum(Array(bytes[..<count])) == whole)
    let cut = random.below(count + 1)
    let inParts = unsafe bytes.withUnsafeBufferPointer {
      let first = unsafe crc.update(CRC32C.start, $0.baseAddress!, count: cut)
      return unsafe CRC32C.finish(crc.update(first, $0.baseAddress! + cut, count: count - cut))
    }
    #expect(inParts == whole)
    let word = UInt32(truncatingIfNeeded: random.next())
    let appended = unsafe bytes.withUnsafeBufferPointer {
      let register = unsafe crc.update(CRC32C.start, $0.baseAddress!, count: count)
      return CRC32C.finish(crc.update(register, littleEndian: word))
    }
    let tail = (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    #expect(appended == slowly(Array(bytes[..<count]) + tail))
  }
}

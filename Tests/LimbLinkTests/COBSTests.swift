import LimbLink
import LimbTestSupport
import Testing

/// The textbook cases: (plain, encoded).
private let textbook: [([UInt8], [UInt8])] = [
  ([], [1]),
  ([0], [1, 1]),
  ([0, 0], [1, 1, 1]),
  ([0x11, 0x22, 0x00, 0x33], [3, 0x11, 0x22, 2, 0x33]),
  ([0x11, 0, 0, 0], [2, 0x11, 1, 1, 1]),
  (Array(1...254), [0xFF] + Array(1...254)),
  ([0] + Array(1...254), [1, 0xFF] + Array(1...254)),
  (Array(1...255), [0xFF] + Array(1...254) + [2, 255]),
  (Array(2...255) + [0], [0xFF] + Array(2...255) + [1, 1]),
  (Array(3...255) + [0, 1], [0xFE] + Array(3...255) + [2, 1]),
]

func cobsEncode(_ plain: [UInt8]) -> [UInt8] {
  var out = [UInt8](repeating: 0xAA, count: COBS.maximumEncodedCount(plain.count) + 1)
  let count = unsafe plain.withUnsafeBufferPointer { source in
    unsafe out.withUnsafeMutableBufferPointer { target in
      // An empty array may have no address; the codec never reads it then.
      unsafe COBS.encode(
        source.baseAddress ?? UnsafePointer(target.baseAddress!), count: source.count, into: target.baseAddress!)
    }
  }
  #expect(out[out.count - 1] == 0xAA, "wrote past the promised size")
  return Array(out[..<count])
}

func cobsDecode(_ encoded: [UInt8]) -> [UInt8]? {
  var out = encoded + [0xAA]
  let count = unsafe out.withUnsafeMutableBufferPointer {
    unsafe COBS.decode(UnsafePointer($0.baseAddress!), count: encoded.count, into: $0.baseAddress!)
  }
  #expect(out[out.count - 1] == 0xAA, "wrote past the end")
  return count < 0 ? nil : Array(out[..<count])
}

@Test("the textbook cases encode to the textbook bytes and decode back in place", arguments: textbook)
func textbookCases(plain: [UInt8], encoded: [UInt8]) {
  #expect(cobsEncode(plain) == encoded)
  #expect(cobsDecode(encoded) == plain)
}

@Test("a group that runs past the end, or a zero inside, is malformed", arguments: [
  [2], [5, 1, 2, 3], [0xFF, 1], [1, 3, 7], [0], [3, 1, 0], [1, 0, 1],
] as [[UInt8]])
func malformed(encoded: [UInt8]) { #expect(cobsDecode(encoded) == nil) }

@Test("random bytes of every length come back, hold no zero, and keep to the promised size")
func roundTrip() {
  var random = SplitMix64(seed: 1)
  for count in 0..<600 {
    let density = random.below(4)
    let plain = (0..<count).map { _ in density == 0 || random.below(4) >= density ? random.byte() : 0 }
    let encoded = cobsEncode(plain)
    #expect(!encoded.contains(0))
    #expect(encoded.count <= COBS.maximumEncodedCount(count))
    #expect(cobsDecode(encoded) == plain)
  }
}

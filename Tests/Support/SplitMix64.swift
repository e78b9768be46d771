/// SplitMix64: the same stream on every machine, so that a failure names its seed.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Neighbouring seeds give streams that have nothing in common.
  package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform enough in `0..<bound`.
  package mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

  /// Any byte.
  package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 40) }

  /// So many of them.
  package mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }
}

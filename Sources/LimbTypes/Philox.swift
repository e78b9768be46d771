/// Which randomness is meant; part of the key, so that no two uses ever share a number (docs/architecture.md,
/// Randomness).
package enum RandomStream: UInt32, Sendable, CaseIterable {
  case exploration = 1
  case batch = 2
  case targetNoise = 3
  case actorNoise = 4
  case dropout = 5
  case mirror = 6
  case criticSubset = 7
  case initialisation = 8
  case goal = 9
  case warmUp = 10
  /// The simulator's own draws, keyed by (seed, episode).
  case simulator = 100
  case test = 999
}

/// Counter-based random numbers: Philox 4×32 with 10 rounds.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Nothing is stored: the
/// number depends on (seed, stream) as the key and (counter, lane) as the counter, so any step can be recomputed.
/// Any thread may call it. The counter's four words are: counter low, counter high, lane, seed high.
package enum Philox {
  /// Four independent 32-bit words.
  @_noLocks package static func block(seed: UInt64, stream: RandomStream, counter: UInt64, lane: UInt32) -> SIMD4<UInt32> {
    rounds(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), lane,
        UInt32(truncatingIfNeeded: seed >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), stream.rawValue))
  }

  /// The bare bijection, for known-answer tests.
  @_noLocks package static func rounds(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    var round = 0
    while round < 10 {
      let p0 = UInt64(0xD251_1F53) &* UInt64(c.x)
      let p1 = UInt64(0xCD9E_8D57) &* UInt64(c.z)
      c = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: p0))
      k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
      round &+= 1
    }
    return c
  }

  /// A word as a number in the open interval (0, 1): never 0, never 1, so that a logarithm is safe.
  @_noLocks package static func unit(_ word: UInt32) -> Float {
    (Float(word >> 9) + 0.5) * 1.1920929e-07  // 2⁻²³
  }

  /// Four uniform numbers in (0, 1).
  @_noLocks package static func uniforms(
    seed: UInt64, stream: RandomStream, counter: UInt64, lane: UInt32
  ) -> SIMD4<Float> {
    let b = block(seed: seed, stream: stream, counter: counter, lane: lane)
    return SIMD4(unit(b.x), unit(b.y), unit(b.z), unit(b.w))
  }

  /// Four independent standard normal numbers (Box–Muller on portable maths).
  @_noLocks package static func normals(
    seed: UInt64, stream: RandomStream, counter: UInt64, lane: UInt32
  ) -> SIMD4<Float> {
    let u = uniforms(seed: seed, stream: stream, counter: counter, lane: lane)
    let r0 = PortableMath.sqrt(-2 * PortableMath.log(u.x))
    let r1 = PortableMath.sqrt(-2 * PortableMath.log(u.z))
    let t0 = 6.2831855 * u.y
    let t1 = 6.2831855 * u.w
    return SIMD4(
      r0 * PortableMath.cos(t0), r0 * PortableMath.sin(t0), r1 * PortableMath.cos(t1), r1 * PortableMath.sin(t1))
  }

  /// A whole number uniform in 0 ..< bound by multiplication (bias below bound / 2³²). Traps if bound is 0.
  @_noLocks package static func index(_ word: UInt32, below bound: Int) -> Int {
    precondition(bound > 0 && bound <= Int(UInt32.max))
    return Int((UInt64(word) &* UInt64(bound)) >> 32)
  }
}

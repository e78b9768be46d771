import LimbNetworks
import LimbTypes

/// Fills a block with numbers in (−1, 1) that depend on `lane` and the position alone.
func fill<S: NetworkScalar>(_ block: borrowing AlignedBlock<S>, lane: UInt32) {
  for i in 0..<block.count {
    let word = Philox.block(seed: 7, stream: .test, counter: UInt64(i / 4), lane: lane)[i & 3]
    unsafe block.base[i] = S(2 * Philox.unit(word) - 1)
  }
}

/// Relative distance of two numbers, absolute below 1e-3.
func distance(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(abs(a), abs(b), 1e-3) }

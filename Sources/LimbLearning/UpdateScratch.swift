internal import LimbNetworks
internal import LimbTypes

/// What one update writes besides networks: inputs of the critics, noise, samples, targets. Allocated once.
@safe struct UpdateScratch<Scalar: LearningScalar>: ~Copyable {
  private let block: AlignedBlock<Scalar>
  /// rows × (input + A): s and an action.
  let present: UnsafeMutablePointer<Scalar>
  /// rows × (input + A): s′ and a′.
  let next: UnsafeMutablePointer<Scalar>
  /// rows × A each.
  let noise: UnsafeMutablePointer<Scalar>
  let preSquash: UnsafeMutablePointer<Scalar>
  let actionGradient: UnsafeMutablePointer<Scalar>
  /// rows each.
  let logDensities: UnsafeMutablePointer<Scalar>
  let targets: UnsafeMutablePointer<Scalar>

  init(_ hyperparameters: Hyperparameters) {
    let rows = hyperparameters.batchSize
    let wide = roundedToCacheLine(rows * (hyperparameters.inputWidth + hyperparameters.actionCount))
    let action = roundedToCacheLine(rows * hyperparameters.actionCount)
    let single = roundedToCacheLine(rows)
    block = AlignedBlock(count: 2 * wide + 3 * action + 2 * single)
    unsafe present = block.base
    unsafe next = block.base + wide
    unsafe noise = block.base + 2 * wide
    unsafe preSquash = block.base + 2 * wide + action
    unsafe actionGradient = block.base + 2 * wide + 2 * action
    unsafe logDensities = block.base + 2 * wide + 3 * action
    unsafe targets = block.base + 2 * wide + 3 * action + single
  }
}

/// M of N members without replacement, one bit each, for update `update`; all of them if M = N.
func criticSubset(_ chosen: Int, of count: Int, seed: UInt64, update: UInt64) -> UInt64 {
  let all: UInt64 = count == 64 ? .max : 1 << UInt64(count) - 1
  guard chosen < count else { return all }
  var subset: UInt64 = 0
  // Floyd's algorithm: the j-th draw is from 0 … N − M + j; a number that was drawn before stands for the newest.
  for draw in 0..<chosen {
    let top = count - chosen + draw
    let block = Philox.block(seed: seed, stream: .criticSubset, counter: update, lane: UInt32(draw))
    let pick = UInt64(Philox.index(block.x, below: top + 1))
    subset |= subset >> pick & 1 == 1 ? 1 << UInt64(top) : 1 << pick
  }
  return subset
}

/// ln x for x > 0, the same bytes with every C library.
func logarithm(_ x: Double) -> Double { PortableMath.logDouble(x) }

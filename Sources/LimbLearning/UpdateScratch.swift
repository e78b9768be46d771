internal import LimbNetworks
internal import LimbTypes

/// What one update writes besides networks: inputs of the critics, noise, samples, targets. Allocated once.
@safe struct UpdateScratch<Scalar: LearningScalar>: ~Copyable {
  private let block: AlignedBlock<Scalar>
  /// rows × (input + A): s and the action that was taken. With batch normalisation twice the rows: (s′, a′) follow.
  let taken: UnsafeMutablePointer<Scalar>
  /// a′ ~ π(s′).
  let next: PolicySamples<Scalar>
  /// ã ~ π(s).
  let present: PolicySamples<Scalar>
  /// rows × A; the sum of the members'.
  let actionGradient: UnsafeMutablePointer<Scalar>
  /// For each member rows × A, `memberStride` apart.
  let memberGradients: UnsafeMutablePointer<Scalar>
  let memberStride: Int
  /// rows
  let targets: UnsafeMutablePointer<Scalar>
  /// For each member the sum of squares of its gradients, a cache line apart.
  let squares: UnsafeMutablePointer<Scalar>

  init(_ hyperparameters: Hyperparameters) {
    let rows = hyperparameters.batchSize
    let members = hyperparameters.criticCount
    let wide = roundedToCacheLine(rows * (hyperparameters.inputWidth + hyperparameters.actionCount))
    let action = roundedToCacheLine(rows * hyperparameters.actionCount)
    let single = roundedToCacheLine(rows)
    let joint = hyperparameters.batchNorm == nil ? wide : 2 * wide
    block = AlignedBlock(count: joint + 2 * wide + (5 + members) * action + 3 * single + 16 * members)
    var next = unsafe block.base
    func take(_ count: Int) -> UnsafeMutablePointer<Scalar> {
      defer { unsafe next += count }
      return unsafe next
    }
    func samples() -> PolicySamples<Scalar> {
      unsafe PolicySamples(
        inputs: take(wide), noise: take(action), preSquash: take(action), logDensities: take(single))
    }
    unsafe taken = take(joint)
    unsafe self.next = samples()
    unsafe present = samples()
    unsafe actionGradient = take(action)
    unsafe memberGradients = take(members * action)
    memberStride = action
    unsafe targets = take(single)
    unsafe squares = take(16 * members)
  }
}

/// Actions drawn from the policy, and what they were drawn with.
@unsafe struct PolicySamples<Scalar: LearningScalar>: BitwiseCopyable {
  /// rows × (input + A): the state and the action, the critics' input.
  let inputs: UnsafeMutablePointer<Scalar>
  /// rows × A: ε.
  let noise: UnsafeMutablePointer<Scalar>
  /// rows × A: u.
  let preSquash: UnsafeMutablePointer<Scalar>
  /// rows: log π.
  let logDensities: UnsafeMutablePointer<Scalar>
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

internal import LimbTypes

/// The policy's law on the control thread: u = μ + σ ⊙ ε, a = tanh u, and the log-density of a.
///
/// Portable arithmetic in a fixed order (docs/architecture.md, Randomness): the same bytes on every CPU, so that a
/// replayed session gives the same commands. The learner's batches use the same equation (`SquashedRows`).
package enum SquashedGaussian {
  /// Draws ε for `count` outputs of the policy step `step` and writes u and a. Allocation-free.
  ///
  /// - Parameters:
  ///   - logDeviation: log σ, already clipped (`PolicyInference` does).
  ///   - seed: The run's seed; with stream `exploration` the key. Counter: `step`; four outputs a lane.
  /// - Returns: log π(a), in nats.
  @_noLocks package static func sample(
    seed: UInt64, step: UInt64, count: Int, mean: UnsafePointer<Float>, logDeviation: UnsafePointer<Float>,
    preSquash: UnsafeMutablePointer<Float>, action: UnsafeMutablePointer<Float>
  ) -> Float {
    var four = SIMD4<Float>(repeating: 0)
    var i = 0
    while i < count {
      if i & 3 == 0 {
        four = Philox.normals(seed: seed, stream: .exploration, counter: step, lane: UInt32(truncatingIfNeeded: i >> 2))
      }
      unsafe preSquash[i] = mean[i] + PortableMath.exp(logDeviation[i]) * four[i & 3]
      unsafe action[i] = PortableMath.tanh(preSquash[i])
      i &+= 1
    }
    return unsafe logDensity(count: count, preSquash: preSquash, mean: mean, logDeviation: logDeviation)
  }

  /// log π(tanh u) of `count` independent outputs, in nats: Σ log N(u; μ, σ) − Σ 2(log 2 − u − softplus(−2u)).
  ///
  /// Finite wherever u, μ and log σ are, however far out u lies.
  @_noLocks package static func logDensity(
    count: Int, preSquash: UnsafePointer<Float>, mean: UnsafePointer<Float>, logDeviation: UnsafePointer<Float>
  ) -> Float {
    var sum: Float = 0
    var i = 0
    while i < count {
      let u = unsafe preSquash[i]
      let epsilon = unsafe (u - mean[i]) * PortableMath.exp(-logDeviation[i])
      sum += unsafe -0.5 * epsilon * epsilon - logDeviation[i] - 0.9189385
      sum -= 2 * (0.6931472 - u - PortableMath.softplus(-2 * u))
      i &+= 1
    }
    return sum
  }
}

internal import LimbTypes

/// The policy's law on the control thread: u = μ + σ ⊙ ε, a = tanh u, and the log-density of a.
///
/// Portable arithmetic in a fixed order (docs/architecture.md, Randomness): the same bytes on every CPU, so that a
/// replayed session gives the same commands. The learner's batches use the same equation (`SquashedRows`).
package enum SquashedGaussian {
  /// Writes u and a of `count` outputs with the ε of `noise`. Allocation-free.
  ///
  /// - Parameter logDeviation: log σ, already clipped (`PolicyInference` does).
  /// - Returns: log π(a), in nats; where `noise` is correlated, of the law given the step before.
  @_noLocks package static func sample(
    _ noise: ExplorationNoise, count: Int, mean: UnsafePointer<Float>, logDeviation: UnsafePointer<Float>,
    preSquash: UnsafeMutablePointer<Float>, action: UnsafeMutablePointer<Float>
  ) -> Float {
    var i = 0
    while i < count {
      unsafe preSquash[i] = mean[i] + PortableMath.exp(logDeviation[i]) * noise.epsilon[i]
      unsafe action[i] = PortableMath.tanh(preSquash[i])
      i &+= 1
    }
    return unsafe logDensity(count: count, preSquash: preSquash, mean: mean, logDeviation: logDeviation, given: noise)
  }

  /// log π(tanh u) of `count` independent outputs, in nats: Σ log N(u; μ, σ) − Σ 2(log 2 − u − softplus(−2u)).
  ///
  /// Finite wherever u, μ and log σ are, however far out u lies.
  ///
  /// - Parameter noise: What is known of ε beforehand: with p = `predicted` and s = `freshDeviation` the normal law is
  ///   N(u; μ + σp, σs). By default nothing.
  @_noLocks package static func logDensity(
    count: Int, preSquash: UnsafePointer<Float>, mean: UnsafePointer<Float>, logDeviation: UnsafePointer<Float>,
    given noise: ExplorationNoise = ExplorationNoise()
  ) -> Float {
    let logFresh = PortableMath.log(noise.freshDeviation)
    var sum: Float = 0
    var i = 0
    while i < count {
      let u = unsafe preSquash[i]
      let epsilon = unsafe (u - mean[i]) * PortableMath.exp(-logDeviation[i])
      let fresh = (epsilon - noise.predicted[i]) / noise.freshDeviation
      sum += unsafe -0.5 * fresh * fresh - logDeviation[i] - logFresh - 0.9189385
      sum -= 2 * (0.6931472 - u - PortableMath.softplus(-2 * u))
      i &+= 1
    }
    return sum
  }
}

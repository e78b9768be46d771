internal import LimbNetworks
internal import LimbTypes

/// How actions are tried out: the profile's `exploration_correlation` and `warm_up_actions`.
package struct EnvironmentExploration: Sendable, Equatable {
  /// ρ of the noise from one step to the next, 0 ..< 1; 0: fresh at every step.
  package var correlation: Float = 0
  /// σ of u about action 0 before the first update; nil: actions are uniform then.
  package var warmUpDeviation: Float?

  /// Fresh noise, and a uniform warm-up.
  package init() {}
}

/// The policy in an environment: observation in, action in −1 … 1 out. The same arithmetic as on the control thread.
/// One thread at a time.
@safe struct EnvironmentActor: ~Copyable {
  private let inference: PolicyInference
  private let actionCount: Int
  /// Observation, μ, log σ.
  private let numbers: AlignedBlock<Float>
  private let seed: UInt64
  private let exploration: EnvironmentExploration
  /// ε of the step before, and whether the next one goes on from it; the law of `ExplorationNoise`, of any width.
  private var epsilon: [Float]
  private var goesOn = false

  init(_ stack: DenseStack, _ exploration: EnvironmentExploration, seed: UInt64) {
    self.seed = seed
    self.exploration = exploration
    epsilon = [Float](repeating: 0, count: stack.outputWidth / 2)
    inference = PolicyInference(stack)
    actionCount = stack.outputWidth / 2
    numbers = AlignedBlock(count: stack.inputWidth + 2 * actionCount)
  }

  /// The next noise is drawn afresh: an episode begins, or the source of actions changes.
  mutating func forget() { goesOn = false }

  /// The warm-up of step `step`.
  mutating func warmUp(step: UInt64) -> [Float] {
    guard let deviation = exploration.warmUpDeviation else { return uniform(step: step) }
    draw(step: step)
    return epsilon.map { PortableMath.tanh(deviation * $0) }
  }

  /// Uniform in (−1, 1).
  private func uniform(step: UInt64) -> [Float] {
    var four = SIMD4<Float>(repeating: 0)
    return (0..<actionCount).map { index in
      if index & 3 == 0 {
        four = Philox.uniforms(seed: seed, stream: .warmUp, counter: step, lane: UInt32(truncatingIfNeeded: index >> 2))
      }
      return four[index & 3] * 2 - 1
    }
  }

  /// a = tanh(μ + σ ⊙ ε) with the noise of step `step`.
  mutating func sample(_ parameters: UnsafePointer<Float>, _ observation: [Float], step: UInt64) -> [Float] {
    draw(step: step)
    unsafe infer(parameters, observation)
    let mean = unsafe numbers.base + observation.count
    return (0..<actionCount).map { index in
      unsafe PortableMath.tanh(mean[index] + PortableMath.exp(mean[actionCount + index]) * epsilon[index])
    }
  }

  /// ε_t = ρ ε_{t−1} + √(1 − ρ²) ξ_t
  private mutating func draw(step: UInt64) {
    let correlation = goesOn ? exploration.correlation : 0
    let fresh = PortableMath.sqrt(1 - correlation * correlation)
    goesOn = true
    var four = SIMD4<Float>(repeating: 0)
    for index in 0..<actionCount {
      if index & 3 == 0 {
        four = Philox.normals(
          seed: seed, stream: .exploration, counter: step, lane: UInt32(truncatingIfNeeded: index >> 2))
      }
      epsilon[index] = correlation * epsilon[index] + fresh * four[index & 3]
    }
  }

  /// a = tanh μ.
  func mean(_ parameters: UnsafePointer<Float>, _ observation: [Float]) -> [Float] {
    unsafe infer(parameters, observation)
    return (0..<actionCount).map { unsafe PortableMath.tanh(numbers.base[observation.count + $0]) }
  }

  private func infer(_ parameters: UnsafePointer<Float>, _ observation: [Float]) {
    precondition(observation.count == inference.inputWidth, "the observation has the network's width")
    for index in observation.indices { unsafe numbers.base[index] = observation[index] }
    let mean = unsafe numbers.base + observation.count
    unsafe inference.infer(
      parameters: parameters, observation: numbers.base, mean: mean, logDeviation: mean + actionCount)
  }
}

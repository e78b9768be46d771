package import LimbNetworks
package import LimbTask
package import LimbTypes

/// One chosen action and the law it came from: the choice half of a step record.
package struct ActionChoice: BitwiseCopyable, Sendable {
  /// Who chose.
  package var source = ActionSource.none
  /// The squashed action, each number in (−1, 1).
  package var action = ActionVector()
  /// The action before tanh.
  package var preSquash = ActionVector()
  /// μ of the law.
  package var mean = ActionVector()
  /// ln σ of the law.
  package var logDeviation = ActionVector()
  /// Of the law actually sampled; NaN where there is none (mean, zero, scripted).
  package var logDensity: Float = .nan
  /// Version of the policy that chose, 0 = none.
  package var policyVersion: UInt64 = 0

  /// Nothing chosen: zeros.
  @_noLocks package init() {}
}

/// The policy on the control thread: the network, its scratch and the ways to choose an action.
@safe package struct PolicyRunner: ~Copyable, @unchecked Sendable {
  private let inference: PolicyInference
  private let input: UnsafeMutablePointer<Float>
  /// mean, log σ, u, a: `actionCapacity` numbers each.
  private let numbers: UnsafeMutablePointer<Float>
  /// Numbers in an action.
  package let actionCount: Int

  /// Allocates its scratch; call it before arming.
  package init(_ inference: consuming PolicyInference) {
    actionCount = inference.actionCount
    unsafe input = UnsafeMutablePointer<Float>.allocate(capacity: inference.inputWidth)
    unsafe input.initialize(repeating: 0, count: inference.inputWidth)
    unsafe numbers = UnsafeMutablePointer<Float>.allocate(capacity: 4 * actionCapacity)
    unsafe numbers.initialize(repeating: 0, count: 4 * actionCapacity)
    self.inference = inference
  }

  deinit {
    unsafe input.deallocate()
    unsafe numbers.deallocate()
  }

  /// Whether a block may be adopted: every parameter finite, and so is what it says to the present history (which also
  /// brings it into the cache).
  @_noLocks package func isUsable(
    _ block: UnsafePointer<Float>, history: ObservationHistory, plan: ObservationPlan
  ) -> Bool {
    guard unsafe inference.isFinite(parameters: block) else { return false }
    return unsafe infer(block, history: history, plan: plan)
  }

  /// The policy's law at the newest observation, and an action of it: with the ε of `noise`, or without it its mean.
  ///
  /// - Returns: false if μ, log σ or the action is not finite; `choice` is then not to be acted on.
  @_noLocks package func choose(
    _ block: UnsafePointer<Float>, version: UInt64, history: ObservationHistory, plan: ObservationPlan,
    noise: ExplorationNoise?, into choice: inout ActionChoice
  ) -> Bool {
    choice.policyVersion = version
    choice.source = noise == nil ? .mean : .policy
    let isFinite = unsafe infer(block, history: history, plan: plan)
    return act(noise, into: &choice) && isFinite
  }

  /// An action about action 0 (with `joint_offset` the stance): u = σ ε, whatever is observed.
  @_noLocks package func wander(logDeviation: Float, noise: ExplorationNoise, into choice: inout ActionChoice) {
    choice.source = .noise
    for index in 0..<actionCount {
      unsafe numbers[index] = 0
      unsafe numbers[actionCapacity + index] = logDeviation
    }
    _ = act(noise, into: &choice)
  }

  /// An action of the law whose μ and log σ stand in `numbers`. False: it is not finite.
  @_noLocks private func act(_ noise: ExplorationNoise?, into choice: inout ActionChoice) -> Bool {
    let mean = unsafe numbers
    let deviation = unsafe numbers + actionCapacity
    let preSquash = unsafe numbers + 2 * actionCapacity
    let action = unsafe numbers + 3 * actionCapacity
    choice.logDensity = .nan
    if let noise {
      unsafe choice.logDensity = SquashedGaussian.sample(
        noise, count: actionCount, mean: mean, logDeviation: deviation, preSquash: preSquash, action: action)
    } else {
      for index in 0..<actionCount {
        unsafe preSquash[index] = mean[index]
        unsafe action[index] = PortableMath.tanh(mean[index])
      }
    }
    var isFinite = true
    for index in 0..<actionCount {
      unsafe choice.mean[index] = mean[index]
      unsafe choice.logDeviation[index] = deviation[index]
      unsafe choice.preSquash[index] = preSquash[index]
      unsafe choice.action[index] = action[index]
      if unsafe !action[index].isFinite || !preSquash[index].isFinite { isFinite = false }
    }
    return isFinite
  }

  /// An action uniform in (−1, 1) a dimension; its density is that of the uniform law over a.
  @_noLocks package func uniform(seed: UInt64, step: UInt64, into choice: inout ActionChoice) {
    choice.source = .uniform
    choice.logDensity = -0.6931472 * Float(actionCount)
    var four = SIMD4<Float>(repeating: 0)
    for index in 0..<actionCount {
      if index & 3 == 0 {
        four = Philox.uniforms(seed: seed, stream: .warmUp, counter: step, lane: UInt32(truncatingIfNeeded: index >> 2))
      }
      choice.set(four[index & 3] * 2 - 1, at: index)
    }
  }

  @_noLocks private func infer(
    _ block: UnsafePointer<Float>, history: ObservationHistory, plan: ObservationPlan
  ) -> Bool {
    guard unsafe history.fill(plan, into: input) else { return false }
    unsafe inference.infer(
      parameters: block, observation: input, mean: numbers, logDeviation: numbers + actionCapacity)
    for index in 0..<actionCount {
      if unsafe !numbers[index].isFinite || !numbers[actionCapacity + index].isFinite { return false }
    }
    return true
  }
}

extension ActionChoice {
  /// Sets dimension `index` to the squashed action `value` in (−1, 1), and u to match.
  @_noLocks mutating func set(_ value: Float, at index: Int) {
    let inside: Float = value > 0.999999 ? 0.999999 : (value < -0.999999 ? -0.999999 : value)
    action[index] = inside
    preSquash[index] = 0.5 * PortableMath.log((1 + inside) / (1 - inside))
  }
}

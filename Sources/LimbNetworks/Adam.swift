internal import CKernels

/// The numbers of one Adam step (Kingma and Ba, "Adam", 2015, algorithm 1), with the bias corrections folded in.
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η m̂/(√v̂ + ε), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
package struct AdamStep<Scalar: NetworkScalar>: BitwiseCopyable, Sendable {
  let beta1: Scalar
  let beta2: Scalar
  /// η/(1 − β₁ᵗ)
  let rate: Scalar
  /// 1/√(1 − β₂ᵗ)
  let rootCorrection: Scalar
  let epsilon: Scalar
  /// Polyak's τ; used only where targets are given.
  let polyak: Scalar

  /// Step number `step` (1 is the first). `polyak`: θ̄ ← (1 − τ)θ̄ + τθ after the step.
  package init(
    step: UInt64, learningRate: Double, polyak: Double = 0, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8
  ) {
    precondition(step > 0, "Adam's steps are counted from 1")
    self.beta1 = Scalar(beta1)
    self.beta2 = Scalar(beta2)
    rate = Scalar(learningRate / (1 - power(beta1, step)))
    rootCorrection = Scalar(1 / (1 - power(beta2, step)).squareRoot())
    self.epsilon = Scalar(epsilon)
    self.polyak = Scalar(polyak)
  }
}

/// xⁿ by squaring: the same bytes with every C library.
private func power(_ x: Double, _ n: UInt64) -> Double {
  var result = 1.0
  var base = x
  var exponent = n
  while exponent > 0 {
    if exponent & 1 == 1 { result *= base }
    base *= base
    exponent >>= 1
  }
  return result
}

/// The blocks that an Adam step walks over in parallel.
@unsafe package struct AdamMemory<Scalar: NetworkScalar>: BitwiseCopyable {
  let parameters: UnsafeMutablePointer<Scalar>
  let gradients: UnsafePointer<Scalar>
  let firstMoments: UnsafeMutablePointer<Scalar>
  let secondMoments: UnsafeMutablePointer<Scalar>
  let targets: UnsafeMutablePointer<Scalar>?

  /// All of the same length; `targets` nil: no Polyak averaging.
  package init(
    parameters: UnsafeMutablePointer<Scalar>, gradients: UnsafePointer<Scalar>,
    firstMoments: UnsafeMutablePointer<Scalar>, secondMoments: UnsafeMutablePointer<Scalar>,
    targets: UnsafeMutablePointer<Scalar>?
  ) {
    unsafe self.parameters = parameters
    unsafe self.gradients = gradients
    unsafe self.firstMoments = firstMoments
    unsafe self.secondMoments = secondMoments
    unsafe self.targets = targets
  }
}

/// `NetworkScalar` of Float: what each does stands at its requirement.
package extension Float {
  static func adam(_ step: AdamStep<Float>, count: Int, _ memory: AdamMemory<Float>) {
    var numbers = limb_adam_step(
      beta1: step.beta1, beta2: step.beta2, rate: step.rate, root_correction: step.rootCorrection,
      epsilon: step.epsilon, polyak: step.polyak)
    unsafe limb_adam(
      &numbers, count, memory.parameters, memory.gradients, memory.firstMoments, memory.secondMoments, memory.targets)
  }
}

/// `NetworkScalar` of Double: what each does stands at its requirement.
package extension Double {
  static func adam(_ step: AdamStep<Double>, count: Int, _ memory: AdamMemory<Double>) {
    unsafe adamPass(step, count: count, memory)
  }
}

/// `NetworkScalar.adam` as plain loops, for any number type; Float's own (`CKernels`) gives the same bytes.
/// Blocks are walked eight numbers at a time; the rest, if any, number by number with the same arithmetic.
@inline(__always)
package func adamPass<S: NetworkScalar>(_ step: AdamStep<S>, count: Int, _ memory: AdamMemory<S>) {
  let whole = count & ~7
  let keep1 = SIMD8<S>(repeating: step.beta1)
  let take1 = SIMD8<S>(repeating: 1 - step.beta1)
  let keep2 = SIMD8<S>(repeating: step.beta2)
  let take2 = SIMD8<S>(repeating: 1 - step.beta2)
  let rate = SIMD8<S>(repeating: step.rate)
  let correction = SIMD8<S>(repeating: step.rootCorrection)
  let epsilon = SIMD8<S>(repeating: step.epsilon)
  let tau = SIMD8<S>(repeating: step.polyak)
  var i = 0
  while i < whole {
    let g = unsafe UnsafeRawPointer(memory.gradients + i).loadUnaligned(as: SIMD8<S>.self)
    var m = unsafe UnsafeRawPointer(memory.firstMoments + i).loadUnaligned(as: SIMD8<S>.self)
    var v = unsafe UnsafeRawPointer(memory.secondMoments + i).loadUnaligned(as: SIMD8<S>.self)
    var theta = unsafe UnsafeRawPointer(memory.parameters + i).loadUnaligned(as: SIMD8<S>.self)
    m = keep1 * m + take1 * g
    v = keep2 * v + take2 * (g * g)
    theta -= rate * m / (S.squareRoots(v) * correction + epsilon)
    unsafe UnsafeMutableRawPointer(memory.firstMoments + i).storeBytes(of: m, as: SIMD8<S>.self)
    unsafe UnsafeMutableRawPointer(memory.secondMoments + i).storeBytes(of: v, as: SIMD8<S>.self)
    unsafe UnsafeMutableRawPointer(memory.parameters + i).storeBytes(of: theta, as: SIMD8<S>.self)
    if let targets = unsafe memory.targets {
      var target = unsafe UnsafeRawPointer(targets + i).loadUnaligned(as: SIMD8<S>.self)
      target += tau * (theta - target)
      unsafe UnsafeMutableRawPointer(targets + i).storeBytes(of: target, as: SIMD8<S>.self)
    }
    i &+= 8
  }
  while i < count {
    let g = unsafe memory.gradients[i]
    let m = unsafe step.beta1 * memory.firstMoments[i] + (1 - step.beta1) * g
    let v = unsafe step.beta2 * memory.secondMoments[i] + (1 - step.beta2) * (g * g)
    let theta = unsafe memory.parameters[i] - step.rate * m / (v.squareRoot() * step.rootCorrection + step.epsilon)
    unsafe memory.firstMoments[i] = m
    unsafe memory.secondMoments[i] = v
    unsafe memory.parameters[i] = theta
    if let targets = unsafe memory.targets { unsafe targets[i] += step.polyak * (theta - targets[i]) }
    i &+= 1
  }
}

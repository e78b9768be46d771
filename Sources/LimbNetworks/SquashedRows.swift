internal import CKernels

/// The range that log σ is clipped to (Haarnoja et al. 2018; docs/architecture.md, Learning).
package let logDeviationRange: ClosedRange<Float> = -20...2

/// A batch of squashed Gaussian samples: u = μ + σ ⊙ ε, a = tanh u.
///
/// log π(a|s) = Σ [−½ε² − log σ − ½ log 2π] − Σ 2(log 2 − u − softplus(−2u)) (Haarnoja et al. 2018, appendix C, with
/// the stable form of log(1 − tanh² u)).
@unsafe package struct SquashedRows<Scalar: NetworkScalar>: BitwiseCopyable {
  /// Rows of the batch.
  package let rows: Int
  /// Numbers in an action.
  package let actionCount: Int
  /// In: `rows` × 2A, μ and then log σ before clipping.
  package let heads: UnsafePointer<Scalar>
  /// In: ε, `rows` × A.
  package let noise: UnsafePointer<Scalar>
  /// Out: u, `rows` × A.
  package let preSquash: UnsafeMutablePointer<Scalar>
  /// Out: a, A numbers every `actionStride`: the action columns of a critic's input.
  package let actions: UnsafeMutablePointer<Scalar>
  /// From one row's action to the next, in numbers; at least A.
  package let actionStride: Int
  /// Out: log π, `rows`.
  package let logDensities: UnsafeMutablePointer<Scalar>

  /// The rows of one batch; the caller keeps the memory alive.
  package init(
    rows: Int, actionCount: Int, heads: UnsafePointer<Scalar>, noise: UnsafePointer<Scalar>,
    preSquash: UnsafeMutablePointer<Scalar>, actions: UnsafeMutablePointer<Scalar>, actionStride: Int,
    logDensities: UnsafeMutablePointer<Scalar>
  ) {
    unsafe self.rows = rows
    unsafe self.actionCount = actionCount
    unsafe self.heads = heads
    unsafe self.noise = noise
    unsafe self.preSquash = preSquash
    unsafe self.actions = actions
    unsafe self.actionStride = actionStride
    unsafe self.logDensities = logDensities
  }
}

/// The gradients of a loss through a batch of squashed samples, ε held fixed (reparametrisation).
@unsafe package struct SquashedGradients<Scalar: NetworkScalar>: BitwiseCopyable {
  /// In: ∂L/∂a, A numbers every `actionStride`.
  package let actions: UnsafePointer<Scalar>
  /// From one row of `actions` to the next, in numbers.
  package let actionStride: Int
  /// In: ∂L/∂ log π, the same for every row.
  package let logDensity: Scalar
  /// Out: ∂L/∂(μ, log σ), `rows` × 2A; zero where log σ is clipped.
  package let heads: UnsafeMutablePointer<Scalar>

  /// The gradients of one batch; the caller keeps the memory alive.
  package init(
    actions: UnsafePointer<Scalar>, actionStride: Int, logDensity: Scalar, heads: UnsafeMutablePointer<Scalar>
  ) {
    unsafe self.actions = actions
    unsafe self.actionStride = actionStride
    unsafe self.logDensity = logDensity
    unsafe self.heads = heads
  }
}

/// `NetworkScalar` of Float: what each does stands at its requirement.
package extension Float {
  static func squash(_ rows: SquashedRows<Float>) {
    var batch = unsafe limb_squashed_rows(rows)
    unsafe limb_squash(&batch)
  }
  static func squashBackward(_ rows: SquashedRows<Float>, _ gradient: SquashedGradients<Float>) {
    var batch = unsafe limb_squashed_rows(rows)
    unsafe limb_squash_backward(
      &batch, gradient.actions, gradient.actionStride, gradient.logDensity, gradient.heads)
  }
}

extension limb_squashed_rows {
  fileprivate init(_ batch: SquashedRows<Float>) {
    unsafe self.init(
      rows: batch.rows, action_count: batch.actionCount, action_stride: batch.actionStride, heads: batch.heads,
      noise: batch.noise, pre_squash: batch.preSquash, actions: batch.actions, log_densities: batch.logDensities)
  }
}

/// `NetworkScalar` of Double: what each does stands at its requirement.
package extension Double {
  static func squash(_ rows: SquashedRows<Double>) { unsafe squashRows(rows) }
  static func squashBackward(_ rows: SquashedRows<Double>, _ gradient: SquashedGradients<Double>) {
    unsafe squashRowsBackward(rows, gradient)
  }
}

/// `NetworkScalar.squash` as plain loops, for any number type; Float's own (`CKernels`) gives the same bytes.
@inline(__always)
package func squashRows<S: NetworkScalar>(_ batch: SquashedRows<S>) {
  let count = unsafe batch.actionCount
  let halfLogTwoPi: S = 0.918938533204672742
  let logTwo: S = 0.693147180559945309
  for row in unsafe 0..<batch.rows {
    let heads = unsafe batch.heads + row * 2 * count
    let noise = unsafe batch.noise + row * count
    var density: S = 0
    for i in 0..<count {
      let logDeviation = unsafe clipped(heads[count + i])
      let epsilon = unsafe noise[i]
      let u = unsafe heads[i] + S.exponential(logDeviation) * epsilon
      unsafe batch.preSquash[row * count + i] = u
      unsafe batch.actions[row * batch.actionStride + i] = S.hyperbolicTangent(u)
      density += -epsilon * epsilon / 2 - logDeviation - halfLogTwoPi
      density -= 2 * (logTwo - u - S.softplus(-2 * u))
    }
    unsafe batch.logDensities[row] = density
  }
}

/// `NetworkScalar.squashBackward` as plain loops, for any number type; Float's own (`CKernels`) gives the same bytes.
@inline(__always)
package func squashRowsBackward<S: NetworkScalar>(_ batch: SquashedRows<S>, _ gradient: SquashedGradients<S>) {
  let count = unsafe batch.actionCount
  let weight = unsafe gradient.logDensity
  for row in unsafe 0..<batch.rows {
    let heads = unsafe batch.heads + row * 2 * count
    let out = unsafe gradient.heads + row * 2 * count
    for i in 0..<count {
      let u = unsafe batch.preSquash[row * count + i]
      let a = unsafe batch.actions[row * batch.actionStride + i]
      let e = S.exponential(u < 0 ? 2 * u : -2 * u)
      // 1 − tanh² u without the cancellation of 1 − a·a.
      let slope = 4 * e / ((1 + e) * (1 + e))
      // ∂ log π/∂u = 2 tanh u
      let du = unsafe gradient.actions[row * gradient.actionStride + i] * slope + weight * 2 * a
      unsafe out[i] = du
      let raw = unsafe heads[count + i]
      let inside = raw >= S(logDeviationRange.lowerBound) && raw <= S(logDeviationRange.upperBound)
      unsafe out[count + i] = inside ? du * S.exponential(raw) * batch.noise[row * count + i] - weight : 0
    }
  }
}

/// log σ inside its range; NaN stays NaN.
@inline(__always)
private func clipped<S: NetworkScalar>(_ x: S) -> S {
  let low = S(logDeviationRange.lowerBound)
  let high = S(logDeviationRange.upperBound)
  return x < low ? low : x > high ? high : x
}

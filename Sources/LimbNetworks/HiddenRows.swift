/// What the activation of one network's hidden layer reads and writes, for `rows` rows of `width` units.
@unsafe package struct HiddenRows<Scalar: NetworkScalar>: BitwiseCopyable {
  /// Rows of the batch.
  package let rows: Int
  /// Units of the layer.
  package let width: Int
  /// From one row of `product`, of `output` and of their gradient to the next, in numbers; at least `width`.
  package let stride: Int
  /// From one row of `keep` to the next.
  package let keepStride: Int
  /// `width`
  package let bias: UnsafePointer<Scalar>
  /// LayerNorm's g, `width`; nil: no LayerNorm.
  package let gain: UnsafePointer<Scalar>?
  /// LayerNorm's b, `width`; nil: no LayerNorm.
  package let shift: UnsafePointer<Scalar>?
  /// 0 or 1/(1 − p) for each unit; nil: no dropout.
  package let keep: UnsafePointer<Scalar>?
  /// In: x·Wᵀ. Out: x̂ (with LayerNorm), unspecified without.
  package let product: UnsafeMutablePointer<Scalar>
  /// Out: 1/√(v + ε), one for each row. With LayerNorm only.
  package let inverseDeviation: UnsafeMutablePointer<Scalar>
  /// Out: ReLU(LN((x·Wᵀ + bias) ⊙ keep)). Without LayerNorm it may be `product` itself.
  package let output: UnsafeMutablePointer<Scalar>
}

/// The gradients of one hidden layer. The parameters' may be nil: nothing is learned from this pass.
@unsafe package struct HiddenRowGradients<Scalar: NetworkScalar>: BitwiseCopyable {
  /// In: of the layer's output, unless `outer` gives it. Out: of x·Wᵀ.
  package let rows: UnsafeMutablePointer<Scalar>
  /// Out, overwritten: `width`; nil with `gain` and `shift` if not wanted.
  package let bias: UnsafeMutablePointer<Scalar>?
  /// Out, overwritten: gradient of LayerNorm's gain.
  package let gain: UnsafeMutablePointer<Scalar>?
  /// Out, overwritten: gradient of LayerNorm's shift.
  package let shift: UnsafeMutablePointer<Scalar>?
  /// The gradient of the output as a product that is never written down; nil: it is in `rows`.
  package let outer: OuterProduct<Scalar>?
}

/// The gradient that a head of one number sends down: `scales[row · stride]` · `weights`, `width` of them.
@unsafe package struct OuterProduct<Scalar: NetworkScalar>: BitwiseCopyable {
  /// One for each row, every `stride`.
  package let scales: UnsafePointer<Scalar>
  /// From one row's scale to the next, in numbers.
  package let stride: Int
  /// The head's, one for each unit below.
  package let weights: UnsafePointer<Scalar>
}

/// LayerNorm's ε, inside the root (Flax's default; docs/architecture.md, Learning).
package let layerNormEpsilon = 1e-6

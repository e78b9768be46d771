/// What the activation of one hidden layer reads and writes, for `rows` rows of `members` networks side by side.
///
/// Every matrix is `rows` × (`members` · `width`), row-major; each member's segment of a row is normalised by itself.
@unsafe package struct HiddenRows<Scalar: NetworkScalar>: BitwiseCopyable {
  /// Rows of the batch.
  package let rows: Int
  /// Networks side by side.
  package let members: Int
  /// Units of one network's layer.
  package let width: Int
  /// `members` · `width`.
  package let bias: UnsafePointer<Scalar>
  /// LayerNorm's g, `members` · `width`; nil: no LayerNorm.
  package let gain: UnsafePointer<Scalar>?
  /// LayerNorm's b, `members` · `width`; nil: no LayerNorm.
  package let shift: UnsafePointer<Scalar>?
  /// 0 or 1/(1 − p) for each unit; nil: no dropout.
  package let keep: UnsafePointer<Scalar>?
  /// In: x·Wᵀ. Out: x̂ (with LayerNorm), unspecified without.
  package let product: UnsafeMutablePointer<Scalar>
  /// Out: 1/√(v + ε), one for each row and member. With LayerNorm only.
  package let inverseDeviation: UnsafeMutablePointer<Scalar>
  /// Out: ReLU(LN((x·Wᵀ + bias) ⊙ keep)). Without LayerNorm it may be `product` itself.
  package let output: UnsafeMutablePointer<Scalar>
}

/// The gradients of one hidden layer. The parameters' may be nil: nothing is learned from this pass.
@unsafe package struct HiddenRowGradients<Scalar: NetworkScalar>: BitwiseCopyable {
  /// In: of the layer's output. Out: of x·Wᵀ.
  package let rows: UnsafeMutablePointer<Scalar>
  /// Out, overwritten: `members` · `width`; nil with `gain` and `shift` if not wanted.
  package let bias: UnsafeMutablePointer<Scalar>?
  /// Out, overwritten: gradient of LayerNorm's gain.
  package let gain: UnsafeMutablePointer<Scalar>?
  /// Out, overwritten: gradient of LayerNorm's shift.
  package let shift: UnsafeMutablePointer<Scalar>?
}

/// LayerNorm's ε, inside the root (Flax's default; docs/architecture.md, Learning).
package let layerNormEpsilon = 1e-6

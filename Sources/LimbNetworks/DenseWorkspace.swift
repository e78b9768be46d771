/// The memory of a forward and a backward pass over at most `rows` rows: everything that a pass writes, allocated once.
///
/// One pass at a time; a backward pass reads what the last forward pass over the same memory left. Not for two threads
/// at once.
@safe package struct DenseWorkspace<Scalar: NetworkScalar>: ~Copyable {
  /// The most rows a pass may have.
  package let rowLimit: Int
  private let block: AlignedBlock<Scalar>
  let layers: [Regions]
  /// Of the input and of each hidden layer; empty without batch normalisation.
  let norms: [NormRegions]
  let inputGradientOffset: Int
  private let outputOffset: Int
  private let outputGradientOffset: Int

  /// Where the numbers of one hidden layer lie: each member's rows by themselves, `stride` numbers apart.
  ///
  /// One member's pass then stays in the second-level cache, and the padding keeps equal columns of many rows out of the
  /// same few sets of the first-level one, which a power of two would put them into.
  struct Regions: Sendable {
    let stride: Int
    /// From one member's rows to the next's.
    let memberStride: Int
    let product: Int
    let output: Int
    let gradient: Int
    /// Rows of all members, one number each.
    let inverseDeviation: Int
    /// Rows of all members side by side, without padding.
    let keep: Int?
  }

  /// Where the numbers of one batch normalisation lie, each member's rows by themselves.
  struct NormRegions: Sendable {
    let stride: Int
    let memberStride: Int
    let standardised: Int
    let output: Int
    /// Five rows of `stride`; the next member's follow.
    let columns: Int
  }

  /// Room for `rows` rows through `stack`.
  package init(_ stack: DenseStack, rows: Int) {
    rowLimit = rows
    var next = 0
    func take(_ count: Int) -> Int {
      defer { next = roundedToCacheLine(next + count) }
      return next
    }
    layers = stack.hidden.map { width in
      let stride = paddedStride(width)
      let count = stack.members * rows * stride
      // Without LayerNorm nobody reads a product again: the ReLU works in place, and half the memory stays in the cache.
      let product = take(count)
      return Regions(
        stride: stride, memberStride: rows * stride, product: product,
        output: stack.layerNorm ? take(count) : product, gradient: take(count),
        inverseDeviation: take(rows * stack.members),
        keep: stack.dropout > 0 ? take(rows * stack.members * width) : nil)
    }
    norms = stack.norms.map { norm in
      let stride = paddedStride(norm.width)
      let count = stack.members * rows * stride
      return NormRegions(
        stride: stride, memberStride: rows * stride, standardised: take(count), output: take(count),
        columns: take(stack.members * 5 * stride))
    }
    // The gradient of the normalised input, for its gain and shift.
    inputGradientOffset = stack.norms.isEmpty ? 0 : take(stack.members * rows * paddedStride(stack.inputWidth))
    outputOffset = take(rows * stack.members * stack.outputWidth)
    outputGradientOffset = take(rows * stack.members * stack.outputWidth)
    block = AlignedBlock(count: next)
  }

  /// The heads' outputs of the last forward pass: rows × (members · outputWidth).
  package var output: UnsafeMutablePointer<Scalar> { unsafe block.base + outputOffset }

  /// Where the caller puts ∂L/∂output before a backward pass; same shape.
  package var outputGradient: UnsafeMutablePointer<Scalar> { unsafe block.base + outputGradientOffset }

  /// The masks of hidden layer `index`, rows × (members · width) of 0 or 1/(1 − p); nil without dropout.
  package func keep(_ index: Int) -> UnsafeMutablePointer<Scalar>? {
    guard let offset = layers[index].keep else { return nil }
    return unsafe block.base + offset
  }

  func at(_ offset: Int) -> UnsafeMutablePointer<Scalar> { unsafe block.base + offset }
}

/// From one row of `width` numbers to the next: whole cache lines, never a multiple of four of them.
private func paddedStride(_ width: Int) -> Int {
  let lines = roundedToCacheLine(width)
  return lines % 64 == 0 ? lines + 16 : lines
}

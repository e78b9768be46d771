package import LimbNetworks

extension Hyperparameters {
  /// Every shape of matrix product that an update does, for `BLAS.check` at start.
  package var productShapes: [MatrixProduct] {
    // With batch normalisation critics also see s and s′ as one batch.
    let joint = batchNorm == nil ? [] : [(criticStack, 2 * batchSize)]
    return ([(actorStack, batchSize), (criticStack, batchSize)] + joint).flatMap { stack, rows -> [MatrixProduct] in
      var shapes: [MatrixProduct] = []
      var inputs = stack.inputWidth
      for outputs in stack.hidden + [stack.outputWidth] {
        shapes += [
          MatrixProduct(
            rows: rows, columns: outputs, inner: inputs, transposeB: true, strideA: inputs, strideB: inputs,
            strideC: outputs),
          MatrixProduct(
            rows: outputs, columns: inputs, inner: rows, transposeA: true, strideA: outputs, strideB: inputs,
            strideC: inputs),
          MatrixProduct(
            rows: rows, columns: inputs, inner: outputs, strideA: outputs, strideB: inputs, strideC: inputs),
        ]
        inputs = outputs
      }
      return shapes
    }
  }
}

extension Learner {
  /// Compares the BLAS with a plain loop at the shapes of this learner. Some tenths of a second; do it before the first
  /// update.
  package static func checkBLAS(_ hyperparameters: Hyperparameters) throws(LearningError) {
    BLAS.useOneThread()
    do throws(NetworksError) { try BLAS.check(hyperparameters.productShapes) } catch { throw .networks(error) }
  }
}

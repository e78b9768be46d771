package import LimbNetworks

extension Hyperparameters {
  /// Every shape of matrix product that an update does, for `BLAS.check` at start.
  package var productShapes: [MatrixProduct] {
    [actorStack, criticStack].flatMap { stack -> [MatrixProduct] in
      var shapes: [MatrixProduct] = []
      var inputs = stack.inputWidth
      for (index, outputs) in (stack.hidden + [stack.outputWidth]).enumerated() {
        let merged = index == 0 ? stack.members * outputs : outputs
        let stride = stack.members * outputs
        let below = index == 0 ? inputs : stack.members * inputs
        shapes += [
          MatrixProduct(
            rows: batchSize, columns: merged, inner: inputs, transposeB: true, strideA: below, strideB: inputs,
            strideC: stride),
          MatrixProduct(
            rows: merged, columns: inputs, inner: batchSize, transposeA: true, strideA: stride, strideB: below,
            strideC: inputs),
          MatrixProduct(
            rows: batchSize, columns: inputs, inner: merged, strideA: stride, strideB: inputs, strideC: below),
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

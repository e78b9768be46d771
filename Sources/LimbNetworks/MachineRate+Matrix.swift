internal import CBLAS

extension MachineRate {
  /// The three matrix-vector products of a policy with two hidden layers, by the BLAS: what `PolicyInference` is put
  /// beside. No bias, no ReLU. On this thread; the caller times it. Not for the control thread.
  ///
  /// - Parameters:
  ///   - stack: With one member.
  ///   - parameters: `stack.parameterCount` numbers.
  ///   - memory: The input at its beginning, then the layers' outputs, each on a cache line of its own:
  ///     `vectorMemory(stack)` numbers.
  package static func runVectorProducts(
    _ stack: DenseStack, parameters: UnsafePointer<Float>, _ memory: borrowing AlignedBlock<Float>
  ) {
    precondition(stack.members == 1 && memory.count >= vectorMemory(stack), "one network, and room for every layer")
    var x = unsafe memory.base
    for layer in stack.layers {
      let y = unsafe x + roundedToCacheLine(layer.inputs)
      unsafe cblas_sgemv(
        CblasRowMajor, CblasNoTrans, CInt(layer.outputs), CInt(layer.inputs), 1, parameters + layer.weight,
        CInt(layer.inputs), x, 1, 0, y, 1)
      unsafe x = y
    }
  }

  /// Numbers that `runVectorProducts` needs besides the parameters.
  package static func vectorMemory(_ stack: DenseStack) -> Int {
    stack.layers.reduce(roundedToCacheLine(stack.outputWidth)) { $0 + roundedToCacheLine($1.inputs) }
  }
}

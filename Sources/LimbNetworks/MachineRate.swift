internal import CBLAS

/// What this machine can do: the measures that a learner's rate is put beside.
package enum MachineRate {
  /// Single-precision multiply-adds × 2 of `rounds` rounds on the widest vectors of this processor, on this thread. The
  /// caller times it; a million rounds take some milliseconds.
  package static func runMultiplyAdds(rounds: UInt64) -> Double {
    let result = limb_peak_run(rounds)
    precondition(result == result)
    return 2 * Double(rounds) * Double(LIMB_PEAK_CHAINS) * Double(limb_peak_lanes())
  }

  /// Floating-point operations of `count` BLAS products of 256 × 256 × 256, on this thread. The caller times it.
  package static func runProducts(_ count: Int, _ memory: borrowing AlignedBlock<Float>) -> Double {
    precondition(memory.count >= 3 * 65_536, "three matrices of 256 × 256")
    let shape = MatrixProduct(rows: 256, columns: 256, inner: 256, strideA: 256, strideB: 256, strideC: 256)
    for _ in 0..<count {
      unsafe Float.multiplyByBLAS(shape, memory.base, memory.base + 65_536, into: memory.base + 131_072)
    }
    return shape.flops * Double(count)
  }
}

extension DenseStack {
  /// Weights of all members: the multiply-adds of one row forward.
  package var weightCount: Int { members * layers.reduce(0) { $0 + $1.inputs * $1.outputs } }

  /// Multiply-adds × 2 of a forward pass.
  package func forwardFlops(rows: Int) -> Double { 2 * Double(rows) * Double(weightCount) }

  /// Multiply-adds × 2 of a backward pass: weight gradients, gradients down to the first hidden layer, and of
  /// `inputColumns` columns of the input.
  package func backwardFlops(rows: Int, learns: Bool, inputColumns: Int) -> Double {
    let first = members * layers[0].inputs * layers[0].outputs
    let inner = weightCount - first + members * layers[0].outputs * inputColumns
    return 2 * Double(rows) * Double(inner + (learns ? weightCount : 0))
  }
}

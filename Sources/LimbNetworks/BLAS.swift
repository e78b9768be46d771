internal import CBLAS
internal import LimbTypes

/// The linear-algebra library of the process: OpenBLAS, for training only.
package enum BLAS {
  /// One thread for every product from now on: a second one gains nothing at these sizes and spins on the cores that
  /// the control thread needs. Process-wide; call it before the first product.
  package static func useOneThread() { openblas_set_num_threads(1) }

  /// Version and build options, for instance `OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64`. Asked
  /// once: the library writes its answer into one buffer for all threads.
  package static let configuration = unsafe text(openblas_get_config())

  /// The kernels chosen for this processor, for instance `Zen`.
  package static let coreType = unsafe text(openblas_get_corename())

  @unsafe private static func text(_ answer: UnsafeMutablePointer<CChar>?) -> String {
    guard let answer = unsafe answer else { return "unknown" }
    return unsafe String(cString: answer)
  }

  /// Compares single-precision products of the given shapes with a plain loop in Double.
  ///
  /// Some builds of OpenBLAS are wrong on some processors; a learner must not find out by walking badly. Takes some
  /// tenths of a second for the shapes of a learner.
  ///
  /// - Throws: `NetworksError.blasWrong` with the shape, the largest error, and the remedy.
  package static func check(_ shapes: [MatrixProduct]) throws(NetworksError) {
    for shape in shapes {
      let largest = largestError(shape)
      // Random numbers in (−1, 1): an entry of the product is about √k/3, its rounding error about √k · 2⁻²⁴.
      let allowed = 4e-6 * Double(shape.inner).squareRoot() + 1e-6
      guard largest <= allowed else {
        throw .blasWrong(
          rows: shape.rows, columns: shape.columns, inner: shape.inner, largestError: largest, allowed: allowed,
          coreType: coreType)
      }
    }
  }

  /// The largest absolute difference between the library's product and the plain one; infinite if it gave NaN.
  static func largestError(_ p: MatrixProduct) -> Double {
    let a = AlignedBlock<Float>(count: (p.transposeA ? p.inner : p.rows) * p.strideA)
    let b = AlignedBlock<Float>(count: (p.transposeB ? p.columns : p.inner) * p.strideB)
    let c = AlignedBlock<Float>(count: p.rows * p.strideC)
    fill(a, lane: 0)
    fill(b, lane: 1)
    unsafe Float.multiply(p, a.base, b.base, into: c.base)
    var largest = 0.0
    for i in 0..<p.rows {
      for j in 0..<p.columns {
        var sum = 0.0
        for k in 0..<p.inner {
          sum += unsafe Double(a.base[p.transposeA ? k * p.strideA + i : i * p.strideA + k])
            * Double(b.base[p.transposeB ? j * p.strideB + k : k * p.strideB + j])
        }
        let error = unsafe abs(Double(c.base[i * p.strideC + j]) - sum)
        if !(error <= largest) { largest = error.isNaN ? .infinity : error }
      }
    }
    return largest
  }

  private static func fill(_ block: borrowing AlignedBlock<Float>, lane: UInt32) {
    var four = SIMD4<Float>(repeating: 0)
    for i in 0..<block.count {
      if i & 3 == 0 { four = Philox.uniforms(seed: 1, stream: .test, counter: UInt64(i >> 2), lane: lane) }
      unsafe block.base[i] = 2 * four[i & 3] - 1
    }
  }
}

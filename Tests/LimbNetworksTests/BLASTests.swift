import LimbNetworks
import Testing

@Suite("The BLAS library")
struct BLASTests {
  @Test("gives the products of a plain loop at the shapes of a learner")
  func check() throws {
    BLAS.useOneThread()
    try BLAS.check([
      MatrixProduct(rows: 64, columns: 512, inner: 248, transposeB: true, strideA: 248, strideB: 248, strideC: 512),
      MatrixProduct(rows: 64, columns: 256, inner: 256, transposeB: true, strideA: 512, strideB: 256, strideC: 512),
      MatrixProduct(rows: 256, columns: 248, inner: 64, transposeA: true, strideA: 512, strideB: 248, strideC: 248),
      MatrixProduct(rows: 64, columns: 1, inner: 256, transposeB: true, strideA: 512, strideB: 256, strideC: 2),
    ])
  }

  @Test("names itself and its kernels")
  func names() {
    #expect(BLAS.configuration.contains("OpenBLAS"))
    #expect(!BLAS.coreType.isEmpty)
  }

  @Test("when wrong, is refused with the remedy")
  func remedy() {
    let error = NetworksError.blasWrong(
      rows: 2, columns: 3, inner: 4, largestError: 0.5, allowed: 1e-5, coreType: "SkylakeX")
    #expect("\(error)".contains("OPENBLAS_CORETYPE"))
    #expect("\(error)".contains("2×4 and 4×3"))
  }
}

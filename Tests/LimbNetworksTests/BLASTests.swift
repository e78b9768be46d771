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

  @Test("multiplies what an inference is measured beside: the same layers, where biases are zero and ReLU cuts nothing")
  func vectorProducts() {
    let stack = DenseStack(inputWidth: 50, hidden: [67, 64], outputWidth: 12, layerNorm: false, naming: .actor)
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    fill(parameters, lane: 1)
    for i in 0..<parameters.count { unsafe parameters.base[i] = abs(parameters.base[i]) }
    for tensor in stack.tensors where tensor.name.hasSuffix("bias") {
      for i in 0..<tensor.shape[0] { unsafe parameters.base[tensor.offset + i] = 0 }
    }
    let memory = AlignedBlock<Float>(count: MachineRate.vectorMemory(stack))
    for i in 0..<50 { unsafe memory.base[i] = Float(i % 7) * 1e-5 }
    let heads = AlignedBlock<Float>(count: 12)
    unsafe PolicyInference(stack).infer(
      parameters: parameters.base, observation: memory.base, mean: heads.base, logDeviation: heads.base + 6)
    unsafe MachineRate.runVectorProducts(stack, parameters: parameters.base, memory)
    let output = unsafe memory.base + memory.count - roundedToCacheLine(12)
    for i in 0..<12 { #expect(unsafe distance(Double(output[i]), Double(heads.base[i])) < 1e-4) }
    #expect(unsafe heads.base[0] > 0)
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

internal import LimbNetworks
internal import LimbTypes

extension LearnerBench {
  /// One inference of the policy as control does it, beside the same matrix-vector products by the BLAS.
  package struct Inference: Sendable, Equatable {
    /// Median of single calls, microseconds.
    package let microsecondsP50: Double
    /// 99th percentile, microseconds.
    package let microsecondsP99: Double
    /// Median of the BLAS's three products, without biases, ReLU and clipping, microseconds.
    package let productsMicrosecondsP50: Double
  }

  /// Times `calls` inferences of the plain shape's policy (112 numbers seen, 2 × 256, 8 actions) and as many times its
  /// products, turn by turn, on this thread, with everything in the cache. `nanoseconds` is a clock that never goes back.
  package static func inference(calls: Int = 10_000, nanoseconds: () -> UInt64) -> Inference {
    precondition(calls > 0)
    BLAS.useOneThread()
    let stack = plainHyperparameters.actorStack
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    let memory = AlignedBlock<Float>(count: MachineRate.vectorMemory(stack))
    let heads = AlignedBlock<Float>(count: stack.outputWidth)
    func number(_ i: Int) -> Float { 2 * Philox.uniforms(seed: 1, stream: .test, counter: UInt64(i), lane: 0)[0] - 1 }
    for i in 0..<parameters.count { unsafe parameters.base[i] = 0.05 * number(i) }
    for i in 0..<stack.inputWidth { unsafe memory.base[i] = number(i) }
    let policy = PolicyInference(stack)
    var inferences: [UInt64] = []
    var products: [UInt64] = []
    for call in -calls / 10..<calls {
      let start = nanoseconds()
      unsafe policy.infer(
        parameters: parameters.base, observation: memory.base, mean: heads.base, logDeviation: heads.base + policy.actionCount)
      let between = nanoseconds()
      unsafe MachineRate.runVectorProducts(stack, parameters: parameters.base, memory)
      let end = nanoseconds()
      guard call >= 0 else { continue }  // a tenth to warm up
      inferences.append(between - start)
      products.append(end - between)
    }
    inferences.sort()
    products.sort()
    return Inference(
      microsecondsP50: Double(inferences[calls / 2]) * 1e-3, microsecondsP99: Double(inferences[calls * 99 / 100]) * 1e-3,
      productsMicrosecondsP50: Double(products[calls / 2]) * 1e-3)
  }
}

import CRealtime
import LimbNetworks
import LimbTypes
import Testing

@Suite("Inference on the control thread")
struct PolicyInferenceTests {
  static let stack = DenseStack(inputWidth: 50, hidden: [67, 64], outputWidth: 12, layerNorm: false, naming: .actor)

  @Test("agrees with the learner's forward pass")
  func agreement() {
    let stack = Self.stack
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    let input = AlignedBlock<Float>(count: 50)
    let output = AlignedBlock<Float>(count: 16)
    fill(parameters, lane: 1)
    fill(input, lane: 2)
    let workspace = DenseWorkspace<Float>(stack, rows: 1)
    let policy = PolicyInference(stack)
    unsafe stack.forward(parameters.base, input: input.base, inputStride: 50, rows: 1, in: workspace)
    unsafe policy.infer(
      parameters: parameters.base, observation: input.base, mean: output.base, logDeviation: output.base + 6)
    for i in 0..<6 {
      #expect(unsafe distance(Double(output.base[i]), Double(workspace.output[i])) < 1e-4)
      let clipped = unsafe min(max(workspace.output[6 + i], -20), 2)
      #expect(unsafe distance(Double(output.base[6 + i]), Double(clipped)) < 1e-4)
    }
  }

  @Test("gives the committed bytes for 10,000 observations, on every processor")
  func committedHash() {
    let stack = Self.stack
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    unsafe stack.initialise(parameters.base, seed: 11, network: 0, headScale: 0.5)
    let policy = PolicyInference(stack)
    let input = AlignedBlock<Float>(count: 52)
    let output = AlignedBlock<Float>(count: 32)
    var noise = ExplorationNoise()
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, over the bits of every number that comes out
    for step in 0..<10_000 {
      for lane in 0..<13 {
        let four = Philox.normals(seed: 12, stream: .test, counter: UInt64(step), lane: UInt32(lane))
        for i in 0..<4 { unsafe input.base[lane * 4 + i] = four[i] }
      }
      unsafe policy.infer(
        parameters: parameters.base, observation: input.base, mean: output.base, logDeviation: output.base + 6)
      noise.draw(seed: 13, step: UInt64(step), count: 6, correlation: 0, source: .policy)
      let density = unsafe SquashedGaussian.sample(
        noise, count: 6, mean: output.base, logDeviation: output.base + 6,
        preSquash: output.base + 12, action: output.base + 18)
      unsafe output.base[24] = density
      for i in 0...24 { hash = unsafe (hash ^ UInt64(output.base[i].bitPattern)) &* 0x0000_0100_0000_01b3 }
    }
    #expect(hash == 0x7b037e764241bb34, "0x\(String(hash, radix: 16))")
  }

  @Test("finds every number of a block that is not finite", arguments: [Float.nan, .infinity, -.infinity])
  func finite(_ bad: Float) {
    let stack = DenseStack(inputWidth: 3, hidden: [5], outputWidth: 2, layerNorm: false, naming: .actor)
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    fill(parameters, lane: 1)
    let policy = PolicyInference(stack)
    #expect(unsafe policy.isFinite(parameters: parameters.base))
    for i in 0..<stack.parameterCount {
      let kept = unsafe parameters.base[i]
      unsafe parameters.base[i] = bad
      #expect(unsafe !policy.isFinite(parameters: parameters.base))
      unsafe parameters.base[i] = kept
    }
  }

  @Test("makes no heap call, sampling and the check of a block included")
  func heap() throws {
    try #require(limb_heap_probe_available() != 0)
    let stack = Self.stack
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    let input = AlignedBlock<Float>(count: 50)
    let output = AlignedBlock<Float>(count: 32)
    unsafe stack.initialise(parameters.base, seed: 1, network: 0)
    let policy = PolicyInference(stack)
    var calls: UInt64 = 0
    var noise = ExplorationNoise()
    for step in 0..<3 {
      limb_heap_probe_arm()
      unsafe policy.infer(
        parameters: parameters.base, observation: input.base, mean: output.base, logDeviation: output.base + 6)
      noise.draw(seed: 1, step: UInt64(step), count: 6, correlation: 0.8, source: .policy)
      let density = unsafe SquashedGaussian.sample(
        noise, count: 6, mean: output.base, logDeviation: output.base + 6,
        preSquash: output.base + 12, action: output.base + 18)
      let isFinite = unsafe policy.isFinite(parameters: parameters.base)
      calls = limb_heap_probe_disarm()
      #expect(isFinite && density.isFinite)
    }
    #expect(calls == 0)
  }

  @Test("lets a NaN of the observation through to μ, where it is refused")
  func brokenObservation() {
    let stack = Self.stack
    let parameters = AlignedBlock<Float>(count: stack.parameterCount)
    let input = AlignedBlock<Float>(count: 50)
    let output = AlignedBlock<Float>(count: 16)
    fill(parameters, lane: 1)
    unsafe input.base[33] = .nan
    unsafe PolicyInference(stack).infer(
      parameters: parameters.base, observation: input.base, mean: output.base, logDeviation: output.base + 6)
    for i in 0..<6 { #expect(unsafe output.base[i].isNaN) }
  }
}

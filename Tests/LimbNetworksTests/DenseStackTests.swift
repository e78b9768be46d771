import LimbNetworks
import LimbTypes
import Testing

@Suite("A stack of dense layers")
struct DenseStackTests {
  /// One network shape of the gradient check.
  struct Shape: Sendable, CustomTestStringConvertible {
    let stack: DenseStack
    let drops: Bool
    var testDescription: String {
      "\(stack.inputWidth)-\(stack.hidden)-\(stack.outputWidth) ×\(stack.members)"
        + " LayerNorm \(stack.layerNorm) dropout \(stack.dropout)"
    }
  }

  static let shapes: [Shape] = [
    Shape(
      stack: DenseStack(inputWidth: 5, hidden: [7, 9], outputWidth: 4, layerNorm: false, naming: .actor), drops: false),
    Shape(
      stack: DenseStack(inputWidth: 6, hidden: [16, 8], outputWidth: 6, layerNorm: true, naming: .actor), drops: false),
    Shape(
      stack: DenseStack(inputWidth: 5, hidden: [11, 10], outputWidth: 1, members: 3, layerNorm: true, naming: .critics),
      drops: false),
    Shape(
      stack: DenseStack(
        inputWidth: 9, hidden: [17], outputWidth: 1, members: 2, layerNorm: true, dropout: 0.3, naming: .critics),
      drops: true),
  ]

  @Test("has the gradients that finite differences give, in double precision", arguments: shapes)
  func gradients(_ shape: Shape) {
    let stack = shape.stack
    let rows = 5
    let parameters = AlignedBlock<Double>(count: stack.parameterCount)
    let gradients = AlignedBlock<Double>(count: stack.parameterCount)
    let input = AlignedBlock<Double>(count: rows * stack.inputWidth)
    let inputGradient = AlignedBlock<Double>(count: rows * stack.inputWidth)
    let weights = AlignedBlock<Double>(count: rows * stack.members * stack.outputWidth)
    let workspace = DenseWorkspace<Double>(stack, rows: rows)
    fill(parameters, lane: 1)
    fill(input, lane: 2)
    fill(weights, lane: 3)
    if shape.drops {
      for (index, width) in stack.hidden.enumerated() {
        guard let keep = unsafe workspace.keep(index) else { continue }
        for i in 0..<rows * stack.members * width { unsafe keep[i] = i % 3 == 0 ? 0 : 1 / (1 - stack.dropout) }
      }
    }

    /// Σ weights ⊙ output.
    func loss() -> Double {
      unsafe stack.forward(
        parameters.base, input: input.base, inputStride: stack.inputWidth, rows: rows, in: workspace,
        drops: shape.drops)
      return (0..<weights.count).reduce(0) { unsafe $0 + weights.base[$1] * workspace.output[$1] }
    }
    func slope(_ number: UnsafeMutablePointer<Double>) -> Double {
      let step = 1e-6
      let middle = unsafe number.pointee
      unsafe number.pointee = middle + step
      let above = loss()
      unsafe number.pointee = middle - step
      let below = loss()
      unsafe number.pointee = middle
      return (above - below) / (2 * step)
    }

    _ = loss()
    unsafe workspace.outputGradient.update(from: weights.base, count: weights.count)
    unsafe stack.backward(
      parameters.base, input: input.base, inputStride: stack.inputWidth, rows: rows, in: workspace,
      gradients: gradients.base,
      inputGradient: .init(inputGradient.base, stride: stack.inputWidth, columns: 0..<stack.inputWidth),
      drops: shape.drops)
    for tensor in stack.tensors {
      var worst = 0.0
      for i in tensor.offset..<tensor.offset + tensor.count {
        worst = unsafe max(worst, distance(slope(parameters.base + i), gradients.base[i]))
      }
      #expect(worst < 1e-5, "\(tensor.name)")
    }
    var worst = 0.0
    for i in 0..<input.count { worst = unsafe max(worst, distance(slope(input.base + i), inputGradient.base[i])) }
    #expect(worst < 1e-5, "input")
  }

  @Test("gives in Float what it gives in Double, to rounding")
  func precision() {
    let stack = DenseStack(
      inputWidth: 19, hidden: [40, 24], outputWidth: 1, members: 2, layerNorm: true, naming: .critics)
    let rows = 9
    let single = AlignedBlock<Float>(count: stack.parameterCount)
    let double = AlignedBlock<Double>(count: stack.parameterCount)
    let x = AlignedBlock<Float>(count: rows * stack.inputWidth)
    let y = AlignedBlock<Double>(count: rows * stack.inputWidth)
    unsafe stack.initialise(single.base, seed: 3, network: 0)
    unsafe stack.initialise(double.base, seed: 3, network: 0)
    fill(x, lane: 4)
    fill(y, lane: 4)
    let here = DenseWorkspace<Float>(stack, rows: rows)
    let there = DenseWorkspace<Double>(stack, rows: rows)
    unsafe stack.forward(single.base, input: x.base, inputStride: stack.inputWidth, rows: rows, in: here)
    unsafe stack.forward(double.base, input: y.base, inputStride: stack.inputWidth, rows: rows, in: there)
    for i in 0..<rows * 2 { #expect(unsafe distance(Double(here.output[i]), there.output[i]) < 1e-4) }
  }

  @Test("spends nothing on parameters from which nothing is learned")
  func frozen() {
    let stack = DenseStack(inputWidth: 6, hidden: [8, 8], outputWidth: 1, members: 2, layerNorm: true, naming: .critics)
    let rows = 4
    let parameters = AlignedBlock<Double>(count: stack.parameterCount)
    let gradients = AlignedBlock<Double>(count: stack.parameterCount)
    let input = AlignedBlock<Double>(count: rows * 6)
    let whole = AlignedBlock<Double>(count: rows * 6)
    let part = AlignedBlock<Double>(count: rows * 2)
    let workspace = DenseWorkspace<Double>(stack, rows: rows)
    fill(parameters, lane: 1)
    fill(input, lane: 2)
    for learns in [true, false] {
      unsafe stack.forward(parameters.base, input: input.base, inputStride: 6, rows: rows, in: workspace)
      for i in 0..<rows * 2 { unsafe workspace.outputGradient[i] = 0.25 }
      unsafe stack.backward(
        parameters.base, input: input.base, inputStride: 6, rows: rows, in: workspace,
        gradients: learns ? gradients.base : nil,
        inputGradient: learns
          ? .init(whole.base, stride: 6, columns: 0..<6) : .init(part.base, stride: 2, columns: 4..<6))
    }
    for row in 0..<rows {
      for column in 0..<2 {
        #expect(unsafe abs(whole.base[row * 6 + 4 + column] - part.base[row * 2 + column]) < 1e-15)
      }
    }
  }

  @Test("names its tensors as PyTorch would and covers the block with them")
  func names() {
    let actor = DenseStack(inputWidth: 10, hidden: [32, 32], outputWidth: 8, layerNorm: false, naming: .actor)
    #expect(
      actor.tensors.map(\.name) == [
        "latent_pi.0.weight", "latent_pi.0.bias", "latent_pi.2.weight", "latent_pi.2.bias", "mu.weight", "mu.bias",
        "log_std.weight", "log_std.bias",
      ])
    let critics = DenseStack(
      inputWidth: 14, hidden: [16], outputWidth: 1, members: 2, layerNorm: true, naming: .critics)
    #expect(
      critics.tensors.map(\.name) == [
        "qf0.0.weight", "qf0.0.bias", "qf0.1.weight", "qf0.1.bias", "qf0.3.weight", "qf0.3.bias",
        "qf1.0.weight", "qf1.0.bias", "qf1.1.weight", "qf1.1.bias", "qf1.3.weight", "qf1.3.bias",
      ])
    for stack in [actor, critics] {
      var owner = [String?](repeating: nil, count: stack.parameterCount)
      for tensor in stack.tensors {
        for i in tensor.offset..<tensor.offset + tensor.count {
          #expect(owner[i] == nil, "\(tensor.name) overlaps \(owner[i] ?? "")")
          owner[i] = tensor.name
        }
      }
      #expect(owner.count(where: { $0 != nil }) == stack.tensors.reduce(0) { $0 + $1.count })
    }
  }

  @Test("starts Xavier-uniform, without bias, and with a small head")
  func initialisation() {
    let stack = DenseStack(inputWidth: 100, hidden: [200], outputWidth: 8, layerNorm: false, naming: .actor)
    let block = AlignedBlock<Float>(count: stack.parameterCount)
    unsafe stack.initialise(block.base, seed: 1, network: 0, headScale: 0.01)
    let limits = ["latent_pi.0.weight": 0.141421, "mu.weight": 0.01 * 0.171499, "log_std.weight": 0.01 * 0.171499]
    for tensor in stack.tensors {
      let numbers = (tensor.offset..<tensor.offset + tensor.count).map { unsafe Double(block.base[$0]) }
      guard let limit = limits[tensor.name] else {
        #expect(numbers.allSatisfy { $0 == 0 }, "\(tensor.name)")
        continue
      }
      #expect(numbers.allSatisfy { abs($0) <= limit }, "\(tensor.name)")
      let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
      #expect(abs(variance / (limit * limit / 3) - 1) < 0.12, "\(tensor.name)")
    }
  }
}

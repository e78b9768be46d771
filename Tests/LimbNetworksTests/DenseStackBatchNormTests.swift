import LimbNetworks
import LimbTypes
import Testing

@Suite("A stack with batch normalisation")
struct DenseStackBatchNormTests {
  /// A stack, its numbers and a batch; the running statistics differ from the batch's.
  struct Case: ~Copyable {
    let stack: DenseStack
    let rows = 6
    let parameters, gradients, input, inputGradient, weights: AlignedBlock<Double>
    let workspace: DenseWorkspace<Double>

    init(limits: BatchNormSettings.Limits? = nil) {
      stack = DenseStack(
        inputWidth: 5, hidden: [7, 18], outputWidth: 1, members: 2, layerNorm: false,
        batchNorm: BatchNormSettings(limits: limits), naming: .critics)
      parameters = AlignedBlock(count: stack.parameterCount)
      gradients = AlignedBlock(count: stack.parameterCount)
      input = AlignedBlock(count: rows * stack.inputWidth)
      inputGradient = AlignedBlock(count: rows * stack.inputWidth)
      weights = AlignedBlock(count: rows * stack.members)
      workspace = DenseWorkspace(stack, rows: rows)
      fill(parameters, lane: 1)
      fill(input, lane: 2)
      fill(weights, lane: 3)
      for tensor in stack.tensors where tensor.name.hasSuffix("running_var") {
        for i in tensor.offset..<tensor.offset + tensor.count { unsafe parameters.base[i] = 0.5 + abs(parameters.base[i]) }
      }
    }

    func forward(_ statistics: DenseStack.Statistics) {
      for member in 0..<stack.members {
        unsafe stack.forward(
          member: member, parameters.base, input: input.base, inputStride: stack.inputWidth, rows: rows, in: workspace,
          by: statistics)
      }
    }

    func loss(_ statistics: DenseStack.Statistics) -> Double {
      forward(statistics)
      return (0..<weights.count).reduce(0) { unsafe $0 + weights.base[$1] * workspace.output[$1] }
    }

    func backward(_ statistics: DenseStack.Statistics, learns: Bool = true) {
      unsafe workspace.outputGradient.update(from: weights.base, count: weights.count)
      for member in 0..<stack.members {
        unsafe stack.backward(
          member: member, parameters.base, rows: rows, in: workspace, gradients: learns ? gradients.base : nil,
          inputGradient: .init(inputGradient.base, stride: stack.inputWidth, columns: 0..<stack.inputWidth),
          addsInputGradient: member > 0, by: statistics)
      }
    }

    func slope(_ number: UnsafeMutablePointer<Double>, _ statistics: DenseStack.Statistics) -> Double {
      let step = 1e-6
      let middle = unsafe number.pointee
      unsafe number.pointee = middle + step
      let above = loss(statistics)
      unsafe number.pointee = middle - step
      let below = loss(statistics)
      unsafe number.pointee = middle
      return (above - below) / (2 * step)
    }
  }

  @Test("has the gradients that finite differences give", arguments: [DenseStack.Statistics.batch, .running])
  func gradients(_ statistics: DenseStack.Statistics) {
    let it = Case()
    _ = it.loss(statistics)
    it.backward(statistics)
    for tensor in it.stack.tensors where !tensor.name.contains("running") {
      var worst = 0.0
      for i in tensor.offset..<tensor.offset + tensor.count {
        worst = unsafe max(worst, distance(it.slope(it.parameters.base + i, statistics), it.gradients.base[i]))
      }
      #expect(worst < 1e-5, "\(tensor.name)")
    }
    var worst = 0.0
    for i in 0..<it.input.count {
      worst = unsafe max(worst, distance(it.slope(it.input.base + i, statistics), it.inputGradient.base[i]))
    }
    #expect(worst < 1e-5, "input")
  }

  @Test("gives its running statistics no gradient, and moves them in a pass by the batch's only")
  func running() {
    let it = Case()
    let places = it.stack.tensors.filter { $0.name.contains("running") }
    #expect(places.count == 2 * 3 * it.stack.members)
    func numbers(_ block: borrowing AlignedBlock<Double>) -> [Double] {
      places.flatMap { tensor in (tensor.offset..<tensor.offset + tensor.count).map { unsafe block.base[$0] } }
    }
    let before = numbers(it.parameters)
    it.forward(.running)
    #expect(numbers(it.parameters) == before)
    it.forward(.batch)
    it.backward(.batch)
    #expect(zip(numbers(it.parameters), before).allSatisfy { $0 != $1 })
    #expect(numbers(it.gradients).allSatisfy { $0 == 0 })
  }

  @Test("a row whose gradient is zero still bends the others' through the statistics of the batch")
  func jointBatch() {
    let it = Case()
    _ = it.loss(.batch)
    for member in 0..<it.stack.members { unsafe it.weights.base[member] = 0 }
    it.backward(.batch)
    #expect((0..<it.stack.inputWidth).contains { unsafe abs(it.inputGradient.base[$0]) > 1e-9 })
    it.forward(.running)
    it.backward(.running)
    #expect((0..<it.stack.inputWidth).allSatisfy { unsafe it.inputGradient.base[$0] == 0 })
  }

  @Test("folded into its weights it gives the same without any normalisation")
  func folded() {
    let it = Case()
    it.forward(.running)
    let plain = it.stack.folded
    let numbers = AlignedBlock<Double>(count: plain.parameterCount)
    unsafe it.stack.fold(it.parameters.base, into: numbers.base)
    let workspace = DenseWorkspace<Double>(plain, rows: it.rows)
    unsafe plain.forward(
      numbers.base, input: it.input.base, inputStride: plain.inputWidth, rows: it.rows, in: workspace)
    for i in 0..<it.rows * 2 { #expect(unsafe distance(workspace.output[i], it.workspace.output[i]) < 1e-12) }
    #expect(plain.tensors.allSatisfy { !$0.name.contains("running") } && plain.batchNorm == nil)
  }

  @Test("starts as the identity of a batch of mean 0 and variance 1, its tensors named as in torch")
  func start() throws {
    let it = Case()
    unsafe it.stack.initialise(it.parameters.base, seed: 1, network: 0)
    for tensor in it.stack.tensors where tensor.shape.count == 1 {
      let wanted: Double = tensor.name.hasSuffix("running_var") || tensor.name == "qf0.3.weight" ? 1 : 0
      if tensor.name.contains("running") || tensor.name == "qf0.3.weight" {
        #expect((tensor.offset..<tensor.offset + tensor.count).allSatisfy { unsafe it.parameters.base[$0] == wanted }, "\(tensor.name)")
      }
    }
    #expect(
      it.stack.tensors.prefix(while: { $0.name.hasPrefix("qf0") }).map(\.name).filter { $0.hasSuffix("weight") }
        == ["qf0.0.weight", "qf0.1.weight", "qf0.3.weight", "qf0.4.weight", "qf0.6.weight", "qf0.7.weight"])
  }
}

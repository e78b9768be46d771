/// The shape of one or more equal networks side by side, [Dense → (Dropout) → (LayerNorm) → ReLU] × L → Dense, or with batch
/// normalisation BN → [Dense → ReLU → BN] × L → Dense, and where their parameters lie in one block.
///
/// An actor is one member; the critics are N members that read the same input, so their first layers are one matrix
/// product. Weights are (out, in) row-major as in PyTorch, members one after another within each layer. Every group of
/// tensors starts on a cache line; the gaps stay zero under Adam, since their gradients are.
/// Source of the layer order: Hiraoka et al., "Dropout Q-functions for doubly efficient RL", 2022, and the code of
/// Smith et al., "A walk in the park", 2022; with batch normalisation Bhatt et al., "CrossQ", 2024.
package struct DenseStack: Sendable, Equatable {
  /// Numbers in an input row.
  package let inputWidth: Int
  /// Widths of the hidden layers, first to last; at least one.
  package let hidden: [Int]
  /// Numbers that one member gives.
  package let outputWidth: Int
  /// Networks side by side.
  package let members: Int
  /// LayerNorm after each hidden Dense.
  package let layerNorm: Bool
  /// Probability of dropping a unit of a hidden layer, 0 ..< 1.
  package let dropout: Double
  /// Batch normalisation of the input and after each ReLU; nil: none. Not with LayerNorm or dropout.
  package let batchNorm: BatchNormSettings?
  /// What the tensors are called.
  package let naming: Naming
  /// Hidden layers and then the head.
  let layers: [Layer]
  /// Of the input and then of each hidden layer; empty without batch normalisation.
  let norms: [Norm]
  /// Numbers in the block, a multiple of 16.
  package let parameterCount: Int

  /// The names of Stable-Baselines3, whose checkpoints they match.
  package enum Naming: Sendable, Equatable {
    /// `latent_pi.I.…`, `mu.…`, `log_std.…`: the head's rows are A of μ and A of log σ.
    case actor
    /// `qfM.I.…`
    case critics
  }

  /// Offsets of one layer's tensors, in numbers from the start of the block.
  struct Layer: Sendable, Equatable {
    let inputs: Int
    let outputs: Int
    let weight: Int
    let bias: Int
    let gain: Int?
    let shift: Int?
  }

  /// Traps unless every width is positive, there is a hidden layer, and an actor has one member and an even head.
  package init(
    inputWidth: Int, hidden: [Int], outputWidth: Int, members: Int = 1, layerNorm: Bool, dropout: Double = 0,
    batchNorm: BatchNormSettings? = nil, naming: Naming
  ) {
    precondition(inputWidth > 0 && outputWidth > 0 && members > 0 && !hidden.isEmpty && hidden.allSatisfy { $0 > 0 })
    precondition(naming == .critics || (members == 1 && outputWidth % 2 == 0), "an actor gives μ and log σ")
    precondition((0..<1).contains(dropout), "a dropout of \(dropout) keeps nothing")
    precondition(batchNorm == nil || (!layerNorm && dropout == 0), "batch normalisation stands alone")
    self.inputWidth = inputWidth
    self.hidden = hidden
    self.outputWidth = outputWidth
    self.members = members
    self.layerNorm = layerNorm
    self.dropout = dropout
    self.batchNorm = batchNorm
    self.naming = naming
    var next = 0
    func take(_ count: Int) -> Int {
      defer { next = roundedToCacheLine(next + count) }
      return next
    }
    var layers: [Layer] = []
    var inputs = inputWidth
    for (index, outputs) in (hidden + [outputWidth]).enumerated() {
      let normalised = layerNorm && index < hidden.count
      layers.append(
        Layer(
          inputs: inputs, outputs: outputs, weight: take(members * outputs * inputs), bias: take(members * outputs),
          gain: normalised ? take(members * outputs) : nil, shift: normalised ? take(members * outputs) : nil))
      inputs = outputs
    }
    self.layers = layers
    norms = batchNorm == nil ? [] : ([inputWidth] + hidden).map { Norm(width: $0, members: members, take) }
    parameterCount = next
  }

  /// The head.
  var head: Layer { layers[layers.count - 1] }

  /// Every tensor, in the order of a `torch.nn.Sequential`, members one after another.
  package var tensors: [ParameterTensor] {
    (0..<members).flatMap { member in
      hiddenTensors(member) + headTensors(member)
    }
  }

  private func hiddenTensors(_ member: Int) -> [ParameterTensor] {
    let body = naming == .actor ? "latent_pi" : "qf\(member)"
    var position = norms.isEmpty ? 0 : 1
    let first = norms.first?.tensors("\(body).0", member) ?? []
    return first + layers.dropLast().enumerated().flatMap { index, layer -> [ParameterTensor] in
      let dense = "\(body).\(position)"
      let normal = "\(body).\(position + (dropout > 0 ? 2 : 1))"
      let after = norms.isEmpty ? [] : norms[index + 1].tensors("\(body).\(position + 2)", member)
      position += modulesPerLayer
      let vector = member * layer.outputs
      var tensors = [
        ParameterTensor(
          name: dense + ".weight", shape: [layer.outputs, layer.inputs], offset: layer.weight + vector * layer.inputs),
        ParameterTensor(name: dense + ".bias", shape: [layer.outputs], offset: layer.bias + vector),
      ]
      if let gain = layer.gain, let shift = layer.shift {
        tensors.append(ParameterTensor(name: normal + ".weight", shape: [layer.outputs], offset: gain + vector))
        tensors.append(ParameterTensor(name: normal + ".bias", shape: [layer.outputs], offset: shift + vector))
      }
      return tensors + after
    }
  }

  /// Of a `Sequential`: Dense, ReLU and what stands beside them.
  private var modulesPerLayer: Int { 2 + (dropout > 0 ? 1 : 0) + (layerNorm || !norms.isEmpty ? 1 : 0) }

  private func headTensors(_ member: Int) -> [ParameterTensor] {
    let inputs = head.inputs
    switch naming {
    case .actor:
      let actions = outputWidth / 2
      return ["mu", "log_std"].enumerated().flatMap { index, name in
        [
          ParameterTensor(
            name: name + ".weight", shape: [actions, inputs], offset: head.weight + index * actions * inputs),
          ParameterTensor(name: name + ".bias", shape: [actions], offset: head.bias + index * actions),
        ]
      }
    case .critics:
      let position = (norms.isEmpty ? 0 : 1) + hidden.count * modulesPerLayer
      return [
        ParameterTensor(
          name: "qf\(member).\(position).weight", shape: [outputWidth, inputs],
          offset: head.weight + member * outputWidth * inputs),
        ParameterTensor(
          name: "qf\(member).\(position).bias", shape: [outputWidth], offset: head.bias + member * outputWidth),
      ]
    }
  }
}

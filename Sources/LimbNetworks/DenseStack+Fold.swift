extension DenseStack {
  /// The same networks without batch normalisation: what `fold` gives numbers to.
  package var folded: DenseStack {
    DenseStack(
      inputWidth: inputWidth, hidden: hidden, outputWidth: outputWidth, members: members, layerNorm: layerNorm,
      dropout: dropout, naming: naming)
  }

  /// Writes into a block of `folded.parameterCount` the networks that give, without any normalisation, what these give by their
  /// running statistics: y = a ⊙ x + c before a Dense becomes W′ = W diag(a), b′ = b + W c, with a = g/√(v + ε),
  /// c = b − μ a. Without batch normalisation it copies. Nothing but rounding differs.
  package func fold<S: NetworkScalar>(_ parameters: UnsafePointer<S>, into plain: UnsafeMutablePointer<S>) {
    let target = folded
    guard let batchNorm else { return unsafe plain.update(from: parameters, count: parameterCount) }
    for (index, layer) in layers.enumerated() {
      let norm = norms[index]
      let epsilon = S(batchNorm.epsilon)
      for member in 0..<members {
        let vector = member * norm.width
        for output in member * layer.outputs..<(member + 1) * layer.outputs {
          var bias = unsafe parameters[layer.bias + output]
          for j in 0..<norm.width {
            let weight = unsafe parameters[layer.weight + output * layer.inputs + j]
            let scale = unsafe parameters[norm.gain + vector + j]
              / (parameters[norm.variance + vector + j] + epsilon).squareRoot()
            unsafe bias += weight * (parameters[norm.shift + vector + j] - parameters[norm.mean + vector + j] * scale)
            unsafe plain[target.layers[index].weight + output * layer.inputs + j] = weight * scale
          }
          unsafe plain[target.layers[index].bias + output] = bias
        }
      }
    }
  }
}

internal import LimbTypes

extension DenseStack {
  /// Fills a block of `parameterCount` numbers: Xavier-uniform weights (Glorot and Bengio 2010: ± √(6/(in + out))),
  /// zero biases, LayerNorm at g = 1, b = 0, batch normalisation at that and at mean 0, variance 1, everything in the gaps 0.
  ///
  /// - Parameters:
  ///   - seed: With `network`, the key of the random numbers (stream `initialisation`).
  ///   - network: Tells networks of one learner apart; below 2¹⁶.
  ///   - headScale: Factor of the head's weights: 0.01 for an actor, so that its first mean action is the stance.
  package func initialise<S: NetworkScalar>(
    _ parameters: UnsafeMutablePointer<S>, seed: UInt64, network: UInt64, headScale: Float = 1
  ) {
    unsafe parameters.update(repeating: 0, count: parameterCount)
    for (index, layer) in layers.enumerated() {
      let limit = Float(6 / Double(layer.inputs + layer.outputs / headRows(index))).squareRoot()
      let scale = index == hidden.count ? headScale : 1
      let counter = network << 16 | UInt64(index)
      for i in 0..<members * layer.outputs * layer.inputs {
        let four = Philox.uniforms(seed: seed, stream: .initialisation, counter: counter, lane: UInt32(i / 4))
        unsafe parameters[layer.weight + i] = S((2 * four[i & 3] - 1) * limit * scale)
      }
      if let gain = layer.gain { unsafe (parameters + gain).update(repeating: 1, count: members * layer.outputs) }
    }
    for norm in norms {
      for start in [norm.gain, norm.variance] {
        unsafe (parameters + start).update(repeating: 1, count: members * norm.width)
      }
    }
  }

  /// An actor's head is two Dense layers in one block: each has half the rows.
  private func headRows(_ index: Int) -> Int { naming == .actor && index == hidden.count ? 2 : 1 }
}

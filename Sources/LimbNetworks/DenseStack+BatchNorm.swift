extension DenseStack {
  /// Offsets of one batch normalisation's tensors, `members` × `width` each. The running statistics lie among the parameters,
  /// so that they are copied, kept and published with them; their gradients stay zero, and so Adam leaves them.
  struct Norm: Sendable, Equatable {
    let width: Int
    let gain: Int
    let shift: Int
    let mean: Int
    let variance: Int

    init(width: Int, members: Int, _ take: (Int) -> Int) {
      self.width = width
      gain = take(members * width)
      shift = take(members * width)
      mean = take(members * width)
      variance = take(members * width)
    }

    /// As `torch.nn.BatchNorm1d` names them.
    func tensors(_ name: String, _ member: Int) -> [ParameterTensor] {
      [("weight", gain), ("bias", shift), ("running_mean", mean), ("running_var", variance)].map { part, offset in
        ParameterTensor(name: "\(name).\(part)", shape: [width], offset: offset + member * width)
      }
    }
  }

  /// By what a batch is normalised.
  package enum Statistics: Sendable {
    /// Its own rows; the running statistics move towards them.
    case batch
    /// The running ones, which stay.
    case running
  }

  /// `forward` of one network with batch normalisation, all rows at once. Another thread may do another network.
  package func forward<S: NetworkScalar>(
    member: Int, _ parameters: UnsafeMutablePointer<S>, input: UnsafePointer<S>, inputStride: Int, rows: Int,
    in workspace: borrowing DenseWorkspace<S>, by statistics: Statistics
  ) {
    precondition(rows <= workspace.rowLimit, "\(rows) in a workspace for \(workspace.rowLimit) rows")
    precondition(!norms.isEmpty, "a stack without batch normalisation has no statistics")
    let first = unsafe normRows(0, member, parameters, input: nil, rows: rows, in: workspace)
    for row in 0..<rows { unsafe (first.output + row * first.stride).update(from: input + row * inputStride, count: inputWidth) }
    unsafe normalise(first, statistics)
    var below = unsafe UnsafePointer(first.output)
    var stride = unsafe first.stride
    for index in 0..<hidden.count {
      let hidden = unsafe hiddenRows(index, member, parameters, rows: 0..<rows, in: workspace, drops: false)
      unsafe multiplyLayer(layers[index], member, parameters, below, stride, rows: rows, hidden.product, hidden.stride)
      unsafe S.activate(hidden)
      let norm = unsafe normRows(index + 1, member, parameters, input: hidden.output, rows: rows, in: workspace)
      unsafe normalise(norm, statistics)
      unsafe below = UnsafePointer(norm.output)
      stride = unsafe norm.stride
    }
    unsafe multiplyHead(member, parameters, below, stride, rows: 0..<rows, in: workspace)
  }

  /// `backward` of one network with batch normalisation, after `forward` by the same statistics.
  ///
  /// - Parameter addsInputGradient: The input's gradient is added to what is there.
  package func backward<S: NetworkScalar>(
    member: Int, _ parameters: UnsafeMutablePointer<S>, rows: Int, in workspace: borrowing DenseWorkspace<S>,
    gradients: UnsafeMutablePointer<S>?, inputGradient: InputGradient<S>?, addsInputGradient: Bool,
    by statistics: Statistics
  ) {
    var above = unsafe UnsafePointer(workspace.outputGradient + member * outputWidth)
    var stride = members * outputWidth
    if let gradients = unsafe gradients {
      unsafe S.sumColumns(
        above, rows: rows, width: outputWidth, stride: stride, into: gradients + head.bias + member * outputWidth)
    }
    for index in (0..<hidden.count).reversed() {
      let here = unsafe hiddenRows(index, member, parameters, rows: 0..<rows, in: workspace, drops: false)
      let norm = unsafe normRows(index + 1, member, parameters, input: here.output, rows: rows, in: workspace)
      let gradient = unsafe workspace.at(workspace.layers[index].gradient + member * workspace.layers[index].memberStride)
      unsafe descend(
        layers[index + 1], index + 1, member, parameters, above, stride, norm, gradient, gradients, statistics, rows: rows)
      unsafe S.activateBackward(
        here,
        HiddenRowGradients(
          rows: gradient, bias: gradientVector(gradients, layers[index].bias, member * here.width), gain: nil, shift: nil,
          outer: nil))
      unsafe above = UnsafePointer(gradient)
      stride = unsafe here.stride
    }
    guard unsafe gradients != nil || inputGradient != nil else { return }
    let first = unsafe normRows(0, member, parameters, input: nil, rows: rows, in: workspace)
    let gradient = unsafe workspace.at(workspace.inputGradientOffset + member * workspace.norms[0].memberStride)
    unsafe descend(layers[0], 0, member, parameters, above, stride, first, gradient, gradients, statistics, rows: rows)
    if let wanted = unsafe inputGradient {
      unsafe hand(gradient, first.stride, rows: rows, to: wanted, adds: addsInputGradient)
    }
  }

  /// From the gradient above a Dense to the one below the normalisation that feeds it, weights and norm included.
  private func descend<S: NetworkScalar>(
    _ layer: Layer, _ index: Int, _ member: Int, _ parameters: UnsafePointer<S>, _ above: UnsafePointer<S>, _ stride: Int,
    _ norm: BatchNormRows<S>, _ gradient: UnsafeMutablePointer<S>, _ gradients: UnsafeMutablePointer<S>?,
    _ statistics: Statistics, rows: Int
  ) {
    if let gradients = unsafe gradients {
      unsafe multiplyWeightGradients(
        layer, member, above, stride, UnsafePointer(norm.output), norm.stride, rows: rows, gradients)
    }
    unsafe multiplyGradients(layer, member, parameters, above, stride, gradient, norm.stride, rows: rows)
    let places = norms[index]
    unsafe S.batchNormBackward(
      norm,
      BatchNormGradients(
        rows: gradient, gain: gradientVector(gradients, places.gain, member * places.width),
        shift: gradientVector(gradients, places.shift, member * places.width)),
      training: statistics == .batch)
  }

  private func hand<S: NetworkScalar>(
    _ gradient: UnsafePointer<S>, _ stride: Int, rows: Int, to wanted: InputGradient<S>, adds: Bool
  ) {
    for row in 0..<rows {
      for (place, column) in unsafe wanted.columns.enumerated() {
        let number = unsafe gradient[row * stride + column]
        unsafe wanted.gradient[row * wanted.stride + place] = adds ? wanted.gradient[row * wanted.stride + place] + number : number
      }
    }
  }

  private func normalise<S: NetworkScalar>(_ norm: BatchNormRows<S>, _ statistics: Statistics) {
    let settings = batchNorm ?? BatchNormSettings()
    switch statistics {
    case .batch: unsafe S.batchNormalise(norm, training: settings)
    case .running: unsafe S.evaluateBatchNorm(norm, epsilon: settings.epsilon)
    }
  }

  /// Normalisation `index` of one network; without `input` it works on its output in place.
  private func normRows<S: NetworkScalar>(
    _ index: Int, _ member: Int, _ parameters: UnsafeMutablePointer<S>, input: UnsafeMutablePointer<S>?, rows: Int,
    in workspace: borrowing DenseWorkspace<S>
  ) -> BatchNormRows<S> {
    let places = norms[index]
    let regions = workspace.norms[index]
    let vector = member * places.width
    let output = unsafe workspace.at(regions.output + member * regions.memberStride)
    return unsafe BatchNormRows(
      rows: rows, width: places.width, stride: regions.stride, gain: parameters + places.gain + vector,
      shift: parameters + places.shift + vector, runningMean: parameters + places.mean + vector,
      runningVariance: parameters + places.variance + vector, input: input ?? output,
      standardised: workspace.at(regions.standardised + member * regions.memberStride),
      columns: workspace.at(regions.columns + member * 5 * regions.stride), output: output)
  }
}

extension DenseStack {
  /// What a backward pass is to compute beyond the layers' own gradients.
  @unsafe package struct InputGradient<Scalar: NetworkScalar> {
    /// rows × `columns.count`, one row every `stride`; overwritten.
    let gradient: UnsafeMutablePointer<Scalar>
    let stride: Int
    /// Columns of the input, for instance those of the action.
    let columns: Range<Int>

    /// A gradient of `columns` of the input, whose rows stand `stride` numbers apart.
    package init(_ gradient: UnsafeMutablePointer<Scalar>, stride: Int, columns: Range<Int>) {
      unsafe self.gradient = gradient
      unsafe self.stride = stride
      unsafe self.columns = columns
    }
  }

  /// The networks' outputs for `rows` rows of input, left in `workspace.output`.
  ///
  /// - Parameters:
  ///   - parameters: A block of `parameterCount` numbers.
  ///   - input: `rows` rows of `inputWidth` numbers, one every `inputStride`.
  ///   - rows: At most the workspace's limit.
  ///   - drops: Apply the masks that the caller has put into the workspace (see `DenseWorkspace.keep`).
  package func forward<S: NetworkScalar>(
    _ parameters: UnsafePointer<S>, input: UnsafePointer<S>, inputStride: Int, rows: Int,
    in workspace: borrowing DenseWorkspace<S>, drops: Bool = false
  ) {
    precondition(rows <= workspace.rowLimit, "\(rows) rows in a workspace for \(workspace.rowLimit)")
    var below = unsafe input
    var stride = inputStride
    for index in 0..<hidden.count {
      let rowsOfLayer = unsafe hiddenRows(index, parameters, rows: rows, in: workspace, drops: drops)
      unsafe multiplyLayer(layers[index], parameters, below, stride, rows: rows, first: index == 0, rowsOfLayer.product)
      unsafe S.activate(rowsOfLayer)
      unsafe below = UnsafePointer(rowsOfLayer.output)
      stride = members * hidden[index]
    }
    unsafe multiplyLayer(head, parameters, below, stride, rows: rows, first: false, workspace.output)
    unsafe S.addBias(workspace.output, rows: rows, width: members * outputWidth, bias: parameters + head.bias)
  }

  /// Gradients of a loss whose gradient in the output is in `workspace.outputGradient`, after `forward` with the same
  /// arguments.
  ///
  /// - Parameters:
  ///   - gradients: A block of `parameterCount` numbers, overwritten (the gaps are left as they are); nil: nothing is
  ///     learned from this pass, and no time is spent on it.
  ///   - inputGradient: Where ∂L/∂input goes, summed over the members; nil: not wanted.
  package func backward<S: NetworkScalar>(
    _ parameters: UnsafePointer<S>, input: UnsafePointer<S>, inputStride: Int, rows: Int,
    in workspace: borrowing DenseWorkspace<S>, gradients: UnsafeMutablePointer<S>?,
    inputGradient: InputGradient<S>? = nil, drops: Bool = false
  ) {
    let last = hidden.count - 1
    var above = unsafe workspace.outputGradient
    if let gradients = unsafe gradients {
      unsafe S.sumColumns(above, rows: rows, width: members * outputWidth, into: gradients + head.bias)
    }
    for index in (0...last).reversed() {
      let layer = layers[index + 1]
      let regions = workspace.layers[index]
      let width = members * hidden[index]
      if let gradients = unsafe gradients {
        unsafe multiplyWeightGradients(
          layer, above, workspace.at(regions.output), width, rows: rows, first: false, gradients)
      }
      unsafe multiplyGradients(layer, parameters, above, workspace.at(regions.gradient), rows: rows)
      let here = layers[index]
      unsafe S.activateBackward(
        hiddenRows(index, parameters, rows: rows, in: workspace, drops: drops),
        HiddenRowGradients(
          rows: workspace.at(regions.gradient), bias: gradients.map { unsafe $0 + here.bias },
          gain: gradientVector(gradients, here.gain), shift: gradientVector(gradients, here.shift)))
      unsafe above = workspace.at(regions.gradient)
    }
    if let gradients = unsafe gradients {
      unsafe multiplyWeightGradients(layers[0], above, input, inputStride, rows: rows, first: true, gradients)
    }
    if let wanted = unsafe inputGradient {
      // The members' first layers are one matrix: their input gradients are summed by the product itself.
      unsafe S.multiply(
        MatrixProduct(
          rows: rows, columns: wanted.columns.count, inner: members * hidden[0], strideA: members * hidden[0],
          strideB: inputWidth, strideC: wanted.stride),
        above, parameters + layers[0].weight + wanted.columns.lowerBound, into: wanted.gradient)
    }
  }

  private func gradientVector<S: NetworkScalar>(
    _ gradients: UnsafeMutablePointer<S>?, _ offset: Int?
  ) -> UnsafeMutablePointer<S>? {
    guard let gradients = unsafe gradients, let offset else { return nil }
    return unsafe gradients + offset
  }

  /// The pointers of hidden layer `index`.
  private func hiddenRows<S: NetworkScalar>(
    _ index: Int, _ parameters: UnsafePointer<S>, rows: Int, in workspace: borrowing DenseWorkspace<S>, drops: Bool
  ) -> HiddenRows<S> {
    let layer = layers[index]
    let regions = workspace.layers[index]
    return unsafe HiddenRows(
      rows: rows, members: members, width: hidden[index], bias: parameters + layer.bias,
      gain: layer.gain.map { unsafe parameters + $0 }, shift: layer.shift.map { unsafe parameters + $0 },
      keep: drops ? workspace.keep(index).map { unsafe UnsafePointer($0) } : nil,
      product: workspace.at(regions.product), inverseDeviation: workspace.at(regions.inverseDeviation),
      output: workspace.at(regions.output))
  }

  /// Y = X Wᵀ: one product for the first layer (one input for all members), else one a member.
  private func multiplyLayer<S: NetworkScalar>(
    _ layer: Layer, _ parameters: UnsafePointer<S>, _ x: UnsafePointer<S>, _ stride: Int, rows: Int, first: Bool,
    _ y: UnsafeMutablePointer<S>
  ) {
    let total = members * layer.outputs
    for member in 0..<(first ? 1 : members) {
      unsafe S.multiply(
        MatrixProduct(
          rows: rows, columns: first ? total : layer.outputs, inner: layer.inputs, transposeB: true, strideA: stride,
          strideB: layer.inputs, strideC: total),
        x + (first ? 0 : member * layer.inputs), parameters + layer.weight + member * layer.outputs * layer.inputs,
        into: y + member * layer.outputs)
    }
  }

  /// dW = dYᵀ X.
  private func multiplyWeightGradients<S: NetworkScalar>(
    _ layer: Layer, _ dy: UnsafePointer<S>, _ x: UnsafePointer<S>, _ stride: Int, rows: Int, first: Bool,
    _ gradients: UnsafeMutablePointer<S>
  ) {
    let total = members * layer.outputs
    for member in 0..<(first ? 1 : members) {
      unsafe S.multiply(
        MatrixProduct(
          rows: first ? total : layer.outputs, columns: layer.inputs, inner: rows, transposeA: true, strideA: total,
          strideB: stride, strideC: layer.inputs),
        dy + member * layer.outputs, x + (first ? 0 : member * layer.inputs),
        into: gradients + layer.weight + member * layer.outputs * layer.inputs)
    }
  }

  /// dX = dY W, for a layer above the first.
  private func multiplyGradients<S: NetworkScalar>(
    _ layer: Layer, _ parameters: UnsafePointer<S>, _ dy: UnsafePointer<S>, _ dx: UnsafeMutablePointer<S>, rows: Int
  ) {
    for member in 0..<members {
      unsafe S.multiply(
        MatrixProduct(
          rows: rows, columns: layer.inputs, inner: layer.outputs, strideA: members * layer.outputs,
          strideB: layer.inputs, strideC: members * layer.inputs),
        dy + member * layer.outputs, parameters + layer.weight + member * layer.outputs * layer.inputs,
        into: dx + member * layer.inputs)
    }
  }
}

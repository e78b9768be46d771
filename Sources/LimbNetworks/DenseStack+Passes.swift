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
    for member in 0..<members {
      unsafe forward(
        member: member, parameters, input: input, inputStride: inputStride, rows: 0..<rows, in: workspace, drops: drops)
    }
  }

  /// The same of one network, and of some of the rows of `input`. Another thread may do another network or other rows.
  package func forward<S: NetworkScalar>(
    member: Int, _ parameters: UnsafePointer<S>, input: UnsafePointer<S>, inputStride: Int, rows: Range<Int>,
    in workspace: borrowing DenseWorkspace<S>, drops: Bool = false
  ) {
    precondition(rows.upperBound <= workspace.rowLimit, "\(rows) in a workspace for \(workspace.rowLimit) rows")
    var below = unsafe input + rows.lowerBound * inputStride
    var stride = inputStride
    for index in 0..<hidden.count {
      let hidden = unsafe hiddenRows(index, member, parameters, rows: rows, in: workspace, drops: drops)
      unsafe multiplyLayer(
        layers[index], member, parameters, below, stride, rows: rows.count, hidden.product, workspace.layers[index].stride)
      unsafe S.activate(hidden)
      unsafe below = UnsafePointer(hidden.output)
      stride = workspace.layers[index].stride
    }
    unsafe multiplyHead(member, parameters, below, stride, rows: rows, in: workspace)
  }

  /// The head of one network, from the rows of the last hidden layer: some rows of the output.
  func multiplyHead<S: NetworkScalar>(
    _ member: Int, _ parameters: UnsafePointer<S>, _ below: UnsafePointer<S>, _ stride: Int, rows: Range<Int>,
    in workspace: borrowing DenseWorkspace<S>
  ) {
    let width = members * outputWidth
    let output = unsafe workspace.output + rows.lowerBound * width + member * outputWidth
    unsafe multiplyLayer(head, member, parameters, below, stride, rows: rows.count, output, width)
    unsafe S.addBias(
      output, rows: rows.count, width: outputWidth, stride: width,
      bias: parameters + head.bias + member * outputWidth)
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
    for member in 0..<members {
      unsafe backward(
        member: member, parameters, input: input, inputStride: inputStride, rows: rows, in: workspace,
        gradients: gradients, inputGradient: inputGradient, addsInputGradient: member > 0, drops: drops)
    }
  }

  /// The same of one network. Another thread may do another network, with another place for the input's gradient.
  ///
  /// - Parameter addsInputGradient: The input's gradient is added to what is there.
  package func backward<S: NetworkScalar>(
    member: Int, _ parameters: UnsafePointer<S>, input: UnsafePointer<S>, inputStride: Int, rows: Int,
    in workspace: borrowing DenseWorkspace<S>, gradients: UnsafeMutablePointer<S>?,
    inputGradient: InputGradient<S>?, addsInputGradient: Bool, drops: Bool = false
  ) {
    var above = unsafe workspace.outputGradient + member * outputWidth
    var stride = members * outputWidth
    if let gradients = unsafe gradients {
      unsafe S.sumColumns(
        above, rows: rows, width: outputWidth, stride: stride, into: gradients + head.bias + member * outputWidth)
    }
    for index in (0..<hidden.count).reversed() {
      let layer = layers[index + 1]
      let here = unsafe hiddenRows(index, member, parameters, rows: 0..<rows, in: workspace, drops: drops)
      let gradient = unsafe workspace.at(workspace.layers[index].gradient + member * workspace.layers[index].memberStride)
      if let gradients = unsafe gradients {
        unsafe multiplyWeightGradients(layer, member, above, stride, here.output, here.stride, rows: rows, gradients)
      }
      let single = layer.outputs == 1
      if !single {
        unsafe multiplyGradients(layer, member, parameters, above, stride, gradient, here.stride, rows: rows)
      }
      unsafe S.activateBackward(
        here,
        HiddenRowGradients(
          rows: gradient, bias: gradientVector(gradients, layers[index].bias, member * here.width),
          gain: gradientVector(gradients, layers[index].gain, member * here.width),
          shift: gradientVector(gradients, layers[index].shift, member * here.width),
          outer: single
            ? OuterProduct(scales: above, stride: stride, weights: parameters + layer.weight + member * layer.inputs)
            : nil))
      unsafe above = gradient
      stride = unsafe here.stride
    }
    if let gradients = unsafe gradients {
      unsafe multiplyWeightGradients(layers[0], member, above, stride, input, inputStride, rows: rows, gradients)
    }
    if let wanted = unsafe inputGradient {
      let weight = unsafe parameters + layers[0].weight + member * layers[0].outputs * inputWidth
      unsafe S.multiply(
        MatrixProduct(
          rows: rows, columns: wanted.columns.count, inner: hidden[0], strideA: stride, strideB: inputWidth,
          strideC: wanted.stride, beta: addsInputGradient ? 1 : 0),
        above, weight + wanted.columns.lowerBound, into: wanted.gradient)
    }
  }

  func gradientVector<S: NetworkScalar>(
    _ gradients: UnsafeMutablePointer<S>?, _ offset: Int?, _ start: Int
  ) -> UnsafeMutablePointer<S>? {
    guard let gradients = unsafe gradients, let offset else { return nil }
    return unsafe gradients + offset + start
  }

  /// Some rows of hidden layer `index` of one network.
  func hiddenRows<S: NetworkScalar>(
    _ index: Int, _ member: Int, _ parameters: UnsafePointer<S>, rows: Range<Int>,
    in workspace: borrowing DenseWorkspace<S>, drops: Bool
  ) -> HiddenRows<S> {
    let layer = layers[index]
    let regions = workspace.layers[index]
    let vector = member * layer.outputs
    let start = member * regions.memberStride + rows.lowerBound * regions.stride
    let keepStride = members * layer.outputs
    return unsafe HiddenRows(
      rows: rows.count, width: layer.outputs, stride: regions.stride, keepStride: keepStride,
      bias: parameters + layer.bias + vector, gain: layer.gain.map { unsafe parameters + $0 + vector },
      shift: layer.shift.map { unsafe parameters + $0 + vector },
      keep: drops ? workspace.keep(index).map { unsafe UnsafePointer($0 + rows.lowerBound * keepStride + vector) } : nil,
      product: workspace.at(regions.product + start),
      inverseDeviation: workspace.at(regions.inverseDeviation + member * workspace.rowLimit + rows.lowerBound),
      output: workspace.at(regions.output + start))
  }

  /// Y = X Wᵀ
  func multiplyLayer<S: NetworkScalar>(
    _ layer: Layer, _ member: Int, _ parameters: UnsafePointer<S>, _ x: UnsafePointer<S>, _ strideX: Int, rows: Int,
    _ y: UnsafeMutablePointer<S>, _ strideY: Int
  ) {
    unsafe S.multiply(
      MatrixProduct(
        rows: rows, columns: layer.outputs, inner: layer.inputs, transposeB: true, strideA: strideX,
        strideB: layer.inputs, strideC: strideY),
      x, parameters + layer.weight + member * layer.outputs * layer.inputs, into: y)
  }

  /// dW = dYᵀ X
  func multiplyWeightGradients<S: NetworkScalar>(
    _ layer: Layer, _ member: Int, _ dy: UnsafePointer<S>, _ strideY: Int, _ x: UnsafePointer<S>, _ strideX: Int,
    rows: Int, _ gradients: UnsafeMutablePointer<S>
  ) {
    unsafe S.multiply(
      MatrixProduct(
        rows: layer.outputs, columns: layer.inputs, inner: rows, transposeA: true, strideA: strideY, strideB: strideX,
        strideC: layer.inputs),
      dy, x, into: gradients + layer.weight + member * layer.outputs * layer.inputs)
  }

  /// dX = dY W, for a layer above the first.
  func multiplyGradients<S: NetworkScalar>(
    _ layer: Layer, _ member: Int, _ parameters: UnsafePointer<S>, _ dy: UnsafePointer<S>, _ strideY: Int,
    _ dx: UnsafeMutablePointer<S>, _ strideX: Int, rows: Int
  ) {
    unsafe S.multiply(
      MatrixProduct(
        rows: rows, columns: layer.inputs, inner: layer.outputs, strideA: strideY, strideB: layer.inputs,
        strideC: strideX),
      dy, parameters + layer.weight + member * layer.outputs * layer.inputs, into: dx)
  }
}

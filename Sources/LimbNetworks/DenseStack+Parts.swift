// Work on a part of the networks or of a batch, for two threads that each do one. Every number is computed by the same
// operations in the same order wherever a batch or a layer is cut, so that two threads give the bytes of one.

extension DenseStack {
  /// Where one member's tensors that are learned lie, in numbers from the start of the block; running statistics are not.
  package func forEachRange(of member: Int, _ body: (Range<Int>) -> Void) {
    for layer in layers {
      let weights = layer.outputs * layer.inputs
      body(layer.weight + member * weights..<layer.weight + (member + 1) * weights)
      for start in [layer.bias, layer.gain ?? -1, layer.shift ?? -1] where start >= 0 {
        body(start + member * layer.outputs..<start + (member + 1) * layer.outputs)
      }
    }
    for norm in norms {
      for start in [norm.gain, norm.shift] { body(start + member * norm.width..<start + (member + 1) * norm.width) }
    }
  }

  /// Ranges of the running means and variances, of all networks side by side; none without batch normalisation.
  package func forEachStatisticsRange(_ body: (Range<Int>) -> Void) {
    for norm in norms {
      body(norm.mean..<norm.mean + members * norm.width)
      body(norm.variance..<norm.variance + members * norm.width)
    }
  }

  /// Numbers in all of them.
  package var statisticsCount: Int {
    var count = 0
    forEachStatisticsRange { count += $0.count }
    return count
  }

  /// A part of the backward pass of a single network without LayerNorm, in `hidden.count` + 1 stages, each to be done
  /// wholly before the next: stage `hidden.count` is the head, stage 0 the first layer.
  ///
  /// A stage computes the weights' gradients of its layer for some of the layer's outputs, and the gradient of the layer
  /// below for some of the rows.
  ///
  /// - Parameters:
  ///   - rows: Of all `rowCount`.
  ///   - share: Part number and how many parts there are.
  package func backwardStage<S: NetworkScalar>(
    _ stage: Int, share: (part: Int, of: Int), _ parameters: UnsafePointer<S>, input: UnsafePointer<S>, inputStride: Int,
    rows rowCount: Int, in workspace: borrowing DenseWorkspace<S>, gradients: UnsafeMutablePointer<S>
  ) {
    precondition(members == 1 && !layerNorm && norms.isEmpty, "a norm's own gradients are sums over all rows")
    let layer = layers[stage]
    let isHead = stage == hidden.count
    let above = unsafe isHead ? workspace.outputGradient : workspace.at(workspace.layers[stage].gradient)
    let stride = isHead ? outputWidth : workspace.layers[stage].stride
    let below = unsafe stage == 0 ? input : UnsafePointer(workspace.at(workspace.layers[stage - 1].output))
    let strideBelow = stage == 0 ? inputStride : workspace.layers[stage - 1].stride

    let outputs = slice(of: layer.outputs, share)
    unsafe S.multiply(
      MatrixProduct(
        rows: outputs.count, columns: layer.inputs, inner: rowCount, transposeA: true, strideA: stride,
        strideB: strideBelow, strideC: layer.inputs),
      above + outputs.lowerBound, below,
      into: gradients + layer.weight + outputs.lowerBound * layer.inputs)
    unsafe S.sumColumns(
      above + outputs.lowerBound, rows: rowCount, width: outputs.count, stride: stride,
      into: gradients + layer.bias + outputs.lowerBound)
    guard stage > 0 else { return }

    let rows = slice(of: rowCount, share)
    let here = unsafe hiddenRows(stage - 1, 0, parameters, rows: rows, in: workspace, drops: false)
    let gradient = unsafe workspace.at(workspace.layers[stage - 1].gradient) + rows.lowerBound * here.stride
    unsafe multiplyGradients(
      layer, 0, parameters, above + rows.lowerBound * stride, stride, gradient, here.stride, rows: rows.count)
    unsafe S.activateBackward(
      here, HiddenRowGradients(rows: gradient, bias: nil, gain: nil, shift: nil, outer: nil))
  }
}

/// The part of 0 ..< count that falls to one of several parts; in whole cache lines of Floats where there are enough.
package func slice(of count: Int, _ share: (part: Int, of: Int)) -> Range<Int> {
  func edge(_ part: Int) -> Int { part == share.of ? count : count / 16 * part / share.of * 16 }
  return edge(share.part)..<edge(share.part + 1)
}

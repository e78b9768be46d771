/// The actor on the control thread: μ and log σ for one observation, from a block of parameters as the learner
/// publishes it.
///
/// No allocation, no lock, no BLAS, no libm; eight lanes summed in one fixed order and never a fused multiply-add, so
/// the bytes are the same on every CPU (docs/architecture.md, Randomness). Its scratch belongs to one thread at a time.
@safe package struct PolicyInference: ~Copyable, @unchecked Sendable {
  /// The most hidden layers a policy can have.
  package static let hiddenLimit = 4

  /// Numbers in an observation, history included.
  package let inputWidth: Int
  /// Numbers in an action.
  package let actionCount: Int
  /// Floats in a parameter block.
  package let parameterCount: Int
  private let hiddenCount: Int
  private var weights = InlineArray<5, Int>(repeating: 0)
  private var biases = InlineArray<5, Int>(repeating: 0)
  private var widths = InlineArray<5, Int>(repeating: 0)
  private let scratch: AlignedBlock<Float>
  private let scratchStride: Int

  /// For blocks laid out by `stack`. Allocates the scratch; call it before arming.
  ///
  /// Traps unless the stack is an actor without LayerNorm and has at most `hiddenLimit` hidden layers.
  package init(_ stack: DenseStack) {
    precondition(stack.naming == .actor && !stack.layerNorm, "only a plain actor runs on the control thread")
    precondition(stack.hidden.count <= Self.hiddenLimit, "\(stack.hidden.count) hidden layers, at most 4")
    inputWidth = stack.inputWidth
    actionCount = stack.outputWidth / 2
    parameterCount = stack.parameterCount
    hiddenCount = stack.hidden.count
    for (index, layer) in stack.layers.enumerated() {
      weights[index] = layer.weight
      biases[index] = layer.bias
      widths[index] = layer.outputs
    }
    scratchStride = roundedToCacheLine(max(stack.hidden.max() ?? 0, stack.outputWidth))
    scratch = AlignedBlock(count: 2 * scratchStride)
  }

  /// μ and log σ, clipped to `logDeviationRange`, for one observation.
  ///
  /// - Parameters:
  ///   - parameters: `parameterCount` numbers, laid out by the stack given at creation.
  ///   - observation: `inputWidth` scaled numbers.
  ///   - mean: Out, `actionCount`; not clipped. NaN if a parameter or an input was.
  ///   - logDeviation: Out, `actionCount`.
  @_noLocks package func infer(
    parameters: UnsafePointer<Float>, observation: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
    logDeviation: UnsafeMutablePointer<Float>
  ) {
    var input = unsafe observation
    var inputs = inputWidth
    var index = 0
    while index <= hiddenCount {
      let output = unsafe scratch.base + (index & 1) * scratchStride
      unsafe denseLayer(
        parameters + weights[index], parameters + biases[index], input, inputs: inputs, outputs: widths[index],
        rectify: index < hiddenCount, into: output)
      unsafe input = UnsafePointer(output)
      inputs = widths[index]
      index &+= 1
    }
    var i = 0
    while i < actionCount {
      unsafe mean[i] = input[i]
      let raw = unsafe input[actionCount + i]
      unsafe logDeviation[i] = raw < -20 ? -20 : raw > 2 ? 2 : raw
      i &+= 1
    }
  }

  /// Whether every number of a parameter block is finite; a policy that fails is never adopted.
  @_noLocks package func isFinite(parameters: UnsafePointer<Float>) -> Bool {
    // x · 0 is 0 for every finite x and NaN for the rest, and NaN survives every addition.
    var sums = SIMD8<Float>(repeating: 0)
    var i = 0
    while i &+ 8 <= parameterCount {
      sums += unsafe UnsafeRawPointer(parameters + i).loadUnaligned(as: SIMD8<Float>.self) * 0
      i &+= 8
    }
    var sum = orderedSum(sums)
    while i < parameterCount {
      sum += unsafe parameters[i] * 0
      i &+= 1
    }
    return sum == 0
  }
}

/// The eight lanes in the one order that defines the bytes.
@_noLocks @inline(__always)
private func orderedSum(_ x: SIMD8<Float>) -> Float {
  ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}

/// y = W x + b, with ReLU if asked for; W is outputs × inputs, row-major. Four rows at a time share the loads of x;
/// each row is summed in the same order however many share.
@_noLocks
private func denseLayer(
  _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ x: UnsafePointer<Float>, inputs: Int, outputs: Int,
  rectify: Bool, into y: UnsafeMutablePointer<Float>
) {
  var row = 0
  while row &+ 4 <= outputs {
    let sums = unsafe fourRows(weight + row * inputs, x, inputs: inputs)
    unsafe y[row] = finished(sums[0] + bias[row], rectify)
    unsafe y[row + 1] = finished(sums[1] + bias[row + 1], rectify)
    unsafe y[row + 2] = finished(sums[2] + bias[row + 2], rectify)
    unsafe y[row + 3] = finished(sums[3] + bias[row + 3], rectify)
    row &+= 4
  }
  while row < outputs {
    unsafe y[row] = finished(oneRow(weight + row * inputs, x, inputs: inputs) + bias[row], rectify)
    row &+= 1
  }
}

/// ReLU that lets NaN through, so that a broken observation is refused and not walked on.
@_noLocks @inline(__always)
private func finished(_ x: Float, _ rectify: Bool) -> Float { rectify && x < 0 ? 0 : x }

@_noLocks @inline(__always)
private func fourRows(_ w: UnsafePointer<Float>, _ x: UnsafePointer<Float>, inputs: Int) -> SIMD4<Float> {
  var a = SIMD8<Float>(repeating: 0)
  var b = SIMD8<Float>(repeating: 0)
  var c = SIMD8<Float>(repeating: 0)
  var d = SIMD8<Float>(repeating: 0)
  let w1 = unsafe w + inputs
  let w2 = unsafe w1 + inputs
  let w3 = unsafe w2 + inputs
  var i = 0
  while i &+ 8 <= inputs {
    let v = unsafe UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
    a += unsafe UnsafeRawPointer(w + i).loadUnaligned(as: SIMD8<Float>.self) * v
    b += unsafe UnsafeRawPointer(w1 + i).loadUnaligned(as: SIMD8<Float>.self) * v
    c += unsafe UnsafeRawPointer(w2 + i).loadUnaligned(as: SIMD8<Float>.self) * v
    d += unsafe UnsafeRawPointer(w3 + i).loadUnaligned(as: SIMD8<Float>.self) * v
    i &+= 8
  }
  var sums = SIMD4<Float>(orderedSum(a), orderedSum(b), orderedSum(c), orderedSum(d))
  while i < inputs {
    sums += unsafe SIMD4(w[i], w1[i], w2[i], w3[i]) * x[i]
    i &+= 1
  }
  return sums
}

@_noLocks @inline(__always)
private func oneRow(_ w: UnsafePointer<Float>, _ x: UnsafePointer<Float>, inputs: Int) -> Float {
  var a = SIMD8<Float>(repeating: 0)
  var i = 0
  while i &+ 8 <= inputs {
    a += unsafe UnsafeRawPointer(w + i).loadUnaligned(as: SIMD8<Float>.self)
      * UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
    i &+= 8
  }
  var sum = orderedSum(a)
  while i < inputs {
    sum += unsafe w[i] * x[i]
    i &+= 1
  }
  return sum
}

internal import CKernels

// The loops of a hidden layer: in Double here, in Float by `CKernels`, which tests hold to the bytes of the generic ones
// (`activateRows`, `activateRowsBackward`). Three sweeps over a row that stays in the first-level cache: bias and mean, variance
// about the mean (two passes: the one-pass formula cancels), scale and ReLU. Sums run in eight lanes of fixed order.

/// `NetworkScalar` of Float: what each does stands at its requirement.
package extension Float {
  @inline(__always)
  static func rectified(_ x: SIMD8<Float>) -> SIMD8<Float> { x.replacing(with: 0, where: x .< 0) }
  @inline(__always)
  static func gated(_ gate: SIMD8<Float>, _ x: SIMD8<Float>) -> SIMD8<Float> {
    x.replacing(with: 0, where: .!(gate .> 0))
  }
  static func activate(_ layer: HiddenRows<Float>) {
    var rows = unsafe limb_hidden_rows(layer)
    unsafe limb_activate(&rows, Float(layerNormEpsilon))
  }
  static func activateBackward(_ layer: HiddenRows<Float>, _ gradient: HiddenRowGradients<Float>) {
    var rows = unsafe limb_hidden_rows(layer)
    var gradients = unsafe limb_hidden_gradients(
      rows: gradient.rows, bias: gradient.bias, gain: gradient.gain, shift: gradient.shift,
      weights: gradient.outer?.weights, scales: gradient.outer?.scales, scale_stride: gradient.outer?.stride ?? 0)
    unsafe limb_activate_backward(&rows, &gradients)
  }
}

/// `NetworkScalar` of Double: what each does stands at its requirement.
package extension Double {
  @inline(__always)
  static func rectified(_ x: SIMD8<Double>) -> SIMD8<Double> { x.replacing(with: 0, where: x .< 0) }
  @inline(__always)
  static func gated(_ gate: SIMD8<Double>, _ x: SIMD8<Double>) -> SIMD8<Double> {
    x.replacing(with: 0, where: .!(gate .> 0))
  }
  static func activate(_ layer: HiddenRows<Double>) { unsafe activateRows(layer) }
  static func activateBackward(_ layer: HiddenRows<Double>, _ gradient: HiddenRowGradients<Double>) {
    unsafe activateRowsBackward(layer, gradient)
  }
}

extension limb_hidden_rows {
  fileprivate init(_ layer: HiddenRows<Float>) {
    unsafe self.init(
      rows: layer.rows, width: layer.width, stride: layer.stride, keep_stride: layer.keepStride, bias: layer.bias,
      gain: layer.gain, shift: layer.shift, keep: layer.keep, product: layer.product, inverse_deviation: layer.inverseDeviation,
      output: layer.output)
  }
}

/// Eight numbers from `p + i`, wherever that is aligned.
@inline(__always)
private func load<S: NetworkScalar>(_ p: UnsafePointer<S>, _ i: Int) -> SIMD8<S> {
  unsafe UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<S>.self)
}

@inline(__always)
private func load<S: NetworkScalar>(_ p: UnsafeMutablePointer<S>, _ i: Int) -> SIMD8<S> {
  unsafe UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<S>.self)
}

@inline(__always)
private func store<S: NetworkScalar>(_ x: SIMD8<S>, _ p: UnsafeMutablePointer<S>, _ i: Int) {
  unsafe UnsafeMutableRawPointer(p + i).storeBytes(of: x, as: SIMD8<S>.self)
}

/// Goes over `width` places: `eight` at a time as far as they go, then one by one.
@inline(__always)
private func sweep(_ width: Int, eight: (Int) -> Void, one: (Int) -> Void) {
  let whole = width & ~7
  var i = 0
  while i < whole {
    eight(i)
    i &+= 8
  }
  while i < width {
    one(i)
    i &+= 1
  }
}

/// `NetworkScalar.activate` as plain loops, for any number type.
@inline(__always)
package func activateRows<S: NetworkScalar>(_ layer: HiddenRows<S>) {
  let width = unsafe layer.width
  let bias = unsafe layer.bias
  for row in unsafe 0..<layer.rows {
    let z = unsafe layer.product + row * layer.stride
    let output = unsafe layer.output + row * layer.stride
    if let keep = unsafe layer.keep {
      for i in 0..<width { unsafe z[i] = (z[i] + bias[i]) * keep[row * layer.keepStride + i] }
    } else {
      sweep(width) { unsafe store(load(z, $0) + load(bias, $0), z, $0) } one: { unsafe z[$0] += bias[$0] }
    }
    if let gain = unsafe layer.gain, let shift = unsafe layer.shift {
      unsafe layer.inverseDeviation[row] = normaliseRow(z, output, gain, shift, width: width)
    } else {
      sweep(width) { unsafe store(S.rectified(load(z, $0)), output, $0) } one: {
        unsafe output[$0] = z[$0] < 0 ? 0 : z[$0]
      }
    }
  }
}

/// z ← x̂ = (z − m)/√(v + ε), output ← ReLU(g x̂ + b); returns 1/√(v + ε).
@inline(__always)
private func normaliseRow<S: NetworkScalar>(
  _ z: UnsafeMutablePointer<S>, _ output: UnsafeMutablePointer<S>, _ gain: UnsafePointer<S>,
  _ shift: UnsafePointer<S>, width: Int
) -> S {
  let whole = width & ~7
  var sums = SIMD8<S>(repeating: 0)
  var i = 0
  while i < whole {
    sums += unsafe load(z, i)
    i &+= 8
  }
  var sum = sums.sum()
  while i < width {
    sum += unsafe z[i]
    i &+= 1
  }
  let mean = sum / S(width)

  let means = SIMD8<S>(repeating: mean)
  var squares = SIMD8<S>(repeating: 0)
  i = 0
  while i < whole {
    let d = unsafe load(z, i) - means
    squares += d * d
    unsafe store(d, z, i)
    i &+= 8
  }
  var square = squares.sum()
  while i < width {
    let d = unsafe z[i] - mean
    square += d * d
    unsafe z[i] = d
    i &+= 1
  }

  let inverse = 1 / (square / S(width) + S(layerNormEpsilon)).squareRoot()
  let inverses = SIMD8<S>(repeating: inverse)
  sweep(width) { i in
    let x = unsafe load(z, i) * inverses
    unsafe store(x, z, i)
    unsafe store(S.rectified(x * load(gain, i) + load(shift, i)), output, i)
  } one: { i in
    let x = unsafe z[i] * inverse
    unsafe z[i] = x
    let y = unsafe x * gain[i] + shift[i]
    unsafe output[i] = y < 0 ? 0 : y
  }
  return inverse
}

/// `NetworkScalar.activateBackward` as plain loops, for any number type.
@inline(__always)
package func activateRowsBackward<S: NetworkScalar>(_ layer: HiddenRows<S>, _ gradient: HiddenRowGradients<S>) {
  let width = unsafe layer.width
  if let bias = unsafe gradient.bias { unsafe bias.update(repeating: 0, count: width) }
  if let gain = unsafe gradient.gain { unsafe gain.update(repeating: 0, count: width) }
  if let shift = unsafe gradient.shift { unsafe shift.update(repeating: 0, count: width) }
  for row in unsafe 0..<layer.rows {
    let dz = unsafe gradient.rows + row * layer.stride
    let output = unsafe layer.output + row * layer.stride
    if let outer = unsafe gradient.outer {
      for i in 0..<width { unsafe dz[i] = outer.scales[row * outer.stride] * outer.weights[i] }
    }
    if let gain = unsafe layer.gain {
      let x = unsafe layer.product + row * layer.stride
      let inverse = unsafe layer.inverseDeviation[row]
      if let dGain = unsafe gradient.gain, let dShift = unsafe gradient.shift {
        unsafe learnedRowBackward(dz, x, output, gain, inverse, dGain, dShift, width: width)
      } else {
        unsafe frozenRowBackward(dz, x, output, gain, inverse, width: width)
      }
    } else {
      unsafe rectifierBackward(dz, output, width: width)
    }
    if let keep = unsafe layer.keep {
      for i in 0..<width { unsafe dz[i] *= keep[row * layer.keepStride + i] }
    }
    if let bias = unsafe gradient.bias { unsafe accumulate(dz, into: bias, width: width) }
  }
}

@inline(__always)
private func rectifierBackward<S: NetworkScalar>(
  _ dz: UnsafeMutablePointer<S>, _ output: UnsafePointer<S>, width: Int
) {
  sweep(width) { unsafe store(S.gated(load(output, $0), load(dz, $0)), dz, $0) } one: {
    unsafe dz[$0] = output[$0] > 0 ? dz[$0] : 0
  }
}

@inline(__always)
private func accumulate<S: NetworkScalar>(
  _ row: UnsafeMutablePointer<S>, into sums: UnsafeMutablePointer<S>, width: Int
) {
  sweep(width) { unsafe store(load(sums, $0) + load(row, $0), sums, $0) } one: { unsafe sums[$0] += row[$0] }
}

/// dy of the output → dz of the normalised row: dz = (1/σ)(dx̂ − mean dx̂ − x̂ · mean(dx̂ ⊙ x̂)), dx̂ = g ⊙ dy; adds to
/// dg and db.
@inline(__always)
private func learnedRowBackward<S: NetworkScalar>(
  _ dz: UnsafeMutablePointer<S>, _ x: UnsafeMutablePointer<S>, _ output: UnsafePointer<S>, _ gain: UnsafePointer<S>,
  _ inverse: S, _ dGain: UnsafeMutablePointer<S>, _ dShift: UnsafeMutablePointer<S>, width: Int
) {
  sweep(width) { i in
    let dy = unsafe S.gated(load(output, i), load(dz, i))
    unsafe store(dy, dz, i)
    unsafe store(load(dShift, i) + dy, dShift, i)
    unsafe store(load(dGain, i) + dy * load(x, i), dGain, i)
  } one: { i in
    let dy = unsafe output[i] > 0 ? dz[i] : 0
    unsafe dz[i] = dy
    unsafe dShift[i] += dy
    unsafe dGain[i] += dy * x[i]
  }
  unsafe normaliserBackward(dz, x, gain, inverse, width: width)
}

@inline(__always)
private func frozenRowBackward<S: NetworkScalar>(
  _ dz: UnsafeMutablePointer<S>, _ x: UnsafeMutablePointer<S>, _ output: UnsafePointer<S>, _ gain: UnsafePointer<S>,
  _ inverse: S, width: Int
) {
  unsafe rectifierBackward(dz, output, width: width)
  unsafe normaliserBackward(dz, x, gain, inverse, width: width)
}

@inline(__always)
private func normaliserBackward<S: NetworkScalar>(
  _ dz: UnsafeMutablePointer<S>, _ x: UnsafeMutablePointer<S>, _ gain: UnsafePointer<S>, _ inverse: S, width: Int
) {
  let whole = width & ~7
  var sums = SIMD8<S>(repeating: 0)
  var products = SIMD8<S>(repeating: 0)
  var i = 0
  while i < whole {
    let dx = unsafe load(dz, i) * load(gain, i)
    unsafe store(dx, dz, i)
    sums += dx
    products += unsafe dx * load(x, i)
    i &+= 8
  }
  var sum = sums.sum()
  var product = products.sum()
  while i < width {
    let dx = unsafe dz[i] * gain[i]
    unsafe dz[i] = dx
    sum += dx
    product += unsafe dx * x[i]
    i &+= 1
  }
  let mean = sum / S(width)
  let slope = product / S(width)
  sweep(width) { unsafe store((load(dz, $0) - mean - load(x, $0) * slope) * inverse, dz, $0) } one: {
    unsafe dz[$0] = (dz[$0] - mean - x[$0] * slope) * inverse
  }
}

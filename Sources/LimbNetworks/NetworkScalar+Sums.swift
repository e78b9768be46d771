internal import CKernels

/// `NetworkScalar` of Float: what each does stands at its requirement.
package extension Float {
  static func addBias(
    _ matrix: UnsafeMutablePointer<Float>, rows: Int, width: Int, stride: Int, bias: UnsafePointer<Float>
  ) {
    unsafe addBiasRows(matrix, rows: rows, width: width, stride: stride, bias: bias)
  }
  static func sumColumns(
    _ matrix: UnsafePointer<Float>, rows: Int, width: Int, stride: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    unsafe sumColumnsOfRows(matrix, rows: rows, width: width, stride: stride, into: sums)
  }
  static func sumOfSquares(_ numbers: UnsafePointer<Float>, count: Int) -> Float {
    unsafe limb_sum_of_squares(numbers, count)
  }
}

/// `NetworkScalar` of Double: what each does stands at its requirement.
package extension Double {
  static func addBias(
    _ matrix: UnsafeMutablePointer<Double>, rows: Int, width: Int, stride: Int, bias: UnsafePointer<Double>
  ) {
    unsafe addBiasRows(matrix, rows: rows, width: width, stride: stride, bias: bias)
  }
  static func sumColumns(
    _ matrix: UnsafePointer<Double>, rows: Int, width: Int, stride: Int, into sums: UnsafeMutablePointer<Double>
  ) {
    unsafe sumColumnsOfRows(matrix, rows: rows, width: width, stride: stride, into: sums)
  }
  static func sumOfSquares(_ numbers: UnsafePointer<Double>, count: Int) -> Double {
    unsafe squaresSum(numbers, count: count)
  }
}

@inline(__always)
private func addBiasRows<S: NetworkScalar>(
  _ matrix: UnsafeMutablePointer<S>, rows: Int, width: Int, stride: Int, bias: UnsafePointer<S>
) {
  for row in 0..<rows {
    let line = unsafe matrix + row * stride
    for j in 0..<width { unsafe line[j] += bias[j] }
  }
}

@inline(__always)
private func sumColumnsOfRows<S: NetworkScalar>(
  _ matrix: UnsafePointer<S>, rows: Int, width: Int, stride: Int, into sums: UnsafeMutablePointer<S>
) {
  unsafe sums.update(repeating: 0, count: width)
  for row in 0..<rows {
    let line = unsafe matrix + row * stride
    for j in 0..<width { unsafe sums[j] += line[j] }
  }
}

/// `NetworkScalar.sumOfSquares` as plain loops, for any number type; Float's own (`CKernels`) gives the same bytes.
@inline(__always)
package func squaresSum<S: NetworkScalar>(_ numbers: UnsafePointer<S>, count: Int) -> S {
  // Two accumulators hide the latency of the addition.
  var first = SIMD8<S>(repeating: 0)
  var second = SIMD8<S>(repeating: 0)
  var i = 0
  while i &+ 16 <= count {
    let x = unsafe UnsafeRawPointer(numbers + i).loadUnaligned(as: SIMD8<S>.self)
    let y = unsafe UnsafeRawPointer(numbers + i + 8).loadUnaligned(as: SIMD8<S>.self)
    first += x * x
    second += y * y
    i &+= 16
  }
  var sum = (first + second).sum()
  while i < count {
    sum += unsafe numbers[i] * numbers[i]
    i &+= 1
  }
  return sum
}

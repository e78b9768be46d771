/// How a batch is normalised by its own statistics (Ioffe and Szegedy 2015; Ioffe, "Batch renormalization", 2017).
package struct BatchNormSettings: Sendable, Equatable {
  /// Of the old running statistics, at each training pass. 0.99 in CrossQ (Bhatt et al. 2024).
  package var momentum = 0.99
  /// Added to a variance before its root. 1e-3 in CrossQ (Flax's BatchRenorm).
  package var epsilon = 1e-3
  /// Limits of renormalisation; nil: plain batch normalisation.
  package var limits: Limits?

  /// r ∈ [1/`scale`, `scale`], d ∈ [−`offset`, `offset`].
  package struct Limits: Sendable, Equatable {
    /// r_max, at least 1; 3 in CrossQ.
    package var scale = 3.0
    /// d_max, at least 0; 5 in CrossQ.
    package var offset = 5.0

    /// CrossQ's limits, or others.
    package init(scale: Double = 3, offset: Double = 5) {
      self.scale = scale
      self.offset = offset
    }
  }

  /// CrossQ's numbers; plain unless `limits` are given.
  package init(limits: Limits? = nil) { self.limits = limits }
}

/// What batch normalisation of `rows` rows of `width` features reads and writes; matrices are row-major, `stride` apart.
///
/// Training: z = (x − μ_B)/σ_B over the rows of the batch, biased variance; x̂ = r z + d with r = σ_B/σ and
/// d = (μ_B − μ)/σ within their limits, both taken as constants (plain: r = 1, d = 0); y = g x̂ + b. Evaluation:
/// z = (x − μ)/σ of the running statistics, r = 1, d = 0. σ = √(variance + ε).
@unsafe package struct BatchNormRows<Scalar: NetworkScalar>: BitwiseCopyable {
  /// Rows of the batch.
  package let rows: Int
  /// Features.
  package let width: Int
  /// From one row of `input`, `standardised`, `output` and of their gradient to the next, in numbers; at least `width`.
  package let stride: Int
  /// g and b, `width` each.
  package let gain: UnsafePointer<Scalar>
  /// b
  package let shift: UnsafePointer<Scalar>
  /// μ, `width`; a training pass moves it towards μ_B.
  package let runningMean: UnsafeMutablePointer<Scalar>
  /// σ² without ε, `width`; a training pass moves it towards the batch's biased variance.
  package let runningVariance: UnsafeMutablePointer<Scalar>
  /// x
  package let input: UnsafePointer<Scalar>
  /// Out: z, which the backward pass reads.
  package let standardised: UnsafeMutablePointer<Scalar>
  /// 5 × `width`. Out: 1/σ, r and d, which the backward pass reads; the rest is its scratch.
  package let columns: UnsafeMutablePointer<Scalar>
  /// Out: y. May be `input`.
  package let output: UnsafeMutablePointer<Scalar>

  /// The rows of one batch; the caller keeps the memory alive.
  package init(
    rows: Int, width: Int, stride: Int? = nil, gain: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>,
    runningMean: UnsafeMutablePointer<Scalar>, runningVariance: UnsafeMutablePointer<Scalar>,
    input: UnsafePointer<Scalar>, standardised: UnsafeMutablePointer<Scalar>, columns: UnsafeMutablePointer<Scalar>,
    output: UnsafeMutablePointer<Scalar>
  ) {
    unsafe self.rows = rows
    unsafe self.width = width
    unsafe self.stride = stride ?? width
    unsafe self.gain = gain
    unsafe self.shift = shift
    unsafe self.runningMean = runningMean
    unsafe self.runningVariance = runningVariance
    unsafe self.input = input
    unsafe self.standardised = standardised
    unsafe self.columns = columns
    unsafe self.output = output
  }
}

/// The gradients of one batch normalisation. The parameters' are nil together: nothing is learned from this pass.
@unsafe package struct BatchNormGradients<Scalar: NetworkScalar>: BitwiseCopyable {
  /// In: of y. Out: of x. A row whose gradient comes in as zero still gets its share through the batch's statistics.
  package let rows: UnsafeMutablePointer<Scalar>
  /// Out, overwritten: of g.
  package let gain: UnsafeMutablePointer<Scalar>?
  /// Out, overwritten: of b.
  package let shift: UnsafeMutablePointer<Scalar>?

  /// The gradients of one batch; the caller keeps the memory alive.
  package init(
    rows: UnsafeMutablePointer<Scalar>, gain: UnsafeMutablePointer<Scalar>?, shift: UnsafeMutablePointer<Scalar>?
  ) {
    unsafe self.rows = rows
    unsafe self.gain = gain
    unsafe self.shift = shift
  }
}

/// `NetworkScalar` of Float: what each does stands at its requirement.
package extension Float {
  static func batchNormalise(_ batch: BatchNormRows<Float>, training settings: BatchNormSettings) {
    unsafe trainingPass(batch, settings)
  }
  static func evaluateBatchNorm(_ batch: BatchNormRows<Float>, epsilon: Double) {
    unsafe evaluationPass(batch, epsilon)
  }
  static func batchNormBackward(
    _ batch: BatchNormRows<Float>, _ gradients: BatchNormGradients<Float>, training: Bool
  ) { unsafe backwardPass(batch, gradients, training: training) }
}

/// `NetworkScalar` of Double: what each does stands at its requirement.
package extension Double {
  static func batchNormalise(_ batch: BatchNormRows<Double>, training settings: BatchNormSettings) {
    unsafe trainingPass(batch, settings)
  }
  static func evaluateBatchNorm(_ batch: BatchNormRows<Double>, epsilon: Double) {
    unsafe evaluationPass(batch, epsilon)
  }
  static func batchNormBackward(
    _ batch: BatchNormRows<Double>, _ gradients: BatchNormGradients<Double>, training: Bool
  ) { unsafe backwardPass(batch, gradients, training: training) }
}

@inline(__always)
private func trainingPass<S: NetworkScalar>(_ batch: BatchNormRows<S>, _ settings: BatchNormSettings) {
  let rows = unsafe batch.rows
  let width = unsafe batch.width
  let stride = unsafe batch.stride
  let z = unsafe batch.standardised
  // The three columns hold μ_B and σ_B² until both are complete: two passes, since the one-pass variance cancels.
  let mean = unsafe batch.columns
  let variance = unsafe mean + width
  unsafe mean.update(repeating: 0, count: 2 * width)
  for row in 0..<rows {
    let x = unsafe batch.input + row * stride
    for j in 0..<width { unsafe mean[j] += x[j] }
  }
  for j in 0..<width { unsafe mean[j] /= S(rows) }
  for row in 0..<rows {
    let x = unsafe batch.input + row * stride
    let line = unsafe z + row * stride
    for j in 0..<width {
      let d = unsafe x[j] - mean[j]
      unsafe line[j] = d
      unsafe variance[j] += d * d
    }
  }
  for j in 0..<width {
    unsafe finishColumn(batch, j, mean: mean[j], variance: variance[j] / S(rows), settings)
  }
  for row in 0..<rows {
    let line = unsafe z + row * stride
    for j in 0..<width { unsafe line[j] *= batch.columns[j] }
  }
  unsafe writeOutput(batch)
}

/// 1/σ_B, r and d of a column, against the running statistics as they were; then moves those.
@inline(__always)
private func finishColumn<S: NetworkScalar>(
  _ batch: BatchNormRows<S>, _ j: Int, mean: S, variance: S, _ settings: BatchNormSettings
) {
  let width = unsafe batch.width
  let deviation = (variance + S(settings.epsilon)).squareRoot()
  var r: S = 1
  var d: S = 0
  if let limits = settings.limits {
    let running = unsafe (batch.runningVariance[j] + S(settings.epsilon)).squareRoot()
    r = within(deviation / running, S(1 / limits.scale), S(limits.scale))
    d = unsafe within((mean - batch.runningMean[j]) / running, S(-limits.offset), S(limits.offset))
  }
  unsafe batch.columns[j] = 1 / deviation
  unsafe batch.columns[width + j] = r
  unsafe batch.columns[2 * width + j] = d
  let keep = S(settings.momentum)
  let take = S(1 - settings.momentum)
  unsafe batch.runningMean[j] = keep * batch.runningMean[j] + take * mean
  unsafe batch.runningVariance[j] = keep * batch.runningVariance[j] + take * variance
}

/// x inside its range; NaN stays NaN.
@inline(__always)
private func within<S: NetworkScalar>(_ x: S, _ low: S, _ high: S) -> S { x < low ? low : x > high ? high : x }

@inline(__always)
private func evaluationPass<S: NetworkScalar>(_ batch: BatchNormRows<S>, _ epsilon: Double) {
  let width = unsafe batch.width
  let stride = unsafe batch.stride
  for j in 0..<width {
    unsafe batch.columns[j] = 1 / (batch.runningVariance[j] + S(epsilon)).squareRoot()
    unsafe batch.columns[width + j] = 1
    unsafe batch.columns[2 * width + j] = 0
  }
  for row in unsafe 0..<batch.rows {
    let x = unsafe batch.input + row * stride
    let line = unsafe batch.standardised + row * stride
    for j in 0..<width { unsafe line[j] = (x[j] - batch.runningMean[j]) * batch.columns[j] }
  }
  unsafe writeOutput(batch)
}

@inline(__always)
private func writeOutput<S: NetworkScalar>(_ batch: BatchNormRows<S>) {
  let width = unsafe batch.width
  let stride = unsafe batch.stride
  let r = unsafe batch.columns + width
  let d = unsafe r + width
  for row in unsafe 0..<batch.rows {
    let line = unsafe batch.standardised + row * stride
    let y = unsafe batch.output + row * stride
    for j in 0..<width { unsafe y[j] = (line[j] * r[j] + d[j]) * batch.gain[j] + batch.shift[j] }
  }
}

/// Training: dx = (1/σ_B)(dz − mean dz − z mean(dz ⊙ z)), dz = r g ⊙ dy, means over the rows. Evaluation: dx = dz/σ.
@inline(__always)
private func backwardPass<S: NetworkScalar>(
  _ batch: BatchNormRows<S>, _ gradients: BatchNormGradients<S>, training: Bool
) {
  let rows = unsafe batch.rows
  let width = unsafe batch.width
  let stride = unsafe batch.stride
  let r = unsafe batch.columns + width
  let d = unsafe r + width
  let sums = unsafe d + width
  let products = unsafe sums + width
  unsafe sums.update(repeating: 0, count: 2 * width)
  for row in 0..<rows {
    let dy = unsafe gradients.rows + row * stride
    let z = unsafe batch.standardised + row * stride
    for j in 0..<width {
      unsafe sums[j] += dy[j]
      unsafe products[j] += dy[j] * z[j]
    }
  }
  for j in 0..<width {
    if let gain = unsafe gradients.gain { unsafe gain[j] = r[j] * products[j] + d[j] * sums[j] }
    if let shift = unsafe gradients.shift { unsafe shift[j] = sums[j] }
    unsafe sums[j] = training ? sums[j] / S(rows) : 0
    unsafe products[j] = training ? products[j] / S(rows) : 0
  }
  for row in 0..<rows {
    let dy = unsafe gradients.rows + row * stride
    let z = unsafe batch.standardised + row * stride
    for j in 0..<width {
      unsafe dy[j] = r[j] * batch.gain[j] * batch.columns[j] * (dy[j] - sums[j] - z[j] * products[j])
    }
  }
}

package import LimbTypes

/// A second-order Butterworth low-pass for every joint, run once a control tick.
///
/// Coefficients by the bilinear transform with pre-warping (any text on digital filters): K = tan(π f/fs),
/// n = 1/(1 + √2 K + K²), b = (K², 2K², K²) n, a₁ = 2 (K² − 1) n, a₂ = (1 − √2 K + K²) n. Transposed direct form II, in
/// Double: at 5 Hz and 1 kHz the poles are so near 1 that Float would lose the steady state.
package struct LowPassFilter: BitwiseCopyable, Sendable {
  /// Weight of the present input in y = b₀x + b₁x₋₁ + b₂x₋₂ − a₁y₋₁ − a₂y₋₂.
  package let b0: Double
  /// Weight of the last input.
  package let b1: Double
  /// Weight of the input before it.
  package let b2: Double
  /// Weight of the last output.
  package let a1: Double
  /// Weight of the output before it.
  package let a2: Double
  private var first = InlineArray<18, Double>(repeating: 0)
  private var second = InlineArray<18, Double>(repeating: 0)

  /// A filter at rest at zero. `cutoffHertz`, where the gain is 1/√2, must be above 0 and below half of `rateHertz`.
  @_noLocks package init(cutoffHertz: Double, rateHertz: Double) {
    let angle = 3.141592653589793 * cutoffHertz / rateHertz
    let k = PortableMath.sinDouble(angle) / PortableMath.sinDouble(angle + 1.5707963267948966)
    let n = 1 / (1 + 1.4142135623730951 * k + k * k)
    b0 = k * k * n
    b1 = 2 * k * k * n
    b2 = k * k * n
    a1 = 2 * (k * k - 1) * n
    a2 = (1 - 1.4142135623730951 * k + k * k) * n
  }

  /// No filter: what goes in comes out.
  @_noLocks package init() {
    b0 = 1
    b1 = 0
    b2 = 0
    a1 = 0
    a2 = 0
  }

  /// Puts the filter into the steady state of constant input `joints`, so that its next output is no jump: at the
  /// measured stance before an episode.
  @_noLocks package mutating func reset(to joints: JointVector) {
    var joint = 0
    while joint < jointCapacity {
      let value = Double(joints[joint])
      second[joint] = (b2 - a2) * value
      first[joint] = (b1 - a1) * value + second[joint]
      joint += 1
    }
  }

  /// One tick: replaces the targets by the filtered ones.
  @_noLocks package mutating func apply(_ joints: inout JointVector) {
    var joint = 0
    while joint < jointCapacity {
      let x = Double(joints[joint])
      let y = b0 * x + first[joint]
      first[joint] = b1 * x - a1 * y + second[joint]
      second[joint] = b2 * x - a2 * y
      joints[joint] = Float(y)
      joint += 1
    }
  }
}

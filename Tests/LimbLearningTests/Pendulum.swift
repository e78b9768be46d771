import Glibc

/// Gymnasium's Pendulum-v1, equation for equation: swing a rod up and hold it there with a motor too weak to lift it.
///
/// 200 steps, ended by the time limit alone. Observation: cos θ, sin θ, θ̇. Reward: −(θ² + 0.1 θ̇² + 0.001 u²) before the
/// step, θ in −π … π; −16.3 … 0.
struct Pendulum {
  static let episodeSteps = 200
  static let stepSeconds = 0.05
  static let torqueLimitNewtonMeters = 2.0
  static let speedLimitRadiansPerSecond = 8.0
  static let gravity = 10.0

  var angleRadians: Double
  var speedRadiansPerSecond: Double

  var observation: [Float] {
    [Float(cos(angleRadians)), Float(sin(angleRadians)), Float(speedRadiansPerSecond)]
  }

  /// Applies an action of −1 … 1, a share of the torque limit, for one step; its reward.
  mutating func push(_ action: Float) -> Double {
    let u = Self.torqueLimitNewtonMeters * Double(min(max(action, -1), 1))
    let turned = (angleRadians + .pi).truncatingRemainder(dividingBy: 2 * .pi)
    let angle = (turned < 0 ? turned + 2 * .pi : turned) - .pi
    let reward = -(angle * angle + 0.1 * speedRadiansPerSecond * speedRadiansPerSecond + 0.001 * u * u)
    let acceleration = 1.5 * Self.gravity * sin(angleRadians) + 3 * u
    speedRadiansPerSecond = min(
      max(speedRadiansPerSecond + acceleration * Self.stepSeconds, -Self.speedLimitRadiansPerSecond),
      Self.speedLimitRadiansPerSecond)
    angleRadians += speedRadiansPerSecond * Self.stepSeconds
    return reward
  }
}

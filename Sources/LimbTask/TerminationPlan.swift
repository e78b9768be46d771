internal import LimbProfile
package import LimbTypes

/// Why the policy failed.
package enum Termination: BitwiseCopyable, Sendable, Equatable {
  /// |roll| beyond the limit.
  case roll
  /// |pitch| beyond the limit.
  case pitch
  /// The body lower than allowed, by the feet that stand.
  case height
  /// A measured angle outside its range.
  case jointRange(joint: Int)
  /// A measured speed above its limit.
  case jointVelocity(joint: Int)

  /// How the episode's end is recorded.
  package var endCause: EndCause {
    @_noLocks get {
      switch self {
      case .roll, .pitch, .height: .fall
      case .jointRange, .jointVelocity: .trip
      }
    }
  }
}

/// What ends an episode as a failure. Evaluated every tick; the caller latches the first answer.
package struct TerminationPlan: BitwiseCopyable, Sendable {
  /// Infinite where the profile watches nothing.
  private let rollRadians: Float
  private let pitchRadians: Float
  private let heightMinimumMeters: Float
  private let watchesRange: Bool
  private let watchesVelocity: Bool
  private let jointCount: Int
  private let lowest: JointVector
  private let highest: JointVector
  private let fastest: JointVector

  init(_ profile: RobotProfile) {
    let description = profile.task.terminate
    let radians = 3.141592653589793 / 180
    rollRadians = description.rollDegrees.map { Float($0 * radians) } ?? .infinity
    pitchRadians = description.pitchDegrees.map { Float($0 * radians) } ?? .infinity
    heightMinimumMeters = description.heightMinimumMeters.map { Float($0) } ?? -.infinity
    watchesRange = description.trips.contains(.jointRange)
    watchesVelocity = description.trips.contains(.jointVelocity)
    jointCount = profile.jointCount
    var lowest = JointVector()
    var highest = JointVector()
    var fastest = JointVector()
    for (index, joint) in profile.joints.enumerated() {
      lowest[index] = Float(joint.positionRadians.lowerBound)
      highest[index] = Float(joint.positionRadians.upperBound)
      fastest[index] = Float(joint.velocityMaxRadiansPerSecond)
    }
    self.lowest = lowest
    self.highest = highest
    self.fastest = fastest
  }

  /// The first reason to end the episode as a failure, in the order of `Termination`; nil to go on (under the no-locks
  /// check bind it with `if let`: comparing with nil is refused there). Height is judged
  /// only while a foot stands, for without one there is no estimate. An attitude that is not a number ends the episode.
  @_noLocks package func evaluate(_ state: RobotState) -> Termination? {
    if TerminationPlan.beyond(state.rollRadians, rollRadians) { return .roll }
    if TerminationPlan.beyond(state.pitchRadians, pitchRadians) { return .pitch }
    if state.contacts != 0, state.baseHeightMeters < heightMinimumMeters { return .height }
    var joint = 0
    while joint < jointCount {
      let angle = state.jointPositionRadians[joint]
      if watchesRange, !(angle >= lowest[joint] && angle <= highest[joint]) { return .jointRange(joint: joint) }
      if watchesVelocity, TerminationPlan.beyond(state.jointVelocityRadiansPerSecond[joint], fastest[joint]) {
        return .jointVelocity(joint: joint)
      }
      joint += 1
    }
    return nil
  }

  /// |value| > limit, or not a number under a finite limit.
  @_noLocks private static func beyond(_ value: Float, _ limit: Float) -> Bool {
    limit < .infinity && !(value <= limit && value >= -limit)
  }
}

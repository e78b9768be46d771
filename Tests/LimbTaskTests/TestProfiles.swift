import LimbProfile
import LimbTask
import LimbTypes

/// Profiles of three bodies, written as a person would write them, with the parts that a test varies.
struct TestProfile {
  var kind = "quadruped"
  var joints: [(name: String, range: ClosedRange<Double>, nominal: Double)]
  var kinematics: String
  var symmetry: String
  var observation = "terms: [joint_position, joint_velocity, roll_pitch, angular_velocity, previous_action, "
    + "applied_target], history: 5"
  var action = "kind: joint_offset, scale_rad: 0.6, low_pass_hz: 5"
  var reward = "{term: forward_velocity, weight: 1.0, target_m_s: 0.5}"
  var task = "terminate: {roll_deg: 45, pitch_deg: 30}"

  func profile() throws -> RobotProfile { try RobotProfile.load(yaml: yaml) }
  func plan() throws -> ControlPlan { try ControlPlan(profile: profile()) }

  var yaml: String {
    let rows = joints.enumerated().map { index, joint in
      "  - {name: \(joint.name), index: \(index), direction: 1, zero_rad: 0, position_rad: [\(joint.range.lowerBound), "
        + "\(joint.range.upperBound)], velocity_max_rad_s: 20, torque_max_nm: 3.5, kp: 18, kd: 0.6, "
        + "nominal_rad: \(joint.nominal), park_rad: \(joint.nominal)}"
    }
    let isArm = kind == "arm"
    return """
      limbd: 1
      robot: {name: test, kind: \(kind)\(isArm ? ", sensors: []" : ", sensors: [imu, foot_contact, joint_torque]")}
      link: {driver: limb-link, port: "sim:", baud: 2000000}
      \(isArm ? "" : "imu: {mounting_rpy_deg: [0, 0, 0]}")
      joints:
      \(rows.joined(separator: "\n"))
      \(kinematics)
      \(symmetry)
      control: {rate_hz: 500, policy_every: 25, command_ttl_ms: 100}
      safety: {on_link_loss: damp, on_estop: damp, coast_ms: 60, slew_rad_s: 18, \(isArm ? "" : "tilt_limit_deg: 60, ")\
      power_percent: 100}
      observation: {\(observation)}
      action: {\(action)}
      task:
        episode_steps: 500
        reward: [\(reward)]
        reset: {kind: \(isArm ? "home" : "stand_up"), confirm: automatic}
        \(task)
      learning: {algorithm: sac, hidden: [64, 64], updates_per_step: 1, warm_up_steps: 100, adopt_every_steps: 20, \
      critic: {layer_norm: true, count: 2}, target_entropy: auto}
      replay: {capacity_steps: 100000, sync_ms: 200}
      """
  }

  static let thigh = 0.1
  static let shank = 0.2

  /// Two lateral joints a leg, in the order front left, front right, rear left, rear right.
  static func quad8() -> TestProfile {
    let legs = legNames
    return TestProfile(
      joints: legs.flatMap { [("\($0)_hip", -0.5...2.3, 0.9), ("\($0)_knee", -2.4 ... -0.2, -1.3)] },
      kinematics: "kinematics:\n  standing_height_m: 0.25\n  legs:\n"
        + legs.map { leg in
          """
              - {name: \(leg), side: \(side(leg)), chain: [\
          {joint: \(leg)_hip, offset_m: [\(x(leg)), \(y(leg)), 0], axis: [0, 1, 0]}, \
          {joint: \(leg)_knee, offset_m: [0, 0, -\(thigh)], axis: [0, 1, 0]}], \
          foot_m: [0, 0, -\(shank)], foot_radius_m: 0.018, contact: \(legs.firstIndex(of: leg)!)}
          """
        }.joined(separator: "\n"),
      symmetry: "symmetry: {pairs: [[front_left_hip, front_right_hip], [front_left_knee, front_right_knee], "
        + "[rear_left_hip, rear_right_hip], [rear_left_knee, rear_right_knee]]}")
  }

  /// Abduction, hip, knee a leg; abduction changes sign in the mirror.
  static func quad12() -> TestProfile {
    let legs = legNames
    return TestProfile(
      joints: legs.flatMap { leg in
        let out = leg.hasSuffix("left") ? 0.05 : -0.05
        return [
          ("\(leg)_abduction", leg.hasSuffix("left") ? -0.4...0.8 : -0.8...0.4, out),
          ("\(leg)_hip", -1.0...4.0, 0.9), ("\(leg)_knee", -2.7 ... -0.9, -1.8),
        ]
      },
      kinematics: "kinematics:\n  standing_height_m: 0.3\n  legs:\n"
        + legs.map { leg in
          """
              - {name: \(leg), side: \(side(leg)), chain: [\
          {joint: \(leg)_abduction, offset_m: [\(x(leg)), \(y(leg)), 0], axis: [1, 0, 0]}, \
          {joint: \(leg)_hip, offset_m: [0, \(leg.hasSuffix("left") ? 0.08 : -0.08), 0], axis: [0, 1, 0]}, \
          {joint: \(leg)_knee, offset_m: [0, 0, -0.2], axis: [0, 1, 0]}], \
          foot_m: [0.01, 0, -0.21], foot_radius_m: 0.02, contact: \(legs.firstIndex(of: leg)!)}
          """
        }.joined(separator: "\n"),
      symmetry: "symmetry: {pairs: [" + legs.filter { $0.hasSuffix("left") }.flatMap { left in
        ["abduction", "hip", "knee"].map { "[\(left)_\($0), \(left.dropLast(4))right_\($0)]" }
      }.joined(separator: ", ") + "], negated: [" + legs.map { "\($0)_abduction" }.joined(separator: ", ") + "]}")
  }

  /// A six-joint arm with a spherical-like wrist, mirrored by its own y = 0 plane.
  static func arm6() -> TestProfile {
    let axes = ["[0, 0, 1]", "[0, 1, 0]", "[0, 1, 0]", "[1, 0, 0]", "[0, 1, 0]", "[1, 0, 0]"]
    let offsets = ["[0, 0, 0.1]", "[0.02, 0, 0.05]", "[0, 0, 0.25]", "[0.05, 0, 0.02]", "[0.2, 0, 0]", "[0.06, 0, 0]"]
    let chain = axes.indices.map { "{joint: j\($0), offset_m: \(offsets[$0]), axis: \(axes[$0])}" }
    var arm = TestProfile(
      kind: "arm", joints: axes.indices.map { ("j\($0)", -2.0...2.0, [0, 0.4, 0.7, 0, -0.3, 0][$0]) },
      kinematics: "kinematics: {arm: {chain: [\(chain.joined(separator: ", "))], hand_m: [0.08, 0, 0.01]}}",
      symmetry: "symmetry: {pairs: [], negated: [j0, j3, j5]}")
    arm.observation = "terms: [joint_position, joint_velocity, hand_position, goal_position, goal_error], history: 1"
    arm.action = "kind: joint_delta, scale_rad: 0.05"
    arm.reward = "{term: hand_to_goal, weight: 1.0}, {term: hold, weight: 0.5}"
    arm.task = "goal: {box_min_m: [0.2, -0.2, 0.1], box_max_m: [0.4, 0.2, 0.4]}"
    return arm
  }

  static let legNames = ["front_left", "front_right", "rear_left", "rear_right"]
  private static func side(_ leg: String) -> String { leg.hasSuffix("left") ? "left" : "right" }
  static func x(_ leg: String) -> Double { leg.hasPrefix("front") ? 0.21 : -0.21 }
  static func y(_ leg: String) -> Double { leg.hasSuffix("left") ? 0.13 : -0.13 }
}

/// Repeatable numbers for property tests.
struct TestRandom {
  var counter: UInt64 = 0

  mutating func number(_ range: ClosedRange<Float> = -1...1) -> Float {
    counter += 1
    let share = Philox.unit(Philox.block(seed: 42, stream: .test, counter: counter, lane: 0).x)
    return range.lowerBound + share * (range.upperBound - range.lowerBound)
  }

  mutating func vector() -> Vector3 { Vector3(number(), number(), number()) }

  mutating func joints(_ count: Int, _ range: ClosedRange<Float> = -1.5...1.5) -> JointVector {
    var joints = JointVector()
    for joint in 0..<count { joints[joint] = number(range) }
    return joints
  }

  mutating func action(_ count: Int) -> ActionVector {
    var action = ActionVector()
    for output in 0..<count { action[output] = number() }
    return action
  }

  mutating func signals() -> RewardSignals {
    var signals = RewardSignals()
    signals.baseVelocityMetersPerSecond = vector()
    signals.angularVelocityRadiansPerSecond = vector()
    signals.rollRadians = number()
    signals.pitchRadians = number()
    signals.headingRadians = number()
    signals.baseHeightMeters = number(0...0.6)
    signals.contacts = UInt32(number(0...15))
    signals.jointPowerWatts = number(0...100)
    signals.effortSquared = number(0...50)
    signals.jointLimitMargin = number(0...1)
    signals.actionAcceleration = number(0...4)
    signals.actionRate = number(0...2)
    signals.handPositionMeters = vector()
    signals.goalPositionMeters = vector()
    signals.achievedGoalMeters = vector()
    signals.handSpeedMetersPerSecond = number(0...1)
    signals.externalReward = number()
    return signals
  }

  mutating func state(_ joints: Int) -> RobotState {
    var state = RobotState()
    state.jointPositionRadians = self.joints(joints)
    state.jointVelocityRadiansPerSecond = self.joints(joints)
    state.jointTorqueNewtonMeters = self.joints(joints)
    state.rollRadians = number()
    state.pitchRadians = number()
    state.angularVelocityRadiansPerSecond = vector()
    state.baseVelocityMetersPerSecond = vector()
    state.contacts = UInt8(number(0...15))
    state.handPositionMeters = vector()
    return state
  }
}

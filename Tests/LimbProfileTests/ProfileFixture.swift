@testable import LimbProfile

/// Small whole profiles that tests break one value at a time. They stand still while the shipped ones are tuned.
enum ProfileFixture {
  /// Four legs of one joint each. Line numbers in expected messages count from here.
  static let quadruped = """
    limbd: 1
    robot: {name: toy, kind: quadruped}
    link: {driver: limb-link, port: "sim:", baud: 1000000}
    realtime: {cpu: 1}
    imu: {mounting_rpy_deg: [0, 0, 0]}
    joints:
      - {name: fl, index: 0, direction: 1, zero_rad: 0, position_rad: [-1, 1],
         velocity_max_rad_s: 10, torque_max_nm: 3, kp: 20, kd: 0.5, nominal_rad: 0}
      - {name: fr, index: 1, direction: 1, zero_rad: 0, position_rad: [-1, 1],
         velocity_max_rad_s: 10, torque_max_nm: 3, kp: 20, kd: 0.5, nominal_rad: 0}
      - {name: rl, index: 2, direction: 1, zero_rad: 0, position_rad: [-1, 1],
         velocity_max_rad_s: 10, torque_max_nm: 3, kp: 20, kd: 0.5, nominal_rad: 0}
      - {name: rr, index: 3, direction: -1, zero_rad: 0, position_rad: [-1, 1],
         velocity_max_rad_s: 10, torque_max_nm: 3, kp: 20, kd: 0.5, nominal_rad: 0}
    kinematics:
      standing_height_m: 0.2
      legs:
        - {name: a, side: left, chain: [{joint: fl, offset_m: [0.2, 0.1, 0], axis: [0, 1, 0]}],
           foot_m: [0, 0, -0.18], foot_radius_m: 0.02, contact: 0}
        - {name: b, side: right, chain: [{joint: fr, offset_m: [0.2, -0.1, 0], axis: [0, 1, 0]}],
           foot_m: [0, 0, -0.18], foot_radius_m: 0.02, contact: 1}
        - {name: c, side: left, chain: [{joint: rl, offset_m: [-0.2, 0.1, 0], axis: [0, 1, 0]}],
           foot_m: [0, 0, -0.18], foot_radius_m: 0.02, contact: 2}
        - {name: d, side: right, chain: [{joint: rr, offset_m: [-0.2, -0.1, 0], axis: [0, 1, 0]}],
           foot_m: [0, 0, -0.18], foot_radius_m: 0.02, contact: 3}
    symmetry: {pairs: [[fl, fr], [rl, rr]]}
    control: {rate_hz: 500, policy_every: 25, command_ttl_ms: 100}
    safety: {on_link_loss: damp, on_estop: damp, coast_ms: 60,
      slew_rad_s: 9, tilt_limit_deg: 60, power_percent: 100, voltage_min_v: [14, 13], temperature_max_c: [70, 80]}
    observation:
      terms: [joint_position, {term: joint_velocity, scale: 0.2}, roll_pitch, previous_action, applied_target]
      history: 2
    action: {kind: joint_offset, scale_rad: 0.3, low_pass_hz: 5}
    task:
      episode_steps: 100
      reward:
        - {term: forward_velocity, weight: 1, target_m_s: 0.5}
        - {term: upright, weight: 0.5}
      terminate: {roll_deg: 45, pitch_deg: 45}
      reset: {kind: stand_up, confirm: automatic}
    learning: {algorithm: sac}
    replay: {capacity_steps: 100000}
    simulation:
      model: models/toy.xml
      motors: {supply_v: 16, resistance_ohm: 0.2, torque_constant_nm_a: 0.1, current_limit_a: 40}
    """

  /// The lines of the last leg.
  static let lastLeg = """
        - {name: d, side: right, chain: [{joint: rr, offset_m: [-0.2, -0.1, 0], axis: [0, 1, 0]}],
           foot_m: [0, 0, -0.18], foot_radius_m: 0.02, contact: 3}

    """

  /// A planar arm of two joints.
  static let arm = """
    limbd: 1
    robot: {name: toy-arm, kind: arm}
    link: {driver: limb-link, port: "sim:", baud: 1000000}
    joints:
      - {name: shoulder, index: 0, direction: 1, zero_rad: 0, position_rad: [-3, 3],
         velocity_max_rad_s: 3, torque_max_nm: 10, kp: 60, kd: 3, nominal_rad: 0}
      - {name: elbow, index: 1, direction: 1, zero_rad: 0, position_rad: [-3, 3],
         velocity_max_rad_s: 3, torque_max_nm: 10, kp: 60, kd: 3, nominal_rad: 1}
      - {name: lift, kind: slide, index: 2, direction: 1, zero_m: 0, position_m: [0, 0.1],
         velocity_max_m_s: 0.2, force_max_n: 10, kp: 500, kd: 20, nominal_m: 0.05}
    kinematics:
      arm:
        chain:
          - {joint: shoulder, offset_m: [0, 0, 0.1], axis: [0, 0, 1]}
          - {joint: elbow, offset_m: [0.2, 0, 0], axis: [0, 0, 1]}
        hand_m: [0.2, 0, 0]
    control: {rate_hz: 200, policy_every: 10}
    safety: {on_link_loss: hold, on_estop: hold, hold_error_rad: 0.1,
      slew_rad_s: 2, power_percent: 50, voltage_min_v: [11, 10], temperature_max_c: [60, 70]}
    observation: {terms: [joint_position, joint_velocity, goal_error, previous_action, applied_target], history: 1}
    action: {kind: joint_delta, joints: [shoulder, elbow], scale_rad: 0.05}
    task:
      episode_steps: 200
      goal: {box_min_m: [0.2, -0.1, 0.1], box_max_m: [0.3, 0.1, 0.1]}
      reward: [{term: hand_to_goal, weight: 1}, {term: hold, weight: 0.5}]
      reset: {kind: home, confirm: automatic}
    learning: {algorithm: sac}
    simulation:
      model: models/toy-arm.xml
      motors: {supply_v: 12, resistance_ohm: 2, torque_constant_nm_a: 2.4, current_limit_a: 5}
    """

  /// A fixture with the first occurrence of `old` replaced. Stops the test if `old` is not there.
  static func patched(_ text: String, _ old: String, _ new: String) -> String {
    guard let range = text.firstRange(of: old) else { fatalError("the fixture has no \(old)") }
    return text.replacingCharacters(in: range, with: new)
  }

  /// The messages that loading a text leads to; empty if it loads.
  static func messages(_ yaml: String) -> [String] {
    do {
      _ = try RobotProfile.load(yaml: yaml, file: "p.yaml")
      return []
    } catch {
      return error.description.split(separator: "\n").map(String.init)
    }
  }

  /// The findings of a text that loads.
  static func findings(_ yaml: String) throws -> [String] {
    ProfileCheck.findings(of: try RobotProfile.load(yaml: yaml, file: "p.yaml")).map(\.description)
  }
}

extension String {
  func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}

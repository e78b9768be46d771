import LimbProfile

extension BrokenProfile {
  /// Profiles that cannot be loaded, each with all of its messages: legs, symmetry, control, safety, observation, action.
  static let brokenControl: [BrokenProfile] = [
    BrokenProfile(.quadruped, ProfileFixture.lastLeg, "", """
      p.yaml:18:5: kinematics.legs: found a list of 3, expected a list of 4 legs
      """),
    BrokenProfile(.quadruped, "[rl, rr]]", "[rl, fr]]", """
      p.yaml:26:30: symmetry.pairs: found fr again, expected each joint once
      """),
    BrokenProfile(.quadruped, "[rl, rr]]", "[rl]]", """
      p.yaml:26:30: symmetry.pairs: found a list of 1, expected a pair of joints
      """),
    BrokenProfile(.quadruped, "[rl, rr]]}", "[rl, rr]], negated: [rl]}", """
      p.yaml:26:50: symmetry.negated: found rl without its mirror image rr, expected both or neither of a pair
      """),
    BrokenProfile(.quadruped, "rate_hz: 500", "rate_hz: 2000", """
      p.yaml:27:20: control.rate_hz: found 2000, expected a whole number, 50 to 1000 Hz
      """),
    BrokenProfile(.quadruped, "policy_every: 25", "policy_every: 2.5", """
      p.yaml:27:39: control.policy_every: found 2.5, expected a whole number, 1 to 1000
      """),
    BrokenProfile(.quadruped, "command_ttl_ms: 100", "command_ttl_ms: 500", """
      p.yaml:27:59: control.command_ttl_ms: found 500, expected a whole number, 2 to 200 ms
      """),
    BrokenProfile(.quadruped, "on_link_loss: damp", "on_link_loss: brake", """
      p.yaml:28:24: safety.on_link_loss: found text "brake", expected limp, damp or hold
      """),
    BrokenProfile(.quadruped, "on_estop: damp, ", "", """
      p.yaml:28:9: safety.on_estop: found nothing, expected limp, damp or hold
      """),
    BrokenProfile(.quadruped, "slew_rad_s: 9, ", "", """
      p.yaml:28:9: safety.slew_rad_s: found nothing, expected a number, 0.01 to 200 rad/s
      """),
    BrokenProfile(.quadruped, "power_percent: 100", "power_percent: 5", """
      p.yaml:29:53: safety.power_percent: found 5, expected a whole number, 10 to 100 %
      """),
    BrokenProfile(.quadruped, "slew_rad_s: 9", "slew_rad_s: 515", """
      p.yaml:29:15: safety.slew_rad_s: found 515, expected a number, 0.01 to 200 rad/s (did you mean "8.9884" for "515 degrees"?)
      """),
    BrokenProfile(.quadruped, "tilt_limit_deg: 60", "tilt_limit_deg: '60,5'", """
      p.yaml:29:34: safety.tilt_limit_deg: found text "60,5", expected a number, 5 to 180 degrees (did you mean "60.5"?)
      """),
    BrokenProfile(.quadruped, "tilt_limit_deg: 60, ", "", """
      p.yaml:28:9: safety.tilt_limit_deg: found nothing, expected a number, 5 to 180 degrees
      """),
    BrokenProfile(.quadruped, "voltage_min_v: [14, 13]", "voltage_min_v: [13, 14]", """
      p.yaml:29:73: safety.voltage_min_v: found [13, 14], expected [warn, stop], the warning first: warn ≥ stop
      """),
    BrokenProfile(.quadruped, ", temperature_max_c: [70, 80]", "", """
      p.yaml:28:9: safety.temperature_max_c: found nothing, expected a list of 2 numbers, each 20 to 150 °C
      """),
    BrokenProfile(.arm, "hold_error_rad: 0.1,", "", """
      p.yaml:18:9: safety.hold_error_rad: found nothing, expected a number, 0.001 to 1 rad
      """),
    BrokenProfile(.quadruped, "roll_pitch", "pitch_roll", """
      p.yaml:31:63: observation.terms[2].term: found text "pitch_roll", expected joint_position, joint_velocity, \
      joint_torque, roll_pitch, gravity, angular_velocity, base_velocity, foot_contact, previous_action, \
      applied_target, hand_position, goal_position or goal_error (did you mean "roll_pitch"?)
      """),
    BrokenProfile(.quadruped, "roll_pitch", "joint_position", """
      p.yaml:31:63: observation.terms[2].term: found joint_position again, expected each term once
      """),
    BrokenProfile(.quadruped, "scale: 0.2", "scale: 0", """
      p.yaml:31:57: observation.terms[1].scale: found 0, expected a number, 1e-06 to 1000000
      """),
    BrokenProfile(.quadruped, "scale: 0.2", "scael: 0.2", """
      p.yaml:31:50: observation.terms[1].scael: found an unknown key, expected one of clip, scale, term (did you \
      mean "scale"?)
      """),
    BrokenProfile(.quadruped, "history: 2", "history: 0", """
      p.yaml:32:12: observation.history: found 0, expected a whole number, 1 to 16
      """),
    BrokenProfile(.quadruped, "scale_rad: 0.3", "scale_rad: [0.3, 0.3]", """
      p.yaml:33:41: action.scale_rad: found a list of 2, expected one number for all or a list of 4 numbers, each \
      0.001 to 6.3 rad
      """),
    BrokenProfile(.quadruped, "kind: joint_offset", "kind: swing_extension", """
      p.yaml:33:16: action.kind: found swing_extension, expected legs of two joints about y, and at most one about x, \
      for it
      """),
    BrokenProfile(.arm, "joints: [shoulder, elbow]", "joints: [shoulder, wrist]", """
      p.yaml:21:48: action.joints: found text "wrist", expected the name of a joint
      """),
    BrokenProfile(.quadruped, "term: forward_velocity", "term: forward_speed", """
      p.yaml:37:14: task.reward[0].term: found text "forward_speed", expected \(everyRewardTerm) \
      (did you mean "forward_velocity"?)
      """),
  ]
  /// Named from the enum: a new term needs no change here.
  static var everyRewardTerm: String {
    let names = RewardTermKind.allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  /// Profiles that cannot be loaded, each with all of its messages: task, learning, replay, simulation.
  static let brokenTask: [BrokenProfile] = [
    BrokenProfile(.quadruped, "target_m_s: 0.5", "target_mps: 0.5", """
      p.yaml:37:7: task.reward[0].target_m_s: found nothing, expected a number, -1000 to 1000 m/s
      p.yaml:37:43: task.reward[0].target_mps: found an unknown key, expected one of combine, margin_m_s, shape, \
      target_m_s, term, tolerance_m_s, weight (did you mean "target_m_s"?)
      """),
    BrokenProfile(.quadruped, "weight: 1,", "weight: -0.5,", """
      p.yaml:37:5: task.reward: found weights of added terms that sum to 0, expected a sum above 0
      """),
    BrokenProfile(.quadruped, "  terminate: {roll_deg: 45, pitch_deg: 45}\n", "", """
      p.yaml:35:3: task.terminate: found nothing, expected the section "terminate"
      """),
    BrokenProfile(.quadruped, "confirm: automatic", "confirm: auto", """
      p.yaml:40:36: task.reset.confirm: found text "auto", expected operator or automatic
      """),
    BrokenProfile(.quadruped, ", confirm: automatic", "", """
      p.yaml:40:10: task.reset.confirm: found nothing, expected operator or automatic
      """),
    BrokenProfile(.quadruped, "confirm: automatic", "confirm: automatic, hands_off_acknowledged: yes", """
      p.yaml:40:71: task.reset.hands_off_acknowledged: found text "yes", expected true or false
      """),
    BrokenProfile(.arm, "box_max_m: [0.3, 0.1, 0.1]", "box_max_m: [0.3, -0.2, 0.1]", """
      p.yaml:24:50: task.goal.box_max_m: found y = -0.2, expected at least box_min_m's -0.1 m
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sack", """
      p.yaml:41:23: learning.algorithm: found text "sack", expected sac (did you mean "sac"?)
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sac, hidden: [250]", """
      p.yaml:41:36: learning.hidden: found a list of 1, expected a list of 1 to 4 widths, each a multiple of 8 from \
      8 to 1024
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sac, target_entropy: automatic", """
      p.yaml:41:44: learning.target_entropy: found text "automatic", expected auto or a number of nats, -100 to 100
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sac, batch_norm: true, critic: {layer_norm: true, dropout: 0.1}", """
      p.yaml:41:67: learning.critic.layer_norm: found true, expected false with learning.batch_norm, which normalises by \
      itself
      p.yaml:41:82: learning.critic.dropout: found 0.1, expected 0 with learning.batch_norm
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sac, critic: {count: 2, subset: 3}", """
      p.yaml:41:55: learning.critic.subset: found 3, expected a whole number, 1 to 2
      """),
    BrokenProfile(.quadruped, "capacity_steps: 100000", "capacity_steps: 10", """
      p.yaml:42:26: replay.capacity_steps: found 10, expected a whole number, 1000 to 100000000 steps
      """),
    BrokenProfile(.quadruped, "model: models/toy.xml", "model: models/toy.urdf", """
      p.yaml:44:10: simulation.model: found text "models/toy.urdf", expected the path of an MJCF file
      """),
    BrokenProfile(.quadruped, "supply_v: 16, ", "", """
      p.yaml:45:11: simulation.motors.supply_v: found nothing, expected a number, 1 to 1000 V
      """),
    BrokenProfile(.quadruped, "current_limit_a: 40}", "current_limit_a: 40}\n  latency_ms: [20, 0]", """
      p.yaml:46:15: simulation.latency_ms: found [20, 0], expected the lower bound first
      """),
    BrokenProfile(.quadruped, "current_limit_a: 40}", "current_limit_a: 40}\n  person: {righting_s: 0.5}", """
      p.yaml:46:24: simulation.person.righting_s: found 0.5, expected a number, 1.5 to 60 s
      """),
  ]
}

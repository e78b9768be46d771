extension BrokenProfile {
  /// Profiles that cannot be loaded, each with all of its messages. Part 1.
  static let broken1: [BrokenProfile] = [
    BrokenProfile(.quadruped, "limbd: 1", "limbd: 2", """
      p.yaml:1:8: limbd: found 2, expected 1, the version of the profile's format
      """),
    BrokenProfile(.quadruped, "limbd: 1\n", "", """
      p.yaml:1:1: limbd: found nothing, expected 1, the version of the profile's format
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime:\n\tcpu: 1", """
      p.yaml:5:1: found a tab in this line, expected spaces: YAML does not indent with tabs
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {cpu: 1", """
      p.yaml:5:4: found no YAML here (did not find expected ',' or '}' while parsing a flow mapping), expected valid \
      YAML
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {cpu: 1}\n---\nlimbd: 1", """
      p.yaml:5:1: found a second document, expected one profile a file
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {cpu: *core}", """
      p.yaml:4:17: found the alias *core without an anchor, expected &core above
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: &r {cpu: *r}", """
      p.yaml:4:20: found the alias *r inside its own anchor, expected an anchor that is complete
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {cpu: !!int 1}", """
      p.yaml:4:17: found the tag tag:yaml.org,2002:int, expected plain values without tags
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {cpu: 1, cpu: 2}", """
      p.yaml:4:20: found a second "cpu" (the first is in line 4), expected each key once
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {[1, 2]: 3}", """
      p.yaml:4:12: found a list of 2 as a key, expected a name
      """),
    BrokenProfile(
      .quadruped,
      "realtime: {cpu: 1}",
      "realtime: {cpu: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", """
      p.yaml:4:39: found more than 24 levels of nesting, expected a profile's few
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: 70", """
      p.yaml:4:11: realtime: found 70, expected a section of keys and values
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {<<: {cpu: 1}}", """
      p.yaml:4:12: realtime.<<: found an unknown key, expected keys written out: merge keys are not part of YAML 1.2
      """),
    BrokenProfile(.quadruped, "realtime: {cpu: 1}", "realtime: {cpu: 1, prioritty: 80}", """
      p.yaml:4:20: realtime.prioritty: found an unknown key, expected one of cpu, priority, when_refused (did you \
      mean "priority"?)
      """),
    BrokenProfile(.quadruped, "symmetry:", "symetry:", """
      p.yaml:26:1: symetry: found an unknown key, expected one of action, control, estimation, imu, joints, \
      kinematics, learning, limbd, link, observation, realtime, replay, robot, safety, simulation, symmetry, task \
      (did you mean "symmetry"?)
      """),
    BrokenProfile(.quadruped, "coast_ms: 60", "coast: 60", """
      p.yaml:28:46: safety.coast: found an unknown key, expected one of coast_ms, hold_error_rad, on_estop, \
      on_link_loss, on_shutdown, overrun_limit_ticks, power_percent, ramp_error_rad, ramp_rad_s, ramp_s, slew_rad_s, \
      temperature_max_c, tilt_limit_deg, voltage_min_v (did you mean "coast_ms"?)
      """),
    BrokenProfile(.quadruped, "name: toy", "name: my robot", """
      p.yaml:2:15: robot.name: found text "my robot", expected a name of letters, digits, - and _, at most 64
      """),
    BrokenProfile(.quadruped, "kind: quadruped", "kind: quadrupd", """
      p.yaml:2:26: robot.kind: found text "quadrupd", expected quadruped or arm (did you mean "quadruped"?)
      """),
    BrokenProfile(.quadruped, "kind: quadruped", "kind: quadruped, sensors: [imu, joint_torque, foot_contact, imu]", """
      p.yaml:2:80: robot.sensors: found imu again, expected each once
      """),
    BrokenProfile(.quadruped, "kind: quadruped", "kind: quadruped, sensors: [joint_torque, foot_contact]", """
      p.yaml:2:46: robot.sensors: found no imu, expected imu, since there is a section "imu"
      """),
    BrokenProfile(.quadruped, "driver: limb-link", "driver: dynamixel", """
      p.yaml:3:16: link.driver: found text "dynamixel", expected limb-link
      """),
    BrokenProfile(.quadruped, "port: \"sim:\"", "port: ttyUSB0", """
      p.yaml:3:33: link.port: found text "ttyUSB0", expected "sim:" or the path of a serial device, such as \
      /dev/limb-left
      """),
    BrokenProfile(.quadruped, "baud: 1000000", "baud: \"1000000\"", """
      p.yaml:3:47: link.baud: found text "1000000", expected a whole number, 9600 to 12000000 bit/s
      """),
    BrokenProfile(.quadruped, "baud: 1000000", "baud: 1e9", """
      p.yaml:3:47: link.baud: found 1e9, expected a whole number, 9600 to 12000000 bit/s
      """),
  ]
  /// Profiles that cannot be loaded, each with all of its messages. Part 2.
  static let broken2: [BrokenProfile] = [
    BrokenProfile(.quadruped, "baud: 1000000", "baud: 1000000, uuid: 12-34", """
      p.yaml:3:62: link.uuid: found text "12-34", expected 32 hexadecimal digits, as limbd check --connect prints \
      them
      """),
    BrokenProfile(.quadruped, "imu: {mounting_rpy_deg: [0, 0, 0]}\n", "", """
      p.yaml:1:1: imu: found nothing, expected the section "imu": a quadruped cannot do without
      """),
    BrokenProfile(.quadruped, "mounting_rpy_deg: [0, 0, 0]", "mounting_rpy_deg: [0, 0]", """
      p.yaml:5:25: imu.mounting_rpy_deg: found a list of 2, expected a list of 3 numbers, each -180 to 180 degrees
      """),
    BrokenProfile(.quadruped, "mounting_rpy_deg: [0, 0, 0]", "mounting_rpy_deg: [0, 0, 270]", """
      p.yaml:5:32: imu.mounting_rpy_deg: found 270, expected 3 numbers, each -180 to 180 degrees
      """),
    BrokenProfile(.quadruped, "index: 1,", "index: 0,", """
      p.yaml:9:23: joints[1].index: found 0 again, expected an index of its own for each joint
      """),
    BrokenProfile(.quadruped, "index: 3,", "index: 7,", """
      p.yaml:13:23: joints[3].index: found 7, expected 0 to 3 with 4 joints
      """),
    BrokenProfile(.quadruped, "name: fr,", "name: fl,", """
      p.yaml:9:12: joints[1].name: found fl again, expected a name of its own for each joint
      p.yaml:20:46: kinematics.legs[1].chain[0].joint: found text "fr", expected the name of a joint (did you mean \
      "fl"?)
      p.yaml:26:25: symmetry.pairs: found text "fr", expected the name of a joint (did you mean "fl"?)
      """),
    BrokenProfile(.quadruped, "direction: -1", "direction: 0.5", """
      p.yaml:13:37: joints[3].direction: found 0.5, expected 1 or -1
      """),
    BrokenProfile(.quadruped, "kp: 20, ", "", """
      p.yaml:7:5: joints[0].kp: found nothing, expected a number, 0 to 5000
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: 20 N", """
      p.yaml:8:52: joints[0].kp: found text "20 N", expected a number, 0 to 5000
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: .nan", """
      p.yaml:8:52: joints[0].kp: found text ".nan", expected a number, 0 to 5000
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: -3", """
      p.yaml:8:52: joints[0].kp: found -3, expected a number, 0 to 5000
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp:", """
      p.yaml:8:50: found no YAML here (found unexpected ':' while scanning a plain scalar), expected valid YAML
      """),
    BrokenProfile(.quadruped, "kp: 20, kd: 0.5", "kd: 0.5, kp: ~", """
      p.yaml:8:61: joints[0].kp: found nothing, expected a number, 0 to 5000
      """),
    BrokenProfile(.quadruped, "position_rad: [-1, 1]", "position_rad: [1, -1]", """
      p.yaml:7:67: joints[0].position_rad: found [1, -1], expected the lower bound first
      """),
    BrokenProfile(.quadruped, "position_rad: [-1, 1]", "position_rad: [1, 1]", """
      p.yaml:7:67: joints[0].position_rad: found an empty range, expected room to move
      """),
    BrokenProfile(.quadruped, "nominal_rad: 0}", "nominal_rad: 1.5}", """
      p.yaml:8:78: joints[0].nominal_rad: found 1.5, expected a value inside position_rad, -1 to 1 rad
      """),
    BrokenProfile(.quadruped, "nominal_rad: 0}", "nominal_rad: 0, kind: slide}", """
      p.yaml:7:5: joints[0].zero_m: found nothing, expected a number, -12.6 to 12.6 m
      p.yaml:7:5: joints[0].position_m: found nothing, expected a list of 2 numbers, each -12.6 to 12.6 m
      p.yaml:7:5: joints[0].velocity_max_m_s: found nothing, expected a number, 0.001 to 200 m/s
      p.yaml:7:5: joints[0].force_max_n: found nothing, expected a number, 0.001 to 1000 N
      p.yaml:7:5: joints[0].nominal_m: found nothing, expected a number, -12.6 to 12.6 m
      p.yaml:7:40: joints[0].zero_rad: found an unknown key, expected one of direction, force_max_n, gear_ratio, \
      index, kd, kind, kp, name, nominal_m, park_m, position_m, velocity_max_m_s, zero_m
      p.yaml:7:53: joints[0].position_rad: found an unknown key, expected one of direction, force_max_n, gear_ratio, \
      index, kd, kind, kp, name, nominal_m, park_m, position_m, velocity_max_m_s, zero_m (did you mean \
      "position_m"?)
      p.yaml:8:6: joints[0].velocity_max_rad_s: found an unknown key, expected one of direction, force_max_n, \
      gear_ratio, index, kd, kind, kp, name, nominal_m, park_m, position_m, velocity_max_m_s, zero_m (did you mean \
      "velocity_max_m_s"?)
      p.yaml:8:30: joints[0].torque_max_nm: found an unknown key, expected one of direction, force_max_n, \
      gear_ratio, index, kd, kind, kp, name, nominal_m, park_m, position_m, velocity_max_m_s, zero_m (did you mean \
      "force_max_n"?)
      p.yaml:8:65: joints[0].nominal_rad: found an unknown key, expected one of direction, force_max_n, gear_ratio, \
      index, kd, kind, kp, name, nominal_m, park_m, position_m, velocity_max_m_s, zero_m (did you mean "nominal_m"?)
      """),
    BrokenProfile(.quadruped, "joint: fr", "joint: rf", """
      p.yaml:20:46: kinematics.legs[1].chain[0].joint: found text "rf", expected the name of a joint (did you mean \
      "fr"?)
      """),
    BrokenProfile(.quadruped, "joint: fr", "joint: fl", """
      p.yaml:20:37: kinematics.legs[1].chain: found a joint of the leg a, expected joints of its own
      """),
    BrokenProfile(.quadruped, "axis: [0, 1, 0]", "axis: [0, 2, 0]", """
      p.yaml:18:84: kinematics.legs[0].chain[0].axis: found 2, expected 3 numbers, each -1 to 1
      """),
    BrokenProfile(.quadruped, "axis: [0, 1, 0]", "axis: [0, 0.5, 0]", """
      p.yaml:18:80: kinematics.legs[0].chain[0].axis: found a vector of length 0.5, expected a unit vector, such as \
      [0, 1, 0]
      """),
    BrokenProfile(.quadruped, "contact: 1", "contact: 0", """
      p.yaml:21:61: kinematics.legs[1].contact: found 0 again, expected a sensor of its own for each foot
      """),
    BrokenProfile(.quadruped, "side: left", "side: port", """
      p.yaml:18:23: kinematics.legs[0].side: found text "port", expected left or right
      """),
  ]
  /// Profiles that cannot be loaded, each with all of its messages. Part 3.
  static let broken3: [BrokenProfile] = [
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
      applied_target, hand_position, goal_position or goal_error
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
      p.yaml:37:14: task.reward[0].term: found text "forward_speed", expected forward_velocity, lateral_velocity, \
      heading, upright, yaw_rate, action_acceleration, energy, joint_limits, hand_to_goal, hold, effort or external
      """),
  ]
  /// Profiles that cannot be loaded, each with all of its messages. Part 4.
  static let broken4: [BrokenProfile] = [
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

extension BrokenProfile {
  /// Profiles that cannot be loaded, each with all of its messages: the file's form, keys, link.
  static let brokenForm: [BrokenProfile] = [
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
    BrokenProfile(.quadruped, "port: \"sim:\"", "port: sim:", """
      p.yaml:3:36: found no YAML here (found unexpected ':' while scanning a plain scalar), expected "sim:" in quotes
      """),
    BrokenProfile(.quadruped, "port: \"sim:\"", "port: {sim: }", """
      p.yaml:3:33: link.port: found a section, expected "sim:" in quotes
      """),
    BrokenProfile(.quadruped, "baud: 1000000", "baud: \"1000000\"", """
      p.yaml:3:47: link.baud: found text "1000000", expected a whole number, 9600 to 12000000 bit/s
      """),
    BrokenProfile(.quadruped, "baud: 1000000", "baud: 1e9", """
      p.yaml:3:47: link.baud: found 1e9, expected a whole number, 9600 to 12000000 bit/s
      """),
  ]
  /// Profiles that cannot be loaded, each with all of its messages: identity, IMU, joints, legs.
  static let brokenBody: [BrokenProfile] = [
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
}

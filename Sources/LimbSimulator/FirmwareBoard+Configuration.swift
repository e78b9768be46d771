internal import CLimbLink
internal import LimbProfile

extension FirmwareBoard {
  /// What a board of this profile would be flashed with: its limits are the profile's own, its gains and slew wider.
  static func configuration(_ profile: RobotProfile, _ units: DeviceUnits) -> limb_firmware_config {
    var config = limb_firmware_config()
    unsafe limb_firmware_config_defaults(&config)
    config.kind = UInt8(profile.robot.kind == .arm ? LIMB_KIND_ARM : LIMB_KIND_QUADRUPED)
    config.n_joints = UInt8(clamping: units.deviceCount)
    config.n_feet = UInt8(clamping: (profile.kinematics.legs.compactMap(\.contactIndex).max() ?? -1) + 1)
    config.sensors = sensors(profile)
    let joints = profile.joints.enumerated().map { limits($1, units.joints[$0], profile) }
    unsafe withUnsafeMutableBytes(of: &config.joints) { raw in
      let table = unsafe raw.bindMemory(to: limb_joint_config.self)
      for index in joints.indices { unsafe table[units.joints[index].device] = joints[index] }
    }
    setIdentity(profile, &config)
    config.max_rate_hz = 1000
    config.grants_lockstep = false
    config.has_episode = true
    config.on_link_loss = stop(profile.safety.onLinkLoss)
    config.on_estop = stop(profile.safety.onEmergencyStop)
    config.hold_error_rad = Float(profile.safety.holdErrorRadians)
    if let volts = profile.safety.voltageMinimumVolts {
      config.voltage_min_v = Float(volts.stop)
      config.voltage_fault_v = Float(volts.stop - 1)
    }
    if let celsius = profile.safety.temperatureMaximumCelsius {
      config.temperature_warn_c = Float(celsius.warn)
      config.temperature_max_c = Float(celsius.stop)
    }
    // Ten seconds before the counter wraps, so that every run crosses the wrap.
    let rate = max(50, min(1000, profile.control.rateHertz))
    config.first_cyclic_seq = UInt16(truncatingIfNeeded: 65536 - 10 * rate)
    return config
  }

  private static func sensors(_ profile: RobotProfile) -> UInt16 {
    var bits = UInt32(LIMB_SENSOR_HAS_BUTTON | LIMB_SENSOR_HAS_ESTOP_INPUT | LIMB_SENSOR_HAS_CURRENT)
    let has = profile.robot.sensors
    if has.contains(.imu) { bits |= UInt32(LIMB_SENSOR_HAS_IMU) }
    if has.contains(.footContact) { bits |= UInt32(LIMB_SENSOR_HAS_FEET) }
    if has.contains(.jointTorque) { bits |= UInt32(LIMB_SENSOR_HAS_TORQUE) }
    if has.contains(.busVoltage) { bits |= UInt32(LIMB_SENSOR_HAS_VOLTAGE) }
    if has.contains(.motorTemperature) { bits |= UInt32(LIMB_SENSOR_HAS_TEMPERATURE) }
    if profile.joints.contains(where: { $0.name == "gripper" }) { bits |= UInt32(LIMB_SENSOR_HAS_GRIPPER) }
    return UInt16(truncatingIfNeeded: bits)
  }

  private static func limits(
    _ joint: RobotProfile.Joint, _ units: DeviceUnits.Joint, _ profile: RobotProfile
  ) -> limb_joint_config {
    let a = units.position(Float(joint.positionRadians.lowerBound))
    let b = units.position(Float(joint.positionRadians.upperBound))
    var config = limb_joint_config()
    config.kind = joint.name == "gripper" ? 2 : 0
    config.q_min = min(a, b)
    config.q_max = max(a, b)
    config.dq_max = Float(joint.velocityMaxRadiansPerSecond) * units.gear
    config.tau_max = Float(joint.torqueMaxNewtonMeters) / units.gear
    config.kp_max = max(2 * units.gain(Float(joint.kp)), 0.1)
    config.kd_max = max(2 * units.gain(Float(joint.kd)), 0.1)
    config.slew_max = 1.5 * Float(profile.safety.slewRadiansPerSecond) * units.gear
    let ramp = min(profile.safety.rampRadiansPerSecond, profile.safety.slewRadiansPerSecond)
    config.inward_max = Float(ramp) * units.gear
    config.damp_kd = units.gain(Float(joint.kd))
    return config
  }

  /// A UUID that follows from the robot's name, unless the profile names one.
  private static func setIdentity(_ profile: RobotProfile, _ config: inout limb_firmware_config) {
    var uuid: [UInt8] = []
    if let text = profile.link.deviceUUID {
      var rest = text[...]
      while rest.count >= 2 {
        uuid.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      }
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    while uuid.count < 16 {
      for byte in profile.robot.name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      for shift in stride(from: 0, to: 64, by: 8) where uuid.count < 16 {
        uuid.append(UInt8(truncatingIfNeeded: hash >> UInt64(shift)))
      }
    }
    unsafe withUnsafeMutableBytes(of: &config.uuid) { unsafe $0.copyBytes(from: uuid.prefix(16)) }
    config.board = 0x5349
  }

  private static func stop(_ action: StopAction) -> UInt8 {
    switch action {
    case .limp: UInt8(LIMB_STOP_LIMP.rawValue)
    case .damp: UInt8(LIMB_STOP_DAMP.rawValue)
    case .hold: UInt8(LIMB_STOP_HOLD.rawValue)
    }
  }
}

extension ProfileLoader {
  func simulation(_ section: ProfileSection) -> RobotProfile.Simulation {
    defer { section.finish() }
    let model = section.text("model", expected: "the path of an MJCF file") { $0.hasSuffix(".xml") }
    let motors = motors(section.section("motors"))
    return RobotProfile.Simulation(
      modelPath: model, physicsHertz: section.integer("physics_hz", 1000...10_000, default: 1000), motors: motors,
      noise: noise(section.defaultedSection("noise")),
      latencyMilliseconds: section.range("latency_ms", 0...100, default: 0...0),
      randomization: randomization(section.defaultedSection("randomize"), motors),
      person: person(section.defaultedSection("person")))
  }

  private func motors(_ section: ProfileSection) -> RobotProfile.Motors {
    defer { section.finish() }
    return RobotProfile.Motors(
      supplyVolts: section.number("supply_v", 1...1000),
      resistanceOhms: section.number("resistance_ohm", 0.001...1000),
      torqueConstantNewtonMetersPerAmpere: section.number("torque_constant_nm_a", 0.0001...100),
      currentLimitAmperes: section.number("current_limit_a", 0.01...1000),
      viscousFrictionNewtonMeterSeconds: section.number("viscous_friction_nm_s_rad", 0...10, default: 0),
      coulombFrictionNewtonMeters: section.number("coulomb_friction_nm", 0...10, default: 0))
  }

  private func noise(_ section: ProfileSection) -> RobotProfile.Noise {
    defer { section.finish() }
    func deviation(_ key: String) -> Double { section.number(key, 0...10, default: 0) }
    return RobotProfile.Noise(
      jointPositionRadians: deviation("joint_position_rad"),
      jointPositionBiasRadians: deviation("joint_position_bias_rad"),
      jointVelocityRadiansPerSecond: deviation("joint_velocity_rad_s"),
      gyroRadiansPerSecond: deviation("gyro_rad_s"), gyroBiasRadiansPerSecond: deviation("gyro_bias_rad_s"),
      accelerometerMetersPerSecondSquared: deviation("accelerometer_m_s2"),
      accelerometerBiasMetersPerSecondSquared: deviation("accelerometer_bias_m_s2"),
      attitudeRadians: deviation("attitude_rad"), attitudeBiasRadians: deviation("attitude_bias_rad"))
  }

  private func randomization(
    _ section: ProfileSection, _ motors: RobotProfile.Motors
  ) -> RobotProfile.Randomization {
    defer { section.finish() }
    let supply = motors.supplyVolts...motors.supplyVolts
    return RobotProfile.Randomization(
      massScale: section.range("mass_scale", 0.1...10, default: 1...1),
      inertiaScale: section.range("inertia_scale", 0.1...10, default: 1...1),
      motorStrengthScale: section.range("motor_strength_scale", 0.1...10, default: 1...1),
      supplyVolts: section.range("supply_v", 1...1000, default: supply),
      viscousFrictionNewtonMeterSeconds: section.range("viscous_friction_nm_s_rad", 0...10, default: 0...0),
      coulombFrictionNewtonMeters: section.range("coulomb_friction_nm", 0...10, default: 0...0),
      floorFriction: section.range("floor_friction", 0.01...10, default: 1...1),
      startJointRadians: section.number("start_joint_rad", 0...3.2, default: 0),
      startYawRadians: section.number("start_yaw_rad", 0...3.2, default: 0))
  }

  private func person(_ section: ProfileSection) -> RobotProfile.Person {
    defer { section.finish() }
    return RobotProfile.Person(
      reactionSeconds: section.number("reaction_s", 1...60, default: 1),
      rightingSeconds: section.number("righting_s", 1.5...60, default: 2))
  }
}

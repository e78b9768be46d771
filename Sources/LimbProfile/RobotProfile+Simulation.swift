extension RobotProfile {
  /// The simulated twin. Ranges are drawn uniformly once an episode from (seed, episode).
  package struct Simulation: Sendable, Equatable {
    /// MJCF file, relative to the profile's folder or absolute.
    package let modelPath: String
    /// Physics and firmware rate.
    package let physicsHertz: Int
    /// The motors, all alike.
    package let motors: Motors
    /// Sensor noise.
    package let noise: Noise
    /// Sensing plus command latency, milliseconds, half of it each way.
    package let latencyMilliseconds: ClosedRange<Double>
    /// What differs from episode to episode.
    package let randomization: Randomization
    /// The simulated person who puts the robot back on its feet.
    package let person: Person
  }

  /// A DC motor behind a voltage clamp: I = clamp((V − K_t·q̇)/R, ± limit), τ = K_t·I − friction.
  package struct Motors: Sendable, Equatable {
    /// Supply, volts; `Randomization.supplyVolts` draws around it.
    package let supplyVolts: Double
    /// Winding resistance, ohm.
    package let resistanceOhms: Double
    /// Torque constant at the joint, after the gear, N·m/A (equals the back-EMF constant, V·s/rad).
    package let torqueConstantNewtonMetersPerAmpere: Double
    /// Current limit of the driver, amperes.
    package let currentLimitAmperes: Double
    /// Viscous friction, N·m·s/rad.
    package let viscousFrictionNewtonMeterSeconds: Double
    /// Dry friction, N·m.
    package let coulombFrictionNewtonMeters: Double
  }

  /// Standard deviations of white noise, and half-widths of the uniform bias drawn once an episode.
  package struct Noise: Sendable, Equatable {
    /// Joint angle, rad.
    package let jointPositionRadians: Double
    /// Joint angle bias, rad.
    package let jointPositionBiasRadians: Double
    /// Joint velocity, rad/s.
    package let jointVelocityRadiansPerSecond: Double
    /// Gyro, rad/s.
    package let gyroRadiansPerSecond: Double
    /// Gyro bias, rad/s.
    package let gyroBiasRadiansPerSecond: Double
    /// Accelerometer, m/s².
    package let accelerometerMetersPerSecondSquared: Double
    /// Accelerometer bias, m/s².
    package let accelerometerBiasMetersPerSecondSquared: Double
    /// Attitude (roll, pitch) as the device reports it, rad.
    package let attitudeRadians: Double
    /// Attitude bias, rad.
    package let attitudeBiasRadians: Double
  }

  /// What differs from episode to episode. A range of one point switches that one off.
  package struct Randomization: Sendable, Equatable {
    /// Factor on all masses and inertias.
    package let massScale: ClosedRange<Double>
    /// Further factor on inertias alone.
    package let inertiaScale: ClosedRange<Double>
    /// Factor on motor torque.
    package let motorStrengthScale: ClosedRange<Double>
    /// Supply, volts.
    package let supplyVolts: ClosedRange<Double>
    /// Viscous friction added, N·m·s/rad.
    package let viscousFrictionNewtonMeterSeconds: ClosedRange<Double>
    /// Dry friction added, N·m.
    package let coulombFrictionNewtonMeters: ClosedRange<Double>
    /// Sliding friction of feet on floor.
    package let floorFriction: ClosedRange<Double>
    /// Half-width of the uniform change of each joint's start angle, radians.
    package let startJointRadians: Double
    /// Half-width of the uniform start heading, radians.
    package let startYawRadians: Double
  }

  /// The simulated person who puts the robot back on its feet.
  package struct Person: Sendable, Equatable {
    /// Time the motors must have been without stiffness before a hand touches the robot, seconds, at least 1.
    package let reactionSeconds: Double
    /// Time the righting takes, seconds, at least 1.5.
    package let rightingSeconds: Double
  }
}

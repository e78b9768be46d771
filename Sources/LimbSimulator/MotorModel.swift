package import LimbProfile

/// A brushless motor behind a voltage clamp, as seen from the joint.
///
/// Source: Tan et al., "Sim-to-Real: Learning Agile Locomotion For Quadruped Robots" (2018), in the form of the
/// published Minitaur actuator: the net voltage is duty · supply − K_t · q̇, the current that over R, the torque K_t
/// times the current. Friction is not part of it: the physics engine applies viscous and dry friction to the joint
/// implicitly.
package struct MotorModel: Sendable, Equatable {
  /// Volts at the driver.
  package var supplyVolts: Double
  /// Ohm.
  package var resistanceOhms: Double
  /// N·m/A at the joint; equally V·s/rad.
  package var torqueConstant: Double
  /// Amperes, both ways.
  package var currentLimitAmperes: Double
  /// Factor on the torque that a current makes: strong and weak motors.
  package var strength: Double

  /// A motor of nominal strength; units as in the fields.
  package init(supplyVolts: Double, resistanceOhms: Double, torqueConstant: Double, currentLimitAmperes: Double) {
    self.supplyVolts = supplyVolts
    self.resistanceOhms = resistanceOhms
    self.torqueConstant = torqueConstant
    self.currentLimitAmperes = currentLimitAmperes
    strength = 1
  }

  /// The motors of a profile, of nominal strength.
  package init(_ motors: RobotProfile.Motors) {
    self.init(
      supplyVolts: motors.supplyVolts, resistanceOhms: motors.resistanceOhms,
      torqueConstant: motors.torqueConstantNewtonMetersPerAmpere, currentLimitAmperes: motors.currentLimitAmperes)
  }

  /// Share of the supply that a torque request needs at this speed, within ±1: the driver's feed-forward current loop.
  package func duty(torque: Double, velocity: Double) -> Double {
    guard supplyVolts > 0 else { return 0 }
    let volts = torque / torqueConstant * resistanceOhms + torqueConstant * velocity
    return min(max(volts / supplyVolts, -1), 1)
  }

  /// Winding current at a duty cycle and speed, amperes, within the driver's limit.
  package func current(duty: Double, velocity: Double) -> Double {
    let net = min(max(duty, -1), 1) * supplyVolts - torqueConstant * velocity
    return min(max(net / resistanceOhms, -currentLimitAmperes), currentLimitAmperes)
  }

  /// Torque at the joint before friction, N·m.
  package func torque(duty: Double, velocity: Double) -> Double {
    strength * torqueConstant * current(duty: duty, velocity: velocity)
  }

  /// What the motor makes of a torque request: the request where the supply allows it.
  package func torque(requested: Double, velocity: Double) -> Double {
    torque(duty: duty(torque: requested, velocity: velocity), velocity: velocity)
  }
}

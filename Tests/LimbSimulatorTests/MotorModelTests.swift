import Testing

@testable import LimbSimulator

@Suite struct MotorModelTests {
  static let minitaur = MotorModel(
    supplyVolts: 16, resistanceOhms: 0.186, torqueConstant: 0.0954, currentLimitAmperes: 5.7 / 0.0954)

  @Test(
    "At rest the torque is the published clip(0.0954 · pwm · 16 / 0.186, ±5.7)",
    arguments: [-1, -0.7, -0.5, -0.1, 0, 0.05, 0.3, 0.6946, 0.7, 1.0])
  func observedTorque(pwm: Double) {
    let motor = Self.minitaur
    let published = min(max(0.0954 * pwm * 16 / 0.186, -5.7), 5.7)
    #expect(abs(motor.torque(duty: pwm, velocity: 0) - published) < 1e-12)
  }

  @Test("Back-EMF takes its share: at no-load speed full supply makes no torque")
  func noLoadSpeed() {
    let motor = Self.minitaur
    #expect(abs(motor.torque(duty: 1, velocity: 16 / 0.0954)) < 1e-9)
    #expect(motor.torque(duty: 1, velocity: 100) < motor.torque(duty: 1, velocity: 0))
    #expect(motor.torque(duty: 1, velocity: 200) < 0)
  }

  @Test("A request within the supply is met exactly at any speed, braking included", arguments: [-20.0, 0, 5, 20])
  func requestIsMet(velocity: Double) {
    let motor = Self.minitaur
    for torque in [-3.5, -1, 0, 0.2, 3.5] {
      #expect(abs(motor.torque(requested: torque, velocity: velocity) - torque) < 1e-9)
    }
  }

  @Test("An empty battery and a fast joint make less than was asked for")
  func weakSupply() {
    var motor = Self.minitaur
    motor.supplyVolts = 4
    #expect(abs(motor.torque(requested: 3.5, velocity: 0) - 0.0954 * 4 / 0.186) < 1e-9)
    #expect(motor.torque(requested: 3.5, velocity: 30) < 0.6)
  }
}

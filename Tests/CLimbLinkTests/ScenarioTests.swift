import CLimbLink
import Testing

/// Whole stories of a device between power-on and stop, with joints that really move.
struct ScenarioTests {
  private let targets = [Float](repeating: 0.6, count: Device.joints)

  /// A device that hangs still: gravity off, so that nothing falls before the story begins.
  private func runningDevice(stop: limb_stop) -> Device {
    let device = Device(stop: stop)
    device.gravityNewtonMetres = 0
    #expect(device.greetAndArm() == LIMB_OK)
    device.run(milliseconds: 20, targets: device.angles)
    device.gravityNewtonMetres = 0.8
    return device
  }

  @Test("A device that is switched on, greeted and armed moves nothing before the first RUN command")
  func nothingMovesBeforeRun() {
    let device = Device()
    device.gravityNewtonMetres = 0
    #expect(device.greetAndArm() == LIMB_OK)
    device.run(milliseconds: 200, targets: nil)
    #expect(device.state == LIMB_STATE_ARMED)
    #expect(!device.output.motors_enabled)
    #expect(device.angles.allSatisfy { $0 == 0.3 })
  }

  @Test("Joints reach their targets and the frames tell the applied target")
  func jointsReachTargets() {
    let device = runningDevice(stop: LIMB_STOP_DAMP)
    device.run(milliseconds: 800, targets: targets, torque: 0.45)
    #expect(device.angles.allSatisfy { abs($0 - 0.6) < 0.02 })
    #expect(device.sensor.joints.0.applied == limb_to_i16(0.6, 4096))
    #expect(device.sensor.clamped_joints == 0)
  }

  @Test("A host that dies leaves the joints coasting, then damped, then limp, and they never speed up under damping")
  func silenceCoastsDampsAndGoesLimp() {
    let device = runningDevice(stop: LIMB_STOP_DAMP)
    device.run(milliseconds: 400, targets: targets, torque: 0.45)
    device.silence(milliseconds: 48)
    #expect(device.state == LIMB_STATE_ARMED)
    device.silence(milliseconds: 10)
    #expect(device.state == LIMB_STATE_COAST)
    #expect(abs(device.angles[0] - 0.6) < 0.1)
    device.silence(milliseconds: 60)
    #expect(device.state == LIMB_STATE_DAMP)
    device.silence(milliseconds: 300)
    #expect(abs(device.speeds[0]) < 3)
    device.silence(milliseconds: 1700)
    #expect(device.state == LIMB_STATE_LIMP)
    #expect(!device.output.motors_enabled)
    device.run(milliseconds: 200, targets: targets)
    #expect(device.state == LIMB_STATE_LIMP)
  }

  @Test("A loaded arm does not fall when its host dies, nor when it is cleared, armed and taken over")
  func heldArmDoesNotFall() {
    let device = runningDevice(stop: LIMB_STOP_HOLD)
    device.run(milliseconds: 800, targets: targets, torque: 0.45)
    let before = device.angles
    device.silence(milliseconds: 5000)
    #expect(device.state == LIMB_STATE_HOLD)
    #expect(zip(device.angles, before).allSatisfy { abs($0 - $1) < 0.03 })
    #expect(device.clear(LIMB_CLEAR_STOP) == LIMB_OK)
    device.run(milliseconds: 60, targets: nil)
    #expect(device.arm() == LIMB_OK)
    let here = device.angles
    var fastest: Float = 0
    for _ in 0..<600 {
      device.run(milliseconds: 1, targets: here, torque: 0.45)
      fastest = max(fastest, abs(device.speeds[0]))
    }
    #expect(device.state == LIMB_STATE_ARMED)
    #expect(device.action == LIMB_ACTION_FOLLOW)
    #expect(fastest < 0.2)
    #expect(zip(device.angles, before).allSatisfy { abs($0 - $1) < 0.03 })
  }

  @Test("Heat lets a held arm sink slowly instead of dropping it")
  func heatFadesTheHold() {
    let device = Device(stop: LIMB_STOP_HOLD) { $0.sensors |= UInt16(LIMB_SENSOR_HAS_TEMPERATURE) }
    device.gravityNewtonMetres = 0
    #expect(device.greetAndArm() == LIMB_OK)
    device.run(milliseconds: 20, targets: device.angles)
    device.gravityNewtonMetres = 0.8
    device.run(milliseconds: 800, targets: targets, torque: 0.45)
    device.silence(milliseconds: 200)
    #expect(device.state == LIMB_STATE_HOLD)
    device.sample.temperature_c.0 = 85
    var fastest: Float = 0
    for _ in 0..<2100 {
      device.step()
      fastest = max(fastest, abs(device.speeds[0]))
    }
    #expect(fastest < 1)
    device.silence(milliseconds: 10)
    #expect(device.state == LIMB_STATE_LIMP)
  }

  @Test("An emergency stop works in every state and nothing but CLEAR and ARM leads back")
  func emergencyStop() {
    let device = runningDevice(stop: LIMB_STOP_DAMP)
    device.emergencyStop()
    device.run(milliseconds: 100, targets: targets)
    #expect(device.state == LIMB_STATE_ESTOP)
    #expect(device.arm() == LIMB_REFUSED_ESTOP)
    #expect(device.clear(LIMB_CLEAR_STOP) == LIMB_REFUSED_ESTOP)
    #expect(device.disarm() == LIMB_OK)
    #expect(device.state == LIMB_STATE_ESTOP)
    #expect(device.clear(LIMB_CLEAR_ESTOP) == LIMB_OK)
    #expect(device.state == LIMB_STATE_DISARMED)
    #expect(device.arm() == LIMB_REFUSED_FEW_COMMANDS)
  }

  @Test("A restarted host cannot take over a moving robot, and finds the latch once the robot has stopped")
  func anotherSession() {
    let device = runningDevice(stop: LIMB_STOP_DAMP)
    device.greet(session: 78)
    #expect(limb_result(UInt32(device.greeting.result)) == LIMB_REFUSED_BUSY)
    #expect(device.state == LIMB_STATE_ARMED)
    device.silence(milliseconds: 150)
    device.greet(session: 78)
    #expect(limb_result(UInt32(device.greeting.result)) == LIMB_OK)
    #expect(limb_latch(UInt32(device.greeting.latch)) == LIMB_LATCH_COMMAND_EXPIRED)
    #expect(device.action == LIMB_ACTION_DAMP)
  }

  @Test("Lockstep is granted only where the firmware allows it", arguments: [true, false])
  func lockstep(granted: Bool) {
    let device = Device { $0.grants_lockstep = granted }
    device.step()
    device.greet(wantsLockstep: true)
    #expect((device.capabilities.session_flags & UInt16(LIMB_CAPS_LOCKSTEP) != 0) == granted)
  }

  @Test("An announced episode reaches the firmware")
  func episode() {
    let device = Device()
    device.step()
    device.greet()
    device.send(LIMB_PARAM) {
      unsafe $0.body.param = limb_param(
        request: 9, session: Device.session, op: UInt8(LIMB_PARAM_SET), value_type: 0, id: 1, value: 12)
    }
    #expect(device.episode == 12)
    #expect(device.counts[LIMB_PARAM_VALUE.rawValue] == 1)
  }

  @Test("Frames come at the granted rate without a gap, over the wrap of the sequence")
  func cyclicFrames() {
    let device = Device()
    device.step()
    device.greet()
    device.silence(milliseconds: 2000)
    #expect(device.counts[LIMB_SENSOR_ARM.rawValue] == 1000)
    #expect(device.sensorSequence == UInt16(truncatingIfNeeded: 65_000 + 999))
  }
}

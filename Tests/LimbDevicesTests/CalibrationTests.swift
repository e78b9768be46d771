import CLimbLink
import LimbDevices
import LimbLink
import LimbProfile
import LimbTypes
import Testing

@Test("a sensor reading passes number, direction, zero and gear of its joint")
func sensorToUnits() throws {
  let robot = try crookedProfile()
  let bench = Bench(robot)
  for device in 0..<8 {
    bench.robot.set(device, position: 0.1 * Float(device + 1), velocity: Float(device), torque: 0.25 * Float(device))
  }
  FirmwareRobot.set(&bench.robot.sample.foot_n, 2, 12.5)
  bench.run(milliseconds: 30)
  let frame = bench.frame
  // Joint 0 is the device's 3, reversed, zero at 0.3: −1 · (0.4 − 0.3).
  #expect(abs(frame.jointPositionRadians[0] - -0.1) < 1e-3)
  #expect(abs(frame.jointVelocityRadiansPerSecond[0] - -3) < 1e-2)
  #expect(abs(frame.jointTorqueNewtonMeters[0] - -0.75) < 1e-2)
  // Joint 3 is the device's 0, zero at −0.2.
  #expect(abs(frame.jointPositionRadians[3] - 0.3) < 1e-3)
  // Joint 4 has a gear of two and is reversed: −1 · (0.5 / 2 − 0.1).
  #expect(abs(frame.jointPositionRadians[4] - -0.15) < 1e-3)
  #expect(abs(frame.jointVelocityRadiansPerSecond[4] - -2) < 1e-2)
  #expect(abs(frame.jointTorqueNewtonMeters[4] - -2) < 1e-2)
  #expect(abs(frame.deviceTargetRadians[4] - frame.jointPositionRadians[4]) < 1e-3, "nothing is followed yet")
  #expect(frame.footForceNewtons[2] == 12.5 && abs(frame.busVolts - 15) < 1e-3 && frame.temperatureMaxCelsius == 30)
  #expect(frame.present.contains(.imu) && frame.present.contains(.feet) && !frame.present.contains(.gripper))
}

@Test("what is commanded is what the device applies, and comes back as the applied target", arguments: [false, true])
func commandRoundTrip(isCrooked: Bool) throws {
  let robot = isCrooked ? try crookedProfile() : try profile()
  let bench = Bench(robot)
  bench.robot.obeys = true
  var target = JointVector()
  for (index, joint) in robot.joints.enumerated() {
    bench.robot.set(
      joint.deviceIndex,
      position: Float(joint.gearRatio * (joint.direction * joint.nominalRadians + joint.zeroRadians)))
    target[index] = Float(joint.nominalRadians) + 0.05 * Float(index % 3)
  }
  // Obedient joints follow `applied`, which follows the measurement until there is a command: put them in place first.
  bench.robot.obeys = false
  #expect(bench.arm().isAccepted)
  bench.robot.obeys = true
  bench.run(milliseconds: 400) { bench.move($0, to: target) }
  #expect(bench.robot.state == LIMB_STATE_ARMED)
  for (index, joint) in robot.joints.enumerated() {
    let device = Float(joint.gearRatio * (joint.direction * Double(target[index]) + joint.zeroRadians))
    let control = bench.robot.control(joint.deviceIndex)
    #expect(abs(control.target - device) < 5e-4)
    #expect(abs(control.kp - 20 / Float(joint.gearRatio * joint.gearRatio)) < 0.02)
    #expect(abs(bench.frame.deviceTargetRadians[index] - target[index]) < 5e-4)
    #expect(abs(bench.frame.jointPositionRadians[index] - target[index]) < 5e-4)
  }
}

@Test("the IMU is turned into the body frame by its mounting")
func mounting() throws {
  let bench = Bench(try crookedProfile())
  // The sensor is turned 90° to the left: its x axis is the body's y axis.
  bench.robot.sample.gyro_rad_s = (1, 0, 0)
  bench.robot.sample.acc_m_s2 = (2, 0, 9.81)
  // A robot that heads along the world's x axis: the sensor then has a yaw of 90°.
  bench.robot.sample.quaternion = (0.70710677, 0, 0, 0.70710677)
  bench.run(milliseconds: 30)
  let gyro = bench.frame.angularVelocityRadiansPerSecond
  #expect(abs(gyro.x) < 1e-2 && abs(gyro.y - 1) < 1e-2 && abs(gyro.z) < 1e-2)
  let force = bench.frame.accelerationMetersPerSecondSquared
  #expect(abs(force.x) < 2e-2 && abs(force.y - 2) < 2e-2 && abs(force.z - 9.81) < 2e-2)
  #expect(abs(bench.frame.orientation.yawRadians) < 1e-3)
}

@Test("an IMU that answers zeros is not upright: its attitude is no rotation here either")
func deadInertialUnit() throws {
  let bench = Bench(try crookedProfile())
  bench.run(milliseconds: 30)
  let q = bench.frame.orientation
  #expect(abs(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z - 1) < 1e-3)
  bench.robot.sample.quaternion = (0, 0, 0, 0)
  bench.run(milliseconds: 30)
  let dead = bench.frame.orientation
  #expect(dead.w == 0 && dead.x == 0 && dead.y == 0 && dead.z == 0)
}

@Test("numbers that do not fit saturate, and a coasting command carries neither velocity nor feed-forward")
func saturation() throws {
  let plan = DriverPlan(try profile())
  var command = JointCommand()
  command.mode = .run
  command.targets.positionRadians = JointVector(repeating: 1e9)
  command.targets.velocityRadiansPerSecond = JointVector(repeating: 3)
  command.targets.feedForwardNewtonMeters = JointVector(repeating: -1)
  command.targets.stiffness = JointVector(repeating: -4)
  var message = CommandMessage()
  plan.convert(command, LinkScales(), into: &message)
  #expect(message.joints[0].position == 32767 && message.joints[0].stiffness == 0)
  #expect(message.joints[0].velocity == 1536 && message.joints[0].torque == -256)
  command.isCoasting = true
  message = CommandMessage()
  plan.convert(command, LinkScales(), into: &message)
  #expect(message.flags == 1 && message.joints[0].velocity == 0 && message.joints[0].torque == 0)
}

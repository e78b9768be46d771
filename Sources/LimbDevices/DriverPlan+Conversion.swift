package import LimbLink
package import LimbTypes

extension DriverPlan {
  /// The numbers of a SENSOR in SI units, the profile's joint order, signs and zeros, and the body frame. Tick, device
  /// time, instant and state are the driver's to fill in. The message must have `jointCount` joints.
  @_noLocks func convert(_ message: SensorMessage, _ scales: LinkScales, into frame: inout SensorFrame) {
    for index in 0..<jointCount {
      let joint = joints[index]
      let wire = message.joints[joint.deviceIndex]
      let q = scales.positionPerRadian
      frame.jointPositionRadians[index] = joint.position(device: FixedPoint.value(wire.position, perUnit: q))
      frame.deviceTargetRadians[index] = joint.position(device: FixedPoint.value(wire.applied, perUnit: q))
      frame.jointVelocityRadiansPerSecond[index] =
        joint.velocity(device: FixedPoint.value(wire.velocity, perUnit: scales.velocityPerRadianPerSecond))
      frame.jointTorqueNewtonMeters[index] =
        joint.torque(device: FixedPoint.value(wire.torque, perUnit: scales.torquePerNewtonMeter))
    }
    frame.busVolts = Float(message.voltageMillivolts) * 0.001
    frame.busAmperes = Float(message.current) * 0.01
    let hottest = message.temperatureMaximumCelsius
    if TemperatureWatch.isPlausible(hottest) {
      frame.temperatureMaxCelsius = Float(hottest)
    } else {
      frame.temperatureMaxCelsius = sensors & CapsSensors.temperature != 0 ? .nan : 0
    }
    frame.hottestJoint = profileJoint(ofDevice: message.hottestJoint)
    frame.lastCommandSequence = message.lastCommandSequence
    frame.lastCommandAgeSeconds = Float(message.commandAge) * 0.0001
    frame.commandsLost = message.commandsLost
    frame.faultCode = message.fault
  }

  /// IMU and feet, of SENSOR_QUAD alone.
  @_noLocks func convertBody(_ message: SensorMessage, _ scales: LinkScales, into frame: inout SensorFrame) {
    // Counts of 32767. What is no rotation there, as the zeros of a sensor that has lost its supply, must not become one
    // here: `normalized` would make it upright.
    let worldFromSensor = Quaternion(
      w: Float(message.quaternion[0]) / 32767, x: Float(message.quaternion[1]) / 32767,
      y: Float(message.quaternion[2]) / 32767, z: Float(message.quaternion[3]) / 32767)
    let square =
      worldFromSensor.w * worldFromSensor.w + worldFromSensor.x * worldFromSensor.x
      + worldFromSensor.y * worldFromSensor.y + worldFromSensor.z * worldFromSensor.z
    frame.orientation =
      square > 0.9 && square < 1.1
      ? (worldFromSensor.normalized * bodyFromSensor.conjugate).normalized : Quaternion(w: 0, x: 0, y: 0, z: 0)
    let gyroScale = scales.gyroPerRadianPerSecond
    let gyro = Vector3(
      FixedPoint.value(message.gyro[0], perUnit: gyroScale), FixedPoint.value(message.gyro[1], perUnit: gyroScale),
      FixedPoint.value(message.gyro[2], perUnit: gyroScale))
    frame.angularVelocityRadiansPerSecond = bodyFromSensor.rotate(gyro)
    let scale = scales.accelerationPerMeterPerSecondSquared
    let force = Vector3(
      FixedPoint.value(message.acceleration[0], perUnit: scale),
      FixedPoint.value(message.acceleration[1], perUnit: scale),
      FixedPoint.value(message.acceleration[2], perUnit: scale))
    frame.accelerationMetersPerSecondSquared = bodyFromSensor.rotate(force)
    frame.imuSequence = message.imuSequence
    for foot in 0..<footCount {
      let sensor = Int(footSensors[foot])
      guard sensor >= 0 && sensor < Int(message.footCount) else { continue }
      frame.footForceNewtons[foot] = FixedPoint.value(message.feet[sensor], perUnit: scales.footPerNewton)
    }
  }

  /// A command in the device's order, signs, zeros and counts; saturated where a number does not fit. Session and the
  /// SENSOR it answers are the driver's to fill in.
  @_noLocks package func convert(_ command: JointCommand, _ scales: LinkScales, into message: inout CommandMessage) {
    message.jointCount = UInt8(clamping: jointCount)
    if case .run = command.mode { message.mode = 1 } else { message.mode = 0 }
    message.flags = command.isCoasting ? 1 : 0
    message.timeToLiveMilliseconds = command.timeToLiveMilliseconds
    let targets = command.targets
    for index in 0..<jointCount {
      let joint = joints[index]
      let device = joint.deviceIndex
      message.joints[device].position = FixedPoint.i16(
        joint.devicePosition(targets.positionRadians[index]), perUnit: scales.positionPerRadian)
      message.joints[device].stiffness = FixedPoint.u16(
        joint.deviceGain(targets.stiffness[index]), perUnit: scales.stiffnessPerNewtonMeterPerRadian)
      message.joints[device].damping = FixedPoint.u16(
        joint.deviceGain(targets.damping[index]), perUnit: scales.dampingPerNewtonMeterSecondPerRadian)
      // The device takes both as zero in a COAST-flagged command; zero on the wire says the same to whoever reads a
      // log.
      if command.isCoasting { continue }
      message.joints[device].velocity = FixedPoint.i16(
        joint.deviceVelocity(targets.velocityRadiansPerSecond[index]), perUnit: scales.velocityPerRadianPerSecond)
      message.joints[device].torque = FixedPoint.i16(
        joint.deviceTorque(targets.feedForwardNewtonMeters[index]), perUnit: scales.torquePerNewtonMeter)
    }
  }

  /// limbd's number of a device's joint; 255 if it has none.
  @_noLocks private func profileJoint(ofDevice device: UInt8) -> UInt8 {
    for index in 0..<jointCount where joints[index].deviceIndex == Int(device) { return UInt8(clamping: index) }
    return 255
  }
}

package import LimbProfile
package import LimbTypes

/// What the driver needs of a profile, in fixed capacity: calibration of every joint, mounting of the IMU, and what the
/// device must be like. Made once, off the control thread.
package struct DriverPlan: BitwiseCopyable, Sendable {
  /// One joint, in limbd's joint order.
  package struct Joint: BitwiseCopyable, Sendable {
    /// The device's own index.
    package var deviceIndex = 0
    /// +1 or −1.
    package var direction: Float = 1
    /// The device's angle, after the gear, at which limbd's angle is zero.
    package var zeroRadians: Float = 0
    /// Motor turns per joint turn; 1 where the device reports the joint.
    package var gearRatio: Float = 1
    /// Least angle of the profile; the device must allow it.
    package var positionMinimumRadians: Float = 0
    /// Greatest angle of the profile; the device must allow it.
    package var positionMaximumRadians: Float = 0
    /// Greatest speed of the profile; the device must allow it.
    package var velocityMaximumRadiansPerSecond: Float = 0
    /// Greatest torque of the profile; the device must allow it.
    package var torqueMaximumNewtonMeters: Float = 0
    /// kp of the profile at full power, N·m/rad; the device must allow it.
    package var stiffness: Float = 0
    /// kd of the profile at full power, N·m·s/rad; the device must allow it.
    package var damping: Float = 0

    /// A joint that may not move, mapped to the device's first.
    @_noLocks package init() {}
  }

  /// The first `jointCount` are the robot's, in the profile's order.
  package var joints = InlineArray<18, Joint>(repeating: Joint())
  /// Joints of the profile, 1…18.
  package var jointCount = 0
  /// For each foot in the order of the profile's legs the device's sensor, or −1.
  package var footSensors = InlineArray<6, Int8>(repeating: -1)
  /// Legs of the profile, 0…6.
  package var footCount = 0
  /// Body from IMU: turns a vector that the sensor measured into the body frame.
  package var bodyFromSensor = Quaternion()
  /// The device must call itself an arm (kind 1), else a quadruped.
  package var isArm = false
  /// Frames a second that are asked for; the device must grant just that.
  package var rateHertz = 0
  /// Fastest target of the profile; the device must allow it.
  package var slewRadiansPerSecond: Float = 0
  /// What commands will carry; it must lie within the device's bounds.
  package var timeToLiveMilliseconds = 0
  /// What the device must do when commands cease, as CAPS has it: 0 limp, 1 damp, 2 hold.
  package var onLinkLoss: UInt8 = 0
  /// What the device must do on an emergency stop, as CAPS has it: 0 limp, 1 damp, 2 hold.
  package var onEmergencyStop: UInt8 = 0
  /// Below so many volts limbd itself stops; NaN where the profile has no such limit.
  package var voltageStop: Float = .nan
  /// Above so many degrees Celsius limbd itself stops; NaN where the profile has no such limit.
  package var temperatureStop: Float = .nan
  /// How far a target that is held may be from the measured angle, radians.
  package var holdErrorRadians: Float = 0
  /// Bits of CAPS `sensors` that the profile relies on.
  package var sensors: UInt16 = 0
  /// The only device accepted, if `hasUUID`.
  package var uuid = InlineArray<16, UInt8>(repeating: 0)
  /// True if `link.uuid` of the profile names one device.
  package var hasUUID = false

  /// Reads a validated profile.
  package init(_ profile: RobotProfile) {
    jointCount = min(profile.jointCount, jointCapacity)
    for (index, joint) in profile.joints.prefix(jointCapacity).enumerated() { joints[index] = Joint(joint) }
    footCount = min(profile.kinematics.legs.count, footCapacity)
    for (index, leg) in profile.kinematics.legs.prefix(footCapacity).enumerated() {
      footSensors[index] = Int8(clamping: leg.contactIndex ?? -1)
    }
    if let degrees = profile.imu?.mountingRollPitchYawDegrees {
      let radians = SIMD3<Float>(degrees * (Double.pi / 180))
      bodyFromSensor = Quaternion(rollRadians: radians.x, pitchRadians: radians.y, yawRadians: radians.z)
    }
    isArm = profile.robot.kind == .arm
    rateHertz = profile.control.rateHertz
    slewRadiansPerSecond = Float(profile.safety.slewRadiansPerSecond)
    timeToLiveMilliseconds = profile.control.commandTimeToLiveMilliseconds
    onLinkLoss = profile.safety.onLinkLoss.capsNumber
    onEmergencyStop = profile.safety.onEmergencyStop.capsNumber
    if let volts = profile.safety.voltageMinimumVolts { voltageStop = Float(volts.stop) }
    if let celsius = profile.safety.temperatureMaximumCelsius { temperatureStop = Float(celsius.stop) }
    holdErrorRadians = Float(profile.safety.holdErrorRadians)
    for sensor in profile.robot.sensors { sensors |= sensor.capsBit }
    if let text = profile.link.deviceUUID, let bytes = DriverPlan.bytes(ofHexadecimal: text) {
      hasUUID = true
      for index in 0..<16 { uuid[index] = bytes[index] }
    }
  }

  private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == 32 else { return nil }
    return (0..<16).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
  }
}

extension DriverPlan.Joint {
  init(_ joint: RobotProfile.Joint) {
    self.init()
    deviceIndex = joint.deviceIndex
    direction = Float(joint.direction)
    zeroRadians = Float(joint.zeroRadians)
    gearRatio = Float(joint.gearRatio)
    positionMinimumRadians = Float(joint.positionRadians.lowerBound)
    positionMaximumRadians = Float(joint.positionRadians.upperBound)
    velocityMaximumRadiansPerSecond = Float(joint.velocityMaxRadiansPerSecond)
    torqueMaximumNewtonMeters = Float(joint.torqueMaxNewtonMeters)
    stiffness = Float(joint.kp)
    damping = Float(joint.kd)
  }

  /// limbd's angle from the device's.
  @_noLocks package func position(device: Float) -> Float { direction * (device / gearRatio - zeroRadians) }
  /// The device's angle from limbd's.
  @_noLocks package func devicePosition(_ radians: Float) -> Float { gearRatio * (direction * radians + zeroRadians) }
  /// limbd's velocity from the device's.
  @_noLocks package func velocity(device: Float) -> Float { direction * device / gearRatio }
  /// The device's velocity from limbd's.
  @_noLocks package func deviceVelocity(_ radiansPerSecond: Float) -> Float { direction * radiansPerSecond * gearRatio }
  /// A motor's torque, multiplied by the gear, is the joint's.
  @_noLocks package func torque(device: Float) -> Float { direction * device * gearRatio }
  /// The device's torque from the joint's.
  @_noLocks package func deviceTorque(_ newtonMeters: Float) -> Float { direction * newtonMeters / gearRatio }
  /// Gains act on the motor's angle and make the motor's torque: both are seen through the gear.
  @_noLocks package func deviceGain(_ gain: Float) -> Float { gain / (gearRatio * gearRatio) }
}

extension StopAction {
  /// The number in CAPS.
  var capsNumber: UInt8 {
    switch self {
    case .limp: 0
    case .damp: 1
    case .hold: 2
    }
  }
}

extension Sensor {
  /// The bit in CAPS `sensors`.
  var capsBit: UInt16 {
    switch self {
    case .imu: CapsSensors.imu
    case .jointTorque: CapsSensors.torque
    case .footContact: CapsSensors.feet
    case .busVoltage: CapsSensors.voltage
    case .motorTemperature: CapsSensors.temperature
    }
  }
}

/// Bits of CAPS `sensors` (SPEC §4.3).
enum CapsSensors {
  static var imu: UInt16 { @_noLocks get { 1 } }
  static var feet: UInt16 { @_noLocks get { 2 } }
  static var gripper: UInt16 { @_noLocks get { 4 } }
  static var voltage: UInt16 { @_noLocks get { 8 } }
  static var current: UInt16 { @_noLocks get { 16 } }
  static var temperature: UInt16 { @_noLocks get { 32 } }
  static var torque: UInt16 { @_noLocks get { 256 } }
}

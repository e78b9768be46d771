/// One joint's measurement, in the counts of CAPS.
package struct SensorJoint: BitwiseCopyable, Sendable {
  /// Measured position, position counts.
  package var position: Int16 = 0
  /// Measured velocity, velocity counts.
  package var velocity: Int16 = 0
  /// Measured or estimated torque at the joint, torque counts.
  package var torque: Int16 = 0
  /// The position target as the device used it in this sample; measured position while nothing is followed.
  package var applied: Int16 = 0

  /// A joint at zero, at rest.
  @_noLocks package init() {}

  @inline(__always)
  @_noLocks mutating func pass(_ fields: inout PayloadFields) {
    fields.i16(&position)
    fields.i16(&velocity)
    fields.i16(&torque)
    fields.i16(&applied)
  }
}

/// SENSOR_QUAD and SENSOR_ARM (SPEC §4.4): the device's whole state. IMU and feet are in the first alone, the gripper
/// in the second alone; the other's fields stay 0.
package struct SensorMessage: BitwiseCopyable, Sendable {
  /// Joints that the message carries, 1…24.
  package var jointCount: UInt8 = 1
  /// Feet that a SENSOR_QUAD carries, 0…8.
  package var footCount: UInt8 = 0
  /// 0 or 1.
  package var gripperCount: UInt8 = 0
  /// 0 BOOT, 1 WAIT_HELLO, 2 DISARMED, 3 ARMED, 4 COAST, 5 DAMP, 6 HOLD, 7 LIMP, 8 FAULT, 9 ESTOP.
  package var state: UInt8 = 0
  /// What the motors do: 0 OFF, 1 FOLLOW, 2 COAST, 3 HOLD, 4 DAMP, 5 LIMP.
  package var action: UInt8 = 0
  /// 0 none, 1 command expired, 2 e-stop by a message, 3 e-stop input, 4 fault.
  package var latch: UInt8 = 0
  /// 255: not measured.
  package var hottestJoint: UInt8 = 255
  /// −128: not measured.
  package var temperatureMaximumCelsius: Int8 = -128
  /// Good mode-OFF commands in a row.
  package var armCommands: UInt8 = 0
  /// Bits: 0 COAST, 1 position, 2 velocity, 3 slew, 4 torque, 5 gain clamped since the last SENSOR, 6 button, 7 cleared
  /// HOLD, 8 ready for ARM, 9 IMU stale, 10 voltage low, 11 temperature high, 12 motors enabled, 13 e-stop input.
  package var flags: UInt16 = 0
  /// Sequence number of the last applied COMMAND, 0 if there was none in the link session.
  package var lastCommandSequence: UInt16 = 0
  /// Units of 100 µs; 65535: none, or older.
  package var commandAge: UInt16 = 0
  /// COMMANDs of the link session that never arrived or were dropped; wraps.
  package var commandsLost: UInt16 = 0
  /// The session of the last accepted HELLO.
  package var session: UInt16 = 0
  /// Of the supply; means something if CAPS has the sensor.
  package var voltageMillivolts: UInt16 = 0
  /// Units of 10 mA.
  package var current: Int16 = 0
  /// Latched bits: 0 temperature, 1 voltage low, 2 voltage high, 3 encoder, 4 driver, 5 IMU, 6 control loop late,
  /// 7 temperature sensor.
  package var fault: UInt32 = 0
  /// Bit j: something asked of joint j was changed since the last SENSOR.
  package var clampedJoints: UInt32 = 0
  /// w, x, y, z; 32767 = 1; body to world.
  package var quaternion = InlineArray<4, Int16>(repeating: 0)
  /// Angular velocity about x, y, z of the IMU, gyro counts.
  package var gyro = InlineArray<3, Int16>(repeating: 0)
  /// Specific force along x, y, z of the IMU, acceleration counts: +g upwards at rest.
  package var acceleration = InlineArray<3, Int16>(repeating: 0)
  /// Counts fresh IMU samples: the same number again is the same sample.
  package var imuSequence: UInt16 = 0
  /// The first `jointCount` are measured.
  package var joints = InlineArray<24, SensorJoint>(repeating: SensorJoint())
  /// The first `footCount` are measured: force, foot counts.
  package var feet = InlineArray<8, UInt16>(repeating: 0)
  /// Units of 10 µm.
  package var gripperWidth: UInt16 = 0
  /// Units of 1/64 N.
  package var gripperForce: Int16 = 0

  /// One joint, nothing measured.
  @_noLocks package init() {}

  @_noLocks mutating func passQuad(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u8(&jointCount)
    fields.u8(&footCount)
    passHead(&fields)
    for index in 0..<4 { fields.i16(&quaternion[index]) }
    for index in 0..<3 { fields.i16(&gyro[index]) }
    for index in 0..<3 { fields.i16(&acceleration[index]) }
    fields.u16(&imuSequence)
    guard jointCountIsGood && footCount <= 8 else { return .value }
    for index in 0..<Int(jointCount) { joints[index].pass(&fields) }
    for index in 0..<Int(footCount) { fields.u16(&feet[index]) }
    return valuesAreGood ? .none : .value
  }

  @_noLocks mutating func passArm(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u8(&jointCount)
    fields.u8(&gripperCount)
    passHead(&fields)
    guard jointCountIsGood && gripperCount <= 1 else { return .value }
    for index in 0..<Int(jointCount) { joints[index].pass(&fields) }
    if gripperCount == 1 {
      fields.u16(&gripperWidth)
      fields.i16(&gripperForce)
    }
    return valuesAreGood ? .none : .value
  }

  /// What both kinds begin with, after the two counts.
  @inline(__always)
  @_noLocks private mutating func passHead(_ fields: inout PayloadFields) {
    fields.u8(&state)
    fields.u8(&action)
    fields.u8(&latch)
    fields.u8(&hottestJoint)
    fields.i8(&temperatureMaximumCelsius)
    fields.u8(&armCommands)
    fields.u16(&flags)
    fields.u16(&lastCommandSequence)
    fields.u16(&commandAge)
    fields.u16(&commandsLost)
    fields.u16(&session)
    fields.u16(&voltageMillivolts)
    fields.i16(&current)
    fields.u32(&fault)
    fields.u32(&clampedJoints)
  }

  private var jointCountIsGood: Bool { @_noLocks get { jointCount >= 1 && jointCount <= 24 } }
  private var valuesAreGood: Bool { @_noLocks get { state <= 9 && action <= 5 } }
}

/// What is asked of one joint, in the counts of CAPS. Torque = kp (applied − q) + kd (velocity − dq) + torque, clamped.
package struct CommandJoint: BitwiseCopyable, Sendable {
  /// Target position, position counts.
  package var position: Int16 = 0
  /// Target velocity, velocity counts; taken as 0 in a COAST command.
  package var velocity: Int16 = 0
  /// Feed-forward, torque counts; taken as 0 in a COAST command.
  package var torque: Int16 = 0
  /// kp, stiffness counts.
  package var stiffness: UInt16 = 0
  /// kd, damping counts.
  package var damping: UInt16 = 0

  /// No gains, no torque: a joint that is let go.
  @_noLocks package init() {}

  @inline(__always)
  @_noLocks mutating func pass(_ fields: inout PayloadFields) {
    fields.i16(&position)
    fields.i16(&velocity)
    fields.i16(&torque)
    fields.u16(&stiffness)
    fields.u16(&damping)
  }
}

/// COMMAND (SPEC §4.5): what the motors shall do, in answer to one SENSOR, for a limited time.
package struct CommandMessage: BitwiseCopyable, Sendable {
  /// Joints that the message carries, 1…24: the device's own number, or it is dropped.
  package var jointCount: UInt8 = 1
  /// 0 OFF, 1 RUN.
  package var mode: UInt8 = 0
  /// Bit 0: COAST.
  package var flags: UInt16 = 0
  /// Counted from the sampling of the SENSOR that it answers; at most 200 are granted.
  package var timeToLiveMilliseconds: UInt16 = 0
  /// Sequence number of the SENSOR it answers.
  package var sensorSequence: UInt16 = 0
  /// The session of the accepted HELLO; a COMMAND of another is dropped.
  package var session: UInt16 = 0
  /// The first `jointCount` are sent.
  package var joints = InlineArray<24, CommandJoint>(repeating: CommandJoint())

  /// Mode OFF for one joint.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u8(&jointCount)
    fields.u8(&mode)
    fields.u16(&flags)
    fields.u16(&timeToLiveMilliseconds)
    fields.u16(&sensorSequence)
    fields.u16(&session)
    guard jointCount >= 1 && jointCount <= 24 else { return .value }
    for index in 0..<Int(jointCount) { joints[index].pass(&fields) }
    return mode <= 1 ? .none : .value
  }
}

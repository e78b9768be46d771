/// One joint's measurement, in the counts of CAPS.
package struct SensorJoint: BitwiseCopyable, Sendable {
  package var position: Int16 = 0
  package var velocity: Int16 = 0
  package var torque: Int16 = 0
  /// The position target as the device used it in this sample; measured position while nothing is followed.
  package var applied: Int16 = 0

  @_noLocks package init() {}
}

/// SENSOR_QUAD and SENSOR_ARM (SPEC §4.4): the device's whole state. IMU and feet are in the first alone, the gripper
/// in the second alone; the other's fields stay 0.
package struct SensorMessage: BitwiseCopyable, Sendable {
  package var jointCount: UInt8 = 1
  package var footCount: UInt8 = 0
  /// 0 or 1.
  package var gripperCount: UInt8 = 0
  package var state: UInt8 = 0
  package var action: UInt8 = 0
  package var latch: UInt8 = 0
  /// 255: not measured.
  package var hottestJoint: UInt8 = 255
  /// −128: not measured.
  package var temperatureMaximumCelsius: Int8 = -128
  /// Good mode-OFF commands in a row.
  package var armCommands: UInt8 = 0
  package var flags: UInt16 = 0
  package var lastCommandSequence: UInt16 = 0
  /// Units of 100 µs; 65535: none, or older.
  package var commandAge: UInt16 = 0
  package var commandsLost: UInt16 = 0
  package var session: UInt16 = 0
  package var voltageMillivolts: UInt16 = 0
  /// Units of 10 mA.
  package var current: Int16 = 0
  package var fault: UInt32 = 0
  /// Bit j: something asked of joint j was changed since the last SENSOR.
  package var clampedJoints: UInt32 = 0
  /// w, x, y, z; 32767 = 1; body to world.
  package var quaternion = InlineArray<4, Int16>(repeating: 0)
  package var gyro = InlineArray<3, Int16>(repeating: 0)
  /// Specific force.
  package var acceleration = InlineArray<3, Int16>(repeating: 0)
  package var imuSequence: UInt16 = 0
  package var joints = InlineArray<24, SensorJoint>(repeating: SensorJoint())
  package var feet = InlineArray<8, UInt16>(repeating: 0)
  /// Units of 10 µm and 1/64 N.
  package var gripperWidth: UInt16 = 0
  package var gripperForce: Int16 = 0

  @_noLocks package init() {}

  @_noLocks mutating func readQuad(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 52 else { return .length }
    jointCount = reader.u8()
    footCount = reader.u8()
    readHead(&reader)
    for index in 0..<4 { quaternion[index] = reader.i16() }
    for index in 0..<3 { gyro[index] = reader.i16() }
    for index in 0..<3 { acceleration[index] = reader.i16() }
    imuSequence = reader.u16()
    guard jointCountIsGood && footCount <= 8 else { return .value }
    guard reader.count >= 52 + 8 * Int(jointCount) + 2 * Int(footCount) else { return .length }
    readJoints(&reader)
    for index in 0..<Int(footCount) { feet[index] = reader.u16() }
    return valuesAreGood ? .none : .value
  }

  @_noLocks mutating func readArm(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 30 else { return .length }
    jointCount = reader.u8()
    gripperCount = reader.u8()
    readHead(&reader)
    guard jointCountIsGood && gripperCount <= 1 else { return .value }
    guard reader.count >= 30 + 8 * Int(jointCount) + 4 * Int(gripperCount) else { return .length }
    readJoints(&reader)
    if gripperCount == 1 {
      gripperWidth = reader.u16()
      gripperForce = reader.i16()
    }
    return valuesAreGood ? .none : .value
  }

  @_noLocks func writeQuad(_ writer: inout PayloadWriter) -> Bool {
    guard jointCountIsGood && footCount <= 8 && valuesAreGood else { return false }
    writer.u8(jointCount)
    writer.u8(footCount)
    writeHead(&writer)
    for index in 0..<4 { writer.i16(quaternion[index]) }
    for index in 0..<3 { writer.i16(gyro[index]) }
    for index in 0..<3 { writer.i16(acceleration[index]) }
    writer.u16(imuSequence)
    writeJoints(&writer)
    for index in 0..<Int(footCount) { writer.u16(feet[index]) }
    return true
  }

  @_noLocks func writeArm(_ writer: inout PayloadWriter) -> Bool {
    guard jointCountIsGood && gripperCount <= 1 && valuesAreGood else { return false }
    writer.u8(jointCount)
    writer.u8(gripperCount)
    writeHead(&writer)
    writeJoints(&writer)
    if gripperCount == 1 {
      writer.u16(gripperWidth)
      writer.i16(gripperForce)
    }
    return true
  }

  private var jointCountIsGood: Bool { @_noLocks get { jointCount >= 1 && jointCount <= 24 } }
  private var valuesAreGood: Bool { @_noLocks get { state <= 9 && action <= 5 } }

  @_noLocks private mutating func readHead(_ reader: inout PayloadReader) {
    state = reader.u8()
    action = reader.u8()
    latch = reader.u8()
    hottestJoint = reader.u8()
    temperatureMaximumCelsius = Int8(bitPattern: reader.u8())
    armCommands = reader.u8()
    flags = reader.u16()
    lastCommandSequence = reader.u16()
    commandAge = reader.u16()
    commandsLost = reader.u16()
    session = reader.u16()
    voltageMillivolts = reader.u16()
    current = reader.i16()
    fault = reader.u32()
    clampedJoints = reader.u32()
  }

  @_noLocks private func writeHead(_ writer: inout PayloadWriter) {
    writer.u8(state)
    writer.u8(action)
    writer.u8(latch)
    writer.u8(hottestJoint)
    writer.u8(UInt8(bitPattern: temperatureMaximumCelsius))
    writer.u8(armCommands)
    writer.u16(flags)
    writer.u16(lastCommandSequence)
    writer.u16(commandAge)
    writer.u16(commandsLost)
    writer.u16(session)
    writer.u16(voltageMillivolts)
    writer.i16(current)
    writer.u32(fault)
    writer.u32(clampedJoints)
  }

  @_noLocks private mutating func readJoints(_ reader: inout PayloadReader) {
    for index in 0..<Int(jointCount) {
      joints[index].position = reader.i16()
      joints[index].velocity = reader.i16()
      joints[index].torque = reader.i16()
      joints[index].applied = reader.i16()
    }
  }

  @_noLocks private func writeJoints(_ writer: inout PayloadWriter) {
    for index in 0..<Int(jointCount) {
      writer.i16(joints[index].position)
      writer.i16(joints[index].velocity)
      writer.i16(joints[index].torque)
      writer.i16(joints[index].applied)
    }
  }
}

/// What is asked of one joint, in the counts of CAPS.
package struct CommandJoint: BitwiseCopyable, Sendable {
  package var position: Int16 = 0
  package var velocity: Int16 = 0
  /// Feed-forward.
  package var torque: Int16 = 0
  package var stiffness: UInt16 = 0
  package var damping: UInt16 = 0

  @_noLocks package init() {}
}

/// COMMAND (SPEC §4.5): what the motors shall do, in answer to one SENSOR, for a limited time.
package struct CommandMessage: BitwiseCopyable, Sendable {
  package var jointCount: UInt8 = 1
  /// 0 OFF, 1 RUN.
  package var mode: UInt8 = 0
  /// Bit 0: COAST.
  package var flags: UInt16 = 0
  package var timeToLiveMilliseconds: UInt16 = 0
  /// Sequence number of the SENSOR it answers.
  package var sensorSequence: UInt16 = 0
  package var session: UInt16 = 0
  package var joints = InlineArray<24, CommandJoint>(repeating: CommandJoint())

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 10 else { return .length }
    jointCount = reader.u8()
    mode = reader.u8()
    flags = reader.u16()
    timeToLiveMilliseconds = reader.u16()
    sensorSequence = reader.u16()
    session = reader.u16()
    guard jointCount >= 1 && jointCount <= 24 else { return .value }
    guard reader.count >= 10 + 10 * Int(jointCount) else { return .length }
    for index in 0..<Int(jointCount) {
      joints[index].position = reader.i16()
      joints[index].velocity = reader.i16()
      joints[index].torque = reader.i16()
      joints[index].stiffness = reader.u16()
      joints[index].damping = reader.u16()
    }
    return mode <= 1 ? .none : .value
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    guard jointCount >= 1 && jointCount <= 24 && mode <= 1 else { return false }
    writer.u8(jointCount)
    writer.u8(mode)
    writer.u16(flags)
    writer.u16(timeToLiveMilliseconds)
    writer.u16(sensorSequence)
    writer.u16(session)
    for index in 0..<Int(jointCount) {
      writer.i16(joints[index].position)
      writer.i16(joints[index].velocity)
      writer.i16(joints[index].torque)
      writer.u16(joints[index].stiffness)
      writer.u16(joints[index].damping)
    }
    return true
  }
}

/// HELLO: the host greets, names the session and asks for a rate (SPEC §4.1).
package struct HelloMessage: BitwiseCopyable, Sendable {
  package var magic = LinkLimits.magic
  /// Never 0.
  package var session: UInt16 = 0
  /// Wanted SENSOR rate.
  package var rateHertz: UInt16 = 0
  package var nonce: UInt32 = 0
  /// Bit 0: wants lockstep.
  package var flags: UInt16 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 14 else { return .length }
    magic = reader.u32()
    session = reader.u16()
    rateHertz = reader.u16()
    nonce = reader.u32()
    flags = reader.u16()
    return magic == LinkLimits.magic && session != 0 ? .none : .value
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u32(magic)
    writer.u16(session)
    writer.u16(rateHertz)
    writer.u32(nonce)
    writer.u16(flags)
    return magic == LinkLimits.magic && session != 0
  }
}

/// HELLO_ACK: who the device is and how it is (SPEC §4.1).
package struct HelloAckMessage: BitwiseCopyable, Sendable {
  package var magic = LinkLimits.magic
  /// Session and nonce of the HELLO answered.
  package var session: UInt16 = 0
  package var nonce: UInt32 = 0
  /// 0 or a reason (SPEC §5).
  package var result: UInt8 = 0
  package var state: UInt8 = 0
  package var latch: UInt8 = 0
  package var resetCause: UInt8 = 0
  package var uuid = InlineArray<16, UInt8>(repeating: 0)
  package var board: UInt16 = 0
  package var firmwareMajor: UInt8 = 0
  package var firmwareMinor: UInt8 = 0
  package var firmwarePatch: UInt8 = 0
  package var bootloader: UInt8 = 0
  /// The first eight bytes of the firmware's commit.
  package var git = InlineArray<8, UInt8>(repeating: 0)
  package var uptimeMilliseconds: UInt32 = 0
  package var capsCRC: UInt32 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 52 else { return .length }
    magic = reader.u32()
    session = reader.u16()
    nonce = reader.u32()
    result = reader.u8()
    state = reader.u8()
    latch = reader.u8()
    resetCause = reader.u8()
    for index in 0..<16 { uuid[index] = reader.u8() }
    board = reader.u16()
    firmwareMajor = reader.u8()
    firmwareMinor = reader.u8()
    firmwarePatch = reader.u8()
    bootloader = reader.u8()
    for index in 0..<8 { git[index] = reader.u8() }
    uptimeMilliseconds = reader.u32()
    capsCRC = reader.u32()
    return magic == LinkLimits.magic && session != 0 ? .none : .value
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u32(magic)
    writer.u16(session)
    writer.u32(nonce)
    writer.u8(result)
    writer.u8(state)
    writer.u8(latch)
    writer.u8(resetCause)
    for index in 0..<16 { writer.u8(uuid[index]) }
    writer.u16(board)
    writer.u8(firmwareMajor)
    writer.u8(firmwareMinor)
    writer.u8(firmwarePatch)
    writer.u8(bootloader)
    for index in 0..<8 { writer.u8(git[index]) }
    writer.u32(uptimeMilliseconds)
    writer.u32(capsCRC)
    return magic == LinkLimits.magic && session != 0
  }
}

/// Counts per unit of every fixed-point field (SPEC §3). None may be 0.
package struct LinkScales: BitwiseCopyable, Sendable, Equatable {
  package var positionPerRadian: UInt16 = 4096
  package var velocityPerRadianPerSecond: UInt16 = 512
  package var torquePerNewtonMeter: UInt16 = 256
  package var stiffnessPerNewtonMeterPerRadian: UInt16 = 64
  package var dampingPerNewtonMeterSecondPerRadian: UInt16 = 1024
  package var gyroPerRadianPerSecond: UInt16 = 512
  package var accelerationPerMeterPerSecondSquared: UInt16 = 128
  package var footPerNewton: UInt16 = 16

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) {
    positionPerRadian = reader.u16()
    velocityPerRadianPerSecond = reader.u16()
    torquePerNewtonMeter = reader.u16()
    stiffnessPerNewtonMeterPerRadian = reader.u16()
    dampingPerNewtonMeterSecondPerRadian = reader.u16()
    gyroPerRadianPerSecond = reader.u16()
    accelerationPerMeterPerSecondSquared = reader.u16()
    footPerNewton = reader.u16()
  }

  @_noLocks func write(_ writer: inout PayloadWriter) {
    writer.u16(positionPerRadian)
    writer.u16(velocityPerRadianPerSecond)
    writer.u16(torquePerNewtonMeter)
    writer.u16(stiffnessPerNewtonMeterPerRadian)
    writer.u16(dampingPerNewtonMeterSecondPerRadian)
    writer.u16(gyroPerRadianPerSecond)
    writer.u16(accelerationPerMeterPerSecondSquared)
    writer.u16(footPerNewton)
  }

  /// True if no scale is 0.
  var areUsable: Bool {
    @_noLocks get {
      positionPerRadian != 0 && velocityPerRadianPerSecond != 0 && torquePerNewtonMeter != 0
        && stiffnessPerNewtonMeterPerRadian != 0 && dampingPerNewtonMeterSecondPerRadian != 0
        && gyroPerRadianPerSecond != 0 && accelerationPerMeterPerSecondSquared != 0 && footPerNewton != 0
    }
  }
}

/// One joint's own limits, in the counts of `LinkScales`; gains range from 0.
package struct CapsJoint: BitwiseCopyable, Sendable {
  /// 0 revolute, 1 prismatic, 2 gripper.
  package var kind: UInt8 = 0
  package var positionMinimum: Int16 = 0
  package var positionMaximum: Int16 = 0
  package var velocityMaximum: UInt16 = 0
  package var torqueMaximum: UInt16 = 0
  package var stiffnessMaximum: UInt16 = 0
  package var dampingMaximum: UInt16 = 0
  /// In velocity counts.
  package var slewMaximum: UInt16 = 0

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) {
    kind = reader.u8()
    positionMinimum = reader.i16()
    positionMaximum = reader.i16()
    velocityMaximum = reader.u16()
    torqueMaximum = reader.u16()
    stiffnessMaximum = reader.u16()
    dampingMaximum = reader.u16()
    slewMaximum = reader.u16()
  }

  @_noLocks func write(_ writer: inout PayloadWriter) {
    writer.u8(kind)
    writer.i16(positionMinimum)
    writer.i16(positionMaximum)
    writer.u16(velocityMaximum)
    writer.u16(torqueMaximum)
    writer.u16(stiffnessMaximum)
    writer.u16(dampingMaximum)
    writer.u16(slewMaximum)
  }
}

/// CAPS: what the device can do (SPEC §4.3). `capsCRC` covers the payload from its byte 8 to its end as sent, so its
/// check and its computation belong to the codec, which has the table.
package struct CapsMessage: BitwiseCopyable, Sendable {
  package var capsCRC: UInt32 = 0
  /// Granted.
  package var rateHertz: UInt16 = 0
  /// Bit 0: lockstep granted.
  package var sessionFlags: UInt16 = 0
  /// 0 quadruped, 1 arm.
  package var kind: UInt8 = 0
  package var jointCount: UInt8 = 1
  package var footCount: UInt8 = 0
  /// 0 limp, 1 damp, 2 hold.
  package var onLinkLoss: UInt8 = 0
  package var onEmergencyStop: UInt8 = 0
  package var temperatureMaximumCelsius: UInt8 = 0
  package var sensors: UInt16 = 0
  package var rateMaximumHertz: UInt16 = 0
  package var decodedBytesMaximum: UInt16 = 0
  package var timeToLiveMinimumMilliseconds: UInt16 = 0
  package var timeToLiveMaximumMilliseconds: UInt16 = 0
  package var limpAfterMilliseconds: UInt16 = 0
  package var voltageMinimumMillivolts: UInt16 = 0
  /// In position counts.
  package var holdError: UInt16 = 0
  package var armDelta: UInt16 = 0
  package var scales = LinkScales()
  package var joints = InlineArray<24, CapsJoint>(repeating: CapsJoint())

  /// Where the bytes begin that `capsCRC` covers.
  static var coveredFrom: Int { @_noLocks get { 8 } }

  @_noLocks package init() {}

  @_noLocks mutating func read(_ reader: inout PayloadReader) -> PayloadDefect {
    guard reader.count >= 48 else { return .length }
    capsCRC = reader.u32()
    rateHertz = reader.u16()
    sessionFlags = reader.u16()
    kind = reader.u8()
    jointCount = reader.u8()
    footCount = reader.u8()
    onLinkLoss = reader.u8()
    onEmergencyStop = reader.u8()
    temperatureMaximumCelsius = reader.u8()
    sensors = reader.u16()
    rateMaximumHertz = reader.u16()
    decodedBytesMaximum = reader.u16()
    timeToLiveMinimumMilliseconds = reader.u16()
    timeToLiveMaximumMilliseconds = reader.u16()
    limpAfterMilliseconds = reader.u16()
    voltageMinimumMillivolts = reader.u16()
    holdError = reader.u16()
    armDelta = reader.u16()
    scales.read(&reader)
    guard countsAreGood else { return .value }
    guard reader.count >= 48 + 15 * Int(jointCount) else { return .length }
    for index in 0..<Int(jointCount) { joints[index].read(&reader) }
    return scales.areUsable ? .none : .value
  }

  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    writer.u32(capsCRC)
    writer.u16(rateHertz)
    writer.u16(sessionFlags)
    writer.u8(kind)
    writer.u8(jointCount)
    writer.u8(footCount)
    writer.u8(onLinkLoss)
    writer.u8(onEmergencyStop)
    writer.u8(temperatureMaximumCelsius)
    writer.u16(sensors)
    writer.u16(rateMaximumHertz)
    writer.u16(decodedBytesMaximum)
    writer.u16(timeToLiveMinimumMilliseconds)
    writer.u16(timeToLiveMaximumMilliseconds)
    writer.u16(limpAfterMilliseconds)
    writer.u16(voltageMinimumMillivolts)
    writer.u16(holdError)
    writer.u16(armDelta)
    scales.write(&writer)
    guard countsAreGood && scales.areUsable else { return false }
    for index in 0..<Int(jointCount) { joints[index].write(&writer) }
    return true
  }

  private var countsAreGood: Bool {
    @_noLocks get { jointCount >= 1 && jointCount <= 24 && footCount <= 8 }
  }
}

/// Counts per unit of every fixed-point field (SPEC §3). None may be 0. Metres and newtons take the place of radians
/// and newton metres in a prismatic joint.
package struct LinkScales: BitwiseCopyable, Sendable, Equatable {
  /// Joint positions, targets and limits, counts per rad.
  package var positionPerRadian: UInt16 = 4096
  /// Joint velocities and slew limits, counts per rad/s.
  package var velocityPerRadianPerSecond: UInt16 = 512
  /// Joint torques and feed-forward, counts per N·m.
  package var torquePerNewtonMeter: UInt16 = 256
  /// Position gains (kp), counts per N·m/rad.
  package var stiffnessPerNewtonMeterPerRadian: UInt16 = 64
  /// Velocity gains (kd), counts per N·m·s/rad.
  package var dampingPerNewtonMeterSecondPerRadian: UInt16 = 1024
  /// Angular velocity of the IMU, counts per rad/s.
  package var gyroPerRadianPerSecond: UInt16 = 512
  /// Specific force of the IMU, counts per m/s².
  package var accelerationPerMeterPerSecondSquared: UInt16 = 128
  /// Forces under the feet, counts per N.
  package var footPerNewton: UInt16 = 16

  /// The specification's defaults.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) {
    fields.u16(&positionPerRadian)
    fields.u16(&velocityPerRadianPerSecond)
    fields.u16(&torquePerNewtonMeter)
    fields.u16(&stiffnessPerNewtonMeterPerRadian)
    fields.u16(&dampingPerNewtonMeterSecondPerRadian)
    fields.u16(&gyroPerRadianPerSecond)
    fields.u16(&accelerationPerMeterPerSecondSquared)
    fields.u16(&footPerNewton)
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
  /// The device clamps position targets to no less, position counts.
  package var positionMinimum: Int16 = 0
  /// The device clamps position targets to no more, position counts.
  package var positionMaximum: Int16 = 0
  /// Wanted velocities are clamped to ± this, and a torque that would accelerate beyond it is zero; velocity counts.
  package var velocityMaximum: UInt16 = 0
  /// Torque and feed-forward are clamped to ± this, torque counts.
  package var torqueMaximum: UInt16 = 0
  /// Greatest kp that the device applies, stiffness counts.
  package var stiffnessMaximum: UInt16 = 0
  /// Greatest kd that the device applies, damping counts.
  package var dampingMaximum: UInt16 = 0
  /// Fastest that the target in use moves towards the commanded one, velocity counts.
  package var slewMaximum: UInt16 = 0

  /// A joint that may not move.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) {
    fields.u8(&kind)
    fields.i16(&positionMinimum)
    fields.i16(&positionMaximum)
    fields.u16(&velocityMaximum)
    fields.u16(&torqueMaximum)
    fields.u16(&stiffnessMaximum)
    fields.u16(&dampingMaximum)
    fields.u16(&slewMaximum)
  }
}

/// CAPS: what the device can do (SPEC §4.3). `capsCRC` covers the payload from its byte 8 to its end as sent, so its
/// check and its computation belong to the codec, which has the table.
package struct CapsMessage: BitwiseCopyable, Sendable {
  /// CRC-32C of what is fixed in this firmware. The encoder fills it in; the decoder refuses a wrong one.
  package var capsCRC: UInt32 = 0
  /// Granted SENSOR rate, Hz, rounded; the device sends every round(1000 / rate)-th sample.
  package var rateHertz: UInt16 = 0
  /// Bit 0: lockstep granted.
  package var sessionFlags: UInt16 = 0
  /// 0 quadruped, 1 arm.
  package var kind: UInt8 = 0
  /// Joints of the device, 1…24.
  package var jointCount: UInt8 = 1
  /// Feet of the device, 0…8.
  package var footCount: UInt8 = 0
  /// What the device does when commands cease: 0 limp, 1 damp, 2 hold.
  package var onLinkLoss: UInt8 = 0
  /// What the device does on an emergency stop: 0 limp, 1 damp, 2 hold.
  package var onEmergencyStop: UInt8 = 0
  /// A joint above it is a fault, °C.
  package var temperatureMaximumCelsius: UInt8 = 0
  /// Bits: 0 IMU, 1 feet, 2 gripper, 3 voltage, 4 current, 5 temperature, 6 button, 7 e-stop input, 8 torque.
  package var sensors: UInt16 = 0
  /// Highest SENSOR rate that the device grants, Hz.
  package var rateMaximumHertz: UInt16 = 0
  /// Longest frame that the device takes: header, payload and CRC, bytes.
  package var decodedBytesMaximum: UInt16 = 0
  /// A COMMAND with a shorter time to live is dropped.
  package var timeToLiveMinimumMilliseconds: UInt16 = 0
  /// A longer time to live is cut to this.
  package var timeToLiveMaximumMilliseconds: UInt16 = 0
  /// How long the device damps before it lets go; 0: for ever.
  package var limpAfterMilliseconds: UInt16 = 0
  /// Below it ARM is refused.
  package var voltageMinimumMillivolts: UInt16 = 0
  /// HOLD keeps its target within ± this of the measured position, position counts.
  package var holdError: UInt16 = 0
  /// A mode-OFF command counts for ARM if every joint's position is nearer than this to the measured one, position
  /// counts.
  package var armDelta: UInt16 = 0
  /// Counts per unit of everything that this device sends and takes.
  package var scales = LinkScales()
  /// The first `jointCount` are the device's joints, in its own order.
  package var joints = InlineArray<24, CapsJoint>(repeating: CapsJoint())

  /// Where the bytes begin that `capsCRC` covers.
  static var coveredFrom: Int { @_noLocks get { 8 } }

  /// A device with one joint that may not move.
  @_noLocks package init() {}

  @_noLocks mutating func pass(_ fields: inout PayloadFields) -> PayloadDefect {
    fields.u32(&capsCRC)
    fields.u16(&rateHertz)
    fields.u16(&sessionFlags)
    fields.u8(&kind)
    fields.u8(&jointCount)
    fields.u8(&footCount)
    fields.u8(&onLinkLoss)
    fields.u8(&onEmergencyStop)
    fields.u8(&temperatureMaximumCelsius)
    fields.u16(&sensors)
    fields.u16(&rateMaximumHertz)
    fields.u16(&decodedBytesMaximum)
    fields.u16(&timeToLiveMinimumMilliseconds)
    fields.u16(&timeToLiveMaximumMilliseconds)
    fields.u16(&limpAfterMilliseconds)
    fields.u16(&voltageMinimumMillivolts)
    fields.u16(&holdError)
    fields.u16(&armDelta)
    scales.pass(&fields)
    guard jointCount >= 1 && jointCount <= 24 && footCount <= 8 else { return .value }
    for index in 0..<Int(jointCount) { joints[index].pass(&fields) }
    return scales.areUsable ? .none : .value
  }
}

import CLimbLink
import Glibc
import LimbLink
import LimbProfile

/// The real firmware at the far end of a descriptor, with joints that stand where the test puts them or, if `obeys`, go
/// wherever the firmware's applied target is. Time is the test's.
@safe final class FirmwareRobot {
  let firmware: UnsafeMutablePointer<limb_firmware>
  var descriptor: Int32
  var sample = limb_firmware_sample()
  var obeys = false
  /// What the line makes of whole frames: header and payload, the schema hash that goes into the checksum.
  var rewrite: ((inout [UInt8], inout UInt32) -> Void)?
  /// The device's own clock begins elsewhere than the host's, near the wrap of its 32-bit stamps.
  let clockOffsetMicroseconds: UInt64 = (1 << 32) - 8_000_000

  init(descriptor: Int32, profile: RobotProfile, change: (inout limb_firmware_config) -> Void = { _ in }) {
    self.descriptor = descriptor
    unsafe firmware = .allocate(capacity: 1)
    var config = limb_firmware_config()
    unsafe limb_firmware_config_defaults(&config)
    config.kind = UInt8(profile.robot.kind == .arm ? LIMB_KIND_ARM : LIMB_KIND_QUADRUPED)
    config.n_joints = UInt8(profile.jointCount)
    config.n_feet = UInt8(profile.kinematics.legs.count)
    config.sensors = 0x013B
    config.first_cyclic_seq = 65000
    unsafe withUnsafeMutableBytes(of: &config.uuid) { for index in 0..<16 { unsafe $0[index] = UInt8(index * 17) } }
    for joint in profile.joints {
      let gear = Float(joint.gearRatio)
      let ends = [joint.positionRadians.lowerBound, joint.positionRadians.upperBound].map {
        gear * (Float(joint.direction * $0) + Float(joint.zeroRadians))
      }
      config.set(
        joint.deviceIndex,
        limb_joint_config(
          kind: 0, q_min: ends.min()! - 0.1, q_max: ends.max()! + 0.1,
          dq_max: Float(joint.velocityMaxRadiansPerSecond) * gear, tau_max: Float(joint.torqueMaxNewtonMeters) / gear,
          kp_max: 200, kd_max: 10, slew_max: 30 * gear, inward_max: gear, damp_kd: 0.3))
    }
    change(&config)
    let isSafe = unsafe limb_firmware_init(firmware, &config)
    precondition(isSafe, "the test's firmware configuration is not safe")
    sample.voltage_v = 15
    for joint in 0..<Int(config.n_joints) { FirmwareRobot.set(&sample.temperature_c, joint, 30) }
    sample.quaternion = (1, 0, 0, 0)
    sample.acc_m_s2 = (0, 0, 9.81)
  }

  deinit { unsafe firmware.deallocate() }

  var state: limb_state { unsafe limb_state(UInt32(firmware.pointee.state)) }

  /// One millisecond of the device: what came in, the control tick, what goes out.
  func step(atMicroseconds now: UInt64) {
    let deviceTime = now + clockOffsetMicroseconds
    receive(deviceTime)
    if obeys {
      let count = unsafe Int(firmware.pointee.config.n_joints)
      for joint in 0..<count { set(joint, position: applied(joint)) }
    }
    sample.imu_seq &+= 1
    var output = limb_firmware_output()
    unsafe limb_firmware_tick(firmware, &sample, deviceTime, &output)
    send()
  }

  func receive(_ deviceTime: UInt64) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    if count > 0 { unsafe limb_firmware_receive(firmware, bytes, count, deviceTime) }
  }

  func send() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe limb_firmware_transmit(firmware, &bytes, bytes.count)
    guard count > 0 else { return }
    let sent = rewrite == nil ? Array(bytes.prefix(count)) : reframed(bytes.prefix(count))
    _ = unsafe write(descriptor, sent, sent.count)
  }

  /// Takes every frame apart and makes it anew, changed.
  private func reframed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var sent: [UInt8] = []
    for candidate in bytes.split(separator: 0) {
      let stuffedFrame = Array(candidate)
      var frame = [UInt8](repeating: 0, count: stuffedFrame.count)
      let decoded = unsafe COBS.decode(stuffedFrame, count: stuffedFrame.count, into: &frame)
      frame.removeLast(frame.count - decoded + 4)
      var hash = MessageType.numbered(frame[1])?.schemaHash ?? 0
      rewrite?(&frame, &hash)
      let crc = CRC32C()
      let register = unsafe crc.update(CRC32C.start, frame, count: frame.count)
      let checksum = CRC32C.finish(crc.update(register, littleEndian: hash))
      frame += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
      var stuffed = [UInt8](repeating: 0, count: COBS.maximumEncodedCount(frame.count))
      let length = unsafe COBS.encode(frame, count: frame.count, into: &stuffed)
      sent += [0] + stuffed.prefix(length) + [0]
    }
    return sent
  }

  /// Puts one of the device's joints somewhere, in its own angle.
  func set(_ joint: Int, position: Float, velocity: Float = 0, torque: Float = 0) {
    FirmwareRobot.set(&sample.q, joint, position)
    FirmwareRobot.set(&sample.dq, joint, velocity)
    FirmwareRobot.set(&sample.tau, joint, torque)
  }

  func applied(_ joint: Int) -> Float { control(joint).applied }

  /// What the firmware asks of one of its joints.
  func control(_ joint: Int) -> limb_joint_control {
    unsafe withUnsafeBytes(of: &firmware.pointee.joints) {
      unsafe $0.withMemoryRebound(to: limb_joint_control.self) { unsafe $0[joint] }
    }
  }

  static func set<T>(_ tuple: inout T, _ index: Int, _ value: Float) {
    unsafe withUnsafeMutableBytes(of: &tuple) {
      unsafe $0.withMemoryRebound(to: Float.self) { unsafe $0[index] = value }
    }
  }
}

extension limb_firmware_config {
  mutating func set(_ index: Int, _ joint: limb_joint_config) {
    unsafe withUnsafeMutableBytes(of: &joints) {
      unsafe $0.withMemoryRebound(to: limb_joint_config.self) { unsafe $0[index] = joint }
    }
  }

  func joint(_ index: Int) -> limb_joint_config {
    var copy = joints
    return unsafe withUnsafeBytes(of: &copy) {
      unsafe $0.withMemoryRebound(to: limb_joint_config.self) { unsafe $0[index] }
    }
  }
}

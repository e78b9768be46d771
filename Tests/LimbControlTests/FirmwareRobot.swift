import CLimbLink
import Glibc
import LimbProfile
import LimbTypes

/// The real firmware on a trivial plant: joints go where the firmware's applied target is while the motors follow, and
/// stay where they are otherwise. Attitude, forces and faults are the test's.
@safe final class FirmwareRobot {
  let firmware: UnsafeMutablePointer<limb_firmware>
  var sample = limb_firmware_sample()
  var positions: [Float]
  var rollRadians: Float = 0
  var isImuFrozen = false
  /// What the sensors make of the truth.
  var senses: ((inout limb_firmware_sample) -> Void)?
  /// A joint that something blocks: it stays where it is.
  var stuckJoint: Int?
  var output = limb_firmware_output()
  var nowMicroseconds: UInt64 = 1000
  /// The most that a target moved within a millisecond while a motor followed it with stiffness.
  var largestJump: Float = 0

  init(profile: RobotProfile, change: (inout limb_firmware_config) -> Void = { _ in }) {
    unsafe firmware = .allocate(capacity: 1)
    positions = profile.joints.map { Float($0.nominalRadians) }
    var config = limb_firmware_config()
    unsafe limb_firmware_config_defaults(&config)
    let isArm = profile.robot.kind == .arm
    config.kind = UInt8(isArm ? LIMB_KIND_ARM : LIMB_KIND_QUADRUPED)
    config.n_joints = UInt8(profile.jointCount)
    config.n_feet = UInt8(profile.kinematics.legs.count)
    config.sensors = 0x013B
    config.grants_lockstep = true
    config.has_episode = true
    config.on_link_loss = isArm ? 2 : 1
    config.on_estop = isArm ? 2 : 1
    config.first_cyclic_seq = 65000
    for (index, joint) in profile.joints.enumerated() {
      unsafe FirmwareRobot.with(&config.joints, limb_joint_config.self) {
        unsafe $0[index] = limb_joint_config(
          kind: 0, q_min: Float(joint.positionRadians.lowerBound) - 0.1,
          q_max: Float(joint.positionRadians.upperBound) + 0.1, dq_max: Float(joint.velocityMaxRadiansPerSecond),
          tau_max: Float(joint.torqueMaxNewtonMeters), kp_max: 600, kd_max: 30, slew_max: 40, inward_max: 1,
          damp_kd: 0.3)
      }
    }
    change(&config)
    let isSafe = unsafe limb_firmware_init(firmware, &config)
    precondition(isSafe, "the test's firmware configuration is not safe")
    sample.voltage_v = 15
    for joint in 0..<profile.jointCount { FirmwareRobot.set(&sample.temperature_c, joint, 30) }
    for foot in 0..<profile.kinematics.legs.count { FirmwareRobot.set(&sample.foot_n, foot, 15) }
  }

  deinit { unsafe firmware.deallocate() }

  var state: UInt8 { unsafe firmware.pointee.state }
  /// The PARAM `episode` as the device has it.
  var firmwareEpisode: UInt32 { unsafe firmware.pointee.episode }

  /// A brown-out: the firmware starts anew with its configuration.
  func reset() {
    var config = unsafe firmware.pointee.config
    _ = unsafe limb_firmware_init(firmware, &config)
  }

  /// Starts anew as another device: a new build of the firmware, or another board on the cable.
  func become(_ change: (inout limb_firmware_config) -> Void) {
    var config = unsafe firmware.pointee.config
    change(&config)
    let isSafe = unsafe limb_firmware_init(firmware, &config)
    precondition(isSafe, "the other device's configuration is not safe")
  }

  var action: UInt8 { unsafe firmware.pointee.action }

  /// Some joint is driven towards a place, or pushed: not OFF, DAMP or LIMP.
  var hasStiffness: Bool {
    switch action {
    case 1, 2: positions.indices.contains { joint_control($0).kp != 0 || joint_control($0).tau != 0 }
    case 3: true
    default: false
    }
  }

  /// One millisecond of the device with the bytes that came; returns what it sends.
  func step(_ received: [UInt8]) -> [UInt8] {
    nowMicroseconds += 1000
    if !received.isEmpty { unsafe limb_firmware_receive(firmware, received, received.count, nowMicroseconds) }
    let follows = action == 1 || action == 2 || action == 3
    for joint in positions.indices {
      let control = joint_control(joint)
      var velocity: Float = 0
      if follows, control.kp > 0, joint != stuckJoint {
        // A loaded joint gives way: it follows with a time constant of 10 ms.
        let moved = (control.applied - positions[joint]) * 0.1
        velocity = moved * 1000
        positions[joint] += moved
      }
      FirmwareRobot.set(&sample.q, joint, positions[joint])
      FirmwareRobot.set(&sample.dq, joint, velocity)
    }
    let attitude = Quaternion(rollRadians: rollRadians, pitchRadians: 0, yawRadians: 0)
    sample.quaternion = (attitude.w, attitude.x, attitude.y, attitude.z)
    let up = attitude.conjugate.rotate(Vector3(0, 0, 9.81))
    sample.acc_m_s2 = (up.x, up.y, up.z)
    if !isImuFrozen { sample.imu_seq &+= 1 }
    senses?(&sample)
    let before = positions.indices.map { joint_control($0).applied }
    let wasFollowing = action == 1
    unsafe limb_firmware_tick(firmware, &sample, nowMicroseconds, &output)
    if wasFollowing, action == 1 {
      for joint in positions.indices where joint_control(joint).kp > 0 {
        largestJump = max(largestJump, abs(joint_control(joint).applied - before[joint]))
      }
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe limb_firmware_transmit(firmware, &bytes, bytes.count)
    return Array(bytes[..<count])
  }

  func joint_control(_ joint: Int) -> limb_joint_control {
    unsafe FirmwareRobot.with(&firmware.pointee.joints, limb_joint_control.self) { unsafe $0[joint] }
  }

  static func set<T>(_ tuple: inout T, _ index: Int, _ value: Float) {
    unsafe with(&tuple, Float.self) { unsafe $0[index] = value }
  }

  static func add<T>(_ tuple: inout T, _ index: Int, _ value: Float) {
    unsafe with(&tuple, Float.self) { unsafe $0[index] += value }
  }

  static func with<T, E, R>(_ tuple: inout T, _ type: E.Type, _ body: (UnsafeMutableBufferPointer<E>) -> R) -> R {
    unsafe withUnsafeMutableBytes(of: &tuple) { unsafe $0.withMemoryRebound(to: E.self) { unsafe body($0) } }
  }
}

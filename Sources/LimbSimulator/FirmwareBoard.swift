internal import CLimbLink
internal import LimbProfile
internal import LimbTypes

/// The reference firmware in C on a simulated board. One thread.
///
/// Everything the firmware sees comes through `limb_firmware_sample`, everything it does through its torques and bytes.
@safe struct FirmwareBoard: ~Copyable {
  let firmware: UnsafeMutablePointer<limb_firmware>
  private var configuration: limb_firmware_config
  private let units: DeviceUnits
  private let profileGains: [Float]
  private var sample = limb_firmware_sample()
  private var output = limb_firmware_output()

  /// What the board itself contributes to a sample besides the plant's reading.
  struct Inputs {
    var button = false
    var emergencyStop = false
    /// The inertial unit delivers nothing new.
    var isInertialUnitFrozen = false
    /// Motor temperatures that differ from the ambient, by profile joint.
    var celsius: [Int: Float] = [:]
    /// Profile joints whose encoder reports what is not a number.
    var lostEncoders: Set<Int> = []
  }

  private static let ambientCelsius: Float = 25

  init(_ profile: RobotProfile, grantsLockstep: Bool) throws(SimulatorError) {
    units = DeviceUnits(profile)
    profileGains = profile.joints.map { Float($0.kp) }
    configuration = Self.configuration(profile, units)
    configuration.grants_lockstep = grantsLockstep
    configuration.reset_cause = 1
    let memory = UnsafeMutablePointer<limb_firmware>.allocate(capacity: 1)
    let isSafe = unsafe limb_firmware_init(memory, &configuration)
    unsafe firmware = memory
    if !isSafe { throw .firmwareConfiguration(profile: profile.robot.name) }
  }

  deinit { unsafe firmware.deallocate() }

  /// A reset in mid-run: everything the microcontroller knew is gone. Device time goes on (a clock of its own).
  mutating func reset(cause: UInt8) {
    configuration.reset_cause = cause
    _ = unsafe limb_firmware_init(firmware, &configuration)
  }

  /// Bytes from the host.
  func receive(_ bytes: [UInt8], at now: UInt64) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe limb_firmware_receive(firmware, base, buffer.count, now)
    }
  }

  /// Bytes for the host, appended.
  func transmit(to bytes: inout [UInt8]) {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(LIMB_TRANSMIT_CAPACITY)) { buffer in
      let count = unsafe limb_firmware_transmit(firmware, buffer.baseAddress!, buffer.count)
      unsafe bytes.append(contentsOf: buffer[..<count])
    }
  }

  /// One millisecond: the reading goes in, torques in the profile's joint order come out.
  mutating func tick(_ reading: SensorReading, _ inputs: Inputs, at now: UInt64) -> JointVector {
    load(reading, inputs)
    unsafe limb_firmware_tick(firmware, &sample, now, &output)
    var torques = JointVector()
    unsafe withUnsafeBytes(of: &output.tau) { raw in
      for (index, joint) in units.joints.enumerated() {
        torques[index] = joint.jointTorque(device: unsafe raw.load(fromByteOffset: 4 * joint.device, as: Float.self))
      }
    }
    return torques
  }

  private mutating func load(_ reading: SensorReading, _ inputs: Inputs) {
    for (index, joint) in units.joints.enumerated() {
      Self.store(joint.position(reading.jointPositionRadians[index]), joint.device, in: &sample.q)
      Self.store(joint.velocity(reading.jointVelocityRadiansPerSecond[index]), joint.device, in: &sample.dq)
      Self.store(joint.torque(reading.jointTorqueNewtonMeters[index]), joint.device, in: &sample.tau)
      Self.store(inputs.celsius[index] ?? Self.ambientCelsius, joint.device, in: &sample.temperature_c)
    }
    for index in inputs.lostEncoders { Self.store(.nan, units.joints[index].device, in: &sample.q) }
    if !inputs.isInertialUnitFrozen { loadInertialUnit(reading) }
    for foot in 0..<footCapacity { Self.store(reading.footForceNewtons[foot], foot, in: &sample.foot_n) }
    sample.voltage_v = reading.busVolts
    sample.current_a = reading.busAmperes
    sample.gripper_width_m = reading.gripperWidthMeters
    sample.gripper_force_n = reading.gripperForceNewtons
    sample.button = inputs.button
    sample.estop_input = inputs.emergencyStop
  }

  private mutating func loadInertialUnit(_ reading: SensorReading) {
    let mounting = units.bodyFromSensor
    let world = reading.orientation * mounting
    for (index, value) in [world.w, world.x, world.y, world.z].enumerated() {
      Self.store(value, index, in: &sample.quaternion)
    }
    let gyro = mounting.conjugate.rotate(reading.angularVelocityRadiansPerSecond)
    let force = mounting.conjugate.rotate(reading.accelerationMetersPerSecondSquared)
    for axis in 0..<3 {
      Self.store(gyro[axis], axis, in: &sample.gyro_rad_s)
      Self.store(force[axis], axis, in: &sample.acc_m_s2)
    }
    sample.imu_seq &+= 1
  }

  private static func store<Field>(_ value: Float, _ index: Int, in field: inout Field) {
    unsafe withUnsafeMutableBytes(of: &field) {
      unsafe $0.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
    }
  }

  /// True if the last tick put a SENSOR frame into the transmit buffer; its number on the wire.
  var cyclicSequence: UInt16? { output.cyclic ? output.cyclic_seq : nil }
  var motorsEnabled: Bool { output.motors_enabled }
  var grantedLockstep: Bool { unsafe firmware.pointee.lockstep }
  var hasSession: Bool { unsafe firmware.pointee.session != 0 }
  /// Milliseconds between two SENSOR frames of the link's session.
  var millisecondsPerFrame: Int { unsafe Int(firmware.pointee.ticks_per_frame) }
  var firstSequence: UInt16 { configuration.first_cyclic_seq }

  /// The episode that the host announced since the last call, or nil.
  func takeEpisode() -> UInt32? {
    guard unsafe firmware.pointee.episode_changed else { return nil }
    unsafe firmware.pointee.episode_changed = false
    return unsafe firmware.pointee.episode
  }

  /// Stiffness that the motors apply now as a share of the profile's gains, over the stiffest joint; 0 without any.
  func stiffnessShare() -> Double {
    guard output.motors_enabled else { return 0 }
    switch limb_action(UInt32(output.action)) {
    case LIMB_ACTION_FOLLOW, LIMB_ACTION_COAST, LIMB_ACTION_HOLD: break
    default: return 0
    }
    var share: Float = 0
    unsafe withUnsafeBytes(of: &firmware.pointee.joints) { raw in
      let table = unsafe raw.bindMemory(to: limb_joint_control.self)
      for (index, joint) in units.joints.enumerated() where profileGains[index] > 0 {
        share = max(share, unsafe table[joint.device].kp / joint.gain(profileGains[index]))
      }
    }
    return Double(share)
  }
}

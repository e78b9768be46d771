import CLimbLink

/// The C firmware on the bench: one pendulum a joint under gravity, and a host that greets it and answers its frames.
/// Time is moved by hand, one millisecond a step.
@safe final class Device {
  static let joints = 6
  static let rateHz: UInt16 = 500

  private let firmware: UnsafeMutablePointer<limb_firmware>
  private let decoder: UnsafeMutablePointer<limb_decoder>
  private let incoming: UnsafeMutablePointer<limb_message>
  private(set) var nowMicroseconds: UInt64 = 10_000_000
  private var serviceSequence: UInt16 = 0
  private var cyclicSequence: UInt16 = 65_500

  /// Pendulums: angle from hanging down, rad; speed, rad/s.
  var angles = [Float](repeating: 0.3, count: joints)
  var speeds = [Float](repeating: 0, count: joints)
  var gravityNewtonMetres: Float = 0.8
  let inertia: Float = 0.02
  var sample = limb_firmware_sample()
  private(set) var output = limb_firmware_output()

  /// The last of each message that came.
  private(set) var sensor = limb_sensor()
  private(set) var sensorSequence: UInt16 = 0
  private(set) var acknowledgement = limb_ack()
  private(set) var greeting = limb_hello_ack()
  private(set) var capabilities = limb_caps()
  private(set) var counts: [UInt32: Int] = [:]

  var state: limb_state { unsafe limb_state(UInt32(firmware.pointee.state)) }
  var action: limb_action { unsafe limb_action(UInt32(firmware.pointee.action)) }
  var commandCounters: limb_command_counters { unsafe firmware.pointee.command_counters }
  var linkCounters: limb_counters { unsafe firmware.pointee.decoder.counters }
  var episode: UInt32 { unsafe firmware.pointee.episode }

  init(stop: limb_stop = LIMB_STOP_DAMP, change: (inout limb_firmware_config) -> Void = { _ in }) {
    unsafe firmware = .allocate(capacity: 1)
    unsafe decoder = .allocate(capacity: 1)
    unsafe incoming = .allocate(capacity: 1)
    unsafe incoming.initialize(to: limb_message())
    var config = Device.configuration(stop: stop)
    change(&config)
    unsafe limb_firmware_init(firmware, &config)
    unsafe limb_decoder_init(decoder)
    sample.voltage_v = 16
    sample.quaternion.0 = 1
  }

  deinit {
    unsafe firmware.deallocate()
    unsafe decoder.deallocate()
    unsafe incoming.deallocate()
  }

  /// A table-top arm: generous limits, everything measured.
  static func configuration(stop: limb_stop) -> limb_firmware_config {
    var config = limb_firmware_config()
    unsafe limb_firmware_config_defaults(&config)
    config.kind = UInt8(LIMB_KIND_ARM)
    config.n_joints = UInt8(joints)
    config.sensors = UInt16(LIMB_SENSOR_HAS_GRIPPER | LIMB_SENSOR_HAS_VOLTAGE)
    config.on_link_loss = UInt8(stop.rawValue)
    config.on_estop = UInt8(stop.rawValue)
    config.has_episode = true
    config.first_cyclic_seq = 65_000
    unsafe withUnsafeMutableBytes(of: &config.joints) { bytes in
      let limits = unsafe bytes.bindMemory(to: limb_joint_config.self)
      for joint in 0..<joints {
        unsafe limits[joint] = limb_joint_config(
          kind: 0, q_min: -3, q_max: 3, dq_max: 20, tau_max: 6, kp_max: 100, kd_max: 5, slew_max: 10,
          inward_max: 1, damp_kd: 0.3)
      }
    }
    return config
  }

  /// One millisecond: the firmware samples and drives, the pendulums move.
  func step() {
    nowMicroseconds += 1000
    Device.store(angles, in: &sample.q)
    Device.store(speeds, in: &sample.dq)
    unsafe limb_firmware_tick(firmware, &sample, nowMicroseconds, &output)
    let torques = self.torques
    for joint in 0..<Device.joints {
      // sin x ≈ x − x³/6 is gravity enough below a radian.
      let pull = gravityNewtonMetres * (angles[joint] - angles[joint] * angles[joint] * angles[joint] / 6)
      speeds[joint] += (torques[joint] - pull - 0.01 * speeds[joint]) / inertia * 0.001
      angles[joint] += speeds[joint] * 0.001
    }
    drain()
  }

  /// Writes into one of the sample's C arrays (a tuple in Swift).
  private static func store<Array>(_ values: [Float], in array: inout Array) {
    unsafe withUnsafeMutableBytes(of: &array) { bytes in
      for (index, value) in values.enumerated() {
        unsafe bytes.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
      }
    }
  }

  /// The torques of the last step, Nm.
  var torques: [Float] {
    var output = output
    return unsafe withUnsafeBytes(of: &output.tau) { bytes in
      (0..<Device.joints).map { unsafe bytes.load(fromByteOffset: $0 * 4, as: Float.self) }
    }
  }

  func receive(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe limb_firmware_receive(firmware, buffer.baseAddress, buffer.count, nowMicroseconds)
    }
    drain()
  }

  private func drain() {
    var bytes = [UInt8](repeating: 0, count: 61)
    while true {
      let count = unsafe limb_firmware_transmit(firmware, &bytes, bytes.count)
      if count == 0 { return }
      var at = 0
      while at < count {
        var delivered = false
        at += unsafe bytes[at..<count].withUnsafeBufferPointer { piece in
          unsafe limb_decoder_push(decoder, piece.baseAddress, piece.count, incoming, &delivered)
        }
        if delivered { take() }
      }
    }
  }

  private func take() {
    let message = unsafe incoming.pointee
    let type = UInt32(message.header.type)
    counts[type, default: 0] += 1
    switch limb_type(type) {
    case LIMB_SENSOR_ARM, LIMB_SENSOR_QUAD:
      sensor = unsafe message.body.sensor
      sensorSequence = message.header.seq
    case LIMB_ACK: acknowledgement = unsafe message.body.ack
    case LIMB_HELLO_ACK: greeting = unsafe message.body.hello_ack
    case LIMB_CAPS: capabilities = unsafe message.body.caps
    default: break
    }
  }

  /// Encodes and sends one message of the host.
  func send(_ type: limb_type, _ fill: (inout limb_message) -> Void) {
    var message = limb_message()
    fill(&message)
    message.header.type = UInt8(type.rawValue)
    if type == LIMB_COMMAND {
      cyclicSequence &+= 1
      message.header.seq = cyclicSequence
    } else {
      serviceSequence &+= 1
      message.header.seq = serviceSequence
    }
    receive(Device.encode(message))
  }

  static func encode(_ message: limb_message) -> [UInt8] {
    var message = message
    var bytes = [UInt8](repeating: 0, count: Int(LIMB_MAX_ENCODED))
    let count = unsafe limb_encode(&message, &bytes, bytes.count)
    return Array(bytes[..<count])
  }
}

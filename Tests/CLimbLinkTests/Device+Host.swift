import CLimbLink

/// What a host does with a device: greet, arm, command.
extension Device {
  static let session: UInt16 = 77

  func greet(session: UInt16 = Device.session, wantsLockstep: Bool = false) {
    send(LIMB_HELLO) { message in
      unsafe message.body.hello = limb_hello(
        magic: 0, session: session, rate_hz: Device.rateHz, nonce: 5,
        flags: wantsLockstep ? UInt16(LIMB_HELLO_WANTS_LOCKSTEP) : 0)
    }
  }

  func arm() -> limb_result {
    let crc = capabilities.caps_crc
    send(LIMB_ARM) { unsafe $0.body.arm = limb_arm(request: 1, session: Device.session, caps_crc: crc) }
    return limb_result(UInt32(acknowledgement.result))
  }

  func disarm() -> limb_result {
    send(LIMB_DISARM) { unsafe $0.body.disarm = limb_disarm(request: 2, session: Device.session) }
    return limb_result(UInt32(acknowledgement.result))
  }

  func clear(_ what: UInt32) -> limb_result {
    send(LIMB_CLEAR) { unsafe $0.body.clear = limb_clear(request: 3, session: Device.session, what: UInt8(what)) }
    return limb_result(UInt32(acknowledgement.result))
  }

  func emergencyStop() {
    var bytes = [UInt8](repeating: 0, count: Int(LIMB_MAX_ENCODED))
    let count = unsafe limb_encode_estop(0, 0, &bytes, bytes.count)
    receive(Array(bytes[..<count]))
  }

  /// Answers the last SENSOR frame: mode OFF with what was measured, or mode RUN with `targets`.
  func answer(targets: [Float]?, kp: Float = 30, kd: Float = 0.6, torque: Float = 0) {
    var command = limb_command()
    command.n_joints = UInt8(Device.joints)
    command.mode = UInt8(targets == nil ? LIMB_MODE_OFF : LIMB_MODE_RUN)
    command.ttl_ms = 100
    command.sensor_seq = sensorSequence
    command.session = Device.session
    let measured = measuredCounts
    unsafe withUnsafeMutableBytes(of: &command.joints) { bytes in
      let joints = unsafe bytes.bindMemory(to: limb_command_joint.self)
      for joint in 0..<Device.joints {
        unsafe joints[joint].q = targets.map { limb_to_i16($0[joint], 4096) } ?? measured[joint]
        unsafe joints[joint].tau = limb_to_i16(torque, 256)
        unsafe joints[joint].kp = limb_to_u16(kp, 64)
        unsafe joints[joint].kd = limb_to_u16(kd, 1024)
      }
    }
    send(LIMB_COMMAND) { unsafe $0.body.command = command }
  }

  private var measuredCounts: [Int16] {
    var sensor = sensor
    return unsafe withUnsafeBytes(of: &sensor.joints) { bytes in
      (0..<Device.joints).map { unsafe bytes.load(fromByteOffset: $0 * 8, as: Int16.self) }
    }
  }

  /// Steps and answers every fresh frame.
  func run(milliseconds: Int, targets: [Float]?, kp: Float = 30, torque: Float = 0) {
    for _ in 0..<milliseconds {
      step()
      if output.cyclic { answer(targets: targets, kp: kp, torque: torque) }
    }
  }

  func silence(milliseconds: Int) {
    for _ in 0..<milliseconds { step() }
  }

  /// From power-on to armed, the motors still off.
  func greetAndArm() -> limb_result {
    step()
    greet()
    run(milliseconds: 40, targets: nil)
    return arm()
  }
}

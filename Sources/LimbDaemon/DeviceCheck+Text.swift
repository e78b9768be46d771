internal import LimbDevices
internal import LimbLink
internal import LimbOperations

/// What a device said of itself, in words and as an object.
extension DeviceCheck {
  private static let states = [
    "BOOT", "WAIT_HELLO", "DISARMED", "ARMED", "COAST", "DAMP", "HOLD", "LIMP", "FAULT", "ESTOP",
  ]
  private static let latches = ["none", "command expired", "e-stop by a message", "e-stop input", "fault"]
  private static let stops = ["limp", "damp", "hold"]
  private static let sensors = [
    (0, "imu"), (1, "foot_contact"), (2, "gripper"), (3, "bus_voltage"), (4, "bus_current"), (5, "motor_temperature"),
    (6, "button"), (7, "estop_input"), (8, "joint_torque"),
  ]

  private static func name(_ number: UInt8, of names: [String]) -> String {
    names.indices.contains(Int(number)) ? names[Int(number)] : "\(number)"
  }

  private static func version(_ byte: UInt8) -> String { "\(byte >> 4).\(byte & 15)" }

  private static func sensorNames(_ caps: CapsMessage) -> [String] {
    sensors.filter { caps.sensors >> UInt16($0.0) & 1 == 1 }.map(\.1)
  }

  static func text(_ examination: DeviceExamination, _ port: String) -> String {
    let identity = examination.identity
    var lines = [
      "Device (\(port))",
      "  uuid \(identity.uuidText), board \(identity.board), firmware \(identity.firmwareMajor)."
        + "\(identity.firmwareMinor).\(identity.firmwarePatch), limb-link \(version(identity.protocolVersion))",
      "  state \(name(examination.status.state, of: states)), latch \(name(examination.status.latch, of: latches))",
    ]
    if let caps = examination.caps {
      lines.append(
        "  \(caps.kind == 1 ? "arm" : "quadruped") of \(caps.jointCount) joints, \(caps.footCount) feet; sensors "
          + sensorNames(caps).joined(separator: ", "))
      lines.append(
        "  \(caps.rateHertz) Hz granted of \(caps.rateMaximumHertz) Hz; commands live "
          + "\(caps.timeToLiveMinimumMilliseconds)…\(caps.timeToLiveMaximumMilliseconds) ms; on link loss "
          + "\(name(caps.onLinkLoss, of: stops)), on e-stop \(name(caps.onEmergencyStop, of: stops)), "
          + (caps.limpAfterMilliseconds == 0 ? "never limp" : "limp after \(caps.limpAfterMilliseconds) ms"))
    }
    if examination.outcome == .agrees {
      lines.append(
        "  heard \(examination.frames) frames at \(fixed(examination.framesPerSecond, 1)) Hz of the device's time, "
          + "\(examination.framesLost) lost")
    }
    if !examination.parameters.isEmpty {
      lines.append("  parameters " + examination.parameters.map { "\($0.name) \($0.value)" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  static func object(_ examination: DeviceExamination, _ port: String) -> JSONObject {
    let identity = examination.identity
    var object = JSONObject()
    object.set("port", port)
    object.set("agrees", examination.outcome == .agrees)
    object.set("uuid", identity.uuidText)
    object.set("board", identity.board)
    object.set("firmware", "\(identity.firmwareMajor).\(identity.firmwareMinor).\(identity.firmwarePatch)")
    object.set("protocol", version(identity.protocolVersion))
    object.set("state", name(examination.status.state, of: states))
    object.set("latch", name(examination.status.latch, of: latches))
    if let caps = examination.caps {
      object.set("kind", caps.kind == 1 ? "arm" : "quadruped")
      object.set("joints", caps.jointCount)
      object.set("feet", caps.footCount)
      object.set("rate_hz", caps.rateHertz)
      object.set("command_ttl_ms_min", caps.timeToLiveMinimumMilliseconds)
      object.set("command_ttl_ms_max", caps.timeToLiveMaximumMilliseconds)
      object.set("limp_after_ms", caps.limpAfterMilliseconds)
      object.set("on_link_loss", name(caps.onLinkLoss, of: stops))
      object.set("on_estop", name(caps.onEmergencyStop, of: stops))
      object.set("sensors", sensorNames(caps))
    }
    object.set("frames", examination.frames)
    object.set("frames_lost", examination.framesLost)
    object.set("frames_per_second", examination.framesPerSecond)
    var parameters = JSONObject()
    for parameter in examination.parameters { parameters.set(parameter.name, parameter.value) }
    object.set("parameters", parameters)
    return object
  }
}

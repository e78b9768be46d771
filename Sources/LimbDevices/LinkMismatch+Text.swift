package import LimbProfile

/// Words for a difference. Off the control path.
extension LinkMismatch {
  /// A sentence with what was found, what was expected, and the key of the profile that says so.
  package func description(jointNames: [String]) -> String {
    let name = jointNames.indices.contains(Int(joint)) ? jointNames[Int(joint)] : "joint \(joint)"
    switch kind {
    case .uuid: return "device: another board than link.uuid names"
    case .protocolVersion: return "the device speaks limb-link \(version(found)), limbd \(version(expected))"
    case .capabilities:
      return "the device answers HELLO, but its CAPS never passes its checksum (\(Int(found)) frames failed): another "
        + "layout of the message, or a line that damages it every time"
    case .robotKind:
      return "kind: the device is \(kindName(found)), robot.kind says \(kindName(expected))"
    case .jointCount: return "joints: the device has \(Int(found)), the profile \(Int(expected))"
    case .jointIndex: return "\(name): index \(Int(expected)) is beyond the device's \(Int(found)) joints"
    case .positionRange:
      return "\(name): position_rad reaches \(expected), the device allows only \(found) (device angles, radians)"
    case .velocityMaximum: return "\(name): velocity_max_rad_s is \(expected), the device allows \(found)"
    case .torqueMaximum: return "\(name): torque_max_nm is \(expected), the device allows \(found)"
    case .stiffness: return "\(name): kp is \(expected), the device allows \(found)"
    case .damping: return "\(name): kd is \(expected), the device allows \(found)"
    case .slew: return "\(name): safety.slew_rad_s is \(expected), the device allows \(found)"
    case .rate: return "control.rate_hz is \(Int(expected)), the device grants \(Int(found))"
    case .timeToLive: return "control.command_ttl_ms is \(Int(expected)), the device's bound is \(Int(found))"
    case .onLinkLoss: return "safety.on_link_loss is \(stopName(expected)), the device does \(stopName(found))"
    case .onEmergencyStop: return "safety.on_estop is \(stopName(expected)), the device does \(stopName(found))"
    case .sensors: return "robot.sensors: the device lacks \(sensorNames(UInt16(found), UInt16(expected)))"
    case .footCount: return "kinematics.legs: foot sensor \(Int(expected)) is beyond the device's \(Int(found))"
    case .messageSize: return "commands take \(Int(expected)) bytes, the device receives at most \(Int(found))"
    case .lockstep:
      return expected > 0 ? "lockstep was asked for and not granted" : "lockstep was granted and not asked for"
    case .voltageMinimum:
      return "limbd stops below \(expected) V, but the device refuses to arm below \(found) V already"
    case .temperatureMaximum:
      return "limbd stops above \(expected) °C, but the device faults at \(found) °C already"
    case .holdError: return "safety.hold_error_rad is \(expected), the device holds with \(found)"
    }
  }

  /// The path of the profile's key that says otherwise, as in every finding.
  package func path(in profile: RobotProfile) -> String {
    let index = Int(joint)
    let isHinge = profile.joints.indices.contains(index) ? profile.joints[index].kind == .hinge : true
    let place = "joints[\(index)]"
    return switch kind {
    case .uuid: "link.uuid"
    case .protocolVersion, .capabilities, .messageSize, .lockstep: "link.driver"
    case .robotKind: "robot.kind"
    case .jointCount: "joints"
    case .jointIndex: "\(place).index"
    case .positionRange: "\(place).position_\(isHinge ? "rad" : "m")"
    case .velocityMaximum: "\(place).velocity_max_\(isHinge ? "rad_s" : "m_s")"
    case .torqueMaximum: "\(place).\(isHinge ? "torque_max_nm" : "force_max_n")"
    case .stiffness: "\(place).kp"
    case .damping: "\(place).kd"
    case .slew: "safety.slew_rad_s"
    case .rate: "control.rate_hz"
    case .timeToLive: "control.command_ttl_ms"
    case .onLinkLoss: "safety.on_link_loss"
    case .onEmergencyStop: "safety.on_estop"
    case .sensors: "robot.sensors"
    case .footCount: "kinematics.legs"
    case .voltageMinimum: "safety.voltage_min_v"
    case .temperatureMaximum: "safety.temperature_max_c"
    case .holdError: "safety.hold_error_rad"
    }
  }

  private func version(_ byte: Float) -> String { "\(Int(byte) >> 4).\(Int(byte) & 15)" }

  private func kindName(_ number: Float) -> String { number == 0 ? "a quadruped" : number == 1 ? "an arm" : "unknown" }

  private func stopName(_ number: Float) -> String {
    switch number {
    case 0: "limp"
    case 1: "damp"
    case 2: "hold"
    default: "\(Int(number))"
    }
  }

  private func sensorNames(_ found: UInt16, _ expected: UInt16) -> String {
    let names = [(1, "imu"), (2, "foot_contact"), (8, "bus_voltage"), (32, "motor_temperature"), (256, "joint_torque")]
    return names.filter { expected & ~found & UInt16($0.0) != 0 }.map(\.1).joined(separator: ", ")
  }
}

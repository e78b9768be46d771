/// In what a device differs from what the profile says of it.
package enum MismatchKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case uuid
  case robotKind
  case jointCount
  case jointIndex
  case positionRange
  case velocityMaximum
  case torqueMaximum
  case stiffness
  case damping
  case slew
  case rate
  case timeToLive
  case onLinkLoss
  case onEmergencyStop
  case sensors
  case footCount
  case messageSize
  case lockstep
}

/// One difference; found and expected in the unit of its kind (radian, rad/s, Nm, Hz, ms, a number of CAPS).
package struct LinkMismatch: BitwiseCopyable, Sendable {
  /// In what they differ.
  package var kind = MismatchKind.uuid
  /// The joint in limbd's order, or −1.
  package var joint: Int8 = -1
  /// What the device has.
  package var found: Float = 0
  /// What the profile asks for.
  package var expected: Float = 0

  /// No difference in the UUID; to be overwritten.
  @_noLocks package init() {}

  /// A difference of a joint, −1 for none.
  @_noLocks package init(_ kind: MismatchKind, joint: Int, found: Float, expected: Float) {
    self.kind = kind
    self.joint = Int8(clamping: joint)
    self.found = found
    self.expected = expected
  }

  /// A sentence with what was found, what was expected, and the key of the profile that says so. Off the control path.
  package func description(jointNames: [String]) -> String {
    let name = jointNames.indices.contains(Int(joint)) ? jointNames[Int(joint)] : "joint \(joint)"
    switch kind {
    case .uuid: return "device: another board than link.uuid names"
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
    }
  }

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

/// The first differences found, all of them unless there are more than fit.
package struct LinkMismatches: BitwiseCopyable, Sendable {
  /// How many there are, of which the first sixteen are kept.
  package private(set) var count = 0
  private var kept = InlineArray<16, LinkMismatch>(repeating: LinkMismatch())

  /// None found.
  @_noLocks package init() {}

  /// True if device and profile agree.
  package var isEmpty: Bool { @_noLocks get { count == 0 } }

  /// A kept one, `index` below `min(count, 16)`.
  package subscript(index: Int) -> LinkMismatch { @_noLocks get { kept[index] } }

  @_noLocks mutating func append(_ mismatch: LinkMismatch) {
    if count < 16 { kept[count] = mismatch }
    count += 1
  }

  /// One sentence each. Off the control path.
  package func descriptions(jointNames: [String]) -> [String] {
    (0..<min(count, 16)).map { kept[$0].description(jointNames: jointNames) }
      + (count > 16 ? ["and \(count - 16) more"] : [])
  }
}

internal import LimbTypes

extension ProfileLoader {
  func robotName(_ section: ProfileSection) -> (String, RobotKind) {
    (section.name("name"), section.choice("kind"))
  }

  /// The sensors last: what is left out follows from the link's frames, the `imu` section and the legs.
  func sensors(_ section: ProfileSection, hasIMU: Bool, _ kinematics: RobotProfile.Kinematics) -> Set<Sensor> {
    defer { section.finish() }
    var standard: [Sensor] = hasIMU ? [.imu] : []
    standard += [.jointTorque, .busVoltage, .motorTemperature]
    let hasContacts = kinematics.legs.contains { $0.contactIndex != nil }
    if hasContacts { standard.append(.footContact) }
    let sensors = Set(section.choices("sensors", Sensor.self, default: standard))
    if sensors.contains(.imu) != hasIMU, !section.standsIn {
      section.refuse(
        "sensors", found: hasIMU ? "no imu" : "imu",
        expected: hasIMU ? "imu, since there is a section \"imu\"" : "a section \"imu\" with its mounting")
    }
    if sensors.contains(.footContact) != hasContacts, !kinematics.legs.isEmpty {
      section.refuse(
        "sensors", found: hasContacts ? "no foot_contact" : "foot_contact",
        expected: hasContacts
          ? "foot_contact, since kinematics.legs have \"contact\"" : "\"contact\" in kinematics.legs")
    }
    return sensors
  }

  func link(_ section: ProfileSection) -> RobotProfile.Link {
    defer { section.finish() }
    return RobotProfile.Link(
      driver: section.choice("driver"),
      port: port(section),
      baud: section.integer("baud", 9_600...12_000_000),
      deviceUUID: deviceUUID(section))
  }

  private func port(_ section: ProfileSection) -> String {
    if let node = section.value("port"), case .mapping(let entries) = node.content, entries.first?.key == "sim" {
      section.reject("port", node, expected: "\"sim:\" in quotes")
      return ""
    }
    return section.text("port", expected: "\"sim:\" or the path of a serial device, such as /dev/limb-left") { text in
      text == "sim:" || text.hasPrefix("/")
    }
  }

  private func deviceUUID(_ section: ProfileSection) -> String? {
    guard section.value("uuid") != nil else {
      section.canonical.append("uuid", .absent("any device that fits"))
      return nil
    }
    let text = section.text("uuid", expected: "32 hexadecimal digits, as limbd check --connect prints them") { text in
      text.replacing("-", with: "").count == 32 && text.allSatisfy { $0 == "-" || ($0.isASCII && $0.isHexDigit) }
    }
    return text.replacing("-", with: "").lowercased()
  }

  func realtime(_ section: ProfileSection) -> RobotProfile.Realtime {
    defer { section.finish() }
    return RobotProfile.Realtime(
      cpu: section.optionalInteger("cpu", 0...1023, absent: "the kernel chooses"),
      priority: section.integer("priority", 1...98, default: 70),
      whenRefused: section.choice("when_refused", default: RealtimeRefusal.refuseToArm))
  }

  func imu(_ root: ProfileSection, _ kind: RobotKind) -> RobotProfile.InertialUnit? {
    if kind == .quadruped, !root.has("imu") {
      root.missing("imu", expected: "the section \"imu\": a quadruped cannot do without")
      _ = root.value("imu")
      return RobotProfile.InertialUnit(mountingRollPitchYawDegrees: .zero)
    }
    guard let section = root.optionalSection("imu") else { return nil }
    defer { section.finish() }
    return RobotProfile.InertialUnit(mountingRollPitchYawDegrees: section.vector("mounting_rpy_deg", -180...180))
  }

  func estimation(_ section: ProfileSection) -> RobotProfile.Estimation {
    defer { section.finish() }
    return RobotProfile.Estimation(
      velocitySource: section.choice("velocity", default: VelocitySource.legs),
      slipGateMetersPerSecond: section.number("slip_gate_m_s", 0.01...10, default: 0.5),
      accelerometerStandardDeviation: section.number("accelerometer_std_m_s2", 0.001...100, default: 0.5),
      legVelocityStandardDeviation: section.number("leg_velocity_std_m_s", 0.001...10, default: 0.1),
      attitudeTimeConstantSeconds: section.number("attitude_time_constant_s", 0.01...100, default: 1))
  }
}

extension ProfileLoader {
  func joints(_ root: ProfileSection) -> [RobotProfile.Joint] {
    let sections = root.sections(
      "joints", count: 1...jointCapacity, expected: "a list of 1 to \(jointCapacity) joints")
    var joints: [RobotProfile.Joint] = []
    for section in sections {
      let joint = joint(section)
      if joints.contains(where: { $0.name == joint.name && !joint.name.isEmpty }) {
        section.refuse("name", found: "\(joint.name) again", expected: "a name of its own for each joint")
      }
      if joints.contains(where: { $0.deviceIndex == joint.deviceIndex }), section.has("index") {
        section.refuse(
          "index", found: "\(joint.deviceIndex) again", expected: "an index of its own for each joint")
      }
      joints.append(joint)
    }
    for (section, joint) in zip(sections, joints) where joint.deviceIndex >= joints.count && section.has("index") {
      section.refuse(
        "index", found: "\(joint.deviceIndex)", expected: "0 to \(joints.count - 1) with \(joints.count) joints")
    }
    return joints
  }

  private func joint(_ section: ProfileSection) -> RobotProfile.Joint {
    defer { section.finish() }
    // Two turns each way.
    let turn = 12.6
    let name = section.name("name")
    let kind: JointKind = section.choice("kind", default: .hinge)
    // A slide's keys carry its own units, so that nobody writes millimetres into radians.
    let (place, speed, force) = kind == .hinge ? ("rad", "rad_s", "torque_max_nm") : ("m", "m_s", "force_max_n")
    let index = section.integer("index", 0...(jointCapacity - 1))
    let direction = direction(section)
    let zero = section.number("zero_\(place)", -turn...turn)
    let gear = section.number("gear_ratio", 0.01...1000, default: 1)
    let position = section.range("position_\(place)", -turn...turn)
    let velocity = section.number("velocity_max_\(speed)", 0.001...200)
    let torque = section.number(force, 0.001...1000)
    let kp = section.number("kp", 0...5000)
    let kd = section.number("kd", 0...500)
    let nominal = section.number("nominal_\(place)", -turn...turn)
    let park = section.number("park_\(place)", -turn...turn, default: nominal)
    refuseUnreachable(
      section, "position_\(place)", position, [("nominal_\(place)", nominal), ("park_\(place)", park)])
    return RobotProfile.Joint(
      name: name, kind: kind, deviceIndex: index, direction: direction, zeroRadians: zero, gearRatio: gear,
      positionRadians: position, velocityMaxRadiansPerSecond: velocity, torqueMaxNewtonMeters: torque, kp: kp, kd: kd,
      nominalRadians: nominal, parkRadians: park)
  }

  /// The range must leave room, and every pose must lie in it.
  private func refuseUnreachable(
    _ section: ProfileSection, _ rangeKey: String, _ range: ClosedRange<Double>, _ poses: [(String, Double)]
  ) {
    guard range.lowerBound < range.upperBound else {
      return section.refuse(rangeKey, found: "an empty range", expected: "room to move")
    }
    for (key, value) in poses where section.has(key) && !range.contains(value) {
      section.refuse(
        key, found: CanonicalMap.spell(value),
        expected: "a value inside \(rangeKey), \(ProfileUnit.range(range, rangeKey))")
    }
  }

  private func direction(_ section: ProfileSection) -> Double {
    guard let node = section.value("direction") else {
      section.missing("direction", expected: "1 or -1")
      return 1
    }
    guard let number = node.number, abs(number) == 1 else {
      section.reject("direction", node, expected: "1 or -1")
      return 1
    }
    section.canonical.append("direction", .text(CanonicalMap.spell(number)))
    return number
  }
}

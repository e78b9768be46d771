internal import LimbTypes

extension ProfileLoader {
  func control(_ section: ProfileSection) -> RobotProfile.Control {
    defer { section.finish() }
    return RobotProfile.Control(
      rateHertz: section.integer("rate_hz", 50...1000), policyEvery: section.integer("policy_every", 1...1000),
      commandTimeToLiveMilliseconds: section.integer("command_ttl_ms", 2...200, default: 100),
      pacing: section.choice("pacing", default: Pacing.device))
  }

  func safety(_ section: ProfileSection, _ robot: RobotProfile.Robot) -> RobotProfile.Safety {
    defer { section.finish() }
    let onLinkLoss: StopAction = section.choice("on_link_loss")
    let onEmergencyStop: StopAction = section.choice("on_estop")
    let holds = onLinkLoss == .hold || onEmergencyStop == .hold
    let slew = section.number("slew_rad_s", 0.01...200)
    return RobotProfile.Safety(
      onLinkLoss: onLinkLoss, onEmergencyStop: onEmergencyStop,
      onShutdown: section.choice("on_shutdown", default: robot.kind == .arm ? ShutdownAction.park : .sit),
      coastMilliseconds: section.integer("coast_ms", 1...199, default: 60),
      slewRadiansPerSecond: slew,
      rampRadiansPerSecond: section.number("ramp_rad_s", 0.01...20, default: min(1, slew)),
      rampSeconds: section.number("ramp_s", 0.1...60, default: 10),
      rampErrorRadians: section.number("ramp_error_rad", 0.001...1, default: 0.2),
      tiltLimitDegrees: tilt(section, robot),
      powerPercent: section.integer("power_percent", 10...100),
      voltageMinimumVolts: stages(
        section, "voltage_min_v", 1...1000, robot.sensors.contains(.busVoltage) && section.standsIn == false,
        descending: true, absent: "no bus_voltage in robot.sensors"),
      temperatureMaximumCelsius: stages(
        section, "temperature_max_c", 20...150, robot.sensors.contains(.motorTemperature), descending: false,
        absent: "no motor_temperature in robot.sensors"),
      holdErrorRadians: section.number("hold_error_rad", 0.001...1, default: holds ? nil : 0.1),
      overrunLimitTicks: section.integer("overrun_limit_ticks", 1...1000, default: 10))
  }

  private func tilt(_ section: ProfileSection, _ robot: RobotProfile.Robot) -> Double? {
    if robot.sensors.contains(.imu) { return section.number("tilt_limit_deg", 5...180) }
    return section.optionalNumber("tilt_limit_deg", 5...180, absent: "no imu")
  }

  /// `[warn, stop]`: mandatory if the robot measures it.
  private func stages(
    _ section: ProfileSection, _ key: String, _ range: ClosedRange<Double>, _ isMeasured: Bool, descending: Bool,
    absent: String
  ) -> RobotProfile.TwoStageLimit? {
    if !isMeasured {
      if section.value(key) == nil {
        section.canonical.append(key, .absent(absent))
        return nil
      }
    }
    let values = section.numbers(key, range, count: 2)
    if section.has(key), descending ? values[0] < values[1] : values[0] > values[1] {
      section.refuse(
        key, found: CanonicalMap.spell(list: values.map(CanonicalMap.spell)),
        expected: "[warn, stop], the warning first: warn " + (descending ? "≥" : "≤") + " stop")
    }
    return RobotProfile.TwoStageLimit(warn: values[0], stop: values[1])
  }

  func observation(_ section: ProfileSection) -> RobotProfile.Observation {
    defer { section.finish() }
    return RobotProfile.Observation(
      terms: observationTerms(section), history: section.integer("history", 1...16))
  }

  /// Each term is a word, or a section with its own scale and clip.
  private func observationTerms(_ section: ProfileSection) -> [RobotProfile.ObservationTerm] {
    let expected = "a list of observation terms"
    guard let node = section.value("terms"), !node.isEmpty else {
      section.missing("terms", expected: expected)
      return []
    }
    guard case .sequence(let items) = node.content, !items.isEmpty else {
      section.reject("terms", node, expected: expected)
      return []
    }
    var maps: [CanonicalMap] = []
    var terms: [RobotProfile.ObservationTerm] = []
    for (index, item) in items.enumerated() {
      let map = CanonicalMap()
      let entries: [YAMLEntry]
      switch item.content {
      case .mapping(let own): entries = own
      case .scalar: entries = [YAMLEntry(key: "term", location: item.location, value: item)]
      case .sequence:
        section.reject("terms", item, expected: "a term, or {term: …, scale: …, clip: …}")
        continue
      }
      let child = ProfileSection(
        log: log, path: section.path("terms") + "[\(index)]", location: item.location, canonical: map,
        entries: entries)
      let before = log.problems.count
      let kind: ObservationTermKind = child.choice("term")
      let isKnown = log.problems.count == before
      let term = RobotProfile.ObservationTerm(
        kind: kind, scale: child.number("scale", 1e-6...1e6, default: kind.defaultScale),
        clip: child.number("clip", 0.01...1e6, default: 5))
      child.finish()
      if isKnown, terms.contains(where: { $0.kind == kind }) {
        child.refuse("term", found: "\(kind.rawValue) again", expected: "each term once")
      }
      if isKnown { terms.append(term) }
      maps.append(map)
    }
    section.canonical.append("terms", .list(maps))
    return terms
  }

  func action(
    _ section: ProfileSection, _ names: [String], _ kinematics: RobotProfile.Kinematics
  ) -> RobotProfile.Action {
    defer { section.finish() }
    let kind: ActionKind = section.choice("kind")
    let moved = section.value("joints").map { section.jointList("joints", $0, among: names) } ?? Array(names.indices)
    if section.has("joints"), moved.isEmpty {
      section.refuse("joints", found: "no joint", expected: "at least one joint that the policy moves")
    }
    if kind == .swingExtension {
      section.canonical.append("joints", .absent("those of the legs"))
    } else {
      section.canonical.append(
        "joints", .text(CanonicalMap.spell(list: moved.map { CanonicalMap.spell(text: names[$0]) })),
        isDefault: !section.has("joints"))
    }
    let legOutputs = kinematics.legs.map { min($0.chain.links.count, 3) }.reduce(0, +)
    let count = kind == .swingExtension ? legOutputs : moved.count
    if kind == .swingExtension, kinematics.legs.isEmpty || kinematics.legs.contains(where: { !isPlanar($0) }) {
      section.refuse(
        "kind", found: "swing_extension",
        expected: "legs of two joints about y, and at most one about x, for it")
    }
    if kind == .swingExtension, section.has("joints") {
      section.refuse("joints", found: "joints", expected: "none with swing_extension: it moves the legs")
    }
    return RobotProfile.Action(
      kind: kind, jointIndices: moved,
      scaleRadians: section.numbers("scale_rad", 0.001...6.3, count: max(count, 1), spreads: true),
      lowPassHertz: section.optionalNumber("low_pass_hz", 0.1...500, absent: "no filter"))
  }
}

/// What leg coordinates need: hip and knee in the sagittal plane, and at most an abduction.
private func isPlanar(_ leg: RobotProfile.Leg) -> Bool {
  let lateral = leg.chain.links.count { abs($0.axis.y) > 0.9 }
  let forward = leg.chain.links.count { abs($0.axis.x) > 0.9 }
  return lateral == 2 && forward <= 1 && lateral + forward == leg.chain.links.count
}

extension ObservationTermKind {
  /// Brings the usual range of the term near ±1. Stated here and printed by `limbd check`, never learned on the way.
  var defaultScale: Double {
    switch self {
    case .jointVelocity: 0.1
    case .jointTorque: 0.2
    case .angularVelocity: 0.25
    case .jointPosition, .rollPitch, .gravity, .baseVelocity, .footContact, .previousAction, .appliedTarget: 1
    case .handPosition, .goalPosition: 2
    case .goalError: 5
    }
  }
}

/// Builds a profile from the nodes of its file. Sections are read in a fixed order, which is the canonical order; later
/// ones look names up in earlier ones.
struct ProfileLoader {
  let log: ProfileLog

  func load(_ node: YAMLNode) throws(ProfileError) -> RobotProfile {
    guard case .mapping(let entries) = node.content else {
      log.report(node.location, "", found: node.found, expected: "a profile that begins with \"limbd: 1\"")
      throw .invalid(log.problems)
    }
    let canonical = CanonicalMap()
    let root = ProfileSection(
      log: log, path: "", location: ProfileLocation(line: 1, column: 1), canonical: canonical, entries: entries)
    readVersion(root)
    let profile = assemble(root)
    root.finish()
    guard log.problems.isEmpty else { throw .invalid(sorted(log.problems)) }
    return profile
  }

  /// In the order of the file; the sort is stable by the index.
  func sorted(_ problems: [ProfileProblem]) -> [ProfileProblem] {
    let ranked = problems.enumerated().sorted { a, b in
      (a.element.location.line, a.element.location.column, a.offset)
        < (b.element.location.line, b.element.location.column, b.offset)
    }
    return ranked.map(\.element)
  }

  func readVersion(_ root: ProfileSection) {
    let expected = "1, the version of the profile's format"
    guard let node = root.value("limbd") else { return root.missing("limbd", expected: expected) }
    guard node.number == 1 else { return root.reject("limbd", node, expected: expected) }
    root.canonical.append("limbd", .text("1"))
  }

  private func assemble(_ root: ProfileSection) -> RobotProfile {
    let robotSection = root.section("robot")
    let (name, kind) = robotName(robotSection)
    let link = link(root.section("link"))
    let realtime = realtime(root.defaultedSection("realtime"))
    let imu = imu(root, kind)
    let joints = joints(root)
    let names = joints.map(\.name)
    let kinematics = kinematics(root.section("kinematics"), kind, names)
    let robot = RobotProfile.Robot(
      name: name, kind: kind, sensors: sensors(robotSection, hasIMU: imu != nil, kinematics))
    let symmetry = root.optionalSection("symmetry").map { self.symmetry($0, names) }
    let estimation = estimation(root.defaultedSection("estimation"))
    let control = control(root.section("control"))
    let safety = safety(root.section("safety"), robot)
    let observation = observation(root.section("observation"))
    let action = action(root.section("action"), names, kinematics)
    let task = task(root.section("task"), kind)
    let learning = learning(root.section("learning"))
    let replay = replay(root.defaultedSection("replay"))
    let simulation = root.optionalSection("simulation").map(self.simulation)
    return RobotProfile(
      robot: robot, link: link, simulation: simulation, realtime: realtime, imu: imu, estimation: estimation,
      joints: joints, kinematics: kinematics, symmetry: symmetry, control: control, safety: safety,
      observation: observation, action: action, task: task, learning: learning, replay: replay,
      canonicalText: root.canonical.text(annotated: false), hashes: hashes(root.canonical, joints),
      annotatedText: root.canonical.text(annotated: true),
      source: ProfileSource(file: log.file, locations: log.locations))
  }

  private func hashes(_ canonical: CanonicalMap, _ joints: [RobotProfile.Joint]) -> RobotProfile.Hashes {
    func hash(_ keys: [String]) -> UInt64 { StableHash.of(keys.map(canonical.text(of:)).joined()) }
    // Offsets count from the stance, so it belongs to the meaning of observation and action; gains do not.
    let stance = joints.map { "\($0.name) \(CanonicalMap.spell($0.nominalRadians))\n" }.joined()
    let ranges = joints.map { joint in
      CanonicalMap.spell(joint.positionRadians.lowerBound) + " " + CanonicalMap.spell(joint.positionRadians.upperBound)
    }.joined(separator: "\n")
    let action = ["kind", "joints", "scale_rad"].map { canonical.child("action")?.text(of: $0) ?? "" }.joined()
    // The term `hold` asks whether the hand is within the goal's tolerance.
    let task = canonical.child("task")
    let reward = (task?.text(of: "reward") ?? "") + (task?.child("goal")?.text(of: "tolerance_m") ?? "")
    let chains = canonical.text(of: "kinematics")
    return RobotProfile.Hashes(
      whole: StableHash.of(canonical.text(annotated: false)),
      observation: StableHash.of(stance + chains + canonical.text(of: "imu") + canonical.text(of: "observation")),
      action: StableHash.of(stance + ranges + action),
      dynamics: hash([
        "robot", "imu", "joints", "kinematics", "estimation", "control", "safety", "action", "simulation",
      ]),
      reward: StableHash.of(reward))
  }
}

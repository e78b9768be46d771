extension ProfileLoader {
  func task(_ section: ProfileSection, _ kind: RobotKind) -> RobotProfile.Task {
    defer { section.finish() }
    let steps = section.integer("episode_steps", 1...100_000)
    let reward = rewardTerms(section)
    return RobotProfile.Task(
      episodeSteps: steps, reward: reward, terminate: terminate(section, kind),
      reset: reset(section.section("reset"), kind), goal: goal(section, reward))
  }

  private func rewardTerms(_ section: ProfileSection) -> [RobotProfile.RewardTerm] {
    let sections = section.sections("reward", count: 1...16, expected: "a list of 1 to 16 reward terms")
    let before = log.problems.count
    let terms = sections.map(rewardTerm)
    let sum = terms.filter { $0.combine == .add }.map(\.weight).reduce(0, +)
    if !terms.isEmpty, log.problems.count == before, !(sum > 0) {
      section.refuse(
        "reward", found: "weights of added terms that sum to \(CanonicalMap.spell(sum))", expected: "a sum above 0")
    }
    return terms
  }

  private func rewardTerm(_ section: ProfileSection) -> RobotProfile.RewardTerm {
    defer { section.finish() }
    let before = log.problems.count
    let kind: RewardTermKind = section.choice("term")
    let isKnown = log.problems.count == before
    let unit = kind.unit.isEmpty ? "" : "_" + kind.unit
    let combine: RewardCombination = section.choice("combine", default: .add)
    let weight = section.number("weight", -1000...1000, default: combine == .multiply ? 1 : nil)
    guard isKnown else {
      // Without the term its keys have no names; whatever is there is not the mistake.
      for kind in RewardTermKind.allCases {
        let unit = kind.unit.isEmpty ? "" : "_" + kind.unit
        for key in ["target", "tolerance", "margin"] { _ = section.value(key + unit) }
      }
      _ = section.value("shape")
      return RobotProfile.RewardTerm(
        kind: kind, weight: weight, combine: combine, target: 0, tolerance: 0, margin: 1, shape: .linear)
    }
    let target = section.number("target" + unit, -1000...1000, default: kind.defaultTarget)
    return RobotProfile.RewardTerm(
      kind: kind, weight: weight, combine: combine, target: target,
      tolerance: section.number("tolerance" + unit, 0...1000, default: 0),
      margin: section.number("margin" + unit, 1e-6...100_000, default: kind.defaultMargin(target: target)),
      shape: section.choice("shape", default: RewardShape.linear))
  }

  private func terminate(_ section: ProfileSection, _ kind: RobotKind) -> RobotProfile.Terminate {
    // A quadruped's falls must be named; an arm may have nothing to fall from.
    let limits = kind == .quadruped ? section.section("terminate") : section.defaultedSection("terminate")
    defer { limits.finish() }
    let isLegged = kind == .quadruped
    return RobotProfile.Terminate(
      rollDegrees: isLegged
        ? limits.number("roll_deg", 1...180) : limits.optionalNumber("roll_deg", 1...180, absent: "not watched"),
      pitchDegrees: isLegged
        ? limits.number("pitch_deg", 1...180) : limits.optionalNumber("pitch_deg", 1...180, absent: "not watched"),
      heightMinimumMeters: limits.optionalNumber("height_min_m", 0.001...3, absent: "not watched"),
      trips: Set(limits.choices("trips", SelfInflictedTrip.self, default: [])))
  }

  private func reset(_ section: ProfileSection, _ kind: RobotKind) -> RobotProfile.Reset {
    defer { section.finish() }
    return RobotProfile.Reset(
      kind: section.choice("kind"), confirm: section.choice("confirm"),
      attempts: section.integer("attempts", 1...100, default: 3),
      maxFallsPerMinute: section.integer("max_falls_per_minute", 1...63, default: 20),
      handsOffAcknowledged: section.flag("hands_off_acknowledged", default: false),
      attemptSeconds: section.number("attempt_s", 1...600, default: 20))
  }

  private func goal(_ section: ProfileSection, _ reward: [RobotProfile.RewardTerm]) -> RobotProfile.Goal? {
    guard let goal = section.optionalSection("goal") else { return nil }
    defer { goal.finish() }
    let low = goal.vector("box_min_m", -10...10)
    let high = goal.vector("box_max_m", -10...10)
    for (axis, name) in ["x", "y", "z"].enumerated() where goal.has("box_max_m") && low[axis] > high[axis] {
      goal.refuse(
        "box_max_m", found: "\(name) = \(CanonicalMap.spell(high[axis]))",
        expected: "at least box_min_m's \(CanonicalMap.spell(low[axis])) m")
    }
    return RobotProfile.Goal(
      boxMinimumMeters: low, boxMaximumMeters: high,
      toleranceMeters: goal.number("tolerance_m", 0.0001...1, default: 0.02),
      holdSeconds: goal.number("hold_s", 0...60, default: 0.5))
  }
}

extension RewardTermKind {
  /// The best value where the file names none; nil where only the person can know.
  var defaultTarget: Double? {
    switch self {
    case .forwardVelocity: nil
    case .external: 1
    case .jointLimits: 0.1
    case .lateralVelocity, .heading, .upright, .yawRate, .actionAcceleration, .energy, .handToGoal, .hold, .effort: 0
    }
  }

  /// How far from the target the value has fallen to nothing where the file says nothing.
  func defaultMargin(target: Double) -> Double? {
    switch self {
    case .forwardVelocity: abs(target) > 1e-6 ? abs(target) : nil
    case .lateralVelocity: 0.5
    case .heading, .yawRate: 1
    case .upright: 0.785398
    case .actionAcceleration: 2
    case .jointLimits: 0.1
    case .handToGoal: 0.5
    case .hold: 0.2
    case .external: 1
    case .energy, .effort: nil
    }
  }
}

internal import LimbTypes

extension ProfileLoader {
  func kinematics(_ section: ProfileSection, _ kind: RobotKind, _ names: [String]) -> RobotProfile.Kinematics {
    defer { section.finish() }
    switch kind {
    case .quadruped:
      let height = section.number("standing_height_m", 0.01...3)
      let legSections = section.sections("legs", count: 4...4, expected: "a list of 4 legs")
      let legs = legSections.map { leg($0, names) }
      refuseShared(legSections, legs)
      return RobotProfile.Kinematics(standingHeightMeters: height, legs: legs, arm: nil)
    case .arm:
      let arm = section.section("arm")
      defer { arm.finish() }
      return RobotProfile.Kinematics(standingHeightMeters: 0, legs: [], arm: chain(arm, tip: "hand_m", names))
    }
  }

  private func leg(_ section: ProfileSection, _ names: [String]) -> RobotProfile.Leg {
    defer { section.finish() }
    return RobotProfile.Leg(
      name: section.name("name"), side: section.choice("side"), chain: chain(section, tip: "foot_m", names),
      footRadiusMeters: section.number("foot_radius_m", 0...0.5),
      contactIndex: section.optionalInteger("contact", 0...(footCapacity - 1), absent: "this foot has no sensor"))
  }

  /// Names, joints and foot sensors belong to one leg each.
  private func refuseShared(_ sections: [ProfileSection], _ legs: [RobotProfile.Leg]) {
    for (position, (section, leg)) in zip(sections, legs).enumerated() {
      for other in legs.prefix(position) {
        if other.name == leg.name, !leg.name.isEmpty {
          section.refuse("name", found: "\(leg.name) again", expected: "a name of its own for each leg")
        }
        if let contact = leg.contactIndex, contact == other.contactIndex {
          section.refuse("contact", found: "\(contact) again", expected: "a sensor of its own for each foot")
        }
        let shared = leg.chain.jointIndices.filter { $0 >= 0 && other.chain.jointIndices.contains($0) }
        if !shared.isEmpty {
          section.refuse("chain", found: "a joint of the leg \(other.name)", expected: "joints of its own")
        }
      }
    }
  }

  private func chain(_ section: ProfileSection, tip: String, _ names: [String]) -> RobotProfile.Chain {
    let sections = section.sections("chain", count: 1...8, expected: "a list of 1 to 8 hinges from the base outwards")
    var links: [RobotProfile.ChainLink] = []
    for hinge in sections {
      defer { hinge.finish() }
      let link = RobotProfile.ChainLink(
        jointIndex: hinge.joint("joint", among: names), offsetMeters: hinge.vector("offset_m", -5...5),
        axis: axis(hinge))
      if link.jointIndex >= 0, links.contains(where: { $0.jointIndex == link.jointIndex }) {
        hinge.refuse("joint", found: "\(names[link.jointIndex]) again", expected: "each joint once in a chain")
      }
      links.append(link)
    }
    return RobotProfile.Chain(links: links, tipMeters: section.vector(tip, -5...5))
  }

  private func axis(_ section: ProfileSection) -> SIMD3<Double> {
    let before = log.problems.count
    let axis = section.vector("axis", -1...1)
    let length = (axis * axis).sum().squareRoot()
    guard abs(length - 1) < 1e-3 else {
      if log.problems.count == before {
        let spelled = CanonicalMap.spell((length * 1000).rounded() / 1000)
        section.refuse("axis", found: "a vector of length \(spelled)", expected: "a unit vector, such as [0, 1, 0]")
      }
      return SIMD3(0, 0, 1)
    }
    return axis / length
  }

  func symmetry(_ section: ProfileSection, _ names: [String]) -> RobotProfile.Symmetry {
    defer { section.finish() }
    var permutation = Array(names.indices)
    var signs = [Double](repeating: 1, count: names.count)
    for (left, right) in pairs(section, names) {
      permutation[left] = right
      permutation[right] = left
    }
    let negated = section.value("negated").map { section.jointList("negated", $0, among: names) } ?? []
    for joint in negated { signs[joint] = -1 }
    section.canonical.append(
      "negated", .text(CanonicalMap.spell(list: negated.map { CanonicalMap.spell(text: names[$0]) })),
      isDefault: !section.has("negated"))
    for joint in names.indices where signs[joint] < signs[permutation[joint]] {
      section.refuse(
        "negated", found: "\(names[joint]) without its mirror image \(names[permutation[joint]])",
        expected: "both or neither of a pair")
    }
    return RobotProfile.Symmetry(permutation: permutation, signs: signs)
  }

  private func pairs(_ section: ProfileSection, _ names: [String]) -> [(Int, Int)] {
    let expected = "a list of pairs of joints, such as [[left_hip, right_hip]]"
    guard let node = section.value("pairs") else {
      section.missing("pairs", expected: expected)
      return []
    }
    guard case .sequence(let items) = node.content else {
      section.reject("pairs", node, expected: expected)
      return []
    }
    var pairs: [(Int, Int)] = []
    for item in items {
      guard case .sequence(let two) = item.content, two.count == 2 else {
        section.reject("pairs", item, expected: "a pair of joints")
        continue
      }
      let joints = section.jointList("pairs", item, among: names)
      guard joints.count == 2 else { continue }
      if let taken = joints.first(where: { joint in pairs.contains { $0.0 == joint || $0.1 == joint } }) {
        section.reject("pairs", item, expected: "each joint once", found: "\(names[taken]) again")
      } else {
        pairs.append((joints[0], joints[1]))
      }
    }
    let spelled = pairs.map { pair in
      CanonicalMap.spell(list: [pair.0, pair.1].map { CanonicalMap.spell(text: names[$0]) })
    }
    section.canonical.append("pairs", .text(CanonicalMap.spell(list: spelled)))
    return pairs
  }
}

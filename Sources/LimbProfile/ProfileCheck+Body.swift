extension ProfileCheck {
  /// Gains that the torque limit or the wire makes meaningless.
  static func checkGains(_ list: inout FindingList) {
    for (index, joint) in list.profile.joints.enumerated() {
      let path = "joints[\(index)]"
      if joint.kp == 0 {
        list.error("\(path).kp", "\(joint.name): 0 N·m/rad: the joint would not follow its target")
      } else {
        let full = joint.torqueMaxNewtonMeters / joint.kp
        let width = joint.positionRadians.upperBound - joint.positionRadians.lowerBound
        if full < 0.01 {
          list.warning(
            "\(path).kp",
            "\(joint.name): full torque at an error of \(FindingList.round(full)) rad (torque_max_nm/kp): on or off")
        } else if full > width {
          list.warning(
            "\(path).kp",
            "\(joint.name): full torque only at an error of \(FindingList.round(full)) rad, more than its whole range "
              + "of \(FindingList.round(width)) rad: too soft to hold anything")
        }
        if joint.kd == 0 { list.warning("\(path).kd", "\(joint.name): 0 N·m·s/rad: nothing damps the joint") }
      }
      if joint.kd > 0, joint.torqueMaxNewtonMeters / joint.kd < 0.02 * joint.velocityMaxRadiansPerSecond {
        list.warning(
          "\(path).kd",
          "\(joint.name): damping alone takes all torque at "
            + "\(FindingList.round(joint.torqueMaxNewtonMeters / joint.kd)) rad/s, of "
            + "\(FindingList.round(joint.velocityMaxRadiansPerSecond)) rad/s allowed")
      }
      checkWire(&list, path, joint)
    }
  }

  /// limb-link's default scales: 16-bit numbers at 4096 a radian, 512 a rad/s, 256 an N·m, 64 and 1024 for the gains.
  private static func checkWire(_ list: inout FindingList, _ path: String, _ joint: RobotProfile.Joint) {
    let limits: [(key: String, value: Double, limit: Double, unit: String)] = [
      ("kp", joint.kp / (joint.gearRatio * joint.gearRatio), 65535.0 / 64, "N·m/rad"),
      ("kd", joint.kd / (joint.gearRatio * joint.gearRatio), 65535.0 / 1024, "N·m·s/rad"),
      ("velocity_max_rad_s", joint.velocityMaxRadiansPerSecond * joint.gearRatio, 32767.0 / 512, "rad/s"),
      ("torque_max_nm", joint.torqueMaxNewtonMeters / joint.gearRatio, 32767.0 / 256, "N·m"),
    ]
    for item in limits where item.value > item.limit {
      list.warning(
        "\(path).\(item.key)",
        "\(joint.name): \(FindingList.round(item.value)) \(item.unit) at the device is above the "
          + "\(FindingList.round(item.limit)) \(item.unit) that limb-link carries unless the device declares other "
          + "scales")
    }
  }

  /// What happens when power goes.
  static func checkStops(_ list: inout FindingList) {
    let safety = list.profile.safety
    let parkSeconds = list.profile.parkSeconds
    if parkSeconds > 30 {
      list.warning(
        "safety.ramp_rad_s",
        "\(FindingList.round(safety.rampRadiansPerSecond)) rad/s: \(safety.onShutdown.rawValue) may take "
          + "\(FindingList.round(parkSeconds)) s until power goes; a wanted stop should be over within 30 s")
    }
    switch list.profile.robot.kind {
    case .arm:
      for (key, action) in [("on_link_loss", safety.onLinkLoss), ("on_estop", safety.onEmergencyStop)]
      where action != .hold {
        list.warning("safety.\(key)", "\(action.rawValue): an arm sinks under its weight; hold keeps it up")
      }
      if safety.onShutdown == .sit { list.error("safety.on_shutdown", "sit is for quadrupeds; an arm parks") }
    case .quadruped:
      if safety.onLinkLoss == .hold {
        list.warning("safety.on_link_loss", "hold: a quadruped that has fallen would strain against the floor; damp")
      }
      if safety.onShutdown == .park { list.error("safety.on_shutdown", "park is for arms; a quadruped sits") }
    }
  }

  /// The mirror must map every chain onto a chain: a rotation about a by q, seen in the mirror (y → −y), is one about
  /// (−aₓ, a_y, −a_z) by q.
  static func checkSymmetry(_ list: inout FindingList) {
    let profile = list.profile
    guard let symmetry = profile.symmetry else {
      if profile.learning.symmetry {
        list.error("learning.symmetry", "true, but the profile has no section \"symmetry\"")
      }
      return
    }
    checkMirroredJoints(&list, symmetry)
    checkMirroredAction(&list, symmetry)
    let chains = profile.kinematics.legs.map(\.chain) + (profile.kinematics.arm.map { [$0] } ?? [])
    for (position, chain) in chains.enumerated() {
      let image = chain.links.map { symmetry.permutation[$0.jointIndex] }
      guard let other = chains.firstIndex(where: { $0.jointIndices == image }) else {
        let names = image.map { profile.joints[$0].name }.joined(separator: ", ")
        list.error("symmetry.pairs", "the mirror image of a chain is \(names), which is no chain of kinematics")
        continue
      }
      // A pair is looked at once, from its first chain.
      if other < position { continue }
      let partner = chains[other]
      for (link, mirrored) in zip(chain.links, partner.links) {
        checkMirroredLink(&list, symmetry, link, mirrored)
      }
      if !isClose(flipped(chain.tipMeters), partner.tipMeters) {
        let last = chain.links.last.map { profile.joints[$0.jointIndex].name } ?? ""
        list.error(
          "symmetry.pairs",
          "the tip behind \(last) at \(spell(chain.tipMeters)) m is not the mirror image of "
            + "\(spell(partner.tipMeters)) m")
      }
    }
  }

  private static func checkMirroredLink(
    _ list: inout FindingList, _ symmetry: RobotProfile.Symmetry, _ link: RobotProfile.ChainLink,
    _ mirrored: RobotProfile.ChainLink
  ) {
    let names = list.profile.joints.map(\.name)
    let pair = "\(names[link.jointIndex]) and \(names[mirrored.jointIndex])"
    if !isClose(flipped(link.offsetMeters), mirrored.offsetMeters) {
      list.error(
        "symmetry.pairs",
        "\(pair): offsets \(spell(link.offsetMeters)) and \(spell(mirrored.offsetMeters)) m are no mirror images")
    }
    let axis = SIMD3(-link.axis.x, link.axis.y, -link.axis.z)
    let sign = symmetry.signs[link.jointIndex]
    if isClose(axis * sign, mirrored.axis) { return }
    if isClose(axis * -sign, mirrored.axis) {
      let remedy = sign > 0 ? "against each other: name them here" : "alike: take them out of here"
      list.error(
        "symmetry.negated",
        "\(pair): seen in the mirror, axes \(spell(link.axis)) and \(spell(mirrored.axis)) turn \(remedy)")
    } else {
      list.error(
        "symmetry.pairs", "\(pair): axes \(spell(link.axis)) and \(spell(mirrored.axis)) are no mirror images")
    }
  }

  /// Stance and range must be mirrored too, or an offset here is no offset there; gains and torque should be.
  private static func checkMirroredJoints(_ list: inout FindingList, _ symmetry: RobotProfile.Symmetry) {
    let joints = list.profile.joints
    for (index, joint) in joints.enumerated() where index <= symmetry.permutation[index] {
      let other = joints[symmetry.permutation[index]]
      let sign = symmetry.signs[index]
      let range =
        sign > 0
        ? joint.positionRadians : -joint.positionRadians.upperBound ... -joint.positionRadians.lowerBound
      let unit = joint.kind == .hinge ? "rad" : "m"
      let pairs: [(key: String, expected: Double, found: Double)] = [
        ("nominal_\(unit)", sign * joint.nominalRadians, other.nominalRadians),
        ("position_\(unit)", range.lowerBound, other.positionRadians.lowerBound),
        ("position_\(unit)", range.upperBound, other.positionRadians.upperBound),
        ("kp", joint.kp, other.kp), ("kd", joint.kd, other.kd),
        (joint.kind == .hinge ? "torque_max_nm" : "force_max_n", joint.torqueMaxNewtonMeters,
          other.torqueMaxNewtonMeters),
      ]
      for (key, expected, found) in pairs where abs(expected - found) > 1e-6 {
        let message =
          "\(other.name): \(FindingList.round(found)) is not the mirror image of \(joint.name)'s, which would be "
          + FindingList.round(expected)
        let path = "joints[\(symmetry.permutation[index])].\(key)"
        let isPlace = key.hasSuffix("_" + unit)
        if isPlace || list.profile.learning.symmetry { list.error(path, message) } else { list.warning(path, message) }
      }
    }
  }

  /// What the policy moves on one side it must move on the other, as far.
  private static func checkMirroredAction(_ list: inout FindingList, _ symmetry: RobotProfile.Symmetry) {
    let action = list.profile.action
    guard action.kind != .swingExtension else { return }
    let scales = Dictionary(uniqueKeysWithValues: zip(action.jointIndices, action.scaleRadians))
    for joint in action.jointIndices {
      let image = symmetry.permutation[joint]
      // A pair is looked at once, from its first joint, unless that one does not move.
      if image < joint, scales[image] != nil { continue }
      let pair = "\(list.profile.joints[joint].name) and \(list.profile.joints[image].name)"
      guard let scale = scales[joint], let other = scales[image] else {
        list.error("action.joints", "of the mirror images \(pair) the policy moves only the first")
        continue
      }
      if abs(scale - other) > 1e-9 {
        list.error(
          "action.scale_rad",
          "\(pair) are mirror images with scales of \(FindingList.round(scale)) and \(FindingList.round(other)) rad")
      }
    }
  }

  /// The feet in the stance, against the height the profile claims.
  static func checkStance(_ list: inout FindingList) {
    let profile = list.profile
    let claimed = profile.kinematics.standingHeightMeters
    let nominal = profile.joints.map(\.nominalRadians)
    let heights = profile.kinematics.legs.map { leg in
      (leg.name, leg.footRadiusMeters - leg.chain.tip(anglesRadians: nominal).z)
    }
    if let worst = heights.max(by: { abs($0.1 - claimed) < abs($1.1 - claimed) }), abs(worst.1 - claimed) > 0.02 {
      list.warning(
        "kinematics.standing_height_m",
        "\(FindingList.round(claimed)) m, but with nominal_rad the foot of \(worst.0) is "
          + "\(FindingList.round(worst.1)) m below the body")
    }
    for (index, leg) in profile.kinematics.legs.enumerated() {
      let tip = leg.chain.tip(anglesRadians: nominal)
      if (leg.side == .left) != (tip.y > 0) {
        list.error(
          "kinematics.legs[\(index)].side",
          "\(leg.side.rawValue), but in the stance the foot is at y = \(FindingList.round(tip.y)) m (y points left)")
      }
    }
  }

  private static func flipped(_ vector: SIMD3<Double>) -> SIMD3<Double> { SIMD3(vector.x, -vector.y, vector.z) }

  private static func isClose(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Bool {
    let difference = a - b
    return (difference * difference).sum() < 1e-8
  }

  private static func spell(_ vector: SIMD3<Double>) -> String {
    CanonicalMap.spell(list: [vector.x, vector.y, vector.z].map(FindingList.round))
  }
}

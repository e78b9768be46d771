internal import Glibc
package import LimbProfile
package import LimbTask
package import LimbTypes

/// What a person's hand did to the robot, held against what the profile says it must show (promise S9). Pure functions of
/// two frames: no port, no clock.
package struct CalibrationJudge: Sendable {
  /// A finding.
  package enum Verdict: Sendable, Equatable {
    /// As the profile says.
    case right
    /// Not so: what was seen, and what to change in the profile or do again.
    case wrong(String)
  }

  private let profile: RobotProfile
  private let kinematics: KinematicsPlan
  /// How far a person is asked to turn a joint, radians (slides: metres), and from where on it counts as turned.
  static let turn = 0.5
  static let least = 0.15

  /// - Parameter kinematics: of the same profile; says where a foot or the hand goes.
  package init(profile: RobotProfile, kinematics: KinematicsPlan) {
    self.profile = profile
    self.kinematics = kinematics
  }

  /// Level and upright: gravity within 10° of where it must be.
  package func level(_ frame: SensorFrame) -> Verdict {
    let roll = degrees(frame.orientation.rollRadians)
    let pitch = degrees(frame.orientation.pitchRadians)
    let force = frame.accelerationMetersPerSecondSquared
    guard abs(roll) < 10, abs(pitch) < 10 else {
      return .wrong(
        "stands level, and shows roll \(whole(roll))°, pitch \(whole(pitch))°: imu.mounting is off by about that much")
    }
    guard force.z > 8, force.z < 11.5 else {
      return .wrong("the accelerometer shows \(force.z) m/s² upwards, and 9.8 was expected: axes or scale are wrong")
    }
    return .right
  }

  /// Nose up: pitch is positive nose down.
  package func noseUp(_ frame: SensorFrame) -> Verdict {
    tilted(
      frame, wanted: -degrees(frame.orientation.pitchRadians), other: degrees(frame.orientation.rollRadians),
      what: "nose up", turned: "nose down", beside: "to its side")
  }

  /// Left side up: roll is positive with the left side up.
  package func leftUp(_ frame: SensorFrame) -> Verdict {
    tilted(
      frame, wanted: degrees(frame.orientation.rollRadians), other: -degrees(frame.orientation.pitchRadians),
      what: "left side up", turned: "left side down", beside: "along its nose")
  }

  private func tilted(
    _ frame: SensorFrame, wanted: Double, other: Double, what: String, turned: String, beside: String
  ) -> Verdict {
    if abs(other) > abs(wanted), abs(other) > 10 {
      return .wrong("shows a turn of \(whole(other))° \(beside): imu.mounting is turned by 90°")
    }
    if wanted < -10 { return .wrong("shows \(turned), \(whole(-wanted))°: imu.mounting is turned by 180°") }
    guard wanted > 10, wanted < 60 else { return .wrong("shows \(what) by \(whole(wanted))°, and 10° to 60° were expected") }
    return .right
  }

  /// One joint turned by hand so that its angle grows, by about 0.5 rad.
  package func turned(_ joint: Int, from before: JointVector, to after: JointVector) -> Verdict {
    let moved = profile.joints.indices.map { Double(after[$0] - before[$0]) }
    let name = profile.joints[joint].name
    // A slide is short.
    func share(_ index: Int) -> Double { abs(moved[index]) / (profile.joints[index].kind == .hinge ? 1 : 0.1) }
    let most = profile.joints.indices.max { share($0) < share($1) } ?? joint
    guard share(most) >= Self.least else { return .wrong("no joint moved by as much as \(Self.least) rad: turn it further, or its encoder is dead") }
    if most != joint {
      return .wrong(
        "\(profile.joints[most].name) moved (\(number(moved[most]))), not \(name) (\(number(moved[joint]))): "
          + "their `index` are exchanged, or the wrong joint was turned")
    }
    if moved[joint] < 0 {
      return .wrong(
        "\(name) shows \(number(moved[joint])), the other way: direction is \(whole(profile.joints[joint].direction)) and must be "
          + "\(whole(-profile.joints[joint].direction))")
    }
    guard share(joint) < 4 * Self.turn else {
      return .wrong("\(name) shows \(number(moved[joint])) for a turn of about \(Self.turn) rad: gear_ratio is \(profile.joints[joint].gearRatio)")
    }
    return .right
  }

  /// All joints held at their nominal angles: none further than 0.12 rad (slides 12 mm) off.
  package func stance(_ angles: JointVector) -> Verdict {
    let wrong = profile.joints.enumerated().compactMap { index, joint -> String? in
      let off = Double(angles[index]) - joint.nominalRadians
      guard abs(off) > (joint.kind == .hinge ? 0.12 : 0.012) else { return nil }
      return "\(joint.name) is \(number(off)) off: zero_rad \(number(joint.zeroRadians + joint.direction * off)) instead of "
        + number(joint.zeroRadians)
    }
    return wrong.isEmpty ? .right : .wrong(wrong.joined(separator: "\n   "))
  }

  /// Where a joint's tip goes when its angle grows, for a person: `its foot goes 9 cm backwards`.
  package func describesTurn(_ joint: Int) -> String {
    var stance = JointVector()
    for (index, own) in profile.joints.enumerated() { stance[index] = Float(own.nominalRadians) }
    var bent = stance
    bent[joint] += profile.joints[joint].kind == .hinge ? Float(Self.turn) : 0.05
    func tip(_ leg: Int, _ angles: JointVector) -> Vector3 {
      leg < 0 ? kinematics.handPosition(joints: angles) : kinematics.footPosition(leg, joints: angles)
    }
    let tips = Array(0..<kinematics.legCount) + (kinematics.hasArm ? [-1] : [])
    var largest = Vector3()
    for leg in tips {
      let moved = tip(leg, bent) - tip(leg, stance)
      if dot(moved, moved) > dot(largest, largest) { largest = moved }
    }
    let axes = [(largest.x, "forwards", "backwards"), (largest.y, "to the left", "to the right"), (largest.z, "up", "down")]
    guard let main = axes.max(by: { abs($0.0) < abs($1.0) }), abs(main.0) > 0.005 else {
      return "so that its angle grows (a turn about its own axis: see the profile's axis)"
    }
    return "so that its \(kinematics.hasArm ? "hand" : "foot") goes \(main.0 > 0 ? main.1 : main.2), some \(whole(Double(abs(main.0)) * 100)) cm"
  }

  private func degrees(_ radians: Float) -> Double { Double(radians) * 180 / .pi }
  private func whole(_ value: Double) -> String { "\(Int(value.rounded()))" }
  private func number(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

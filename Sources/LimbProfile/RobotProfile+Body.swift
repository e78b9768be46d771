extension RobotProfile {
  /// One joint. Angles, velocities and torques are limbd's: after direction, zero and gear ratio.
  ///
  /// For a slide (a gripper's finger) every angle is a distance: read metres for radians, m/s for rad/s, N for N·m.
  package struct Joint: Sendable, Equatable {
    /// Unique name.
    package let name: String
    /// Whether it turns or slides.
    package let kind: JointKind
    /// The device's index of this joint.
    package let deviceIndex: Int
    /// +1 or −1: sign from the device's angle to limbd's.
    package let direction: Double
    /// The device's angle, after the gear, at which limbd's angle is zero, radians.
    package let zeroRadians: Double
    /// Motor turns per joint turn; 1 for direct drive or where the device already reports the joint.
    package let gearRatio: Double
    /// Allowed angles.
    package let positionRadians: ClosedRange<Double>
    /// Largest speed.
    package let velocityMaxRadiansPerSecond: Double
    /// Largest torque.
    package let torqueMaxNewtonMeters: Double
    /// Position gain, N·m/rad.
    package let kp: Double
    /// Velocity gain, N·m·s/rad.
    package let kd: Double
    /// The stance (or home) angle: where the ramp ends and what an action of zero means.
    package let nominalRadians: Double
    /// The angle to sit (quadruped) or park (arm) at before power goes.
    package let parkRadians: Double
  }

  /// Chains from the base to the feet or to the hand.
  package struct Kinematics: Sendable, Equatable {
    /// Height of the body's origin above the floor in the nominal stance, metres; 0 for an arm.
    package let standingHeightMeters: Double
    /// The legs; empty for an arm.
    package let legs: [Leg]
    /// The arm; nil for a quadruped.
    package let arm: Chain?
  }

  /// A serial chain of hinges. With all angles at zero, every link's frame is parallel to the body's frame.
  package struct Chain: Sendable, Equatable {
    /// From the base outwards.
    package let links: [ChainLink]
    /// Foot or hand in the frame of the last link, metres.
    package let tipMeters: SIMD3<Double>

    /// The chain's joints, base first.
    package var jointIndices: [Int] { links.map(\.jointIndex) }
  }

  /// One hinge of a chain and its place in the frame of the link before it (the body, for the first).
  package struct ChainLink: Sendable, Equatable {
    /// Index in `joints`.
    package let jointIndex: Int
    /// The hinge's origin in the frame of the link before, metres. For the first link of a leg: the hip's place.
    package let offsetMeters: SIMD3<Double>
    /// Unit vector; a positive angle turns right-handed about it.
    package let axis: SIMD3<Double>
  }

  /// One leg.
  package struct Leg: Sendable, Equatable {
    /// Unique name, such as `front_left`.
    package let name: String
    /// Which side of the body.
    package let side: BodySide
    /// From the hip to the foot's centre.
    package let chain: Chain
    /// Radius of the foot's sphere, metres; 0 for a point.
    package let footRadiusMeters: Double
    /// Index in the device's foot sensors; nil if this foot has none.
    package let contactIndex: Int?
  }

  /// The left-right mirror: mirrored angle of joint `i` = `signs[i]` · angle of joint `permutation[i]`.
  package struct Symmetry: Sendable, Equatable {
    /// For each joint its mirror image; its own inverse.
    package let permutation: [Int]
    /// For each joint +1 or −1; `signs[i] == signs[permutation[i]]`.
    package let signs: [Double]
  }
}

internal import LimbProfile
package import LimbTypes

/// The most hinges in one chain from the base to a foot or to the hand.
package var chainCapacity: Int { @_noLocks get { 8 } }

/// Position and motion of a chain's tip, all in the base frame and relative to the base.
package struct TipMotion: BitwiseCopyable, Sendable {
  /// Where the tip is, metres.
  package var positionMeters: Vector3
  /// Jacobian times joint velocities, m/s.
  package var velocityMetersPerSecond: Vector3
  /// Angular velocity of the last link, rad/s.
  package var angularVelocityRadiansPerSecond: Vector3

  @_noLocks init() {
    positionMeters = Vector3()
    velocityMetersPerSecond = Vector3()
    angularVelocityRadiansPerSecond = Vector3()
  }
}

/// A serial chain of hinges from the base to a tip. With all angles at zero every link's frame is parallel to the
/// base's.
package struct ChainPlan: BitwiseCopyable, Sendable {
  /// Hinges in use.
  package let count: Int
  /// The joint of each hinge, base first; −1 beyond `count`.
  package let joints: InlineArray<8, Int32>
  /// Each hinge's origin in the frame of the link before, metres.
  let offsetsMeters: InlineArray<8, Vector3>
  /// Each hinge's unit axis in the frame of the link before.
  let axes: InlineArray<8, Vector3>
  /// The tip in the frame of the last link, metres.
  let tipMeters: Vector3

  /// No hinges: the tip is the base's origin.
  @_noLocks init() {
    count = 0
    joints = InlineArray(repeating: -1)
    offsetsMeters = InlineArray(repeating: Vector3())
    axes = InlineArray(repeating: Vector3(0, 1, 0))
    tipMeters = Vector3()
  }

  init(_ chain: RobotProfile.Chain, path: String) throws(TaskError) {
    try check(chain.links.count, path: path, capacity: chainCapacity)
    var joints = InlineArray<8, Int32>(repeating: -1)
    var offsets = InlineArray<8, Vector3>(repeating: Vector3())
    var axes = InlineArray<8, Vector3>(repeating: Vector3(0, 1, 0))
    for (index, link) in chain.links.enumerated() {
      joints[index] = Int32(link.jointIndex)
      offsets[index] = Vector3(link.offsetMeters)
      axes[index] = Vector3(link.axis)
    }
    count = chain.links.count
    self.joints = joints
    offsetsMeters = offsets
    self.axes = axes
    tipMeters = Vector3(chain.tipMeters)
  }

  /// Where the tip is and how it moves, from joint angles and velocities in the robot's joint order.
  ///
  /// Outward recursion (Craig, Introduction to Robotics, eq. 5.45–5.47): each hinge's origin moves with the link before
  /// it, and each link turns with the one before plus its own hinge.
  @_noLocks package func motion(positionRadians: JointVector, velocityRadiansPerSecond: JointVector) -> TipMotion {
    var frame = Rotation()
    var tip = TipMotion()
    var hinge = 0
    while hinge < count {
      let joint = Int(joints[hinge])
      advance(&tip, by: frame.apply(offsetsMeters[hinge]))
      tip.angularVelocityRadiansPerSecond += frame.apply(axes[hinge]) * velocityRadiansPerSecond[joint]
      frame.turn(about: axes[hinge], radians: positionRadians[joint])
      hinge += 1
    }
    advance(&tip, by: frame.apply(tipMeters))
    return tip
  }

  /// Where the tip is, metres in the base frame.
  @_noLocks package func position(_ positionRadians: JointVector) -> Vector3 {
    motion(positionRadians: positionRadians, velocityRadiansPerSecond: JointVector()).positionMeters
  }

  @_noLocks private func advance(_ tip: inout TipMotion, by step: Vector3) {
    tip.positionMeters += step
    tip.velocityMetersPerSecond += cross(tip.angularVelocityRadiansPerSecond, step)
  }
}

/// Where feet and hand are, from joint angles.
package struct KinematicsPlan: BitwiseCopyable, Sendable {
  /// Legs, 0 … footCapacity; 0 for an arm.
  package let legCount: Int
  /// True if there is a hand.
  package let hasArm: Bool
  /// Height of the base over the floor in the nominal stance, metres; 0 for an arm.
  package let standingHeightMeters: Float
  private let legs: InlineArray<6, ChainPlan>
  private let arm: ChainPlan
  private let footRadii: InlineArray<6, Float>
  /// Bit of a leg set = its foot has a sensor.
  private let footSensors: UInt32

  init(_ profile: RobotProfile) throws(TaskError) {
    let description = profile.kinematics
    if description.legs.count > footCapacity {
      throw .overCapacity(path: "kinematics.legs", found: description.legs.count, capacity: footCapacity)
    }
    var legs = InlineArray<6, ChainPlan>(repeating: ChainPlan())
    var radii = InlineArray<6, Float>(repeating: 0)
    var sensors: UInt32 = 0
    for (index, leg) in description.legs.enumerated() {
      legs[index] = try ChainPlan(leg.chain, path: "kinematics.legs[\(index)]")
      radii[index] = Float(leg.footRadiusMeters)
      if leg.contactIndex != nil { sensors |= 1 << UInt32(index) }
    }
    self.legs = legs
    footRadii = radii
    footSensors = sensors
    legCount = description.legs.count
    standingHeightMeters = Float(description.standingHeightMeters)
    hasArm = description.arm != nil
    arm = if let chain = description.arm { try ChainPlan(chain, path: "kinematics.arm") } else { ChainPlan() }
  }

  /// The chain of leg `leg`, 0 ..< legCount.
  @_noLocks package func leg(_ leg: Int) -> ChainPlan { legs[leg] }

  /// Centre of foot `leg`, metres in the base frame.
  @_noLocks package func footPosition(_ leg: Int, joints: JointVector) -> Vector3 { legs[leg].position(joints) }

  /// Centre of foot `leg`: position, velocity and the shank's turning, relative to the base, in the base frame.
  @_noLocks package func footMotion(_ leg: Int, joints: JointVector, velocities: JointVector) -> TipMotion {
    legs[leg].motion(positionRadians: joints, velocityRadiansPerSecond: velocities)
  }

  /// The hand, metres in the base frame; zero without an arm.
  @_noLocks package func handPosition(joints: JointVector) -> Vector3 { arm.position(joints) }

  /// The hand: position, velocity and turning, in the base frame; zero without an arm.
  @_noLocks package func handMotion(joints: JointVector, velocities: JointVector) -> TipMotion {
    arm.motion(positionRadians: joints, velocityRadiansPerSecond: velocities)
  }

  /// Radius of the foot's sphere, metres.
  @_noLocks package func footRadiusMeters(_ leg: Int) -> Float { footRadii[leg] }

  /// Whether foot `leg` has a force sensor. A frame's forces stand in the order of the legs, whatever the device calls
  /// them.
  @_noLocks package func hasFootSensor(_ leg: Int) -> Bool { footSensors & (1 << UInt32(leg)) != 0 }
}

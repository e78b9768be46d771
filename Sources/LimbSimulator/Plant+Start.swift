internal import CMuJoCo
internal import LimbProfile
internal import LimbTypes

/// Where the robot is at the start, and the masses by which a person holds it there.
extension Plant {
  /// Puts a joint of the profile where a hand might have bent it, at rest. Radians; for tests.
  func bend(_ joint: Int, to radians: Double) {
    unsafe physics.data.pointee.qpos[layout.joints[joint].position] = radians
    unsafe physics.data.pointee.qvel[layout.joints[joint].velocity] = 0
  }

  /// Where episode 0 begins: an arm at rest, a legged robot in a person's hands.
  mutating func placeAtStart() {
    let d = unsafe physics.data
    for (index, joint) in layout.joints.enumerated() {
      let own = profile.joints[index]
      // An arm lies where it rests without power; a legged robot hangs in a person's hands.
      let angle = layout.trunkBody == nil ? own.parkRadians : own.nominalRadians
      let offset = layout.trunkBody == nil ? 0 : draw.startJoints[index]
      unsafe d.pointee.qpos[joint.position] = angle + offset
    }
    if layout.trunkBody != nil {
      let turn = Rotation3D(vector: SIMD3(0, 0, draw.startYaw))
      let height = profile.kinematics.standingHeightMeters
      let person = SimulatedPerson(
        simulation.person, standingHeight: height, mass: mass, inertia: baseInertia(), fullPower: fullStiffnessShare)
      unsafe d.pointee.qpos[2] = person.holdHeight
      unsafe d.pointee.qpos[3] = turn.w
      for axis in 0..<3 { unsafe d.pointee.qpos[4 + axis] = turn.v[axis] }
      self.person = person
      self.person!.hold(at: baseState())
    }
    unsafe mj_forward(physics.model, d)
  }

  /// Share of the profile's own stiffness that the daemon asks for at full power.
  private var fullStiffnessShare: Double { Double(profile.safety.powerPercent) / 100 }

  /// Of the whole robot, kg.
  package var mass: Double {
    unsafe (0..<Int(physics.model.pointee.nbody)).reduce(0) { unsafe $0 + physics.model.pointee.body_mass[$1] }
  }

  /// Inertia of the whole robot about the base's axes, kg·m².
  private func baseInertia() -> SIMD3<Double> {
    let count = unsafe Int(physics.model.pointee.nv)
    var full = [Double](repeating: 0, count: count * count)
    unsafe mj_fullM(physics.model, &full, physics.data.pointee.qM)
    return SIMD3(full[3 * count + 3], full[4 * count + 4], full[5 * count + 5])
  }
}

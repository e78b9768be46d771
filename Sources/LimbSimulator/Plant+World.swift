internal import CMuJoCo
internal import LimbProfile
internal import LimbTypes

/// What an episode draws, and what `disturbance` breaks, in the physics engine's model.
extension Plant {
  /// Writes the episode's masses, friction and motors into the model.
  mutating func applyDraw() {
    let m = unsafe physics.model
    for body in nominalMass.indices {
      unsafe m.pointee.body_mass[body] = nominalMass[body] * draw.massScale
      for axis in 0..<3 {
        unsafe m.pointee.body_inertia[3 * body + axis] =
          nominalInertia[3 * body + axis] * draw.massScale * draw.inertiaScale
      }
    }
    for geom in unsafe 0..<Int(m.pointee.ngeom) { unsafe m.pointee.geom_friction[3 * geom] = draw.floorFriction }
    applyJams()
    recomputeConstants()
    motor = nominalMotor
    motor.strength = draw.motorStrength
    motor.supplyVolts = draw.supplyVolts
  }

  /// Jams and frees joints as `disturbance` says: a jam is friction that a motor moves by milliradians a second.
  package mutating func applyJams() {
    for (index, joint) in layout.joints.enumerated() {
      let isJammed = disturbance.jammedJoints.contains(index)
      unsafe physics.model.pointee.dof_damping[joint.velocity] = isJammed ? 1000 : draw.viscousFriction
      unsafe physics.model.pointee.dof_frictionloss[joint.velocity] = draw.coulombFriction
    }
  }

  /// MuJoCo's derived constants follow the masses; they are computed in a scratch state, so that the robot's stays.
  private func recomputeConstants() {
    guard let scratch = unsafe mj_makeData(physics.model) else { return }
    unsafe mj_setConst(physics.model, scratch)
    unsafe mj_deleteData(scratch)
  }
}

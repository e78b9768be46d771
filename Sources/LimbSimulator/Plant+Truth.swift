internal import CMuJoCo
package import LimbTypes

extension Plant {
  /// The state at the sampling instant, without noise; call between `sense` and `actuate`.
  package func truth(tick: UInt64, deviceTimeMicroseconds: UInt64) -> TruthRecord {
    var record = TruthRecord()
    record.tick = tick
    record.deviceTimeMicroseconds = deviceTimeMicroseconds
    record.episode = episode
    let touching = groundContacts()
    record.contacts = touching.feet
    record.flags = (touching.trunk ? 1 : 0) | (isHeld ? 2 : 0)
    if layout.trunkBody != nil {
      let base = baseState()
      record.basePositionMeters = Vector3(base.position)
      record.baseVelocityMetersPerSecond = Vector3(base.velocity)
      record.orientation = Quaternion(
        w: Float(base.orientation.w), x: Float(base.orientation.v.x), y: Float(base.orientation.v.y),
        z: Float(base.orientation.v.z))
      record.angularVelocityRadiansPerSecond = Vector3(base.angularVelocity)
    }
    if let site = layout.handSite {
      let p = unsafe physics.data.pointee.site_xpos!
      record.handPositionMeters = unsafe Vector3(Float(p[3 * site]), Float(p[3 * site + 1]), Float(p[3 * site + 2]))
    }
    for (index, joint) in layout.joints.enumerated() {
      record.jointPositionRadians[index] = unsafe Float(physics.data.pointee.qpos[joint.position])
    }
    return record
  }

  /// True while a person's hand is on the robot.
  package var isHeld: Bool { person?.isHolding ?? false }

  /// Height of the trunk, metres.
  package var trunkHeight: Double { unsafe physics.data.pointee.qpos[2] }

  private func groundContacts() -> (trunk: Bool, feet: UInt32) {
    var trunk = false
    var feet: UInt32 = 0
    let m = unsafe physics.model
    for index in unsafe 0..<Int(physics.data.pointee.ncon) {
      let contact = unsafe physics.data.pointee.contact[index]
      for geom in [Int(contact.geom1), Int(contact.geom2)] {
        if unsafe Int(m.pointee.geom_bodyid[geom]) == layout.trunkBody { trunk = true }
        for foot in layout.feet where foot.geom == geom { feet |= 1 << UInt32(foot.contactIndex) }
      }
    }
    return (trunk, feet)
  }
}

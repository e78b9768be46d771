import LimbProfile
import LimbTypes

/// Swing and extension of planar legs (Minitaur's leg coordinates, for a serial hip and knee).
///
/// In the sagittal plane a leg of hip angle h and knee angle k points along h + φ(k) and is r(k) long, with thigh a and
/// shank b: φ = atan2(b sin k, a + b cos k). Extension e changes the knee by −sgn(k₀) e, which lengthens the leg, and
/// turns the hip back by φ′(k₀) of that, so that the foot moves along the leg; swing s turns the hip alone, forwards
/// for s > 0. φ′ is `RobotProfile.hipShareOfExtension`. Taken at the nominal angles, so that
/// the map is linear: an action always means the same joint offsets.
extension ActionPlan {
  static func legs(_ profile: RobotProfile) throws(TaskError) -> InlineArray<18, Drive> {
    var drives = noDrives
    var output = 0
    for leg in profile.kinematics.legs {
      let lateral = leg.chain.links.indices.filter { abs(leg.chain.links[$0].axis.y) > 0.9 }
      let forward = leg.chain.links.indices.filter { abs(leg.chain.links[$0].axis.x) > 0.9 }
      guard lateral.count == 2, forward.count <= 1, lateral.count + forward.count == leg.chain.links.count else {
        throw .legNotPlanar(leg: leg.name, lateralJoints: lateral.count, forwardJoints: forward.count)
      }
      let needed = output + 2 + forward.count
      guard needed <= profile.action.scaleRadians.count else {
        throw .overCapacity(path: "action.scale_rad", found: needed, capacity: profile.action.scaleRadians.count)
      }
      let scales = profile.action.scaleRadians
      drives[output] = swing(leg.chain.links[lateral[0]], scale: scales[output])
      drives[output + 1] = extensionDrive(profile, leg.chain, lateral, scale: scales[output + 1])
      if let abduction = forward.first {
        drives[output + 2] = Drive(
          joint: leg.chain.links[abduction].jointIndex, gainRadians: Float(scales[output + 2]), otherJoint: -1,
          otherGainRadians: 0)
      }
      output = needed
    }
    guard output == profile.action.scaleRadians.count else {
      throw .overCapacity(path: "action.scale_rad", found: profile.action.scaleRadians.count, capacity: output)
    }
    return drives
  }

  /// A positive turn about +y moves a hanging leg backwards, hence the sign.
  private static func swing(_ hip: RobotProfile.ChainLink, scale: Double) -> Drive {
    Drive(
      joint: hip.jointIndex, gainRadians: Float(hip.axis.y > 0 ? -scale : scale), otherJoint: -1, otherGainRadians: 0)
  }

  private static func extensionDrive(
    _ profile: RobotProfile, _ chain: RobotProfile.Chain, _ lateral: [Int], scale: Double
  ) -> Drive {
    let hip = chain.links[lateral[0]]
    let knee = chain.links[lateral[1]]
    let bend = profile.joints[knee.jointIndex].nominalRadians
    let kneeGain = bend > 0 ? -scale : scale
    let ratio = profile.hipShareOfExtension(chain, knee: knee)
    let sameWay = hip.axis.y * knee.axis.y > 0
    let hipGain = (sameWay ? -ratio : ratio) * kneeGain
    return Drive(
      joint: knee.jointIndex, gainRadians: Float(kneeGain), otherJoint: hip.jointIndex,
      otherGainRadians: Float(hipGain))
  }
}

import LimbProfile
import LimbTypes

extension SymmetryPlan {
  /// Compiles the joint mirror of the profile into mirrors of everything else, and checks it against body and action.
  init(
    _ profile: RobotProfile, _ description: RobotProfile.Symmetry, kinematics: KinematicsPlan,
    observation: ObservationPlan, action: ActionPlan
  ) throws(TaskError) {
    var joints = InlineArray<18, Int32>(repeating: 0)
    var signs = InlineArray<18, Float>(repeating: 1)
    for joint in 0..<profile.jointCount {
      joints[joint] = Int32(description.permutation[joint])
      signs[joint] = Float(description.signs[joint])
    }
    try SymmetryPlan.checkJoints(profile, description)
    let (actions, actionSigns) = try SymmetryPlan.actionMirror(action, joints, signs)
    let feet = try SymmetryPlan.footMirror(profile, description)
    var entries = InlineArray<128, Int32>(repeating: 0)
    var entrySigns = InlineArray<128, Float>(repeating: 1)
    for index in 0..<observation.termCount {
      let term = observation.term(index)
      for place in 0..<term.width {
        let (source, sign): (Int32, Float) =
          switch term.kind {
          case .jointPosition, .jointVelocity, .jointTorque, .appliedTarget: (joints[place], signs[place])
          case .rollPitch: (Int32(place), place == 0 ? -1 : 1)
          case .gravity, .baseVelocity, .handPosition, .goalPosition, .goalError: (Int32(place), place == 1 ? -1 : 1)
          case .angularVelocity: (Int32(place), place == 1 ? 1 : -1)
          case .footContact: (feet[place], 1)
          case .previousAction: (actions[place], actionSigns[place])
          }
        entries[term.start + place] = Int32(term.start) + source
        entrySigns[term.start + place] = sign
      }
    }
    jointCount = profile.jointCount
    actionCount = action.count
    legCount = kinematics.legCount
    frameWidth = observation.frameWidth
    self.joints = joints
    jointSigns = signs
    self.actions = actions
    self.actionSigns = actionSigns
    self.feet = feet
    self.entries = entries
    self.entrySigns = entrySigns
    try checkKinematics(profile, kinematics)
  }

  /// Nominal angles and ranges of a joint and its image must mirror each other, or offsets would not.
  private static func checkJoints(
    _ profile: RobotProfile, _ description: RobotProfile.Symmetry
  ) throws(TaskError) {
    for (index, joint) in profile.joints.enumerated() {
      let image = profile.joints[description.permutation[index]]
      let sign = description.signs[index]
      let range = sign > 0 ? image.positionRadians.lowerBound : -image.positionRadians.upperBound
      let pairs = [
        ("nominal_rad", joint.nominalRadians, sign * image.nominalRadians),
        ("position_rad", joint.positionRadians.lowerBound, range),
      ]
      for (quantity, found, expected) in pairs where abs(found - expected) > 1e-6 {
        throw .symmetryContradictsJoint(
          joint: joint.name, image: image.name, quantity: quantity, found: found, expected: expected)
      }
    }
  }

  /// Output o's image is the output that drives the image joints; its sign follows from both gains.
  private static func actionMirror(
    _ action: ActionPlan, _ joints: InlineArray<18, Int32>, _ signs: InlineArray<18, Float>
  ) throws(TaskError) -> (InlineArray<18, Int32>, InlineArray<18, Float>) {
    var images = InlineArray<18, Int32>(repeating: 0)
    var imageSigns = InlineArray<18, Float>(repeating: 1)
    for output in 0..<action.count {
      let drive = action.drive(output)
      var found = false
      for candidate in 0..<action.count {
        let image = action.drive(candidate)
        guard image.joint == Int(joints[drive.joint]) else { continue }
        guard (image.otherJoint < 0) == (drive.otherJoint < 0) else { continue }
        let sign = signs[drive.joint] * image.gainRadians / drive.gainRadians
        if abs(abs(sign) - 1) > 1e-4 { continue }
        if drive.otherJoint >= 0 {
          let other = signs[drive.otherJoint] * image.otherGainRadians
          if image.otherJoint != Int(joints[drive.otherJoint]) { continue }
          if abs(other - sign * drive.otherGainRadians) > 1e-4 * abs(other) { continue }
        }
        images[output] = Int32(candidate)
        imageSigns[output] = sign > 0 ? 1 : -1
        found = true
        break
      }
      if !found { throw .symmetryLacksAction(output: output) }
    }
    return (images, imageSigns)
  }

  /// A leg's image is the leg made of the image joints.
  private static func footMirror(
    _ profile: RobotProfile, _ description: RobotProfile.Symmetry
  ) throws(TaskError) -> InlineArray<6, Int32> {
    var feet = InlineArray<6, Int32>(repeating: 0)
    for (index, leg) in profile.kinematics.legs.enumerated() {
      let wanted = leg.chain.jointIndices.map { description.permutation[$0] }
      guard let image = profile.kinematics.legs.firstIndex(where: { $0.chain.jointIndices == wanted }) else {
        throw .symmetryContradictsKinematics(chain: leg.name, errorMeters: .infinity)
      }
      feet[index] = Int32(image)
    }
    return feet
  }

  /// At a few postures: the foot (or hand) of the mirrored joints is the mirror of its image's place.
  private func checkKinematics(_ profile: RobotProfile, _ kinematics: KinematicsPlan) throws(TaskError) {
    for posture in 0..<8 as Range<UInt64> {
      var angles = JointVector()
      for joint in 0..<jointCount {
        let range = profile.joints[joint].positionRadians
        let share = Philox.unit(
          Philox.block(seed: 1, stream: .test, counter: posture, lane: UInt32(joint)).x)
        angles[joint] = Float(range.lowerBound + Double(share) * (range.upperBound - range.lowerBound))
      }
      let image = mirror(joints: angles)
      for leg in 0..<legCount {
        let expected = SymmetryPlan.polar(kinematics.footPosition(Int(feet[leg]), joints: angles))
        let error = length(kinematics.footPosition(leg, joints: image) - expected)
        if error > 1e-4 {
          throw .symmetryContradictsKinematics(chain: profile.kinematics.legs[leg].name, errorMeters: Double(error))
        }
      }
      let expected = SymmetryPlan.polar(kinematics.handPosition(joints: angles))
      let error = length(kinematics.handPosition(joints: image) - expected)
      if error > 1e-4 { throw .symmetryContradictsKinematics(chain: "arm", errorMeters: Double(error)) }
    }
  }
}

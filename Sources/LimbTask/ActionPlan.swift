package import LimbProfile
package import LimbTypes

/// What the policy's numbers in [−1, 1] mean: a linear map from an action to joint targets.
///
/// Target of joint j = base_j + Σ gain_{jo} · a_o. The base is the nominal angle (`joint_offset`, `swing_extension`) or
/// the last applied target (`joint_delta`); joints that no output moves stay at their nominal angle. Limits are the
/// safety envelope's, the low-pass runs afterwards at control rate.
package struct ActionPlan: BitwiseCopyable, Sendable {
  /// One output's effect: at most two joints.
  struct Drive: BitwiseCopyable, Sendable {
    var joint: Int
    var gainRadians: Float
    /// −1: no second joint.
    var otherJoint: Int
    var otherGainRadians: Float
  }

  /// The coordinates.
  package let kind: ActionKind
  /// Policy outputs, 1 … actionCapacity.
  package let count: Int
  /// The low-pass on the targets, at rest at zero: copy it and reset it to the measured stance. Lets everything pass if
  /// the profile asks for none.
  package let lowPass: LowPassFilter
  private let jointCount: Int
  private let drives: InlineArray<18, Drive>
  private let nominalRadians: JointVector
  private let isRelativeToLast: InlineArray<18, Bool>

  init(_ profile: RobotProfile) throws(TaskError) {
    let description = profile.action
    try check(description.scaleRadians.count, path: "action.scale_rad", capacity: actionCapacity)
    let drives =
      switch description.kind {
      case .jointOffset, .jointDelta: try ActionPlan.single(description)
      case .swingExtension: try ActionPlan.legs(profile)
      }
    var relative = InlineArray<18, Bool>(repeating: false)
    if description.kind == .jointDelta { for joint in description.jointIndices { relative[joint] = true } }
    var nominal = JointVector()
    for (index, joint) in profile.joints.enumerated() { nominal[index] = Float(joint.nominalRadians) }
    kind = description.kind
    count = description.scaleRadians.count
    jointCount = profile.jointCount
    self.drives = drives
    nominalRadians = nominal
    isRelativeToLast = relative
    lowPass =
      if let cutoff = description.lowPassHertz {
        LowPassFilter(cutoffHertz: cutoff, rateHertz: Double(profile.control.rateHertz))
      } else {
        LowPassFilter()
      }
  }

  private static func single(_ description: RobotProfile.Action) throws(TaskError) -> InlineArray<18, Drive> {
    guard description.jointIndices.count == description.scaleRadians.count else {
      throw .overCapacity(
        path: "action.scale_rad", found: description.scaleRadians.count, capacity: description.jointIndices.count)
    }
    var drives = ActionPlan.noDrives
    for (output, joint) in description.jointIndices.enumerated() {
      drives[output] = Drive(
        joint: joint, gainRadians: Float(description.scaleRadians[output]), otherJoint: -1, otherGainRadians: 0)
    }
    return drives
  }

  static var noDrives: InlineArray<18, Drive> {
    InlineArray(repeating: Drive(joint: 0, gainRadians: 0, otherJoint: -1, otherGainRadians: 0))
  }

  /// The effect of output `output`, 0 ..< count.
  @_noLocks func drive(_ output: Int) -> Drive { drives[output] }

  /// Joint targets for an action, before filter and envelope, radians.
  ///
  /// - Parameters:
  ///   - action: in [−1, 1], `count` numbers.
  ///   - lastTarget: the targets applied last (the measured angles when there are none); used by `joint_delta` alone.
  @_noLocks package func targets(
    action: ActionVector, measuredOrLastTarget lastTarget: JointVector, into targets: inout JointVector
  ) {
    var joint = 0
    while joint < jointCount {
      targets[joint] = isRelativeToLast[joint] ? lastTarget[joint] : nominalRadians[joint]
      joint += 1
    }
    var output = 0
    while output < count {
      let drive = drives[output]
      targets[drive.joint] += drive.gainRadians * action[output]
      if drive.otherJoint >= 0 { targets[drive.otherJoint] += drive.otherGainRadians * action[output] }
      output += 1
    }
  }

  /// The targets of action zero: the stance. For `joint_delta` these are the nominal angles too.
  @_noLocks package func nominalTargets() -> JointVector { nominalRadians }
}

package import LimbProfile
package import LimbTask
package import LimbTypes

extension ReplayIdentity {
  /// What a profile says about itself, and the run that the caller names. `robotUUID` overrides the profile's, which
  /// may leave it open.
  package init(
    profile: RobotProfile, robotUUID: String? = nil, session: UInt64, runCounter: UInt64, bootID: String
  ) {
    self.init(
      robotUUID: robotUUID ?? profile.link.deviceUUID ?? "", profileName: profile.robot.name,
      profileHash: profile.hashes.whole, observationHash: profile.hashes.observation, actionHash: profile.hashes.action,
      dynamicsHash: profile.hashes.dynamics, rewardHash: profile.hashes.reward, session: session,
      runCounter: runCounter, bootID: bootID)
  }
}

extension ReplayLimits {
  /// The limits of a profile's `replay:`.
  package init(_ replay: RobotProfile.Replay) {
    self.init(
      capacitySteps: replay.capacitySteps, segmentSteps: replay.segmentSteps, syncMilliseconds: replay.syncMilliseconds)
  }
}

extension StepRecordLayout {
  /// The record of a compiled task, whose widths are within the capacities by construction.
  package init(plan: ControlPlan) {
    guard
      let layout = StepRecordLayout(
        jointCount: plan.jointCount, actionCount: plan.actionCount, footCount: plan.kinematics.legCount,
        observationFrameWidth: plan.observation.frameWidth)
    else { preconditionFailure("a plan fits the capacities of its values") }
    self = layout
  }
}

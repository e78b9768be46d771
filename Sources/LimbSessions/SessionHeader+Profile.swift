package import LimbProfile
package import LimbTypes

extension SessionHeader {
  /// The header of a run of `profile` whose step records have `layout`.
  package init(
    profile: RobotProfile, run: RunIdentity, layout: StepRecordLayout, buildID: String, seed: UInt64,
    isLockstep: Bool, robotUUID: String? = nil
  ) {
    runCounter = run.runCounter
    session = hexadecimal(run.session)
    bootID = run.bootID
    startedAt = run.startedAt
    self.buildID = buildID
    self.seed = seed
    self.isLockstep = isLockstep
    self.robotUUID = robotUUID ?? profile.link.deviceUUID ?? ""
    self.profile = profile.canonicalText
    profileHash = hexadecimal(profile.hashes.whole)
    observationHash = hexadecimal(profile.hashes.observation)
    actionHash = hexadecimal(profile.hashes.action)
    dynamicsHash = hexadecimal(profile.hashes.dynamics)
    rewardHash = hexadecimal(profile.hashes.reward)
    joints = layout.jointCount
    actions = layout.actionCount
    feet = layout.footCount
    observationWidth = layout.observationFrameWidth
  }
}

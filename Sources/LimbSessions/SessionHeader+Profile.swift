package import LimbProfile
package import LimbTypes

extension SessionHeader {
  /// The header of a run of `profile` whose step records have `layout`.
  package init(
    profile: RobotProfile, run: RunIdentity, layout: StepRecordLayout, buildID: String, seed: UInt64,
    isLockstep: Bool, robotUUID: String? = nil
  ) {
    runCounter = run.runCounter
    session = Self.hexadecimal(run.session)
    bootID = run.bootID
    startedAt = run.startedAt
    self.buildID = buildID
    self.seed = seed
    self.isLockstep = isLockstep
    self.robotUUID = robotUUID ?? profile.link.deviceUUID ?? ""
    self.profile = profile.canonicalText
    profileHash = Self.hexadecimal(profile.hashes.whole)
    observationHash = Self.hexadecimal(profile.hashes.observation)
    actionHash = Self.hexadecimal(profile.hashes.action)
    dynamicsHash = Self.hexadecimal(profile.hashes.dynamics)
    rewardHash = Self.hexadecimal(profile.hashes.reward)
    joints = layout.jointCount
    actions = layout.actionCount
    feet = layout.footCount
    observationWidth = layout.observationFrameWidth
  }

  /// 16 hexadecimal digits.
  static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

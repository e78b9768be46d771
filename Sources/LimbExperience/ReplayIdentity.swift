/// Who writes: what a segment's header says about the run that made it. Hashes are those of the profile
/// (`RobotProfile.Hashes`); dates are not among them, because robots have no clock battery.
package struct ReplayIdentity: Sendable, Equatable {
  /// The device's UUID, 32 hexadecimal digits; empty if it is not known yet.
  package var robotUUID: String
  /// `robot.name` of the profile.
  package var profileName: String
  /// Of the whole profile.
  package var profileHash: UInt64
  /// Of what an observation frame consists of; a store of another is refused.
  package var observationHash: UInt64
  /// Of how actions become targets; a store of another is refused.
  package var actionHash: UInt64
  /// Of gains, limits and filter; a store of another is opened and counted.
  package var dynamicsHash: UInt64
  /// Of the reward; rewards are computed anew from signals, so a store of another is opened.
  package var rewardHash: UInt64
  /// The session part of the records' key.
  package var session: UInt64
  /// Runs of this state directory so far (`RunCounter`).
  package var runCounter: UInt64
  /// The boot of the computer that the run belongs to.
  package var bootID: String

  /// The identity of one run.
  package init(
    robotUUID: String = "", profileName: String, profileHash: UInt64, observationHash: UInt64, actionHash: UInt64,
    dynamicsHash: UInt64, rewardHash: UInt64, session: UInt64, runCounter: UInt64, bootID: String
  ) {
    self.robotUUID = robotUUID
    self.profileName = profileName
    self.profileHash = profileHash
    self.observationHash = observationHash
    self.actionHash = actionHash
    self.dynamicsHash = dynamicsHash
    self.rewardHash = rewardHash
    self.session = session
    self.runCounter = runCounter
    self.bootID = bootID
  }
}

/// How much a store keeps and how often it syncs.
package struct ReplayLimits: Sendable, Equatable {
  /// Records kept; whole segments beyond it are evicted, oldest first, so that at most one segment more is on disk.
  package var capacitySteps: Int
  /// Records a segment file has room for.
  package var segmentSteps: Int
  /// Longest time between two syncs while records come in, milliseconds.
  package var syncMilliseconds: Int

  /// Limits as the profile has them; `ReplayStore.open` refuses impossible ones.
  package init(capacitySteps: Int, segmentSteps: Int, syncMilliseconds: Int) {
    self.capacitySteps = capacitySteps
    self.segmentSteps = segmentSteps
    self.syncMilliseconds = syncMilliseconds
  }

  func validate() throws(ReplayError) {
    if capacitySteps < 1 { throw .invalidLimit(field: "capacity_steps", actual: capacitySteps, minimum: 1) }
    if segmentSteps < 1 { throw .invalidLimit(field: "segment_steps", actual: segmentSteps, minimum: 1) }
    if syncMilliseconds < 0 { throw .invalidLimit(field: "sync_ms", actual: syncMilliseconds, minimum: 0) }
  }
}

/// What opening a store found.
package struct ReplayOpening: Sendable, Equatable {
  /// Segments that can be read.
  package var segments = 0
  /// Records in them, damaged ones included.
  package var records = 0
  /// Bytes of the last segment that held no whole record and were cut off: what a crash had torn.
  package var tornBytes = 0
  /// Files left over from a creation that was cut short, removed.
  package var unfinishedFiles = 0
  /// Segments whose header is damaged; left where they are, not read.
  package var damagedSegments = 0
  /// Segments recorded with other dynamics (gains, limits, filter); they are sampled all the same.
  package var otherDynamicsSegments = 0
  /// Bytes that a full store needs beyond what is there.
  package var stillNeededBytes = 0
  /// Bytes free on its file system, nil: unknown.
  package var freeBytes: Int?
}

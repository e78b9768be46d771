/// How many updates the learner owes: so many for each stored step after the warm-up, so that what is learned from an
/// hour of robot time does not depend on how fast the computer is.
///
/// A learner that cannot keep up loses the excess over the limit, and says how much (`dropped`): a policy that lags by
/// thousands of updates would be worse than one that learned a little less.
package struct UpdateCredit: Sendable, Equatable {
  /// Updates earned by one stored step.
  package let updatesPerStep: UInt64
  /// Stored steps that earn nothing.
  package let warmUpSteps: UInt64
  /// Updates owed at most.
  package let limit: UInt64
  /// Stored steps that have been accounted for.
  package private(set) var storedSteps: UInt64 = 0
  /// Updates owed now.
  package private(set) var owed: UInt64 = 0
  /// Updates that were earned beyond the limit and will never be done.
  package private(set) var dropped: UInt64 = 0

  /// No debt; rates and limits are the hyperparameters'.
  package init(_ hyperparameters: Hyperparameters) {
    updatesPerStep = UInt64(hyperparameters.updatesPerStep)
    warmUpSteps = UInt64(hyperparameters.warmUpSteps)
    limit = UInt64(hyperparameters.backlogLimitUpdates)
  }

  /// Accounts for the store's steps up to `total` (a total that has not grown changes nothing).
  package mutating func earn(storedSteps total: UInt64) {
    let earned = takeSteps(total)
    // A debt from the start may stand above the limit; it is not dropped, but nothing is added to it.
    let room = limit > owed ? limit - owed : 0
    owed += min(earned, room)
    dropped += earned - min(earned, room)
  }

  /// The debt found at start: steps that were stored after the checkpoint. The limit does not apply; it is paid before
  /// arming.
  package mutating func takeUpDebt(storedSteps total: UInt64) { owed += takeSteps(total) }

  /// At start, where the store holds fewer steps than are accounted for (a segment was lost, or the checkpoint came from another
  /// directory): steps count on from there. Without this nothing would be earned until as many are stored again.
  mutating func comeBack(to total: UInt64) { storedSteps = min(storedSteps, total) }

  /// One update is about to be done; false if none is owed.
  package mutating func spend() -> Bool {
    guard owed > 0 else { return false }
    owed -= 1
    return true
  }

  /// As a checkpoint left it.
  mutating func restore(storedSteps: UInt64, owed: UInt64, dropped: UInt64) {
    self.storedSteps = storedSteps
    self.owed = owed
    self.dropped = dropped
  }

  /// Updates earned by the steps from `storedSteps` to `total`, which it advances to.
  private mutating func takeSteps(_ total: UInt64) -> UInt64 {
    guard total > storedSteps else { return 0 }
    let counted = total > warmUpSteps ? total - max(storedSteps, warmUpSteps) : 0
    storedSteps = total
    return counted * updatesPerStep
  }
}

package import LimbNetworks
package import LimbRealtime

/// The learner: networks, credit, the guard against numbers that are not finite, and what it publishes.
///
/// Belongs to one thread. It neither sleeps nor reads a clock: the caller tells it how many steps are stored, gives it
/// a batch for each update that is owed, and asks what is due. Nothing is allocated after creation except inside BLAS
/// and for checkpoints.
@safe package struct Learner: ~Copyable, @unchecked Sendable {
  /// Non-finite batches in a row after which nothing is learned any more until `resume`.
  package static let freezeLimit: UInt64 = 3

  /// The mathematics and its state.
  package var core: SoftActorCritic<Float>
  /// Updates owed.
  package internal(set) var credit: UpdateCredit
  /// What its checkpoints say it was learning.
  package let identity: LearnerIdentity
  /// The newest numbers.
  package internal(set) var statistics = LearnerStatistics()
  /// The state at the last publication, checkpoint or start, known to be finite.
  var good: LearnerState<Float>
  /// The actor without its norms; empty where it has none.
  private let acting: AlignedBlock<Float>
  var book = LearnerBook()

  /// Fresh networks. Allocates some ten megabytes; switches BLAS to one thread.
  ///
  /// - Parameters:
  ///   - threads: 1 or 2; the bytes are the same (`SoftActorCritic.init`).
  ///   - second: How the second one runs.
  package init(
    _ hyperparameters: Hyperparameters, identity: LearnerIdentity, threads: Int = 1,
    second: ThreadOptions = SoftActorCritic<Float>.secondThread
  ) {
    BLAS.useOneThread()
    core = SoftActorCritic(hyperparameters, threads: threads, second: second)
    credit = UpdateCredit(hyperparameters)
    self.identity = identity
    good = LearnerState(actor: core.actorStack, critics: core.criticStack)
    acting = AlignedBlock(count: hyperparameters.batchNorm == nil ? 0 : hyperparameters.policyStack.parameterCount)
    good.copy(from: core.state)
    refreshStatistics()
  }

  /// What the learner was made with.
  package var hyperparameters: Hyperparameters { core.hyperparameters }

  /// The number of the next update: the counter of its batch and its noise.
  package var nextUpdate: UInt64 { core.state.steps.updates }

  /// Updates that may be done now.
  package var updatesDue: UInt64 { book.isFrozen ? 0 : credit.owed }

  /// Accounts for the steps stored so far; the limit of the backlog applies.
  package mutating func earn(storedSteps: UInt64) {
    credit.earn(storedSteps: storedSteps)
    refreshStatistics()
  }

  /// At start: accounts for steps that were stored after the checkpoint; the limit does not apply.
  package mutating func takeUpDebt(storedSteps: UInt64) {
    credit.takeUpDebt(storedSteps: storedSteps)
    refreshStatistics()
  }

  /// At start: a store that holds fewer steps than the checkpoint has accounted for sets the accounts back to what it holds, so that
  /// updates, publications and checkpoints come due from there. Gives how many are missing, 0 if none.
  package mutating func comeBack(toStoredSteps total: UInt64) -> UInt64 {
    guard total < credit.storedSteps else { return 0 }
    let missing = credit.storedSteps - total
    credit.comeBack(to: total)
    book.publishedAtSteps = min(book.publishedAtSteps, total)
    book.checkpointAtSteps = min(book.checkpointAtSteps, total)
    return missing
  }

  /// Spends one update on `batch`, which must be that of `nextUpdate`.
  ///
  /// Something that is not finite restores the last good state, moments included, skips the batch and is counted; three
  /// in a row freeze the learner. Returns nil, and does nothing, if none is due.
  package mutating func update(_ batch: TransitionRows<Float>) -> UpdateResult? {
    guard !book.isFrozen, credit.spend() else { return nil }
    let result = unsafe core.update(batch)
    switch result {
    case .learned(let critics, let actor):
      book.failuresInARow = 0
      note(critics, actor)
    case .nonFinite(let stage):
      recover(from: stage)
    }
    refreshStatistics()
    return result
  }

  /// Whether a policy should be published: `adoptEverySteps` stored steps after the last one, if anything was learned.
  package var isPublicationDue: Bool {
    book.isFrozen
      ? false
      : credit.storedSteps >= book.publishedAtSteps + UInt64(hyperparameters.adoptEverySteps)
        && core.state.steps.updates > book.publishedAtUpdates
  }

  /// Publishes the actor as a whole, under a new version, which it returns. A state that is not finite is replaced by
  /// the last good one first, so that a bad policy is never offered.
  package mutating func publish(to mailbox: borrowing BlockMailbox) -> UInt64 {
    let version = beginPublication()
    unsafe mailbox.publish(version: version, copying: actorBlock)
    return version
  }

  /// The first half of `publish`, for a caller that hands `actorBlock` on by itself: gives the new version.
  package mutating func beginPublication() -> UInt64 {
    markGood()
    book.policyVersion += 1
    book.publishedAtSteps = credit.storedSteps
    book.publishedAtUpdates = core.state.steps.updates
    refreshStatistics()
    return book.policyVersion
  }

  /// The same at the start of a run: what a checkpoint holds has often learned on since its last publication, and versions
  /// up to `newest` may have been given after it was written. The new version is beyond both. When the next publication is
  /// due by steps stays as it was, so that a resumed run keeps the rhythm of one that was never stopped; that there is
  /// something new to publish (an update since) is counted from here.
  package mutating func beginFirstPublication(beyond newest: UInt64) -> UInt64 {
    markGood()
    book.policyVersion = max(book.policyVersion, newest) + 1
    book.publishedAtUpdates = core.state.steps.updates
    refreshStatistics()
    return book.policyVersion
  }

  /// Versions up to `newest` have been given: the next publication counts on behind them.
  package mutating func skipVersions(through newest: UInt64) {
    book.policyVersion = max(book.policyVersion, newest)
    refreshStatistics()
  }

  /// The version that was published last; 0 before the first.
  package var policyVersion: UInt64 { book.policyVersion }

  /// The actor's parameters as they act (`policyStack`), `policyParameterCount` floats, valid until the next update or call. The
  /// learner's thread.
  package var actorBlock: UnsafePointer<Float> {
    guard hyperparameters.batchNorm != nil else { return unsafe UnsafePointer(core.state.actor) }
    unsafe core.actorStack.fold(core.state.actor, into: acting.base)
    return unsafe UnsafePointer(acting.base)
  }

  /// The networks that act: what `actorBlock` holds the numbers of.
  package var policyStack: DenseStack { hyperparameters.policyStack }

  /// Numbers in a published block.
  package var policyParameterCount: Int { policyStack.parameterCount }

  /// Remembers the present state as the last good one; restores the one before if the present one is not finite.
  mutating func markGood() {
    if core.state.isFinite {
      good.copy(from: core.state)
    } else {
      restoreGood()
    }
  }

  private mutating func recover(from stage: UpdateStage) {
    book.skippedBatches += 1
    book.failuresInARow += 1
    if book.failuresInARow >= Self.freezeLimit { book.isFrozen = true }
    // Before the critics' step nothing has changed: the present state is the last good one, unless it is broken itself.
    if stage == .critics, core.state.isFinite { return }
    restoreGood()
  }

  /// The counter of updates goes on, or the same batch would be drawn again.
  private mutating func restoreGood() {
    let updates = core.state.steps.updates
    core.state.copy(from: good)
    core.state.steps.updates = updates
  }

  private mutating func note(_ critics: CriticErrors, _ actor: ActorReport?) {
    statistics.criticLoss = critics.loss
    statistics.meanValue = critics.meanValue
    guard let actor else { return }
    statistics.actorLoss = actor.errors.loss
    statistics.entropyNats = -actor.errors.meanLogDensity
  }

  mutating func refreshStatistics() {
    statistics.updates = core.state.steps.updates
    statistics.actorUpdates = core.state.steps.actor
    statistics.temperature = Double(core.temperature)
    statistics.updatesOwed = credit.owed
    statistics.creditDropped = credit.dropped
    statistics.skippedBatches = book.skippedBatches
    statistics.isFrozen = book.isFrozen
    statistics.policyVersion = book.policyVersion
  }
}

/// What a checkpoint belongs to: hashes of the profile's parts (`RobotProfile.Hashes`).
package struct LearnerIdentity: Sendable, Equatable {
  /// `robot.name`
  package let profileName: String
  /// Of what an observation frame consists of; a checkpoint of another is refused.
  package let observationHash: UInt64
  /// Of how actions become targets; a checkpoint of another is refused.
  package let actionHash: UInt64
  /// Of the reward; a checkpoint of another needs `--relabel`.
  package let rewardHash: UInt64

  /// The identity of a profile's learner.
  package init(profileName: String, observationHash: UInt64, actionHash: UInt64, rewardHash: UInt64) {
    self.profileName = profileName
    self.observationHash = observationHash
    self.actionHash = actionHash
    self.rewardHash = rewardHash
  }
}

/// The learner's own counters.
struct LearnerBook: BitwiseCopyable, Sendable, Equatable {
  var policyVersion: UInt64 = 0
  var publishedAtSteps: UInt64 = 0
  var publishedAtUpdates: UInt64 = 0
  var checkpointAtSteps: UInt64 = 0
  var skippedBatches: UInt64 = 0
  var failuresInARow: UInt64 = 0
  var isFrozen = false
}

internal import Glibc
internal import LimbControl
internal import LimbExperience
internal import LimbLearning
internal import LimbNetworks
internal import LimbProfile
internal import LimbTask
internal import LimbTypes
internal import Synchronization

/// The learner with what feeds it and what it feeds: the sampler over the store before it, the policy's mailbox and the
/// checkpoints behind it. Belongs to the learner thread (in lockstep to the one thread).
@safe final class LearningLine: @unchecked Sendable {
  private var learner: Learner
  private var sampler: ReplaySampler
  private var prior: ReplaySampler?
  private let batch: TransitionBatch
  private let store: ReplayStore
  private let board: ControlBoard
  private let policies: PolicyArchive
  private let checkpoint: String
  private let mirrors: Bool
  private let wantsNewest: Bool
  /// Whether the policy that it began with had learned anything: a robot that has one needs no warm-up, however few steps the store
  /// still holds.
  let hasLearned: Bool
  private let shown = Mutex(LearnerStatistics())
  private let troubles = Mutex(TroubleList())
  /// A freeze has been told; there is one in the life of a line.
  private var hasToldFreeze = false

  /// Takes over a fresh learner, and brings it to the state of `DIR/checkpoints/learner.safetensors` if that is there.
  /// `warnings` says what may make a resumed run differ. Half of each batch is from `prior`, if there is one, once the robot has
  /// `PriorData.leastOnline` transitions of its own.
  init(
    learner: consuming Learner, profile: RobotProfile, plan: ControlPlan, store: ReplayStore, board: ControlBoard,
    policies: PolicyArchive, directory: String, seed: UInt64, relabels: Bool, learns: Bool, prior: PriorData? = nil,
    warnings: inout [String]
  ) throws(DaemonError) {
    let path = directory + "/learner.safetensors"
    do throws(LearningError) {
      if let file = try Self.open(path) { warnings += try learner.resume(from: file, relabels: relabels).map { "\($0)" } }
    } catch {
      throw .part(name: "learner", reason: "\(error)")
    }
    if learns {
      let missing = learner.comeBack(toStoredSteps: store.writtenSteps)
      if missing > 0 {
        warnings.append("""
          the checkpoint has learned from \(missing) steps more than the store holds (\(store.writtenSteps)); the robot goes on with its \
          policy, and learns on from what is there and what comes, once that is more than learning.warm_up_steps
          """)
      }
      learner.takeUpDebt(storedSteps: store.writtenSteps)
    }
    hasLearned = learner.nextUpdate > 0
    self.learner = learner
    sampler = ReplaySampler(
      store: store, plan: plan, seed: seed, discount: Float(profile.learning.discount), nStep: profile.learning.nStep)
    if let prior {
      var other = ReplaySampler(
        prior: prior, plan: plan, seed: seed, discount: Float(profile.learning.discount), nStep: profile.learning.nStep)
      other.refresh()
      guard other.sampleableCount > 0 else {
        throw .part(name: "learning.prior_data", reason: "\(prior.recordCount) records, but no transition to learn from")
      }
      self.prior = consume other
    } else {
      self.prior = nil
    }
    batch = TransitionBatch(
      batchSize: profile.learning.batchSize, inputWidth: plan.observation.inputWidth, actionWidth: plan.actionCount)
    self.store = store
    self.board = board
    self.policies = policies
    checkpoint = path
    mirrors = profile.learning.symmetry
    wantsNewest = profile.learning.newestTransition
    sampler.refresh()
    show()
  }

  private static func open(_ path: String) throws(LearningError) -> SafetensorsFile? {
    guard unsafe access(path, F_OK) == 0 else { return nil }
    do throws(NetworksError) { return try SafetensorsFile(path: path) } catch { throw .networks(error) }
  }

  /// Updates owed now.
  var owed: UInt64 { learner.updatesDue }

  /// Offers the policy as it is to control: at start. One that is kept already has its old version, any other a version
  /// beyond all that this state directory names.
  ///
  /// Versions that were given after the last record and the last policy file reached the disk may be given again after
  /// a power cut: no record and no file names the lost ones. A session log may, but with the hash of the parameters, which
  /// tells the two apart; a kept policy is found by that hash too (`PolicyArchive.fileName`).
  func offerFirstPolicy() {
    let newest = max(policies.newestVersion(), store.lastPolicyVersion)
    if let kept = unsafe policies.version(of: learner.actorBlock) {
      learner.skipVersions(through: newest)
      publish(kept)
    } else {
      let isFresh = learner.policyVersion == 0 && newest == 0
      publish(isFresh ? learner.beginPublication() : learner.beginFirstPublication(beyond: newest))
    }
  }

  /// The archive first: control may take it at once.
  private func publish(_ version: UInt64) {
    unsafe policies.offer(version: version, learner.actorBlock)
    unsafe board.publishPolicy(version: version, copying: learner.actorBlock)
  }

  /// Writes policies that control has adopted since the last call; trouble with the disk is remembered to be told.
  func storePolicies() {
    do throws(LearningError) { try policies.store() } catch { note(.part(name: "policies", reason: "\(error)")) }
  }

  /// Accounts for new steps and does at most `maximum` of the updates that are owed; publishes and writes checkpoints
  /// as they come due. Gives the number of updates done.
  func work(maximum: Int) -> Int {
    learner.earn(storedSteps: store.writtenSteps)
    sampler.refresh()
    var done = 0
    while done < maximum, learner.updatesDue > 0, fillBatch() {
      guard unsafe learner.update(TransitionRows(batch)) != nil else { break }
      done += 1
    }
    tellFreeze()
    if learner.isPublicationDue {
      publish(learner.beginPublication())
    }
    show()
    return done
  }

  /// The batch of the next update. False if there is nothing to learn from.
  private func fillBatch() -> Bool {
    let update = learner.nextUpdate
    let all = 0..<batch.batchSize
    guard prior != nil, sampler.sampleableCount >= PriorData.leastOnline else {
      return sampler.fill(batch, rows: all, update: update, mirror: mirrors, newest: wantsNewest)
    }
    let (own, others) = (all.prefix(all.count / 2), all.dropFirst(all.count / 2))
    return sampler.fill(batch, rows: own, update: update, mirror: mirrors, newest: wantsNewest)
      && prior?.fill(batch, rows: others, update: update, mirror: mirrors) == true
  }

  /// Writes a checkpoint if one is due, or if `now` says so.
  func writeCheckpointIfDue(now: Bool = false) throws(DaemonError) {
    guard now || learner.isCheckpointDue else { return }
    do throws(LearningError) {
      try learner.writeCheckpoint(to: checkpoint)
    } catch {
      throw .part(name: "checkpoint", reason: "\(error)")
    }
  }

  /// A learner that has given up is told once: the robot moves on with its last good policy, and nothing else shows it.
  private func tellFreeze() {
    guard learner.statistics.isFrozen, !hasToldFreeze else { return }
    hasToldFreeze = true
    let skipped = learner.statistics.skippedBatches
    note(
      .part(
        name: "learner",
        reason: """
          frozen: \(Learner.freezeLimit) batches in a row were not finite (\(skipped) skipped in all). The robot keeps its \
          last good policy and nothing is learned until limbd is started again
          """))
  }

  private func show() {
    let statistics = learner.statistics
    shown.withLock { $0 = statistics }
  }

  /// The newest numbers; any thread.
  func statistics() -> LearnerStatistics { shown.withLock { $0 } }

  /// Remembers what went wrong, to be told by the operations thread: a learner in trouble never stops the robot.
  func note(_ error: DaemonError) { troubles.withLock { $0.add(error.message) } }

  /// The oldest trouble that was not told yet. Any thread.
  func takeTrouble() -> String? { troubles.withLock { $0.take() } }
}

package import LimbNetworks
package import LimbRealtime

/// Soft actor-critic (Haarnoja et al. 2018) with N critics, LayerNorm or CrossQ's: the equations of one update.
///
/// Generic so that the tests run this very code in double precision. It owns its memory, allocates nothing after
/// creation except inside BLAS, and draws every random number from (seed, stream, update), so that any update can be
/// computed again. One thread at a time.
@safe package struct SoftActorCritic<Scalar: LearningScalar>: ~Copyable {
  /// What it was made with; never changes.
  package let hyperparameters: Hyperparameters
  /// The actor's network: scaled observations to 2A heads (μ, log σ).
  package let actorStack: DenseStack
  /// The critics' network, all members side by side: observation and action to one value each.
  package let criticStack: DenseStack
  /// What it has learned.
  package var state: LearnerState<Scalar>
  /// Of the last update; a section like the state's parameters.
  package let gradients: AlignedBlock<Scalar>
  let actorWork: DenseWorkspace<Scalar>
  let criticWork: DenseWorkspace<Scalar>
  let scratch: UpdateScratch<Scalar>
  /// Of `keepStatistics`; empty without batch normalisation.
  let kept: AlignedBlock<Scalar>
  let second: SecondWorker?
  /// What the threads are at, and the update that it belongs to.
  var phase = UpdatePhase.policies
  var job: UpdateJob<Scalar>?

  /// Critics see s and s′ as one batch, without targets.
  var isJoint: Bool { hyperparameters.batchNorm != nil }

  /// Fresh networks: see `DenseStack.initialise`; the targets equal the critics.
  ///
  /// - Parameter threads: 2: another thread does half of each update. One only, if that cannot be started or if products
  ///   are the BLAS's, whose bytes may depend on how they are cut (`threads` tells).
  /// - Parameter second: How that thread runs.
  package init(_ hyperparameters: Hyperparameters, threads: Int = 1, second: ThreadOptions = secondThread) {
    precondition(1...2 ~= threads, "\(threads) threads, 1 or 2 expected")
    self.hyperparameters = hyperparameters
    actorStack = hyperparameters.actorStack
    criticStack = hyperparameters.criticStack
    state = LearnerState(actor: actorStack, critics: criticStack)
    gradients = AlignedBlock(count: state.parameterCount)
    actorWork = DenseWorkspace(actorStack, rows: hyperparameters.batchSize)
    criticWork = DenseWorkspace(criticStack, rows: (hyperparameters.batchNorm == nil ? 1 : 2) * hyperparameters.batchSize)
    scratch = UpdateScratch(hyperparameters)
    kept = AlignedBlock(count: actorStack.statisticsCount + criticStack.statisticsCount)
    self.second = threads > 1 && Scalar.cutsProducts ? Self.startSecond(second) : nil
    unsafe actorStack.initialise(state.actor, seed: hyperparameters.seed, network: 0, headScale: 0.01)
    startCritics()
    state.logTemperature = Scalar(logarithm(hyperparameters.initialTemperature))
  }

  /// Fresh critics and targets, their moments zero.
  package mutating func startCritics() {
    let count = state.criticCount
    unsafe criticStack.initialise(state.critics, seed: hyperparameters.seed, network: 1)
    unsafe state.targets.update(from: state.critics, count: count)
    unsafe (state.firstMoments + state.criticOffset).update(repeating: 0, count: count)
    unsafe (state.secondMoments + state.criticOffset).update(repeating: 0, count: count)
    state.steps.critic = 0
  }

  /// Threads that work on an update.
  package var threads: Int { second == nil ? 1 : 2 }

  /// The second thread where nobody says otherwise: normal scheduling, any processor.
  package static var secondThread: ThreadOptions { ThreadOptions(name: "limbd-learn2") }

  private static func startSecond(_ options: ThreadOptions) -> SecondWorker? {
    try? unsafe SecondWorker(options) {
      unsafe $0.assumingMemoryBound(to: SoftActorCritic<Scalar>.self).pointee.perform(part: 1)
    }
  }

  /// Does all parts of `phase` and returns when they are done.
  mutating func together(_ phase: UpdatePhase) {
    self.phase = phase
    guard let second else { return perform(part: 0) }
    unsafe withUnsafeMutablePointer(to: &self) { core in
      unsafe second.share(UnsafeMutableRawPointer(core)) { unsafe core.pointee.perform(part: 0) }
    }
  }

  /// α
  package var temperature: Scalar { Scalar.exponential(state.logTemperature) }

  /// y of the last update's critics, one a row. For tests.
  package var lastTargets: UnsafePointer<Scalar> { unsafe UnsafePointer(scratch.targets) }
  /// log π of the last pass of the policy, one a row: of ã if the actor has learned in the last update, else of a′. For
  /// tests.
  package var lastLogDensities: UnsafePointer<Scalar> {
    unsafe UnsafePointer((learnsActor(state.steps.updates) ? scratch.present : scratch.next).logDensities)
  }

  /// Whether update number `count` (1 is the first) is one of the actor's.
  func learnsActor(_ count: UInt64) -> Bool { count % UInt64(hyperparameters.actorInterval) == 0 }

  /// One update: the critics always, actor and temperature in every `actorInterval`-th.
  ///
  /// Counts the update in any case. When a loss or a gradient is not finite it stops there and says so: before the
  /// critics' step nothing has changed then, before the actor's step the critics have.
  ///
  /// - Parameter draws: Random numbers to use instead of drawing them.
  package mutating func update(_ batch: TransitionRows<Scalar>, draws: GivenDraws<Scalar>? = nil) -> UpdateResult {
    let number = state.steps.updates
    state.steps.updates += 1
    unsafe job = UpdateJob(
      batch: batch, number: number, draws: draws, temperature: temperature, learnsActor: learnsActor(number + 1))
    keepStatistics()
    let critic = learnCritics()
    guard let critic else {
      takeBackStatistics()
      return .nonFinite(.critics)
    }
    guard learnsActor(number + 1) else { return .learned(critic, nil) }
    guard let actor = learnActor() else { return .nonFinite(.actor) }
    return .learned(critic, actor)
  }
}

/// What came of one update.
package enum UpdateResult: Sendable {
  /// The actor's part is there in every `actorInterval`-th update.
  case learned(CriticErrors, ActorReport?)
  case nonFinite(UpdateStage)
}

/// Where something that is not finite was found.
package enum UpdateStage: Sendable, Equatable {
  /// Nothing has been changed by this update.
  case critics
  /// The critics have been.
  case actor
}

/// What the actor's part of an update gives.
package struct ActorReport: BitwiseCopyable, Sendable {
  /// Loss and mean log-density of the batch.
  package let errors: ActorErrors
  /// α(H − H̄)
  package let temperatureLoss: Double
}

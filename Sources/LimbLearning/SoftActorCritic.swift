package import LimbNetworks

/// Soft actor-critic (Haarnoja et al. 2018) with N LayerNorm critics: the equations of one update.
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

  /// Fresh networks: see `DenseStack.initialise`; the targets equal the critics.
  package init(_ hyperparameters: Hyperparameters) {
    self.hyperparameters = hyperparameters
    actorStack = hyperparameters.actorStack
    criticStack = hyperparameters.criticStack
    state = LearnerState(actor: actorStack, critics: criticStack)
    gradients = AlignedBlock(count: state.parameterCount)
    actorWork = DenseWorkspace(actorStack, rows: hyperparameters.batchSize)
    criticWork = DenseWorkspace(criticStack, rows: hyperparameters.batchSize)
    scratch = UpdateScratch(hyperparameters)
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

  /// α
  package var temperature: Scalar { Scalar.exponential(state.logTemperature) }

  /// y of the last update's critics, one a row. For tests.
  package var lastTargets: UnsafePointer<Scalar> { unsafe UnsafePointer(scratch.targets) }
  /// log π of the last pass of the policy, one a row: of ã if the actor has learned in the last update, else of a′. For
  /// tests.
  package var lastLogDensities: UnsafePointer<Scalar> { unsafe UnsafePointer(scratch.logDensities) }

  /// One update: the critics always, actor and temperature in every `updatesPerStep`-th.
  ///
  /// Counts the update in any case. When a loss or a gradient is not finite it stops there and says so: before the
  /// critics' step nothing has changed then, before the actor's step the critics have.
  ///
  /// - Parameter draws: Random numbers to use instead of drawing them.
  package mutating func update(_ batch: TransitionRows<Scalar>, draws: GivenDraws<Scalar>? = nil) -> UpdateResult {
    let number = state.steps.updates
    state.steps.updates += 1
    let critic = unsafe learnCritics(batch, update: number, draws: draws)
    guard let critic else { return .nonFinite(.critics) }
    guard state.steps.updates % UInt64(hyperparameters.updatesPerStep) == 0 else { return .learned(critic, nil) }
    guard let actor = unsafe learnActor(batch, update: number, draws: draws) else { return .nonFinite(.actor) }
    return .learned(critic, actor)
  }
}

/// What came of one update.
package enum UpdateResult: Sendable {
  /// The actor's part is there in every `updatesPerStep`-th update.
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

package import LimbNetworks
package import LimbProfile

/// Every number that shapes learning, each with where its default comes from.
///
/// Fixed by design and not here: LayerNorm's ε 1e-6, log σ ∈ [−20, 2] (both `LimbNetworks`), Adam's β₂ 0.999 and
/// ε 1e-8 (Kingma and Ba 2015), Xavier-uniform weights and zero biases, the actor's head × 0.01 (so that the first mean
/// action is the stance).
package struct Hyperparameters: Sendable, Equatable {
  /// Numbers in an observation as the networks see it, history included.
  package var inputWidth: Int
  /// Numbers in an action, A.
  package var actionCount: Int
  /// Hidden widths of actor and critics. 2 × 256: Haarnoja et al., "Soft actor-critic algorithms and applications",
  /// 2018, table 1.
  package var hidden = [256, 256]
  /// LayerNorm after each hidden Dense of a critic (Smith et al. 2022; Ball et al., "RLPD", 2023: most of the stability
  /// at several updates a step).
  package var criticLayerNorm = true
  /// N critics. 2: Fujimoto et al., "TD3", 2018; 10 in REDQ (Chen et al. 2021) and RLPD. At most 64.
  package var criticCount = 2
  /// M of them, drawn without replacement for each update, give the target's minimum (REDQ).
  package var criticSubset = 2
  /// Dropout of the critics' hidden units, active in every pass (Hiraoka et al., "DroQ", 2022). 0: none.
  package var criticDropout = 0.0
  /// Batch normalisation of the input and after each activation, in critics and actor, and no target networks: the critics see
  /// (s, a) and (s′, a′) as one batch (Bhatt et al., "CrossQ", 2024). Plain also after 100,000 updates (25,000 steps of
  /// four), where its authors begin to renormalise. nil: none. Without LayerNorm and dropout.
  package var batchNorm: BatchNormSettings?
  /// Adam's β₁ (Kingma and Ba 2015; 0.5 in CrossQ).
  package var adamBeta1 = 0.9
  /// What the actor climbs: the mean of the critics (RLPD, Smith et al. 2022) or their minimum (SAC).
  package var actorLoss = ActorLoss.mean
  /// H̄, nats; −A/2 (Smith et al. 2022; the SAC paper has −A).
  package var targetEntropyNats: Double
  /// α at the start (Smith et al. 2022).
  package var initialTemperature = 0.1
  /// log α is kept in here: a temperature that runs away cannot be undone by a robot that only sits.
  package var logTemperatureRange = -10.0...2.0
  /// γ a step (SAC, table 1). The batch applies it; see `TransitionRows.discounts`.
  package var discount = 0.99
  /// τ of the targets' average, after each critic update (SAC, table 1).
  package var polyakTau = 0.005
  /// Adam's η (SAC, table 1).
  package var actorLearningRate = 3e-4
  /// Adam's η of the critics (SAC, table 1).
  package var criticLearningRate = 3e-4
  /// Adam's η of log α (SAC, table 1).
  package var temperatureLearningRate = 3e-4
  /// Transitions a batch (SAC, table 1).
  package var batchSize = 256
  /// Critic updates for each stored step (Smith et al. 2022: 20; Lee et al., "SimBa", 2025: most of the gain at 4).
  package var updatesPerStep = 4
  /// Actor and temperature learn in every so many-th update; nil: once for each stored step (Smith et al. 2022). 1: in every update
  /// (SAC), 2: TD3's delay.
  package var actorEvery: Int?
  /// Steps of reward before the bootstrap. The batch applies it.
  package var nStep = 1
  /// Each transition of a batch becomes its left-right image with probability ½. The batch applies it.
  package var symmetry = false
  /// The newest transition is in every batch ("combined experience replay", Zhang and Sutton 2017). The batch applies it.
  package var newestTransition = false
  /// Stored steps before the first update.
  package var warmUpSteps = 500
  /// A policy is published at most every so many stored steps.
  package var adoptEverySteps = 20
  /// A checkpoint is due every so many stored steps.
  package var checkpointEverySteps = 1000
  /// Updates owed at most; what comes beyond is dropped and counted.
  package var backlogLimitUpdates = 400
  /// Key of all random numbers.
  package var seed: UInt64

  /// The defaults above for a task of this size, H̄ = −A/2.
  package init(inputWidth: Int, actionCount: Int, seed: UInt64) {
    self.inputWidth = inputWidth
    self.actionCount = actionCount
    self.seed = seed
    targetEntropyNats = -Double(actionCount) / 2
  }

  /// The `learning:` section of a profile.
  ///
  /// - Parameter inputWidth: What the compiled plan says (`plan.observation.inputWidth`).
  package init(profile: RobotProfile, inputWidth: Int, seed: UInt64) {
    self.init(learning: profile.learning, inputWidth: inputWidth, actionCount: profile.actionCount, seed: seed)
  }

  /// The same for a task of any widths, be it a robot's or not.
  package init(learning: RobotProfile.Learning, inputWidth: Int, actionCount: Int, seed: UInt64) {
    self.init(inputWidth: inputWidth, actionCount: actionCount, seed: seed)
    hidden = learning.hidden
    criticLayerNorm = learning.critic.layerNorm
    criticCount = learning.critic.count
    criticSubset = learning.critic.subset
    criticDropout = learning.critic.dropout
    batchNorm = learning.batchNorm ? BatchNormSettings() : nil
    adamBeta1 = learning.adamBeta1
    actorLoss = learning.actorLoss
    targetEntropyNats = learning.targetEntropyNats(actionCount: actionCount)
    initialTemperature = learning.initialTemperature
    discount = learning.discount
    polyakTau = learning.polyakTau
    actorLearningRate = learning.actorLearningRate
    criticLearningRate = learning.criticLearningRate
    temperatureLearningRate = learning.temperatureLearningRate
    batchSize = learning.batchSize
    updatesPerStep = learning.updatesPerStep
    actorEvery = learning.actorEvery
    nStep = learning.nStep
    symmetry = learning.symmetry
    newestTransition = learning.newestTransition
    warmUpSteps = learning.warmUpSteps
    adoptEverySteps = learning.adoptEverySteps
    checkpointEverySteps = learning.checkpointEverySteps
    backlogLimitUpdates = learning.backlogLimitUpdates
  }

  /// Updates from one of the actor's to the next.
  package var actorInterval: Int { actorEvery ?? updatesPerStep }

  /// The actor's networks as they learn: 2A outputs, μ and then log σ; no LayerNorm.
  package var actorStack: DenseStack {
    DenseStack(
      inputWidth: inputWidth, hidden: hidden, outputWidth: 2 * actionCount, layerNorm: false, batchNorm: batchNorm,
      naming: .actor)
  }

  /// The same as they act and are published: batch normalisation is folded into the weights.
  package var policyStack: DenseStack { actorStack.folded }

  /// The critics' networks: N of one output, on observation and action.
  package var criticStack: DenseStack {
    DenseStack(
      inputWidth: inputWidth + actionCount, hidden: hidden, outputWidth: 1, members: criticCount,
      layerNorm: criticLayerNorm, dropout: criticDropout, batchNorm: batchNorm, naming: .critics)
  }
}

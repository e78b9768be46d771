internal import LimbExperience
package import LimbLearning
internal import LimbTypes

/// What an episode in an environment came to.
package struct EnvironmentEpisode: Sendable, Equatable {
  /// Sum of its rewards.
  package var episodeReturn = 0.0
  /// Its steps.
  package var length = 0
  /// How it ended; false for one that was cut off.
  package var isTerminated = false

  /// Before its first step.
  package init() {}

  mutating func add(_ outcome: EnvironmentOutcome) {
    episodeReturn += Double(outcome.reward)
    length += 1
    isTerminated = outcome.isTerminated
  }
}

/// A learner that lives in an environment: acts, remembers, learns, step by step on one thread. The same seed, profile and
/// environment give the same numbers.
///
/// It acts with its newest policy; the first `warm_up_steps` steps are the profile's warm-up, and earn no updates. All
/// updates that are owed are done before the next step.
package struct EnvironmentTraining: ~Copyable {
  private var learner: Learner
  private var environment: EnvironmentClient
  private var memory: TransitionMemory
  private let batch: TransitionBatch
  private var actor: EnvironmentActor
  private let seed: UInt64
  private let spaces: EnvironmentSpaces
  /// Nil between two episodes.
  private var observation: [Float]?
  private var episode = EnvironmentEpisode()
  private var hasBegun = false
  /// Steps lived through in this run.
  package private(set) var steps: UInt64 = 0
  /// Steps remembered, those before a checkpoint that was taken up included.
  package private(set) var storedSteps: UInt64

  /// Takes over both.
  ///
  /// - Parameters:
  ///   - learner: made for the environment's widths.
  ///   - capacity: transitions to remember.
  ///   - exploration: how actions are tried out.
  package init(
    learner: consuming Learner, environment: consuming EnvironmentClient, capacity: Int,
    exploration: EnvironmentExploration = EnvironmentExploration()
  ) {
    let hyperparameters = learner.hyperparameters
    precondition(
      hyperparameters.inputWidth == environment.spaces.observationCount
        && hyperparameters.actionCount == environment.spaces.actionCount, "the learner has the environment's widths")
    spaces = environment.spaces
    seed = hyperparameters.seed
    memory = TransitionMemory(
      observationCount: hyperparameters.inputWidth, actionCount: hyperparameters.actionCount,
      capacity: max(capacity, hyperparameters.nStep + 1), seed: seed, discount: Float(hyperparameters.discount),
      nStep: hyperparameters.nStep)
    batch = TransitionBatch(
      batchSize: hyperparameters.batchSize, inputWidth: hyperparameters.inputWidth,
      actionWidth: hyperparameters.actionCount)
    actor = EnvironmentActor(hyperparameters.policyStack, exploration, seed: seed)
    storedSteps = learner.credit.storedSteps
    self.learner = learner
    self.environment = environment
  }

  /// The learner's newest numbers.
  package var statistics: LearnerStatistics { learner.statistics }

  /// One step, and the updates that it earned. Gives the episode that it ended, if it did.
  package mutating func step() throws(EnvironmentError) -> EnvironmentEpisode? {
    let seen = try observed()
    let warmUpSteps = UInt64(learner.hyperparameters.warmUpSteps)
    if storedSteps == warmUpSteps { actor.forget() }
    let action =
      storedSteps < warmUpSteps
      ? actor.warmUp(step: storedSteps) : unsafe actor.sample(learner.actorBlock, seen, step: storedSteps)
    let outcome = try environment.step(spaces.action(unit: action))
    steps += 1
    if memory.append(observation: seen, action: action, outcome: outcome) { storedSteps += 1 }
    episode.add(outcome)
    learn()
    guard outcome.isOver else {
      observation = outcome.observation
      return nil
    }
    defer { episode = EnvironmentEpisode() }
    observation = nil
    return episode
  }

  private mutating func observed() throws(EnvironmentError) -> [Float] {
    if let observation { return observation }
    defer { hasBegun = true }
    actor.forget()
    return try environment.reset(seed: hasBegun ? nil : seed)
  }

  /// Pays what is owed. A learner that was taken up from a checkpoint has forgotten its transitions: it waits until there
  /// are as many again as after the warm-up.
  private mutating func learn() {
    learner.earn(storedSteps: storedSteps)
    guard memory.count >= min(learner.hyperparameters.warmUpSteps, memory.capacity) else { return }
    while learner.updatesDue > 0, memory.fill(batch, update: learner.nextUpdate) {
      guard unsafe learner.update(TransitionRows(batch)) != nil else { return }
    }
  }

  /// Plays `episodes` episodes with the mean action, on an environment of its own, from starts that `seed` decides. Nothing
  /// is remembered or learned.
  package func evaluate(
    on other: inout EnvironmentClient, episodes: Int, seed: UInt64
  ) throws(EnvironmentError) -> [EnvironmentEpisode] {
    precondition(other.spaces == spaces, "both environments are the same")
    var played: [EnvironmentEpisode] = []
    for number in 0..<episodes {
      var seen = try other.reset(seed: number == 0 ? seed : nil)
      var episode = EnvironmentEpisode()
      while true {
        let outcome = try other.step(spaces.action(unit: unsafe actor.mean(learner.actorBlock, seen)))
        episode.add(outcome)
        if outcome.isOver { break }
        seen = outcome.observation
      }
      played.append(episode)
    }
    return played
  }

  /// Whether `checkpoint_every_steps` steps have gone by since the last checkpoint.
  package var isCheckpointDue: Bool { learner.isCheckpointDue }

  /// Writes the learner's state, networks and moments, for `Learner.resume`. Transitions are not kept.
  package mutating func writeCheckpoint(to path: String) throws(LearningError) { try learner.writeCheckpoint(to: path) }

  /// Says goodbye to the environment.
  package mutating func quit() { environment.quit() }
}

internal import LimbEnvironment
internal import LimbLearning
internal import LimbOperations
package import LimbProfile
internal import Logging

/// `limbd train PROFILE --environment COMMAND`: the learner of a profile in somebody else's environment.
package enum TrainingRun {
  /// What `limbd train` was asked to do.
  package struct Options: Sendable {
    /// The environment's command line, for `/bin/sh -c`.
    package var command: String
    /// End after so many steps in this run.
    package var steps: UInt64
    /// Seed of every random draw of the learner, and of the environment where it obeys one.
    package var seed: UInt64 = 0
    /// Where the checkpoint is kept; nil: nowhere.
    package var state: String?
    /// Play episodes with the mean action whenever so many steps are over; 0: never.
    package var evaluateEvery: UInt64 = 0
    /// How many.
    package var evaluationEpisodes = 10
    /// JSON lines, appended to this file; nil for none.
    package var jsonLines: String?
    /// How long the environment may take for an answer.
    package var patienceSeconds = 60.0

    /// The defaults for a command and a number of steps.
    package init(command: String, steps: UInt64) {
      self.command = command
      self.steps = steps
    }
  }

  /// Trains until the steps are over or a signal comes; then writes the checkpoint.
  package static func run(profile: LearnerProfile, options: Options) throws(DaemonError) {
    StopSignals.install()
    do {
      try train(profile, options)
    } catch let error as EnvironmentError {
      throw .environment(reason: "the environment (\(options.command)): \(error)")
    } catch let error as DaemonError {
      throw error
    } catch {
      throw .part(name: "learner", reason: "\(error)")
    }
  }

  private static func train(_ profile: LearnerProfile, _ options: Options) throws {
    var log = Logger(label: "limbd") { _ in DaemonLogHandler(level: .info, underSystemd: false) }
    log.logLevel = .info
    if profile.learning.symmetry {
      log.warning("learning.symmetry is left out: the mirror belongs to a robot, and an environment names no joints")
    }
    if profile.learning.priorData != nil {
      log.warning("learning.prior_data is left out: it is a robot's, and an environment has none")
    }
    if profile.learning.newestTransition {
      log.warning("learning.newest_transition is left out: batches here are drawn from all transitions alike")
    }
    let state = try options.state.map { path in try TrainingState(path: path) }
    var lines = try TrainingLines(path: options.jsonLines)
    guard let environment = try Self.environmentUnlessStopped(options) else {
      // Nothing was learned: a checkpoint that was there stays as it is.
      lines.finish(0, nil, LearnerStatistics(), why: "signal")
      return log.notice("ended by a signal before the environment was ready")
    }
    let spaces = environment.spaces
    log.notice("environment \(spaces.name): observation of \(spaces.observationCount), action of \(spaces.actionCount)")
    var learner = try makeLearner(profile, options, spaces)
    for warning in try state?.resume(&learner) ?? [] { log.warning("\(warning)") }
    lines.start(spaces, options, storedSteps: learner.credit.storedSteps)
    var training = EnvironmentTraining(
      learner: learner, environment: environment, capacity: profile.replay.capacitySteps,
      exploration: exploration(profile.learning))
    // What was learned until something failed, or a signal came while the environment was silent, is kept.
    var failure: (any Error)?
    do {
      try live(&training, options, state, &lines, log)
    } catch let error {
      if error as? EnvironmentError != .stopped { failure = error }
    }
    training.quit()
    var end = StopSignals.isRequested ? "signal" : "steps"
    if let failure { end = failure is EnvironmentError ? "environment" : "failure" }
    do {
      try state?.write(&training)
    } catch let error {
      // Both are told: why it ended, and that what it learned is lost.
      if failure == nil { (failure, end) = (error, "failure") } else { log.error("\(error)") }
    }
    lines.finish(training.steps, training.storedSteps, training.statistics, why: end)
    if let failure { throw failure }
    log.notice("ended: \(training.steps) steps in this run, \(training.statistics.updates) updates in all")
  }

  private static func environment(_ options: Options) throws(EnvironmentError) -> EnvironmentClient {
    try EnvironmentClient(
      command: options.command, patienceSeconds: options.patienceSeconds, stop: { StopSignals.isRequested })
  }

  /// nil: a signal came while it was awaited.
  private static func environmentUnlessStopped(_ options: Options) throws(EnvironmentError) -> EnvironmentClient? {
    do throws(EnvironmentError) { return try environment(options) } catch .stopped { return nil }
  }

  private static func exploration(_ learning: RobotProfile.Learning) -> EnvironmentExploration {
    var exploration = EnvironmentExploration()
    exploration.correlation = Float(learning.explorationCorrelation)
    if learning.warmUpActions == .noise { exploration.warmUpDeviation = Float(learning.warmUpDeviation) }
    return exploration
  }

  private static func makeLearner(
    _ profile: LearnerProfile, _ options: Options, _ spaces: EnvironmentSpaces
  ) throws(LearningError) -> Learner {
    var hyperparameters = Hyperparameters(
      learning: profile.learning, inputWidth: spaces.observationCount, actionCount: spaces.actionCount,
      seed: options.seed)
    hyperparameters.symmetry = false
    try Learner.checkBLAS(hyperparameters)
    return Learner(hyperparameters, identity: TrainingState.identity(spaces), threads: profile.learning.workers)
  }

  /// Step after step. A learner that has given up ends it: nobody walks on here.
  private static func live(
    _ training: inout EnvironmentTraining, _ options: Options, _ state: TrainingState?, _ lines: inout TrainingLines,
    _ log: Logger
  ) throws {
    while training.steps < options.steps, !StopSignals.isRequested {
      if let episode = try training.step() {
        lines.episode(episode, training.storedSteps, training.statistics)
      }
      if training.statistics.isFrozen {
        throw DaemonError.part(
          name: "learner", reason: "frozen: \(Learner.freezeLimit) batches in a row were not finite; lower the learning rates")
      }
      if let state, training.isCheckpointDue { try state.write(&training) }
      if options.evaluateEvery > 0, training.steps % options.evaluateEvery == 0 {
        try evaluate(training, options, &lines, log)
      }
    }
  }

  /// In an environment of its own, so that the episode under way is not disturbed, and from the same starts each time.
  private static func evaluate(
    _ training: borrowing EnvironmentTraining, _ options: Options, _ lines: inout TrainingLines, _ log: Logger
  ) throws {
    var other = try environment(options)
    let episodes = try training.evaluate(
      on: &other, episodes: options.evaluationEpisodes, seed: options.seed &+ 1_000_000)
    other.quit()
    let mean = episodes.reduce(0) { $0 + $1.episodeReturn } / Double(max(1, episodes.count))
    lines.evaluation(episodes, mean: mean, storedSteps: training.storedSteps)
    log.notice("\(training.storedSteps) steps: \(fixed(mean, 2)) in \(episodes.count) episodes of the mean action")
  }
}

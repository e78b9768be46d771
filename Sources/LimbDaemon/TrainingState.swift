internal import Glibc
internal import LimbEnvironment
internal import LimbLearning
internal import LimbNetworks
internal import LimbOperations
internal import LimbSessions

/// The state directory of `limbd train`: the learner's checkpoint, under the name that it has in a robot's.
///
/// Transitions live in main memory alone. A run that is taken up again goes on with networks, moments and counters, and
/// learns on once it remembers as many transitions as after a warm-up.
struct TrainingState {
  private let directory: StateDirectory
  private var checkpoint: String { directory.checkpoints + "/learner.safetensors" }

  init(path: String) throws(DaemonError) { directory = try StateDirectory(path: path) }

  /// Brings a fresh learner to where the directory's last run left off; what may make it differ.
  func resume(_ learner: inout Learner) throws(LearningError) -> [String] {
    guard unsafe access(checkpoint, F_OK) == 0 else { return [] }
    let file: SafetensorsFile
    do throws(NetworksError) { file = try SafetensorsFile(path: checkpoint) } catch { throw .networks(error) }
    return try learner.resume(from: file).map { "\($0)" }
      + ["transitions are not kept: learning goes on once a warm-up's worth of them is there again"]
  }

  func write(_ training: inout EnvironmentTraining) throws(LearningError) { try training.writeCheckpoint(to: checkpoint) }

  /// A checkpoint belongs to an environment of these widths and bounds.
  static func identity(_ spaces: EnvironmentSpaces) -> LearnerIdentity {
    func hash(_ bounds: [Float]) -> UInt64 { PolicyArchive.hash(bounds) }
    return LearnerIdentity(
      profileName: spaces.name, observationHash: hash(spaces.observationLow + spaces.observationHigh),
      actionHash: hash(spaces.actionLow + spaces.actionHigh), rewardHash: hash([]))
  }
}

/// `limbd train --json-lines`: `start`, then `episode` and `evaluation` lines, then `end`. The same seed gives the same
/// bytes: nothing of the clock stands in them.
struct TrainingLines: ~Copyable {
  private var file: LineFile?

  init(path: String?) throws(DaemonError) {
    guard let path else {
      file = nil
      return
    }
    do throws(SessionError) { file = try LineFile(path: path) } catch {
      throw .part(name: "--json-lines", reason: "\(error)")
    }
  }

  mutating func start(_ spaces: EnvironmentSpaces, _ options: TrainingRun.Options, storedSteps: UInt64) {
    var object = JSONObject()
    object.set("event", "start")
    object.set("environment", spaces.name)
    object.set("command", options.command)
    object.set("observation", spaces.observationCount)
    object.set("action", spaces.actionCount)
    object.set("build", BuildIdentity.text)
    object.set("seed", options.seed)
    object.set("steps_total", storedSteps)
    write(object)
  }

  mutating func episode(_ episode: EnvironmentEpisode, _ storedSteps: UInt64, _ learner: LearnerStatistics) {
    var object = JSONObject()
    object.set("event", "episode")
    object.set("steps_total", storedSteps)
    object.set("return", episode.episodeReturn)
    object.set("length", episode.length)
    object.set("terminated", episode.isTerminated)
    object.set("updates_total", learner.updates)
    object.set("temperature", learner.temperature)
    object.set("critic_loss", learner.criticLoss)
    write(object)
  }

  mutating func evaluation(_ episodes: [EnvironmentEpisode], mean: Double, storedSteps: UInt64) {
    var object = JSONObject()
    object.set("event", "evaluation")
    object.set("steps_total", storedSteps)
    object.set("mean_return", mean)
    object.set(
      "episodes",
      episodes.map { episode in
        var one = JSONObject()
        one.set("return", episode.episodeReturn)
        one.set("length", episode.length)
        one.set("terminated", episode.isTerminated)
        return one
      })
    write(object)
  }

  mutating func finish(_ steps: UInt64, _ storedSteps: UInt64?, _ learner: LearnerStatistics, why: String) {
    var object = JSONObject()
    object.set("event", "end")
    object.set("ended", why)
    object.set("steps", steps)
    if let storedSteps { object.set("steps_total", storedSteps) }
    object.set("updates_total", learner.updates)
    object.set("skipped_batches", learner.skippedBatches)
    write(object)
  }

  /// A line that cannot be written is no reason to stop learning.
  private mutating func write(_ object: JSONObject) { try? file?.append(object.text) }
}

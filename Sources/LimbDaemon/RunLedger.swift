internal import LimbControl
internal import LimbLearning
internal import LimbOperations
internal import LimbSessions
internal import LimbTypes

/// Counts what a run does and writes `--json-lines`. The operations thread (in lockstep the one thread).
struct RunLedger: ~Copyable {
  private(set) var totals = RunTotals()
  private(set) var watch = WalkingWatch()
  /// The newest finished episode.
  private(set) var latest: EpisodeSummary?
  private let firstStep: UInt64
  private var lines: LineFile?
  /// True once a line could not be written; said once.
  private(set) var linesFailed = false

  /// Begins the run's part of the file with its `start` line.
  /// - Parameters:
  ///   - firstStep: steps that the state directory held before this run.
  ///   - run: counter of the state directory's runs.
  init(options: RunOptions, robot: String, run: UInt64, firstStep: UInt64, firstEpisode: UInt32) throws(DaemonError) {
    self.firstStep = firstStep
    totals.stepsTotal = firstStep
    guard let path = options.jsonLines else {
      lines = nil
      return
    }
    do throws(SessionError) { lines = try LineFile(path: path) } catch {
      throw .part(name: "--json-lines", reason: "\(error)")
    }
    var start = JSONObject()
    start.set("event", "start")
    start.set("robot", robot)
    start.set("run", run)
    start.set("build", BuildIdentity.text)
    start.set("seed", options.seed)
    start.set("lockstep", options.lockstep)
    start.set("learns", options.learn)
    start.set("steps_total", firstStep)
    start.set("episode", firstEpisode)
    write(start)
  }

  /// Takes the newest totals, then the episodes that ended.
  mutating func take(_ episodes: [EpisodeSummary], _ status: ControlStatus, _ learner: LearnerStatistics) {
    totals.stepsTotal = status.stepsTotal
    totals.stepsOfRun = status.stepsTotal &- firstStep
    totals.robotSeconds = status.robotSeconds
    totals.updatesTotal = learner.updates
    totals.creditDropped = learner.creditDropped
    totals.falls = status.counters.falls
    for episode in episodes {
      totals.episodes += 1
      latest = episode
      watch.take(episode)
      write(episode.json(totals))
    }
  }

  /// The last line.
  mutating func finish(why: String) { write(totals.json(why: why)) }

  private mutating func write(_ object: JSONObject) {
    guard lines != nil else { return }
    do throws(SessionError) { try lines?.append(object.text) } catch { linesFailed = true }
  }
}

internal import Glibc
internal import LimbExperience
package import LimbOperations
internal import LimbProfile
internal import LimbSessions
internal import LimbTask
internal import LimbTypes

/// What `limbd report DIR` says of a state directory: its episodes, and, where a simulator left its truth, whether the
/// robot walked and how good the daemon's own estimate was.
package struct StateReport {
  /// Episodes in the order in which they were run, with the truth where there is one.
  package private(set) var episodes: [ScoredEpisode] = []
  /// The daemon's own view of the same episodes.
  package private(set) var summaries: [EpisodeSummary] = []
  /// Whole records read, contexts included.
  package private(set) var records = 0
  /// Records of kind `step`.
  package private(set) var transitions = 0
  /// Records with a wrong checksum, left out.
  package private(set) var damagedRecords = 0
  /// How far the daemon's estimate was from the truth.
  package private(set) var estimator = EstimatorError()
  /// True if the simulator's truth was found for at least one episode.
  package private(set) var hasTruth = false
  /// Episodes that had a goal and truth (arms).
  package private(set) var goalsTried = 0
  /// Goals reached within tolerance and held, of those; from the truth.
  package private(set) var goalsReached = 0

  private let profile: RobotProfile
  private var truths: [UInt64: TruthFile] = [:]
  private var clock: RobotClock
  /// Run counter of each session.
  private let runs: [UInt64: UInt64]
  private let truthPath: (UInt64) -> String

  /// Reads the state directory; `truthFile` takes the place of `DIR/truth/` for every run.
  package init(directory: String, truthFile: String?) throws {
    guard unsafe access(directory + "/profile.yaml", F_OK) == 0 else {
      throw DaemonError.part(
        name: "no profile.yaml", reason: "expected a directory that was --state of limbd run")
    }
    profile = try RobotProfile.load(path: directory + "/profile.yaml")
    truthPath = { truthFile ?? Self.truthPath(directory: directory, run: $0) }
    clock = RobotClock(tickSeconds: Double(profile.control.periodNanoseconds) * 1e-9)
    let plan = try ControlPlan(profile: profile)
    var tracker = EpisodeTracker(plan: plan)
    let reader = try ReplayReader(stateDirectory: directory)
    runs = reader.runs
    let runs = reader.runs
    var steps: UInt64 = 0
    var recent: [StepRecord] = []
    damagedRecords = reader.forEach { record in
      records += 1
      if record.kind == .step { transitions += 1 }
      if !clock.knows(record.session) {
        // A run without a log has no arming to find; the report says so.
        let armed = runs[record.session].flatMap {
          try? SessionReader.firstArmedTick(sessionsDirectory: directory + "/sessions", run: $0)
        }
        clock.begin(record, armedTick: armed ?? nil)
      }
      let copy = copy record
      if let summary = tracker.take(copy) {
        // A record that closes its own episode still belongs to it; one that begins the next does not.
        if copy.kind == .close { recent.append(copy) }
        finish(summary, recent, &steps)
        recent = []
        if copy.kind == .close { return }
      }
      if copy.kind != .context { recent.append(copy) }
    }
    estimator.finish()
  }

  /// Where the simulator of one run leaves its truth.
  package static func truthPath(directory: String, run: UInt64) -> String {
    let digits = String(run)
    return directory + "/truth/run-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".truth"
  }

  private mutating func finish(_ summary: EpisodeSummary, _ records: [StepRecord], _ steps: inout UInt64) {
    steps += UInt64(summary.length)
    summaries.append(summary)
    var episode = ScoredEpisode()
    if let truth = truth(of: summary.session) {
      hasTruth = true
      episode = truth.score(from: summary.firstTick, to: summary.lastTick)
      estimator.add(records, truth)
      scoreGoal(records, truth)
    } else {
      episode.seconds = summary.seconds
    }
    episode.episode = summary.episode
    episode.session = summary.session
    episode.steps = summary.length
    episode.stepsTotal = steps
    episode.endCause = summary.endCause
    if let last = records.last { clock.advance(to: last) }
    episode.robotSeconds = clock.seconds
    episodes.append(episode)
  }

  private mutating func truth(of session: UInt64) -> TruthFile? {
    if let known = truths[session] { return known }
    guard let run = runs[session], let opened = try? TruthFile(path: truthPath(run)) else { return nil }
    truths[session] = opened
    return opened
  }

  /// A goal counts as reached if the true hand stays within the tolerance for `hold` at any time of the episode.
  private mutating func scoreGoal(_ records: [StepRecord], _ truth: TruthFile) {
    guard let goal = profile.task.goal, let first = records.first, let last = records.last else { return }
    goalsTried += 1
    let target = first.signals.goalPositionMeters
    var heldSince: UInt64?
    var index = truth.index(atOrAfter: first.tick)
    while index < truth.count, truth.tick(index) <= last.tick {
      let frame = truth.record(index)
      if Double(length(frame.handPositionMeters - target)) <= goal.toleranceMeters {
        let since = heldSince ?? frame.deviceTimeMicroseconds
        heldSince = since
        if Double(frame.deviceTimeMicroseconds &- since) * 1e-6 >= goal.holdSeconds {
          goalsReached += 1
          return
        }
      } else {
        heldSince = nil
      }
      index += 1
    }
  }

  /// The walking criterion over all episodes.
  package var walking: WalkingScore {
    WalkingScore(episodes, episodeSteps: profile.task.episodeSteps, stepSeconds: profile.control.stepSeconds)
  }

  /// The machine-readable report.
  package var json: JSONObject {
    var object = JSONObject()
    object.set("robot", profile.robot.name)
    object.set("episodes", episodes.count)
    object.set("transitions", transitions)
    object.set("records", records)
    object.set("damaged_records", damagedRecords)
    object.set("robot_seconds", clock.seconds)
    object.set("robot_seconds_from", clock.knowsEveryArming ? "first arming" : "first record")
    let score = walking
    if hasTruth, let walked = score.walking {
      var walking = JSONObject()
      walking.set("robot_seconds", walked.robotSeconds)
      walking.set("steps_total", walked.stepsTotal)
      walking.set("episode", walked.episode)
      object.set("walking", walking)
    } else {
      object.setNull("walking")
    }
    if let retained = score.retained { object.set("retained", retained) } else { object.setNull("retained") }
    object.set("passes", score.passes)
    object.set("passes_after_walking", score.passesAfter)
    object.set("episodes_after_walking", score.episodesAfter)
    if hasTruth { object.set("estimator", estimator.json) } else { object.setNull("estimator") }
    let speed = trueSpeed
    object.set("mean_true_speed_m_s", speed.meanMetersPerSecond)
    object.set("mean_true_speed_standard_error_m_s", speed.standardErrorMetersPerSecond)
    object.set("mean_true_speed_of_limit_m_s", speed.ofLimitMetersPerSecond)
    if goalsTried > 0 {
      var reaching = JSONObject()
      reaching.set("goals", goalsTried)
      reaching.set("reached", goalsReached)
      object.set("reaching", reaching)
    }
    return object
  }

  /// True speed over all episodes; all NaN (null in JSON) without truth.
  package var trueSpeed: TrueSpeed {
    TrueSpeed(
      hasTruth ? episodes : [], episodeSteps: profile.task.episodeSteps, stepSeconds: profile.control.stepSeconds)
  }
}

internal import CRealtime
internal import Glibc
internal import LimbControl
internal import LimbLearning
internal import LimbOperations
internal import LimbTypes

/// What a person sees of a run: on a terminal one line that is redrawn and one line an episode, elsewhere one line a
/// minute. The operations thread.
struct ProgressDisplay {
  private let isTerminal: Bool
  private let walks: Bool
  private let warmUpSteps: UInt64
  private var lastDrawn: Int64 = 0
  private var lastMinute: Int64 = 0
  private var lastUpdates: UInt64 = 0
  private var lastUpdatesAt: Int64 = 0
  private var updatesPerSecond = 0.0
  private var transitions = TransitionTeller()

  /// - Parameters:
  ///   - walks: whether speed and distance mean anything for this robot.
  ///   - warmUpSteps: steps before the first update; 0 if nothing is learned.
  init(walks: Bool, warmUpSteps: Int) {
    self.warmUpSteps = UInt64(warmUpSteps)
    isTerminal = isatty(2) == 1
    self.walks = walks
  }

  /// Shows what is new. Cheap when nothing is due.
  mutating func show(
    _ status: ControlStatus, _ learner: LearnerStatistics, _ totals: RunTotals, episodes: [EpisodeSummary],
    troubles: @autoclosure () -> String = "", loopMicroseconds: Double?
  ) {
    let now = milliseconds()
    rate(learner.updates, now)
    if isTerminal { for episode in episodes { print(line: describe(episode, totals)) } }
    if !isTerminal { for line in transitions.look(status.state, status.reason, at: now) { write("limbd: \(line)\n") } }
    if isTerminal, now - lastDrawn >= 200 {
      lastDrawn = now
      redraw(summary(status, learner, totals, loopMicroseconds))
    } else if !isTerminal, now - lastMinute >= 60_000 {
      lastMinute = now
      let service = troubles()
      let last = service.isEmpty ? "" : "; in the last minute \(service)"
      write("limbd: \(summary(status, learner, totals, loopMicroseconds))\(last)\n")
    }
  }

  /// Leaves the cursor on a fresh line and nothing untold.
  mutating func finish() {
    if isTerminal { return write("\n") }
    for line in transitions.finish() { write("limbd: \(line)\n") }
  }

  private mutating func rate(_ updates: UInt64, _ now: Int64) {
    guard now - lastUpdatesAt >= 2000 else { return }
    if lastUpdatesAt > 0 { updatesPerSecond = Double(updates &- lastUpdates) * 1000 / Double(now - lastUpdatesAt) }
    lastUpdates = updates
    lastUpdatesAt = now
  }

  private func describe(_ episode: EpisodeSummary, _ totals: RunTotals) -> String {
    let motion = walks
      ? "\(fixed(episode.estimatedDistanceMeters, 2)) m, \(fixed(episode.estimatedSpeedMetersPerSecond, 2)) m/s, " : ""
    return "episode \(episode.episode): \(episode.length) steps, \(motion)return \(fixed(episode.episodeReturn, 1)), "
      + "\(episode.endCause.name); \(totals.stepsTotal) steps in all, \(clock(totals.robotSeconds)) on the robot in this run"
  }

  private func summary(
    _ status: ControlStatus, _ learner: LearnerStatistics, _ totals: RunTotals, _ loopMicroseconds: Double?
  ) -> String {
    var text = "\(status.state.name)"
    if !status.isLinked { text += " waiting for the robot" }
    if status.isLinked, case .disarmed = status.state { text += " (limbd arm)" }
    text += " \(clock(status.robotSeconds)) steps \(status.stepsTotal) episode \(status.episode)"
    if walks { text += " speed \(fixed(Double(status.baseVelocityMetersPerSecond.x), 2)) m/s" }
    if learner.updates == 0, status.stepsTotal < warmUpSteps {
      text += " warming up \(status.stepsTotal)/\(warmUpSteps)"
    } else {
      text += " updates \(learner.updates) (\(fixed(updatesPerSecond, 0))/s)"
    }
    if learner.creditDropped > 0 { text += " dropped \(learner.creditDropped)" }
    if let loopMicroseconds { text += " loop p99 \(fixed(loopMicroseconds, 0)) µs" }
    if totals.falls > 0 { text += " falls \(totals.falls)" }
    if status.counters.safeStops > 0 { text += " stops \(status.counters.safeStops)" }
    return text
  }

  private func clock(_ seconds: Double) -> String {
    let whole = Int(seconds)
    let rest = whole % 60
    return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
  }

  private func print(line: String) { write("\r\u{1B}[K\(line)\n") }
  /// Cut to the terminal's width: a line that wraps cannot be redrawn.
  private func redraw(_ line: String) { write("\r\u{1B}[K\(line.prefix(max(20, columns() - 1)))") }

  private func columns() -> Int {
    let found = Int(limb_terminal_columns(2))
    return found > 0 ? found : 80
  }

  private func write(_ text: String) { writeToStandardError(text) }

  private func milliseconds() -> Int64 {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}

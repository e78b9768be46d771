package import LimbTask
package import LimbTypes

/// One finished episode as the daemon itself saw it; the line that `--json-lines` writes.
package struct EpisodeSummary: Sendable, Equatable {
  /// Its number.
  package var episode: UInt32 = 0
  /// Sum of the rewards under today's reward terms.
  package var episodeReturn: Double = 0
  /// Steps taken.
  package var length: Int = 0
  /// Displacement along the heading of the episode's first record, by the daemon's own estimate, metres.
  package var estimatedDistanceMeters: Double = 0
  /// Device time of the episode, seconds.
  package var seconds: Double = 0
  /// Why it ended.
  package var endCause = EndCause.none
  /// Counter of the episode's first `StepRecord` (context records not counted).
  package var firstSequence: UInt64 = 0
  /// Counter of its last.
  package var lastSequence: UInt64 = 0
  /// Device tick of the first record.
  package var firstTick: UInt64 = 0
  /// Device tick of the last record.
  package var lastTick: UInt64 = 0
  /// The run that it belongs to.
  package var session: UInt64 = 0

  /// Mean speed along the first heading, m/s.
  package var estimatedSpeedMetersPerSecond: Double { seconds > 0 ? estimatedDistanceMeters / seconds : 0 }
}

/// Turns the stream of step records into finished episodes. One thread.
package struct EpisodeTracker {
  private let plan: ControlPlan
  private var current: EpisodeSummary?

  /// Rewards are those of `plan`.
  package init(plan: ControlPlan) { self.plan = plan }

  /// The episode that runs now, as far as it has come.
  package var running: EpisodeSummary? { current }

  /// Takes the next record and gives the episode that it ends, if it does. An episode that breaks off without a `close`
  /// (its last transition was dropped) ends when the next one begins, with the cause `none`.
  package mutating func take(_ record: StepRecord) -> EpisodeSummary? {
    var finished: EpisodeSummary?
    if record.kind == .context { return nil }
    if let running = current, running.episode != record.episode || running.session != record.session {
      finished = running
      current = nil
    }
    if current == nil {
      current = EpisodeSummary(episode: record.episode)
      current?.session = record.session
      current?.firstSequence = record.sequence
      current?.firstTick = record.tick
    }
    current?.lastSequence = record.sequence
    current?.lastTick = record.tick
    if record.index > 0 { addOutcome(of: record) }
    if record.kind == .close {
      current?.endCause = record.endCause
      finished = current
      current = nil
    }
    return finished
  }

  private mutating func addOutcome(of record: StepRecord) {
    let signals = record.signals
    let duration = Double(record.durationSeconds)
    let cosine = Double(PortableMath.cos(signals.headingRadians))
    let sine = Double(PortableMath.sin(signals.headingRadians))
    let velocity = signals.baseVelocityMetersPerSecond
    current?.episodeReturn += Double(plan.reward.reward(signals))
    current?.estimatedDistanceMeters += (Double(velocity.x) * cosine - Double(velocity.y) * sine) * duration
    current?.seconds += duration
    current?.length += 1
  }
}

/// Decides when a run with `--until walking` may end: ten episodes after three in a row of at least 8.25 m by the
/// daemon's own estimate (7.5 m and a tenth more). Whether the robot walked, the report alone says, from the truth.
package struct WalkingWatch: Sendable, Equatable {
  /// Metres an episode must cover by the estimate.
  package static let distanceMeters = 8.25
  /// Episodes in a row.
  package static let inARow = 3
  /// Episodes after that.
  package static let episodesAfter = 10

  private var run = 0
  private var after: Int?

  /// No episode seen yet.
  package init() {}

  /// True once three in a row were seen.
  package var hasWalked: Bool { after != nil }
  /// True once the ten after that are over too.
  package var isOver: Bool { (after ?? 0) >= Self.episodesAfter && after != nil }

  /// Takes the next finished episode.
  package mutating func take(_ episode: EpisodeSummary) {
    if let count = after {
      after = count + 1
      return
    }
    run = episode.estimatedDistanceMeters >= Self.distanceMeters ? run + 1 : 0
    if run == Self.inARow { after = 0 }
  }
}

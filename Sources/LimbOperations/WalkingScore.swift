package import LimbTypes

/// What the truth says of one episode.
package struct ScoredEpisode: Sendable, Equatable {
  /// Its number.
  package var episode: UInt32 = 0
  /// The run that it belongs to.
  package var session: UInt64 = 0
  /// Steps taken.
  package var steps = 0
  /// Steps of this state directory up to and including this episode.
  package var stepsTotal: UInt64 = 0
  /// Device time since the robot was first armed, all runs added up, at this episode's end, seconds.
  package var robotSeconds: Double = 0
  /// Displacement along the true heading at the episode's first record, metres.
  package var distanceMeters: Double = 0
  /// Device time of the episode, seconds.
  package var seconds: Double = 0
  /// True if the trunk touched the ground in it.
  package var trunkTouchedGround = false
  /// Lowest trunk over its standing height.
  package var lowestHeightShare: Double = 1
  /// Largest |roll| or |pitch|, radians.
  package var largestTiltRadians: Double = 0
  /// Why it ended, as the daemon recorded it.
  package var endCause = EndCause.none

  /// An episode in which nothing happened.
  package init() {}

  /// Mean true speed along the first heading, m/s.
  package var speedMetersPerSecond: Double { seconds > 0 ? distanceMeters / seconds : 0 }
}

/// The walking criterion: 0.3 m/s over a whole episode, without the trunk on the ground, below half its standing
/// height, or tilted beyond 45°. Walking = three passes in a row; retained = at least 8 of the next 10 pass.
package struct WalkingScore: Sendable, Equatable {
  /// Speed that a pass needs over the whole episode, m/s.
  package static let speedMetersPerSecond = 0.3
  /// Least trunk height as a share of the standing height.
  package static let heightShare = 0.5
  /// Largest roll or pitch, radians.
  package static let tiltRadians = 0.7853981633974483
  /// Passes in a row that make walking.
  package static let inARow = 3
  /// Episodes after it that are looked at.
  package static let retainedOf = 10
  /// How many of them must pass.
  package static let retainedNeeded = 8

  /// The episode that completed the first three passes in a row; nil if it never walked.
  package let walking: ScoredEpisode?
  /// Passes among the next ten episodes.
  package let passesAfter: Int
  /// How many of these ten there were.
  package let episodesAfter: Int
  /// Episodes that pass, of all.
  package let passes: Int

  /// True if at least 8 of the next 10 pass; nil while there are not ten.
  package var retained: Bool? { episodesAfter < Self.retainedOf ? nil : passesAfter >= Self.retainedNeeded }

  /// Whether one episode of at most `episodeSteps` steps of `stepSeconds` passes.
  package static func passes(_ episode: ScoredEpisode, episodeSteps: Int, stepSeconds: Double) -> Bool {
    episode.steps >= episodeSteps && !episode.trunkTouchedGround && episode.lowestHeightShare >= heightShare
      && episode.largestTiltRadians <= tiltRadians
      && episode.distanceMeters >= speedMetersPerSecond * Double(episodeSteps) * stepSeconds
  }

  /// Scores episodes in the order in which they were run.
  package init(_ episodes: [ScoredEpisode], episodeSteps: Int, stepSeconds: Double) {
    let passed = episodes.map { Self.passes($0, episodeSteps: episodeSteps, stepSeconds: stepSeconds) }
    var run = 0
    var at: Int?
    for (index, pass) in passed.enumerated() where at == nil {
      run = pass ? run + 1 : 0
      if run == Self.inARow { at = index }
    }
    walking = at.map { episodes[$0] }
    let after = at.map { passed[($0 + 1)...].prefix(Self.retainedOf) } ?? []
    passesAfter = after.count { $0 }
    episodesAfter = after.count
    passes = passed.count { $0 }
  }
}

extension TruthFile {
  /// What happened between two device ticks, both included.
  package func score(from firstTick: UInt64, to lastTick: UInt64) -> ScoredEpisode {
    var episode = ScoredEpisode()
    let first = index(atOrAfter: firstTick)
    guard first < count, tick(first) <= lastTick else { return episode }
    let start = record(first)
    let heading = Double(start.orientation.yawRadians)
    var last = start
    var index = first
    while index < count, tick(index) <= lastTick {
      last = record(index)
      if last.flags & 1 != 0 { episode.trunkTouchedGround = true }
      let share = Double(last.basePositionMeters.z) / Double(header.standingHeightMeters)
      episode.lowestHeightShare = min(episode.lowestHeightShare, share)
      let tilt = max(abs(Double(last.orientation.rollRadians)), abs(Double(last.orientation.pitchRadians)))
      episode.largestTiltRadians = max(episode.largestTiltRadians, tilt)
      index += 1
    }
    let moved = last.basePositionMeters - start.basePositionMeters
    let cosine = Double(PortableMath.cos(Float(heading)))
    let sine = Double(PortableMath.sin(Float(heading)))
    episode.distanceMeters = Double(moved.x) * cosine + Double(moved.y) * sine
    episode.seconds = Double(last.deviceTimeMicroseconds &- start.deviceTimeMicroseconds) * 1e-6
    return episode
  }
}

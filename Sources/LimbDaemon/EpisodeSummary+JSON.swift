package import LimbOperations
internal import LimbTypes

/// What the run as a whole adds to an episode's line.
package struct RunTotals: Sendable, Equatable {
  /// Policy steps of the state directory so far.
  package var stepsTotal: UInt64 = 0
  /// Policy steps of this run.
  package var stepsOfRun: UInt64 = 0
  /// Device time since first armed, resets and warm-up included, seconds.
  package var robotSeconds: Double = 0
  /// Updates of the learner so far.
  package var updatesTotal: UInt64 = 0
  /// Updates that were owed and will never be done.
  package var creditDropped: UInt64 = 0
  /// Episodes ended in this run.
  package var episodes: UInt64 = 0
  /// Falls of this run.
  package var falls: UInt64 = 0

  /// All zeros.
  package init() {}
}

extension EpisodeSummary {
  /// One line of `--json-lines`.
  package func json(_ totals: RunTotals) -> JSONObject {
    var object = JSONObject()
    object.set("event", "episode")
    object.set("episode", episode)
    object.set("steps_total", totals.stepsTotal)
    object.set("robot_seconds", totals.robotSeconds)
    object.set("return", episodeReturn)
    object.set("length", length)
    object.set("estimated_distance_m", estimatedDistanceMeters)
    object.set("estimated_speed_m_s", estimatedSpeedMetersPerSecond)
    object.set("end_cause", "\(endCause.name)")
    object.set("updates_total", totals.updatesTotal)
    object.set("credit_dropped", totals.creditDropped)
    object.set("first_seq", firstSequence)
    object.set("last_seq", lastSequence)
    return object
  }
}

extension RunTotals {
  /// The last line of `--json-lines`.
  package func json(why: String) -> JSONObject {
    var object = JSONObject()
    object.set("event", "summary")
    object.set("ended", why)
    object.set("episodes", episodes)
    object.set("falls", falls)
    object.set("steps", stepsOfRun)
    object.set("steps_total", stepsTotal)
    object.set("robot_seconds", robotSeconds)
    object.set("updates_total", updatesTotal)
    object.set("credit_dropped", creditDropped)
    return object
  }
}

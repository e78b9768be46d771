package import LimbOperations
internal import LimbTypes

/// How far the daemon's estimate of its forward velocity was from the truth, step by step, over the last ten episodes
/// that were given to it: the final policies.
package struct EstimatorError: Sendable {
  /// Episodes it looks back.
  package static let lastEpisodes = 10

  private struct Sums {
    var count = 0.0
    var estimate = 0.0
    var truth = 0.0
    var squares = 0.0
  }

  private var episodes: [Sums] = []
  private var total = Sums()

  /// No episode yet.
  package init() {}

  /// Takes the records of one episode, in order.
  mutating func add(_ records: [StepRecord], _ truth: TruthFile) {
    var sums = Sums()
    for (before, after) in zip(records, records.dropFirst()) where after.durationSeconds > 0 {
      let first = truth.index(atOrAfter: before.tick)
      let last = truth.index(atOrAfter: after.tick)
      guard last < truth.count, first < last, truth.tick(first) == before.tick, truth.tick(last) == after.tick else { continue }
      let start = truth.record(first)
      let end = truth.record(last)
      let seconds = Double(end.deviceTimeMicroseconds &- start.deviceTimeMicroseconds) * 1e-6
      guard seconds > 0 else { continue }
      let moved = end.basePositionMeters - start.basePositionMeters
      let yaw = start.orientation.yawRadians
      let forward = moved.x * PortableMath.cos(yaw) + moved.y * PortableMath.sin(yaw)
      let speed = Double(forward) / seconds
      let estimate = Double(after.signals.baseVelocityMetersPerSecond.x)
      sums.count += 1
      sums.estimate += estimate
      sums.truth += speed
      sums.squares += (estimate - speed) * (estimate - speed)
    }
    episodes.append(sums)
    if episodes.count > Self.lastEpisodes { episodes.removeFirst() }
  }

  mutating func finish() {
    total = episodes.reduce(into: Sums()) {
      $0.count += $1.count
      $0.estimate += $1.estimate
      $0.truth += $1.truth
      $0.squares += $1.squares
    }
  }

  /// Slower than this on the mean, m/s, and a share of the truth means nothing: the RMS says how good the estimate was.
  package static let leastSpeedMetersPerSecond = 0.05

  /// (mean estimate − mean truth) / mean truth; NaN (null in JSON) for a robot that hardly moved.
  package var bias: Double {
    guard meanTruth.magnitude >= Self.leastSpeedMetersPerSecond else { return .nan }
    return (total.estimate - total.truth) / total.truth
  }
  /// Root mean square of the difference, m/s.
  package var rootMeanSquare: Double { total.count > 0 ? (total.squares / total.count).squareRoot() : .nan }
  /// Mean true forward speed, m/s.
  package var meanTruth: Double { total.count > 0 ? total.truth / total.count : .nan }

  /// As in the report.
  package var json: JSONObject {
    var object = JSONObject()
    object.set("bias", bias)
    object.set("rms_m_s", rootMeanSquare)
    object.set("mean_true_speed_m_s", meanTruth)
    object.set("steps", Int(total.count))
    object.set("episodes", episodes.count)
    return object
  }
}

package import LimbOperations

/// How fast the robot truly went along its first headings, over all episodes of a state directory.
package struct TrueSpeed: Sendable, Equatable {
  /// Distance of all episodes over the time lived in them, m/s. What a robot does while it is up: an episode that ends in
  /// a fall counts with the time that it lasted.
  package let meanMetersPerSecond: Double
  /// The same distance over the time that all episodes would have lasted without an early end, m/s: the measure by which
  /// walking passes (7.5 m in 25 s are 0.3 m/s). Lying on the floor counts as standing still.
  package let ofLimitMetersPerSecond: Double
  /// Standard error of `meanMetersPerSecond`, m/s, with episodes as clusters: √(n/(n−1) Σ eᵢ²) / Σ tᵢ, where eᵢ is an
  /// episode's distance less what the mean would have covered in its time tᵢ (the linearised variance of a ratio of
  /// sums; Cochran 1977, Sampling Techniques, §6.4). NaN for fewer than two episodes.
  package let standardErrorMetersPerSecond: Double

  /// Of scored episodes, each of at most `episodeSteps` steps of `stepSeconds`. NaN where there is no time to divide by.
  package init(_ episodes: [ScoredEpisode], episodeSteps: Int, stepSeconds: Double) {
    let meters = episodes.reduce(0) { $0 + $1.distanceMeters }
    let seconds = episodes.reduce(0) { $0 + $1.seconds }
    let limit = Double(episodes.count * episodeSteps) * stepSeconds
    let mean = seconds > 0 ? meters / seconds : .nan
    meanMetersPerSecond = mean
    ofLimitMetersPerSecond = limit > 0 ? meters / limit : .nan
    guard episodes.count > 1, seconds > 0 else {
      standardErrorMetersPerSecond = .nan
      return
    }
    let squares = episodes.reduce(0) { sum, episode in
      let residual = episode.distanceMeters - mean * episode.seconds
      return sum + residual * residual
    }
    let count = Double(episodes.count)
    standardErrorMetersPerSecond = (count / (count - 1) * squares).squareRoot() / seconds
  }
}

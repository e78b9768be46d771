import LimbDaemon
import LimbOperations
import Testing

@Suite("True speed")
struct TrueSpeedTests {
  private func episode(_ meters: Double, _ seconds: Double) -> ScoredEpisode {
    var episode = ScoredEpisode()
    episode.distanceMeters = meters
    episode.seconds = seconds
    return episode
  }

  @Test("is distance over the time lived, and over the time that the episodes could have lasted")
  func speeds() {
    // One walks 7.5 m in its 25 s, one falls after a second with 0.5 m, one is thrown back.
    let speed = TrueSpeed([episode(7.5, 25), episode(0.5, 1), episode(-0.2, 4)], episodeSteps: 500, stepSeconds: 0.05)
    #expect(abs(speed.meanMetersPerSecond - 7.8 / 30) < 1e-12)
    #expect(abs(speed.ofLimitMetersPerSecond - 7.8 / 75) < 1e-12)
    let mean = 7.8 / 30
    let residuals = [7.5 - mean * 25, 0.5 - mean, -0.2 - mean * 4]
    let squares = residuals.reduce(0) { $0 + $1 * $1 }
    #expect(abs(speed.standardErrorMetersPerSecond - (1.5 * squares).squareRoot() / 30) < 1e-12)
  }

  @Test("has the plain standard error of a mean where all episodes last equally long")
  func equalTimes() {
    let meters = [0.1, 0.3, -0.1, 0.5]
    let speed = TrueSpeed(meters.map { episode($0, 2) }, episodeSteps: 40, stepSeconds: 0.05)
    let speeds = meters.map { $0 / 2 }
    let mean = speeds.reduce(0, +) / 4
    let variance = speeds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
    #expect(abs(speed.standardErrorMetersPerSecond - (variance / 4).squareRoot()) < 1e-12)
    #expect(abs(speed.meanMetersPerSecond - speed.ofLimitMetersPerSecond) < 1e-12)
  }

  @Test("is not a number where nothing was lived, and its error not where one episode was")
  func degenerate() {
    let none = TrueSpeed([], episodeSteps: 500, stepSeconds: 0.05)
    #expect(none.meanMetersPerSecond.isNaN && none.ofLimitMetersPerSecond.isNaN)
    let one = TrueSpeed([episode(1, 2)], episodeSteps: 500, stepSeconds: 0.05)
    #expect(one.meanMetersPerSecond == 0.5 && one.standardErrorMetersPerSecond.isNaN)
  }
}

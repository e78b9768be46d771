import LimbProfile
import LimbTestSupport
import Testing

@testable import LimbDaemon

@Suite("Whether a machine does the updates that are asked for")
struct LearnerProbeTests {
  @Test(
    "a fifth of the measured rate is kept back; what is left decides, and one a step is the least",
    arguments: [(101.0, 4, 4), (99.0, 4, 3), (51.0, 4, 2), (26.0, 4, 1), (1.0, 4, 1), (1000.0, 4, 4), (1000.0, 64, 40)])
  func affordable(_ rate: Double, _ asked: Int, _ expected: Int) {
    let probe = LearnerProbe(updatesPerSecond: rate, stepsPerSecond: 20, askedPerStep: asked)
    #expect(probe.affordablePerStep == expected)
    #expect(probe.fits == (expected == asked))
    #expect(probe.text.contains("in real time run makes \(expected) a step instead of \(asked)") == !probe.fits)
    #expect(probe.text.contains("even those fall behind") == (rate * 0.8 < 20))
  }

  @Test("the measurement is of the profile's own networks: a smaller learner is quicker")
  func measured() throws {
    var text = try Repository.text("configs/quad8-sim.yaml")
    text = text.replacing("model: models/", with: "model: \(Repository.path("configs/models/"))")
    let large = try LearnerProbe.measure(try RobotProfile.load(yaml: text))
    text = text.replacing("hidden: [256, 256]", with: "hidden: [8, 8]")
    let small = try LearnerProbe.measure(try RobotProfile.load(yaml: text))
    #expect(large.neededPerSecond == 80 && small.neededPerSecond == 80)
    #expect(large.updatesPerSecond > 0 && small.updatesPerSecond > 2 * large.updatesPerSecond)
  }
}

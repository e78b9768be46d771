import Foundation
import LimbLearning
import LimbTestSupport
import Testing

@testable import LimbEnvironment

private let python = "/usr/bin/env python3 " + Repository.path("docs/examples/pendulum_environment.py")
private let hasPython = ["/usr/bin/python3", "/usr/local/bin/python3"].contains(where: FileManager.default.isExecutableFile)

@Suite("Training in an environment", .enabled(if: hasPython, "no python3 on this machine"))
struct TrainingTests {
  /// Trains for `steps` steps on the pendulum of docs/examples; returns of its episodes, the mean action's, the actor.
  private func train(seed: UInt64, steps: Int) throws -> (episodes: [EnvironmentEpisode], evaluation: [EnvironmentEpisode], actor: [Float]) {
    let environment = try EnvironmentClient(command: python, patienceSeconds: 60)
    var h = Hyperparameters(inputWidth: 3, actionCount: 1, seed: seed)
    h.hidden = [32, 32]
    h.batchSize = 32
    h.updatesPerStep = 1
    h.warmUpSteps = 60
    h.checkpointEverySteps = 150
    let learner = Learner(
      h, identity: LearnerIdentity(profileName: "pendulum", observationHash: 1, actionHash: 2, rewardHash: 3))
    var training = EnvironmentTraining(learner: learner, environment: environment, capacity: 1000)
    var episodes: [EnvironmentEpisode] = []
    for _ in 0..<steps { if let episode = try training.step() { episodes.append(episode) } }
    #expect(training.steps == UInt64(steps) && training.storedSteps == UInt64(steps))
    #expect(training.statistics.updates == UInt64(steps - 60) && training.isCheckpointDue)
    var other = try EnvironmentClient(command: python, patienceSeconds: 60)
    let first = try training.evaluate(on: &other, episodes: 2, seed: 9)
    let second = try training.evaluate(on: &other, episodes: 2, seed: 9)
    #expect(second == first)
    let folder = TemporaryDirectory()
    try training.writeCheckpoint(to: folder.path + "/learner.safetensors")
    let bytes = try readFile(folder.path + "/learner.safetensors")
    return (episodes, first, bytes.map(Float.init))
  }

  @Test("on a pendulum runs through, and the same seed gives the same bytes")
  func pendulum() throws {
    let steps = 450
    let one = try train(seed: 1, steps: steps)
    let again = try train(seed: 1, steps: steps)
    #expect(one.episodes == again.episodes && one.evaluation == again.evaluation && one.actor == again.actor)
    #expect(one.episodes.map(\.length) == [200, 200] && one.episodes.allSatisfy { !$0.isTerminated })
    #expect((one.episodes + one.evaluation).allSatisfy { (-200 * 16.3 ... 0).contains($0.episodeReturn) })
    let other = try train(seed: 2, steps: steps)
    #expect(one.episodes != other.episodes && one.actor != other.actor)
  }

  @Test("the pendulum in Python obeys Gymnasium's equations")
  func equations() throws {
    var client = try EnvironmentClient(command: python, patienceSeconds: 60)
    #expect(client.spaces.actionHigh == [2] && client.spaces.observationHigh == [1, 1, 8] && client.spaces.isReseeded)
    var seen = try client.reset(seed: 5)
    let again = try client.reset(seed: 5)
    let other = try client.reset(seed: 6)
    #expect(again == seen && other != seen)
    seen = try client.reset(seed: 5)
    for step in 1...200 {
      let angle = atan2(Double(seen[1]), Double(seen[0]))
      let torque = Float(step % 5) - 2
      let outcome = try client.step([torque])
      let cost = angle * angle + 0.1 * Double(seen[2] * seen[2]) + 0.001 * Double(torque * torque)
      #expect(abs(Double(outcome.reward) + cost) < 1e-4)
      let speed = min(max(Double(seen[2]) + (15 * sin(angle) + 3 * Double(torque)) * 0.05, -8), 8)
      #expect(abs(Double(outcome.observation[2]) - speed) < 1e-4)
      #expect(abs(Double(outcome.observation[0]) - cos(angle + speed * 0.05)) < 1e-4)
      #expect(outcome.isTruncated == (step == 200) && !outcome.isTerminated && !outcome.isIrregular)
      seen = outcome.observation
    }
  }
}

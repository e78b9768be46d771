import LimbTestSupport
import Testing

@testable import LimbProfile

@Suite("A learner's profile")
struct LearnerProfileTests {
  @Test("needs no robot, and has the defaults of a whole profile")
  func alone() throws {
    let learner = try LearnerProfile.load(yaml: "limbd: 1\nlearning: {algorithm: sac, updates_per_step: 7}\n")
    #expect(!learner.hasRobot && learner.learning.updatesPerStep == 7 && learner.learning.hidden == [256, 256])
    #expect(learner.replay.capacitySteps == 1_000_000)
    #expect(learner.learning.targetEntropyNats(actionCount: 6) == -3)
  }

  @Test("is what a whole profile says of its learner", arguments: ["quad8-sim", "arm6-sim", "template-real"])
  func whole(_ name: String) throws {
    let path = Repository.path("configs/\(name).yaml")
    let learner = try LearnerProfile.load(path: path)
    let robot = try RobotProfile.load(path: path)
    #expect(learner.hasRobot && learner.learning == robot.learning && learner.replay == robot.replay)
  }

  @Test("names each mistake with its place", arguments: [
    ("limbd: 1\n", 1, "learning"), ("learning: {algorithm: sac}\n", 1, "limbd"), ("[1, 2]\n", 1, ""),
    ("limbd: 1\nlearning: {algorithm: sac, hiden: [8]}\n", 2, "learning.hiden"),
    ("limbd: 1\nlearning: {algorithm: sac}\njoints: []\n", 3, "joints"),
    ("limbd: 1\nlearning: {algorithm: sac}\nreplay: {capacity_steps: 1}\n", 3, "replay.capacity_steps"),
  ])
  func mistakes(_ text: String, _ line: Int, _ path: String) {
    do throws(ProfileError) {
      _ = try LearnerProfile.load(yaml: text)
      Issue.record("loaded")
    } catch {
      #expect(error.mistakes.contains { $0.location.line == line && $0.path == path }, "\(error)")
    }
  }
}

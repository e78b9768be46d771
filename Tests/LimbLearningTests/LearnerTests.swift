import Glibc
import LimbLearning
import LimbNetworks
import LimbRealtime
import LimbTestSupport
import Testing

@Suite("The learner")
struct LearnerTests {
  /// Learns `count` updates that are owed for steps.
  func learn(_ learner: inout Learner, _ count: Int) {
    learner.takeUpDebt(storedSteps: learner.credit.storedSteps + UInt64(count / 2 + 10))
    LimbLearningTests.learn(&learner, count)
  }

  func path(_ name: String) -> String { "/tmp/limbd-\(getpid())-\(name).safetensors" }

  func bytes(_ learner: inout Learner, _ name: String) throws -> [UInt8] {
    let path = path(name)
    defer { unsafe unlink(path) }
    try learner.writeCheckpoint(to: path)
    return try readFile(path)
  }

  @Test("gives the same bytes for the same seed, and others for another")
  func repeatable() throws {
    var first = Learner(smallHyperparameters(), identity: testIdentity)
    var second = Learner(smallHyperparameters(), identity: testIdentity)
    var other = Learner(smallHyperparameters(seed: 2), identity: testIdentity)
    learn(&first, 30)
    learn(&second, 30)
    learn(&other, 30)
    let bytesOfFirst = try bytes(&first, "first")
    #expect(try bytes(&second, "second") == bytesOfFirst)
    #expect(try bytes(&other, "other") != bytesOfFirst)
  }

  @Test("with N updates, a checkpoint, a new process's learner and N more is where 2N updates lead, to the byte", arguments: [false, true])
  func resume(_ batchNorm: Bool) throws {
    let h = batchNorm ? batchNormHyperparameters() : smallHyperparameters()
    var whole = Learner(h, identity: testIdentity)
    learn(&whole, 40)
    _ = try bytes(&whole, "whole-middle")
    learn(&whole, 40)

    var before = Learner(h, identity: testIdentity)
    learn(&before, 40)
    let path = path("middle")
    defer { unsafe unlink(path) }
    try before.writeCheckpoint(to: path)
    var after = Learner(h, identity: testIdentity)
    #expect(try after.resume(from: SafetensorsFile(path: path)) == [])
    learn(&after, 40)
    #expect(try bytes(&after, "resumed") == bytes(&whole, "whole"))
  }

  @Test("writes a checkpoint that PyTorch's names find")
  func names() throws {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    let file = try SafetensorsFile(bytes: bytes(&learner, "names"), path: "names")
    let names = Set(file.tensors.map(\.name))
    for name in [
      "actor.latent_pi.0.weight", "actor.mu.bias", "critic.qf1.3.weight", "critic_target.qf0.0.bias", "log_alpha",
      "optimizer.exp_avg.critic.qf0.1.weight", "optimizer.exp_avg_sq.log_alpha", "counters",
    ] { #expect(names.contains(name), "\(name)") }
    #expect(file.metadata["limbd.reward_hash"] == "0000000000000003")
    #expect(file.metadata["limbd.blas"] == BLAS.configuration)
  }

  @Test("refuses a checkpoint of another robot or task, and of another reward unless it is to relabel")
  func identity() throws {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    learn(&learner, 20)
    let file = try SafetensorsFile(bytes: bytes(&learner, "identity"), path: "f")
    func fresh(_ observation: UInt64, _ action: UInt64, _ reward: UInt64) -> Learner {
      Learner(
        smallHyperparameters(),
        identity: LearnerIdentity(
          profileName: "test", observationHash: observation, actionHash: action, rewardHash: reward))
    }
    var other = fresh(9, 2, 3)
    #expect(throws: LearningError.otherIdentity(path: "f", field: "observation", expected: 9, actual: 1)) {
      try other.resume(from: file)
    }
    other = fresh(1, 9, 3)
    #expect(throws: LearningError.otherIdentity(path: "f", field: "action", expected: 9, actual: 2)) {
      try other.resume(from: file)
    }
    other = fresh(1, 2, 9)
    #expect(throws: LearningError.otherReward(path: "f", expected: 9, actual: 3)) { try other.resume(from: file) }
    other = fresh(1, 2, 9)
    let start = unsafe other.core.state.critics[5]
    _ = try other.resume(from: file, relabels: true)
    #expect(unsafe other.core.state.critics[5] == start)
    #expect(unsafe other.core.state.actor[5] == learner.core.state.actor[5])
    #expect(other.core.state.steps.critic == 0)
    #expect(other.credit == learner.credit)
  }

  @Test("refuses a checkpoint of other networks with both shapes")
  func shapes() throws {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    let file = try SafetensorsFile(bytes: bytes(&learner, "shapes"), path: "f")
    var h = smallHyperparameters()
    h.hidden = [16, 32]
    var other = Learner(h, identity: testIdentity)
    #expect(
      throws: LearningError.networks(
        .unexpected(path: "f", .shape(tensor: "actor.latent_pi.2.weight", expected: [32, 16], actual: [24, 16])))
    ) { try other.resume(from: file) }
  }

  @Test("says so when it goes on with another seed")
  func warnings() throws {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    let file = try SafetensorsFile(bytes: bytes(&learner, "warnings"), path: "f")
    var other = Learner(smallHyperparameters(seed: 8), identity: testIdentity)
    #expect(try other.resume(from: file) == [.otherSeed(expected: 8, actual: 1)])
  }

  @Test("publishes a policy every so many stored steps, whole and under a new version")
  func publication() {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    let mailbox = BlockMailbox(blockCount: learner.policyParameterCount)
    #expect(learner.isPublicationDue == false)
    learn(&learner, 10)
    #expect(learner.isPublicationDue == true)
    let version = learner.publish(to: mailbox)
    #expect(version == 1)
    #expect(learner.isPublicationDue == false)
    let taken = mailbox.takeNewest()
    #expect(taken)
    #expect(mailbox.version() == 1)
    for i in 0..<learner.policyParameterCount {
      #expect(unsafe mailbox.block()[i] == learner.core.state.actor[i])
    }
    learner.earn(storedSteps: learner.credit.storedSteps + 5)
    #expect(learner.isPublicationDue == false, "nothing was learned since")
  }

  @Test("taken up again publishes first beyond every version given before, and keeps its rhythm")
  func firstPublication() throws {
    var before = Learner(smallHyperparameters(), identity: testIdentity)
    learn(&before, 40)
    #expect(before.beginPublication() == 1)
    learn(&before, 40)
    let file = try SafetensorsFile(bytes: bytes(&before, "first-publication"), path: "f")
    for (newest, expected) in [(UInt64(0), UInt64(2)), (1, 2), (9, 10)] {
      var after = Learner(smallHyperparameters(), identity: testIdentity)
      _ = try after.resume(from: file)
      #expect(after.beginFirstPublication(beyond: newest) == expected)
      let isDueAtOnce = after.isPublicationDue
      #expect(!isDueAtOnce, "nothing was learned since")
      learn(&after, 1)
      let isDue = after.isPublicationDue
      #expect(isDue)
      #expect(after.beginPublication() == expected + 1)
      var skipping = Learner(smallHyperparameters(), identity: testIdentity)
      _ = try skipping.resume(from: file)
      skipping.skipVersions(through: newest)
      #expect(skipping.beginPublication() == expected)
    }
  }
}

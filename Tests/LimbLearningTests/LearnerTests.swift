import Glibc
import LimbLearning
import LimbNetworks
import LimbRealtime
import Testing

@Suite("The learner")
struct LearnerTests {
  /// Learns `count` updates, each on the batch of its own number.
  func learn(_ learner: inout Learner, _ count: Int) {
    let batch = TestBatch<Float>(learner.hyperparameters)
    learner.takeUpDebt(storedSteps: learner.credit.storedSteps + UInt64(count / 2 + 10))
    for _ in 0..<count {
      batch.fillRandom(update: learner.nextUpdate)
      _ = unsafe learner.update(batch.view)
    }
  }

  func path(_ name: String) -> String { "/tmp/limbd-\(getpid())-\(name).safetensors" }

  func bytes(_ learner: inout Learner, _ name: String) throws -> [UInt8] {
    let path = path(name)
    defer { unsafe unlink(path) }
    try learner.writeCheckpoint(to: path)
    return try readBytes(path)
  }

  func readBytes(_ path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let count = Int(lseek(descriptor, 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: count)
    let got = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, count, 0) }
    #expect(got == count)
    return bytes
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

  @Test("with N updates, a checkpoint, a new process's learner and N more is where 2N updates lead, to the byte")
  func resume() throws {
    var whole = Learner(smallHyperparameters(), identity: testIdentity)
    learn(&whole, 40)
    _ = try bytes(&whole, "whole-middle")
    learn(&whole, 40)

    var before = Learner(smallHyperparameters(), identity: testIdentity)
    learn(&before, 40)
    let path = path("middle")
    defer { unsafe unlink(path) }
    try before.writeCheckpoint(to: path)
    var after = Learner(smallHyperparameters(), identity: testIdentity)
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
}

@Suite("A number that is not finite")
struct NonFiniteTests {
  /// A learner after some updates, with much credit.
  func trained() -> Learner {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    let batch = TestBatch<Float>(learner.hyperparameters)
    learner.takeUpDebt(storedSteps: 1000)
    for _ in 0..<7 {
      batch.fillRandom(update: learner.nextUpdate)
      _ = unsafe learner.update(batch.view)
    }
    return learner
  }

  func copy(_ learner: borrowing Learner) -> [Float] {
    (0..<learner.core.state.block.count).map { unsafe learner.core.state.block.base[$0] }
  }

  @Test("in a batch skips it, changes nothing, and is counted", arguments: [Float.nan, .infinity])
  func batch(_ bad: Float) {
    var learner = trained()
    let before = copy(learner)
    let steps = learner.core.state.steps
    let batch = TestBatch<Float>(learner.hyperparameters)
    batch.fillRandom(update: learner.nextUpdate)
    unsafe batch.rewards.base[3] = bad
    guard case .nonFinite(.critics) = unsafe learner.update(batch.view) else {
      Issue.record("it was learned")
      return
    }
    #expect(copy(learner) == before)
    #expect(learner.core.state.steps.critic == steps.critic)
    #expect(learner.nextUpdate == steps.updates + 1)
    #expect(learner.statistics.skippedBatches == 1)
    batch.fillRandom(update: learner.nextUpdate)
    guard case .learned = unsafe learner.update(batch.view) else {
      Issue.record("it did not recover")
      return
    }
    #expect(learner.statistics.isFrozen == false)
  }

  @Test("in the parameters or moments restores the last good state", arguments: [0, 1, 2, 3])
  func parameters(_ section: Int) {
    var learner = trained()
    let mailbox = BlockMailbox(blockCount: learner.policyParameterCount)
    _ = learner.publish(to: mailbox)
    let good = copy(learner)
    let batch = TestBatch<Float>(learner.hyperparameters)
    batch.fillRandom(update: learner.nextUpdate)
    _ = unsafe learner.update(batch.view)
    let state = learner.core.state.parameterCount
    unsafe learner.core.state.block.base[section * state + (section == 3 ? 3 : learner.core.state.criticOffset + 3)] = .nan
    batch.fillRandom(update: learner.nextUpdate)
    _ = unsafe learner.update(batch.view)
    // A broken moment is seen at the latest when the state is to be published.
    _ = learner.publish(to: mailbox)
    #expect(copy(learner) == good)
    #expect(learner.core.state.isFinite == true)
  }

  @Test("three times in a row freezes the learner; the policy stays")
  func freeze() {
    var learner = trained()
    let before = copy(learner)
    let batch = TestBatch<Float>(learner.hyperparameters)
    for _ in 0..<3 {
      batch.fillRandom(update: learner.nextUpdate)
      unsafe batch.observations.base[0] = .nan
      _ = unsafe learner.update(batch.view)
    }
    #expect(learner.statistics.isFrozen == true)
    #expect(learner.updatesDue == 0)
    batch.fillRandom(update: learner.nextUpdate)
    if unsafe learner.update(batch.view) != nil { Issue.record("it was not frozen") }
    #expect(copy(learner) == before)
    #expect(learner.isPublicationDue == false)
  }
}

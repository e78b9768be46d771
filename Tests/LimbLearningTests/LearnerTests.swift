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

@Suite("The learner's cost")
struct LearnerCostTests {
  @Test("is no heap call an update, once warm, at sizes where the BLAS makes none itself")
  func heap() throws {
    try #require(HeapProbe.isAvailable)
    // Not fewer: OpenBLAS takes memory from the heap for products of two or three columns.
    var h = smallHyperparameters()
    h.actionCount = 16
    h.hidden = [32, 32]
    var learner = Learner(h, identity: testIdentity)
    let mailbox = BlockMailbox(blockCount: learner.policyParameterCount)
    let batch = TestBatch<Float>(learner.hyperparameters)
    learner.takeUpDebt(storedSteps: 1000)
    batch.fillRandom(update: 0)
    var calls: UInt64 = 0
    for _ in 0..<5 {
      HeapProbe.arm()
      for _ in 0..<4 { _ = unsafe learner.update(batch.view) }
      _ = learner.publish(to: mailbox)
      calls = HeapProbe.disarm()
    }
    #expect(calls == 0)
  }

  @Test("is measured by the caller's clock")
  func bench() {
    var now: UInt64 = 0
    var h = smallHyperparameters()
    h.updatesPerStep = 4
    // Every look at the clock is a second later: each measure does its work once, in one second.
    let result = LearnerBench.run(ours: h, rounds: 1, secondsEach: 0.5) {
      now += 1_000_000_000
      return now
    }
    #expect(result.ours.updatesPerSecond == 4)
    #expect(result.plain.updatesPerSecond == 4)
    #expect(result.productGigaflops > 0)
    #expect(result.peakGigaflops > 0)
    #expect(result.ours.gigaflops == 4 * h.flopsPerUpdate * 1e-9)
  }

  @Test("in multiply-adds is that of the published table without the input gradients that nobody asks for")
  func flops() {
    var h = Hyperparameters(inputWidth: 112, actionCount: 8, seed: 1)
    h.updatesPerStep = 4
    // A step of four updates and one of the actor: 2.13 GFLOP if every backward pass costs two forward passes.
    // First layers: 120 × 512 of the critics, 112 × 256 of the actor.
    let critics = 2 * 256 * 120 * 512 * 1e-9
    let actor = 2 * 256 * 112 * 256 * 1e-9
    let actionColumns = 2 * 256 * 8 * 512 * 1e-9
    #expect(abs(4 * h.flopsPerUpdate * 1e-9 + 5 * critics - actionColumns + actor - 2.13) < 0.01)
  }

  @Test("is paid on a BLAS that is right at every shape of an update")
  func products() throws {
    var h = smallHyperparameters()
    h.criticCount = 3
    try Learner.checkBLAS(h)
    #expect(h.productShapes.count == 18)
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
    let place = section * state + (section == 3 ? 3 : learner.core.state.criticOffset + 3)
    unsafe learner.core.state.block.base[place] = .nan
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

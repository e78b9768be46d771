import LimbLearning
import LimbNetworks
import LimbRealtime
import LimbTestSupport
import Testing

@Suite("A number that is not finite")
struct NonFiniteTests {
  /// A learner after some updates, with much credit.
  func trained(_ batchNorm: Bool = false) -> Learner {
    var learner = Learner(batchNorm ? batchNormHyperparameters() : smallHyperparameters(), identity: testIdentity)
    learner.takeUpDebt(storedSteps: 1000)
    learn(&learner, 7)
    return learner
  }

  func copy(_ learner: borrowing Learner) -> [Float] {
    (0..<learner.core.state.block.count).map { unsafe learner.core.state.block.base[$0] }
  }

  @Test("in a batch skips it, changes nothing, and is counted", arguments: [Float.nan, .infinity], [false, true])
  func batch(_ bad: Float, _ batchNorm: Bool) {
    var learner = trained(batchNorm)
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

  @Test("in the variance of a batch, which is normalised by it, is one too, though every number of the batch is finite")
  func variance() {
    var learner = trained(true)
    let before = copy(learner)
    let batch = TestBatch<Float>(learner.hyperparameters)
    batch.fillRandom(update: learner.nextUpdate)
    unsafe batch.observations.base[3] = 1e20
    guard case .nonFinite(.critics) = unsafe learner.update(batch.view) else {
      Issue.record("it was learned")
      return
    }
    #expect(copy(learner) == before)
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

  @Test("three times in a row freezes the learner; the policy stays", arguments: [false, true])
  func freeze(_ batchNorm: Bool) {
    var learner = trained(batchNorm)
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

  /// A learner that has met `strikes` bad batches in a row.
  func struck(_ strikes: Int) -> Learner {
    var learner = trained()
    strike(&learner, strikes)
    return learner
  }

  func strike(_ learner: inout Learner, _ strikes: Int) {
    let batch = TestBatch<Float>(learner.hyperparameters)
    for _ in 0..<strikes {
      batch.fillRandom(update: learner.nextUpdate)
      unsafe batch.observations.base[0] = .nan
      _ = unsafe learner.update(batch.view)
    }
  }

  /// A new process's learner after the checkpoint of `learner`.
  func resumed(_ learner: inout Learner, _ warnings: inout [ResumeWarning]) throws -> Learner {
    let directory = TemporaryDirectory()
    let path = directory.path + "/learner.safetensors"
    try learner.writeCheckpoint(to: path)
    var next = Learner(smallHyperparameters(), identity: testIdentity)
    warnings = try next.resume(from: SafetensorsFile(path: path))
    return next
  }

  @Test("a frozen learner's checkpoint is thawed on resume, with a warning: it learns on from the good state and has three strikes again")
  func thaw() throws {
    var frozen = struck(3)
    let good = copy(frozen)
    var warnings: [ResumeWarning] = []
    var learner = try resumed(&frozen, &warnings)
    #expect(warnings == [.thawed(skippedBatches: 3)])
    #expect("\(warnings[0])".contains("frozen"))
    #expect(copy(learner) == good)
    #expect(learner.statistics.isFrozen == false && learner.updatesDue > 0)
    strike(&learner, 2)
    #expect(learner.statistics.isFrozen == false)
    let batch = TestBatch<Float>(learner.hyperparameters)
    batch.fillRandom(update: learner.nextUpdate)
    guard case .learned = unsafe learner.update(batch.view) else {
      Issue.record("it does not learn")
      return
    }
    #expect(copy(learner) != good)
    strike(&learner, 3)
    #expect(learner.statistics.isFrozen == true)
  }

  @Test("strikes of a learner that is not frozen are kept over a resume, which says nothing")
  func strikesAreKept() throws {
    var struck = struck(2)
    var warnings: [ResumeWarning] = []
    var learner = try resumed(&struck, &warnings)
    #expect(warnings == [])
    strike(&learner, 1)
    #expect(learner.statistics.isFrozen == true)
  }
}

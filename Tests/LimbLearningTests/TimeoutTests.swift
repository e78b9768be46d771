import LimbExperience
import LimbLearning
import LimbNetworks
import LimbProfile
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

/// A time limit is not a death: from the record on disk to the value that is learned (docs/safety.md, E2).
@Suite("Time limits")
struct TimeoutTests {
  /// Episodes of one state whose every step earns 1, as the recorder would leave them.
  private func store(_ directory: TemporaryDirectory, _ plan: ControlPlan, cause: EndCause) throws -> ReplayStore {
    let layout = StepRecordLayout(plan: plan)
    let identity = ReplayIdentity(
      robotUUID: "0123456789abcdef0123456789abcdef", profileName: "test", profileHash: 1,
      observationHash: plan.observationHash, actionHash: plan.actionHash, dynamicsHash: plan.dynamicsHash,
      rewardHash: plan.rewardHash, session: 7, runCounter: 1, bootID: "boot")
    let store = try ReplayStore.open(
      stateDirectory: directory.path, layout: layout, identity: identity,
      limits: ReplayLimits(capacitySteps: 8000, segmentSteps: 1024, syncMilliseconds: 200))
    var record = StepRecord()
    record.session = 7
    record.observation.count = Int32(plan.observation.frameWidth)
    for i in 0..<plan.observation.frameWidth { record.observation[i] = i % 2 == 0 ? 0.4 : -0.4 }
    record.signals.baseVelocityMetersPerSecond = Vector3(1, 0, 0)
    try #require(plan.reward.reward(record.signals) == 1)
    let length = 50
    for episode in 1...100 {
      record.episode = UInt32(episode)
      for index in -(plan.observation.history - 1)...length {
        record.kind = index < 0 ? .context : index == length ? .close : .step
        record.source = record.kind == .step ? .policy : .none
        record.index = Int32(index)
        record.flags = index <= 0 ? StepFlags() : .regular
        record.endCause = .none
        if index == length {
          record.endCause = cause
          record.flags.insert(cause.consequence == .terminated ? .terminated : .truncated)
        }
        // A hundred actions of the fresh policy's own law: the critics have seen what they are asked about. Each is taken
        // fifty times and is the last of an episode once: nothing tells a last step from another.
        let action = UInt64((index + episode + 100) % 100)
        for a in 0..<plan.actionCount {
          let four = Philox.normals(seed: 8, stream: .test, counter: action, lane: UInt32(a))
          record.preSquash[a] = four[0]
        }
        try store.append(record)
        record.sequence += 1
      }
    }
    return store
  }

  @Test(
    "every 50 steps leave the value of a reward of 1 for ever, 100; deaths would make it 33.6",
    arguments: [(EndCause.timeLimit, 100.0), (.fall, 33.56)])
  func value(_ cause: EndCause, _ value: Double) throws {
    let profile = try RobotProfile.load(yaml: Repository.text("configs/quad8-sim.yaml"))
    let plan = try ControlPlan(profile: profile)
    let directory = TemporaryDirectory()
    let store = try store(directory, plan, cause: cause)
    var sampler = ReplaySampler(store: store, plan: plan, seed: 4, discount: 0.99)
    sampler.refresh()
    let count = sampler.sampleableCount
    #expect(count == 5000)

    var h = Hyperparameters(inputWidth: plan.observation.inputWidth, actionCount: plan.actionCount, seed: 4)
    h.hidden = [32]
    h.batchSize = 50
    h.polyakTau = 0.1
    h.criticLearningRate = 2e-3
    // A fixed policy without a bonus for entropy: the value is that of its rewards alone.
    h.initialTemperature = 4.6e-5
    h.temperatureLearningRate = 0
    h.actorLearningRate = 0
    h.updatesPerStep = 20
    BLAS.useOneThread()
    var learner = SoftActorCritic<Float>(h)
    let batch = TransitionBatch(batchSize: 50, inputWidth: h.inputWidth, actionWidth: h.actionCount)
    var sum = 0.0
    for update in 0..<12_000 as Range<UInt64> {
      let isFilled = sampler.fill(batch, update: update)
      try #require(isFilled)
      guard case .learned(let critic, _) = unsafe learner.update(TransitionRows(batch)) else {
        Issue.record("update \(update) is not finite")
        return
      }
      if update >= 10_000 { sum += critic.meanValue / 2000 }
    }
    #expect(abs(sum / value - 1) < 0.02)
  }
}

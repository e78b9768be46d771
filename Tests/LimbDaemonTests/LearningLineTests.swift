import LimbProfile
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbControl
@testable import LimbDaemon
@testable import LimbExperience
@testable import LimbLearning

@Suite("The learner's line")
struct LearningLineTests {
  private let directory = TemporaryDirectory()
  private let profile: RobotProfile
  private let plan: ControlPlan

  init() throws {
    var text = try Repository.text("configs/quad8-sim.yaml")
    for (old, new) in [("hidden: [256, 256]", "hidden: [16, 16]\n  batch_size: 16"), ("warm_up_steps: 500", "warm_up_steps: 60")] {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    profile = try RobotProfile.load(yaml: text)
    plan = try ControlPlan(profile: profile)
  }

  /// A store with something to learn from.
  private func store() throws -> ReplayStore {
    _ = try ReplayBench.run(stateDirectory: directory.path, plan: plan, records: 200, batches: 1)
    return try ReplayStore.open(
      stateDirectory: directory.path, layout: StepRecordLayout(plan: plan),
      identity: ReplayIdentity(profile: profile, session: 1, runCounter: 2, bootID: "test"),
      limits: ReplayLimits(profile.replay))
  }

  private func learner() -> Learner {
    Learner(
      Hyperparameters(profile: profile, inputWidth: plan.observation.inputWidth, seed: 1),
      identity: LearnerIdentity(profileName: "test", observationHash: 1, actionHash: 2, rewardHash: 3))
  }

  private func line(
    _ learner: consuming Learner, _ store: ReplayStore, _ warnings: inout [String]
  ) throws -> LearningLine {
    let policies = PolicyArchive(
      directory: directory.path, actor: learner.core.actorStack, identity: learner.identity)
    let board = ControlBoard(ControlBoardSizes(policyParameters: learner.policyParameterCount))
    return try LearningLine(
      learner: learner, profile: profile, plan: plan, store: store, board: board, policies: policies,
      directory: directory.path, seed: 1, relabels: false, learns: true, warnings: &warnings)
  }

  @Test("a learner that freezes is told once, as an error; the next start thaws it and warns")
  func freeze() throws {
    let store = try store()
    let broken = learner()
    // No state to go back to: every batch is a strike.
    unsafe broken.core.state.actor[0] = .nan
    unsafe broken.good.actor[0] = .nan
    var warnings: [String] = []
    let frozen = try line(broken, store, &warnings)
    #expect(warnings == [] && frozen.takeTrouble() == nil)
    #expect(frozen.work(maximum: 2) == 2)
    #expect(frozen.takeTrouble() == nil, "two strikes are not told")
    #expect(frozen.work(maximum: 10) == 1)
    #expect(frozen.statistics().isFrozen && frozen.owed == 0)
    let told = frozen.takeTrouble()
    #expect(told?.contains("learner: frozen: 3 batches in a row were not finite") == true, "\(told ?? "nothing")")
    #expect(frozen.work(maximum: 10) == 0)
    #expect(frozen.takeTrouble() == nil, "it is told once")

    try frozen.writeCheckpointIfDue(now: true)
    let next = try line(learner(), store, &warnings)
    #expect(warnings.count == 1 && warnings[0].contains("frozen"), "\(warnings)")
    #expect(!next.statistics().isFrozen && next.owed > 0)
  }

  @Test("a learner that learns has no trouble to tell, and its next start no warning")
  func healthy() throws {
    let store = try store()
    var warnings: [String] = []
    let first = try line(learner(), store, &warnings)
    #expect(first.work(maximum: 10) == 10)
    #expect(first.takeTrouble() == nil)
    try first.writeCheckpointIfDue(now: true)
    _ = try line(learner(), store, &warnings)
    #expect(warnings == [])
  }

  @Test("troubles wait in their order, each once, and a list that nobody empties stays short")
  func troubles() {
    var list = TroubleList()
    for text in ["a", "b", "a"] { list.add(text) }
    #expect(list.take() == "a" && list.take() == "b" && list.take() == nil)
    for number in 0..<1000 { list.add("\(number)") }
    var count = 0
    while let text = list.take() {
      #expect(text == "\(count)")
      count += 1
    }
    #expect(count == 16)
  }
}

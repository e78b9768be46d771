import Foundation
import Glibc
import LimbProfile
import LimbSessions
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbControl
@testable import LimbDaemon
@testable import LimbExperience
@testable import LimbLearning

@Suite("The recorder")
struct RecorderTests {
  private let directory = TemporaryDirectory()
  private let board = ControlBoard(ControlBoardSizes(policyParameters: 8))
  private let store: ReplayStore
  private let recorder: Recorder
  private static let segmentSteps = 16

  init() throws {
    let profile = try RobotProfile.load(yaml: Repository.text("configs/quad8-sim.yaml"))
    let plan = try ControlPlan(profile: profile)
    let layout = StepRecordLayout(plan: plan)
    store = try ReplayStore.open(
      stateDirectory: directory.path, layout: layout,
      identity: ReplayIdentity(profile: profile, session: 1, runCounter: 1, bootID: "test"),
      limits: ReplayLimits(capacitySteps: 1000, segmentSteps: Self.segmentSteps, syncMilliseconds: 200))
    let learner = Learner(
      Hyperparameters(profile: profile, inputWidth: plan.observation.inputWidth, seed: 1),
      identity: LearnerIdentity(profileName: "test", observationHash: 1, actionHash: 2, rewardHash: 3))
    let policies = PolicyArchive(
      directory: directory.path, actor: learner.core.actorStack, identity: learner.identity)
    let log = try SessionLog(
      stateDirectory: directory.path,
      header: SessionHeader(
        profile: profile, run: .lockstep(seed: 1, runCounter: 1), layout: layout, buildID: "test", seed: 1,
        isLockstep: true))
    recorder = Recorder(board: board, store: store, log: log, plan: plan, policies: policies)
  }

  /// Lets control hand over `count` steps, and drains.
  private func record(_ count: Int) {
    for _ in 0..<count {
      var record = StepRecord()
      record.kind = .step
      record.session = 1
      #expect(board.push(record))
    }
    recorder.drain(now: Instant(nanoseconds: 1))
  }

  /// Puts a pipe in the place of the open file `path`: what is behind it cannot be synced any more.
  private func breakFile(_ path: String) throws {
    let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
    let broken = try #require(
      numbers.first { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path })
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    #expect(dup2(ends[0], broken) == broken)
    for end in ends { close(end) }
  }

  @Test("a full segment that the disk refuses to sync is counted and told once; recording goes on")
  func failedSync() throws {
    record(Self.segmentSteps)
    #expect(recorder.errorCounts().store == 0 && recorder.takeTrouble() == nil)
    try breakFile(directory.path + "/replay/segment-00000001.limb")
    record(1)
    #expect(store.failedSyncs == 1)
    #expect(recorder.errorCounts().store == 1)
    let told = recorder.takeTrouble()
    #expect(told?.contains("segment-00000001.limb") == true && told?.contains("power cut") == true, "\(told ?? "nothing")")
    record(Self.segmentSteps)
    recorder.close()
    #expect(recorder.errorCounts().store == 1 && recorder.takeTrouble() == nil)
    #expect(store.writtenSteps == UInt64(2 * Self.segmentSteps + 1) && store.droppedRecords == 0)
  }

  @Test("a disk that takes everything is no trouble")
  func quiet() {
    record(3 * Self.segmentSteps + 5)
    recorder.close()
    #expect(recorder.errorCounts() == (0, 0) && recorder.takeTrouble() == nil)
    #expect(store.failedSyncs == 0 && store.writtenSteps == UInt64(3 * Self.segmentSteps + 5))
  }
}

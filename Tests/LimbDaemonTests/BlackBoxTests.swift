import Foundation
import LimbExperience
import LimbOperations
import LimbProfile
import LimbSessions
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbControl
@testable import LimbDaemon

/// What an excerpt holds.
private struct Excerpt {
  var runs: [UInt64] = []
  var ticks: [TickRecord] = []
  var events: [ControlEvent] = []
  let isWhole: Bool

  init(_ path: String) throws {
    var reader = SessionReader(path: path)
    while let entry = try reader.next() {
      switch entry {
      case .header(let header): runs.append(header.runCounter)
      case .tick(let tick): ticks.append(tick)
      case .event(let event): events.append(event)
      default: break
      }
    }
    isWhole = reader.damagedBytes == 0 && reader.wasClosedInOrder
  }
}

/// Files of black boxes in a state directory, oldest first.
private func files(_ state: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: state + "/blackbox")) ?? []).sorted()
}

@Suite("The black box")
struct BlackBoxTests {
  private let directory = TemporaryDirectory()
  private let board = ControlBoard(
    ControlBoardSizes(policyParameters: 8), blackBox: try! BlackBox(rateHertz: 500, header: [], path: nil))
  private let header: SessionHeader

  init() throws {
    let profile = try RobotProfile.load(yaml: Repository.text("configs/quad8-sim.yaml"))
    header = SessionHeader(
      profile: profile, run: .lockstep(seed: 1, runCounter: 7), layout: StepRecordLayout(plan: try ControlPlan(profile: profile)),
      buildID: "test", seed: 1, isLockstep: true)
  }

  private func instant(_ milliseconds: Int) -> Instant { Instant(nanoseconds: UInt64(milliseconds) * 1_000_000) }

  /// Control iterations of 2 ms, numbered and timed from 0; the recorder takes none of them.
  private func iterate(_ range: Range<Int>) {
    for number in range {
      var record = TickRecord()
      record.iteration = UInt64(number)
      record.readAt = instant(2 * number)
      record.bytesInCount = 3
      record.bytesIn[2] = UInt8(truncatingIfNeeded: number)
      _ = board.push(record)
    }
  }

  private func transition(
    _ iteration: Int, from: SupervisorCode = .episode, to state: SupervisorCode, _ reason: TransitionReason
  ) -> ControlEvent {
    var event = ControlEvent()
    event.a = from.number
    event.iteration = UInt64(iteration)
    event.at = instant(2 * iteration)
    event.b = state.number
    event.value = Float(reason.rawValue)
    _ = board.push(event)
    return event
  }

  @Test("half a second after a stop its file shows two seconds before it and what came after, though the recorder stood still")
  func stop() throws {
    var keeper = BlackBoxKeeper(stateDirectory: directory.path, header: header, board: board)
    iterate(0..<2000)
    keeper.look(transition(1999, to: .safeStop, .linkLost))
    iterate(2000..<2100)
    // Graver still, and part of the same story.
    keeper.look(transition(2099, to: .fault, .deviceFault))
    try keeper.work(now: instant(4490))
    #expect(files(directory.path).isEmpty)
    iterate(2100..<2249)
    try keeper.work(now: instant(4498))
    #expect(files(directory.path) == ["blackbox-00000007-001-link_lost.limblog"])
    let found = try Excerpt(directory.path + "/blackbox/blackbox-00000007-001-link_lost.limblog")
    #expect(found.isWhole && found.runs == [7])
    #expect(found.ticks.map(\.iteration) == (999..<2249).map { UInt64($0) })
    #expect(found.ticks.allSatisfy { $0.bytesInCount == 3 && $0.bytesIn[2] == UInt8(truncatingIfNeeded: $0.iteration) })
    #expect(found.events.map(\.iteration) == [1999, 2099])
    try keeper.work(now: instant(9000), isLast: true)
    #expect(files(directory.path).count == 1)
  }

  @Test(
    "a stop that a person asked for leaves no file; the end of the run does not wait for the half second of one that nobody did")
  func asked() throws {
    var keeper = BlackBoxKeeper(stateDirectory: directory.path, header: header, board: board)
    iterate(0..<10)
    for reason in [TransitionReason.disarmRequested, .shutdownRequested] { keeper.look(transition(9, to: .safeStop, reason)) }
    keeper.look(transition(9, to: .fallen, .fell))
    try keeper.work(now: instant(5000), isLast: true)
    #expect(files(directory.path).isEmpty)
    keeper.look(transition(9, to: .emergencyStop, .emergencyStopRequested))
    try keeper.work(now: instant(20), isLast: true)
    #expect(files(directory.path) == ["blackbox-00000007-001-emergency_stop_requested.limblog"])
  }

  @Test(
    "a stop that goes on behind missing frames is one stop, a stop out of coasting is one too; a run leaves twenty files at most")
  func coasting() throws {
    var keeper = BlackBoxKeeper(stateDirectory: directory.path, header: header, board: board)
    func happen(_ from: SupervisorCode, _ to: SupervisorCode, _ reason: TransitionReason) throws {
      keeper.look(transition(9, from: from, to: to, reason))
      try keeper.work(now: instant(5000))
    }
    try happen(.episode, .hold, .voltage)
    for reason in [TransitionReason.frameFresh, .voltage] {
      try happen(.hold, .coast, .frameMissing)
      try happen(.coast, .hold, reason)
    }
    #expect(files(directory.path) == ["blackbox-00000007-001-voltage.limblog"])
    try happen(.episode, .coast, .frameMissing)
    try happen(.coast, .safeStop, .staleSensors)
    #expect(files(directory.path).last == "blackbox-00000007-002-stale_sensors.limblog")
    for _ in 0..<30 { try happen(.episode, .safeStop, .tilt) }
    #expect(files(directory.path).count == 20)
  }

  @Test("what the disk does not take is tried again, and shows the moments of the stop all the same")
  func fullDisk() throws {
    var keeper = BlackBoxKeeper(stateDirectory: directory.path, header: header, board: board)
    // A file stands where the folder should be.
    try "".write(toFile: directory.path + "/blackbox", atomically: true, encoding: .utf8)
    iterate(0..<2000)
    keeper.look(transition(1999, to: .safeStop, .tilt))
    #expect(throws: SessionError.self) { try keeper.work(now: instant(4600)) }
    try keeper.work(now: instant(4700))
    iterate(2000..<9000)
    try FileManager.default.removeItem(atPath: directory.path + "/blackbox")
    try keeper.work(now: instant(5700))
    let found = try Excerpt(directory.path + "/blackbox/blackbox-00000007-001-tilt.limblog")
    #expect(found.ticks.map(\.iteration) == (999..<2000).map { UInt64($0) })
  }

  @Test("the service leaves what a crash left in memory alone")
  func unit() throws {
    let unit = try Repository.text("systemd/limbd@.service").split(separator: "\n")
    #expect(!unit.contains { $0.hasPrefix("RemoveIPC=yes") })
  }

  @Test("the newest fifty files are kept")
  func retention() throws {
    for number in 0..<53 {
      var digits = "\(number)"
      while digits.count < 3 { digits = "0" + digits }
      _ = try SessionExcerpt.write(
        directory: directory.path + "/blackbox", name: "blackbox-\(digits)", header: header, ticks: [], events: [])
    }
    #expect(files(directory.path).count == 50 && files(directory.path).first == "blackbox-003.limblog")
  }

  @Test("what a crash left in memory is filed by the next start of the same build, once; of another build it is only told")
  func crash() throws {
    let path = try #require(BlackBoxKeeper.path(stateDirectory: directory.path))
    func leave() throws {
      let box = try BlackBox(rateHertz: 500, header: header.encoded(), path: path)
      var record = TickRecord()
      for number: UInt64 in 0..<3000 {
        record.iteration = number
        box.note(record)
      }
      let living = BlackBoxKeeper.collect(stateDirectory: directory.path, buildID: "test")
      #expect(living == nil, "its run lives")
    }
    try leave()
    let told = try #require(BlackBoxKeeper.collect(stateDirectory: directory.path, buildID: "test"))
    #expect(
      told.contains("run 7 ended without closing; its last 1250 iterations are in")
        && told.contains("blackbox-00000007-000-crash.limblog"))
    let found = try Excerpt(directory.path + "/blackbox/blackbox-00000007-000-crash.limblog")
    #expect(found.isWhole && found.ticks.map(\.iteration) == (1750..<3000).map { UInt64($0) })
    #expect(BlackBoxKeeper.collect(stateDirectory: directory.path, buildID: "test") == nil)
    try leave()
    let other = try #require(BlackBoxKeeper.collect(stateDirectory: directory.path, buildID: "newer"))
    #expect(other.contains("another build's (test)") && files(directory.path).count == 1)
  }
}

extension Trials {
  /// The real program, which dies, and which is stopped.
  @Suite("Black box")
  struct BlackBoxes {
    @Test("kill -9 in mid-stride: the next start files the last moments; an e-stop leaves a file, an end in order none in memory")
    func killed() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      let state = scratch.path("s")
      let client = Client(state: state)
      let first = try scratch.start(["run", profile, "--arm", "--seed", "3", "--state", state])
      try #require(eventually { client.number("steps_total") > 20 }, "\(first.errors)")
      first.signal(SIGKILL)
      _ = first.end()

      let second = try scratch.start(["run", profile, "--arm", "--seed", "3", "--state", state])
      try #require(eventually { files(state).contains("blackbox-00000001-000-crash.limblog") }, "\(second.errors)")
      // It is told behind the file.
      #expect(eventually { second.errors.contains("run 1 ended without closing") }, "\(second.errors)")
      let crash = try Excerpt(state + "/blackbox/blackbox-00000001-000-crash.limblog")
      #expect(crash.isWhole && crash.runs == [1] && crash.ticks.last?.state == .episode && crash.ticks.count > 100)
      #expect(zip(crash.ticks, crash.ticks.dropFirst()).allSatisfy { $0.iteration + 1 == $1.iteration })

      try #require(eventually { client.state() == "RUN/EPISODE" }, "\(second.errors)")
      #expect(try scratch.run(["estop", "--socket", state + "/control.sock"]).code == 0)
      try #require(
        eventually { files(state).contains { $0.hasPrefix("blackbox-00000002-001-emergency_stop") } }, "\(files(state))")
      second.expectCleanEnd()
      let inspected = try scratch.run(["inspect", state, "--json"])
      #expect(inspected.output.contains("\"blackbox\":{\"files\":2"), "\(inspected.output)")
      let path = try #require(BlackBoxKeeper.path(stateDirectory: state))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}

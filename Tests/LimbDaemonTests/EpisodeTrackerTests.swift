import Foundation
import LimbProfile
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbDaemon

/// The shipped quadruped.
func quad8Profile() throws -> RobotProfile {
  try RobotProfile.load(path: Repository.path("configs/quad8-sim.yaml"))
}

@Suite("Episode tracker")
struct EpisodeTrackerTests {
  /// A straight or turning walk of `steps` steps at `speed`.
  static func records(
    episode: UInt32, steps: Int, speed: Float, headingRadians: Float = 0, cause: EndCause = .timeLimit, from sequence: UInt64 = 0
  ) -> [StepRecord] {
    (0...steps).map { index in
      var record = StepRecord()
      record.kind = index == steps ? .close : .step
      record.episode = episode
      record.index = Int32(index)
      record.sequence = sequence + UInt64(index)
      record.tick = 1000 + UInt64(index) * 25
      record.durationSeconds = index == 0 ? 0 : 0.05
      record.signals.baseVelocityMetersPerSecond = Vector3(speed, 0, 0)
      record.signals.headingRadians = headingRadians
      if index == steps { record.endCause = cause }
      return record
    }
  }

  @Test("an episode's distance is its speed times its time, along the first heading")
  func distance() throws {
    var tracker = EpisodeTracker(plan: try ControlPlan(profile: quad8Profile()))
    var finished: EpisodeSummary?
    for record in Self.records(episode: 4, steps: 500, speed: 0.5, from: 70) { finished = tracker.take(record) ?? finished }
    let episode = try #require(finished)
    #expect(abs(episode.estimatedDistanceMeters - 12.5) < 1e-3)
    #expect(abs(episode.seconds - 25) < 1e-3)
    #expect(episode.length == 500)
    #expect(episode.endCause == .timeLimit)
    #expect(episode.firstSequence == 70 && episode.lastSequence == 570)
    #expect(tracker.running == nil)
  }

  @Test("walking across the first heading covers no distance, and walking back covers a negative one")
  func sideways() throws {
    let plan = try ControlPlan(profile: quad8Profile())
    for (heading, expected) in [(Float.pi / 2, 0.0), (Float.pi, -2.5)] {
      var tracker = EpisodeTracker(plan: plan)
      var finished: EpisodeSummary?
      for record in Self.records(episode: 1, steps: 100, speed: 0.5, headingRadians: heading) {
        finished = tracker.take(record) ?? finished
      }
      #expect(abs((finished?.estimatedDistanceMeters ?? 99) - expected) < 1e-3)
    }
  }

  @Test("an episode that breaks off without a close ends when the next one begins")
  func brokenOff() throws {
    var tracker = EpisodeTracker(plan: try ControlPlan(profile: quad8Profile()))
    for record in Self.records(episode: 1, steps: 10, speed: 0.1).dropLast() { #expect(tracker.take(record) == nil) }
    let next = tracker.take(Self.records(episode: 2, steps: 10, speed: 0.1)[0])
    let ended = try #require(next)
    #expect(ended.episode == 1 && ended.length == 9 && ended.endCause == .none)
    #expect(tracker.running?.episode == 2)
  }

  @Test("walking is three good episodes in a row, and the run is over ten later")
  func watch() {
    var watch = WalkingWatch()
    func episode(_ meters: Double) -> EpisodeSummary {
      var summary = EpisodeSummary()
      summary.estimatedDistanceMeters = meters
      return summary
    }
    for meters in [9, 9, 8.2, 9, 8.25] { watch.take(episode(meters)) }
    #expect(!watch.hasWalked)
    watch.take(episode(8.25))
    #expect(watch.hasWalked && !watch.isOver)
    for _ in 0..<9 { watch.take(episode(0)) }
    #expect(!watch.isOver)
    watch.take(episode(0))
    #expect(watch.isOver)
  }
}

@Suite("State directory")
struct StateDirectoryTests {
  @Test("a second daemon on the same directory is refused and told who holds it")
  func exclusive() throws {
    let path = NSTemporaryDirectory() + "/limbd-state-\(UUID().uuidString)/deep/er"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try StateDirectory(path: path)
    #expect(throws: DaemonError.stateInUse(path: path, pid: ProcessInfo.processInfo.processIdentifier)) {
      try StateDirectory(path: path)
    }
    withExtendedLifetime(first) {}
    for folder in ["replay", "sessions", "checkpoints", "truth"] {
      #expect(FileManager.default.fileExists(atPath: path + "/" + folder))
    }
  }

  @Test("a path that cannot be made is named with the system's reason")
  func impossible() {
    #expect(throws: DaemonError.state(path: "/dev/null/limbd", call: "mkdir", errno: ENOTDIR)) {
      try StateDirectory(path: "/dev/null/limbd")
    }
  }
}

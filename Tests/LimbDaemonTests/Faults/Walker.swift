import Foundation
import LimbOperations
import LimbTestSupport
import Testing

@testable import LimbDaemon

/// A robot of its own on a port that counts as real, and a daemon that walks it: what a fault of the fault matrix meets in
/// real time.
final class Walker {
  let scratch: Scratch
  let port: String
  let state: String
  let profile: String
  let robot: RunningProgram
  private(set) var daemon: RunningProgram
  let client: Client
  private let environment: [String: String]
  private let arguments: [String]
  /// What was acknowledged before the fault.
  private(set) var written = 0.0

  /// Starts both, arms, and waits for some steps. `more`: further arguments of the simulator.
  ///
  /// - Parameter learns: a learner at work from the 60th step on, acting as it says; else the robot stands in place.
  init(_ more: [String] = [], environment: [String: String] = [:], learns: Bool = false) throws {
    scratch = try Scratch()
    port = scratch.path("port")
    state = scratch.path("s")
    robot = try scratch.startSimulator(scratch.smallProfile(), port: port, more)
    profile = try scratch.realProfile(port: port, learns ? [("warm_up_steps: 500", "warm_up_steps: 60")] : [])
    arguments = ["run", profile, "--state", state] + (learns ? [] : ["--policy", "zero"])
    self.environment = environment
    daemon = try scratch.start(arguments, environment: environment)
    client = Client(state: state)
    try #require(client.waits { $0["linked"]?.bool == true }, "\(daemon.errors)")
    try walks()
  }

  /// Arms until the robot runs, and lets it take some steps.
  func walks() throws {
    try #require(client.arms(), "\(client.state()) \(daemon.errors)")
    let before = client.number("written_steps")
    try #require(client.waits { ($0["written_steps"]?.number ?? 0) > before + 5 }, "\(daemon.errors)")
    written = client.number("written_steps")
  }

  /// A person's way back after a stop: clear what the device has latched, arm, walk.
  func isWonBack(estop: Bool = false) throws {
    _ = eventually(withinSeconds: 20) {
      _ = try? ControlClient.ask(estop ? .clear(emergencyStop: true) : .clear(emergencyStop: false), path: client.path)
      return client.state() == "DISARMED"
    }
    try walks()
  }

  /// Starts the daemon anew on the same directory.
  func restart() throws {
    daemon = try scratch.start(arguments, environment: environment)
    try #require(client.waits { $0["linked"]?.bool == true }, "\(daemon.errors)")
  }

  /// The robot goes on acting for five more steps, armed as often as before.
  func expectWalksOn(_ name: String) {
    let before = client.status()
    let steps = before?["written_steps"]?.number ?? -1
    let armings = before?["counters"]?["armings"]?.number ?? -1
    #expect(client.waits { ($0["written_steps"]?.number ?? 0) > steps + 5 }, "\(name): \(client.state()) \(daemon.errors)")
    // A machine that stalls may have stopped it; by itself it never goes on then.
    #expect(client.counter("armings") == armings, "\(name): armed by itself")
  }

  /// Ends the daemon in order, and expects everything that was acknowledged in the store, whole.
  func expectKept(_ name: String, end: Bool = true) throws {
    if end {
      written = max(written, client.number("written_steps"))
      daemon.expectCleanEnd()
    }
    let found = try scratch.inspect(state)
    #expect((found["transitions"]?.number ?? -1) >= written, "\(name): \(found)")
    #expect(found["damaged_records"]?.number == 0, "\(name)")
  }
}

/// Small programs in C of Tests/Support, built where a test needs them.
enum SmallProgram {
  /// Builds one into the scratch directory; nil: there is no compiler here.
  static func build(_ name: String, shared: Bool = false, in scratch: Scratch) throws -> String? {
    let product = scratch.path(name + (shared ? ".so" : ""))
    let source = Repository.path("Tests/Support/\(name).c")
    let flags = shared ? ["-shared", "-fPIC"] : []
    let outcome = try scratch.run("/usr/bin/env", ["cc", "-O1"] + flags + ["-o", product, source, "-ldl"])
    return outcome.code == 0 ? product : nil
  }
}

import Foundation
import LimbOperations
import LimbProfile
import LimbTestSupport
import Testing

@testable import LimbDaemon

/// Everything that starts the real programs, one test after the other: they share two cores and the clock on the wall.
@Suite("Trials of the real programs", .serialized, .enabled(if: Executables.areThere, "limbd or limbd-sim was not built"))
struct Trials {}

/// The programs under trial: they lie where this test's own executable lies.
enum Executables {
  static let directory: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = URL(filePath: own).deletingLastPathComponent().path
    if FileManager.default.isExecutableFile(atPath: beside + "/limbd") { return beside }
    return Repository.path(".build/debug")
  }()
  static var limbd: String { directory + "/limbd" }
  static var simulator: String { directory + "/limbd-sim" }
  static var areThere: Bool { [limbd, simulator].allSatisfy(FileManager.default.isExecutableFile(atPath:)) }

  /// How often programs are killed in a test: 10 times, 50 where the knob of `make proof` is turned up.
  static let kills = CaseScale.cases(10, most: 50)
}

/// A program that was started; killed when it is forgotten.
final class RunningProgram {
  let process = Process()
  private let outputPath: String
  private let errorPath: String

  init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], standingIn folder: String? = nil,
    scratch: Scratch
  ) throws {
    let number = scratch.nextNumber()
    outputPath = scratch.path("out-\(number)")
    errorPath = scratch.path("err-\(number)")
    for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "NOTIFY_SOCKET" && $0.key != "JOURNAL_STREAM" }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
  }

  deinit { if process.isRunning { signal(SIGKILL) } }

  var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Asks for its end in order, which it must come to.
  func expectCleanEnd() {
    signal(SIGTERM)
    #expect(end() == 0, "\(errors)")
  }

  /// Waits for its end, and gives the exit code (128 + signal if one ended it); nil, and it is killed, if it takes longer
  /// than any machine should need.
  func end(withinSeconds: Double = 120) -> Int32? {
    guard eventually(withinSeconds: withinSeconds, { !process.isRunning }) else {
      signal(SIGKILL)
      return nil
    }
    return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
  }
}

/// Looks every 20 ms whether something has become true. The bound only ends a hopeless wait; nothing is measured by it.
func eventually(withinSeconds: Double = 60, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + .seconds(withinSeconds)
  while ContinuousClock.now < end {
    if try condition() { return true }
    usleep(20_000)
  }
  return try condition()
}

/// What a program that has ended left.
struct Outcome {
  let code: Int32?
  let output: String
  let errors: String
}

/// A directory for one test, gone with this object.
final class Scratch {
  let directory: String
  private var count = 0

  init() throws {
    // Short: a Unix socket's path has 107 bytes.
    directory = "/tmp/limbd-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: directory + "/models", withDestinationPath: Repository.path("configs/models"))
  }

  deinit {
    // What programs that were killed here left in memory.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
      if let left = BlackBoxKeeper.path(stateDirectory: path(name)) { try? FileManager.default.removeItem(atPath: left) }
    }
    try? FileManager.default.removeItem(atPath: directory)
  }

  func path(_ name: String) -> String { directory + "/" + name }

  /// As patient with a stalled machine as a profile may be: other tests want the processors too.
  private static let patience = [("command_ttl_ms: 100", "command_ttl_ms: 200"), ("coast_ms: 60", "coast_ms: 150")]

  func nextNumber() -> Int {
    count += 1
    return count
  }

  /// A shipped profile with changes, under a name of its own. Each change must have something to replace.
  func profile(
    _ name: String = "quad8-sim", as file: String = "robot.yaml", _ changes: [(String, String)] = []
  ) throws -> String {
    var text = try Repository.text("configs/\(name).yaml")
    for (old, new) in changes {
      try #require(text.contains(old), "the profile has no \(old)")
      text = text.replacingOccurrences(of: old, with: new)
    }
    try text.write(toFile: path(file), atomically: true, encoding: .utf8)
    return path(file)
  }

  /// A learner small enough for a debug build on a busy machine.
  func smallProfile(_ changes: [(String, String)] = []) throws -> String {
    try profile(
      "quad8-sim", as: "robot.yaml",
      [
        ("hidden: [256, 256]", "hidden: [32, 32]\n  batch_size: 32\n  checkpoint_every_steps: 100"),
        ("warm_up_steps: 500", "warm_up_steps: 60"), ("updates_per_step: 4", "updates_per_step: 1"), Self.patience[0],
        Self.patience[1],
      ] + changes)
  }

  /// The quadruped of the small profile on a port that counts as real.
  /// It is the one device that `smallProfile`'s simulator says it is, and confirmed unless that is what is tried.
  func realProfile(
    port: String, as file: String = "real.yaml", _ changes: [(String, String)] = [], isCalibrated: Bool = true
  ) throws -> String {
    let path = try profile(
      "quad8-sim", as: file,
      [
        ("port: \"sim:\"", "port: \(port)"),
        ("confirm: automatic", "confirm: automatic, hands_off_acknowledged: true"),
        ("hidden: [256, 256]", "hidden: [32, 32]"),
      ] + Self.patience + changes)
    if isCalibrated {
      // The simulator of a robot called quad8 says of itself that it is this device.
      try CalibrationRecord(uuid: Self.simulatedDevice, profile: RobotProfile.load(path: path), way: .accepted)
        .append(profilePath: path)
    }
    return path
  }

  /// FNV-1a of `quad8`, and of `quad8quad8`, least byte first.
  static let simulatedDevice: String = {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var text = ""
    for _ in 0..<2 {
      for byte in "quad8".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      for shift in stride(from: 0, to: 64, by: 8) {
        let byte = UInt8(truncatingIfNeeded: hash >> UInt64(shift))
        text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return text
  }()

  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningProgram {
    try RunningProgram(Executables.limbd, arguments, environment: environment, scratch: self)
  }

  /// The small robot with nothing to do, its daemon running on the state directory `name`, linked and disarmed.
  func startStanding(_ name: String = "s") throws -> (daemon: RunningProgram, client: Client) {
    let daemon = try start(["run", smallProfile(), "--state", path(name), "--policy", "zero"])
    let client = Client(state: path(name))
    try #require(client.waits { $0["state"]?.string == "DISARMED" }, "\(daemon.errors)")
    return (daemon, client)
  }

  @discardableResult
  func run(_ arguments: [String], environment: [String: String] = [:], withinSeconds: Double = 120) throws -> Outcome {
    try run(Executables.limbd, arguments, environment: environment, withinSeconds: withinSeconds)
  }

  @discardableResult
  func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], standingIn folder: String? = nil,
    withinSeconds: Double = 120
  ) throws -> Outcome {
    let running = try RunningProgram(
      program, arguments, environment: environment, standingIn: folder, scratch: self)
    let code = running.end(withinSeconds: withinSeconds)
    return Outcome(code: code, output: running.output, errors: running.errors)
  }

  /// The simulated robot started by hand, as a robot of its own would be.
  func startSimulator(_ profile: String, port: String, _ more: [String] = []) throws -> RunningProgram {
    let running = try RunningProgram(Executables.simulator, [profile, "--port", port] + more, scratch: self)
    try #require(eventually { running.output.contains("ready") || !running.process.isRunning })
    try #require(running.process.isRunning, "\(running.errors)")
    return running
  }

  /// `limbd inspect --json`; the result must be readable.
  func inspect(_ path: String) throws -> JSONReader {
    let outcome = try run(["inspect", path, "--json"])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try #require(JSONReader(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  /// The objects of a `--json-lines` file.
  func lines(_ path: String) throws -> [JSONReader] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try #require(JSONReader(String($0))) }
  }
}

/// The control socket of a daemon that runs on the state directory `state`.
struct Client {
  let path: String

  init(state: String) { path = state + "/control.sock" }

  /// The status, nil while nobody answers.
  func status() -> JSONReader? { (try? ControlClient.ask(.status, path: path)).flatMap { JSONReader($0) } }

  func number(_ key: String) -> Double { status()?[key]?.number ?? -1 }

  func counter(_ key: String) -> Double { status()?["counters"]?[key]?.number ?? -1 }

  func state() -> String { status()?["state"]?.string ?? "" }

  /// Asks for arming until the robot runs an episode: on a starved machine frames go missing, and then it is refused.
  func arms() -> Bool {
    eventually {
      if state() == "RUN/EPISODE" { return true }
      if state() == "DISARMED" { _ = try? ControlClient.ask(.arm, path: path) }
      return eventually(withinSeconds: 3) { state() == "RUN/EPISODE" }
    }
  }

  /// Waits until the status is as wanted.
  func waits(withinSeconds: Double = 60, _ condition: (JSONReader) -> Bool) -> Bool {
    eventually(withinSeconds: withinSeconds) { status().map(condition) ?? false }
  }
}

/// Every file below a directory with its bytes, by relative path. What is no plain file is not listed.
func contents(of directory: String) throws -> [String: Data] {
  var found: [String: Data] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
    let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)
    guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
    found[name] = try Data(contentsOf: URL(filePath: directory + "/" + name))
  }
  return found
}

/// Expects that no version of a policy below the state directory names two policies.
func expectOnePolicyAVersion(_ state: String) throws {
  let names = try contents(of: state).keys.filter { $0.hasPrefix("policies/policy-") }
  let versions = names.map { $0.dropFirst("policies/policy-".count).prefix(10) }
  #expect(!versions.isEmpty && Set(versions).count == versions.count, "\(names.sorted())")
}

/// Expects the same names with the same bytes, and says which file differs where.
func expectSameBytes(_ first: String, _ second: String) throws {
  let left = try contents(of: first)
  let right = try contents(of: second)
  #expect(left.keys.sorted() == right.keys.sorted())
  for (name, bytes) in left {
    guard let other = right[name], other != bytes else { continue }
    let place = zip(bytes, other).enumerated().first { $1.0 != $1.1 }?.offset ?? min(bytes.count, other.count)
    Issue.record("\(name): \(bytes.count) and \(other.count) bytes, different from byte \(place)")
  }
}

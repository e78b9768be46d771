internal import Glibc
internal import LimbControl
internal import LimbEnvironment
internal import LimbExperience
package import LimbProfile
internal import Logging

/// `limbd environment`: the simulated robot of a profile for a learner on standard input and output.
package enum EnvironmentService {
  /// What `limbd environment` was asked to do.
  package struct Options: Sendable {
    /// The profile's path.
    package var profile: String
    /// Where everything that the robot lives through is kept; nil: nowhere, in a folder that is gone afterwards.
    package var state: String?
    /// Seed of every random draw of the robot.
    package var seed: UInt64 = 0
    /// One JSON object an episode, appended to this file; nil for none.
    package var jsonLines: String?
    /// `--fault` for the simulator.
    package var faults: [String] = []

    /// The defaults for a profile's path.
    package init(profile: String) { self.profile = profile }
  }

  /// Serves until the learner says QUIT or closes standard input, or a signal comes.
  package static func run(profile: RobotProfile, options: Options) throws(DaemonError) {
    guard profile.link.isSimulated else {
      throw .usage(
        "environment: link.port is \(profile.link.port), expected \"sim:\": a learner's pauses are no robot's time")
    }
    guard profile.estimation.velocitySource != .external else {
      throw .usage("environment: estimation.velocity is external, and in lockstep there is no control socket to send it to")
    }
    guard profile.task.reset.confirm == .automatic else {
      throw .usage("environment: task.reset.confirm is operator, expected automatic: nobody stands by")
    }
    StopSignals.install()
    let output = try Self.takeStandardOutput()
    var log = Logger(label: "limbd") { _ in DaemonLogHandler(level: .warning, underSystemd: false) }
    log.logLevel = .warning
    let temporary = options.state == nil ? try TemporaryState() : nil
    defer { temporary?.remove() }
    var run = RunOptions(profile: options.profile, state: options.state ?? temporary?.path ?? "")
    run.arm = true
    run.learn = false
    run.lockstep = true
    run.seed = options.seed
    run.policy = .external
    run.jsonLines = options.jsonLines
    run.faults = options.faults
    try serve(profile, run, log, output: output)
  }

  /// Standard output belongs to the protocol; whatever else would print there goes to standard error.
  private static func takeStandardOutput() throws(DaemonError) -> Int32 {
    let own = fcntl(1, F_DUPFD_CLOEXEC, 3)
    guard own >= 0, dup2(2, 1) >= 0 else { throw .state(path: "standard output", call: "dup", errno: errno) }
    return own
  }

  private static func serve(
    _ profile: RobotProfile, _ options: RunOptions, _ log: Logger, output: Int32
  ) throws(DaemonError) {
    var channel = EnvironmentChannel(input: 0, output: output)
    let run: RobotRun
    do throws(DaemonError) { run = try RobotRun(profile: profile, options: options, log: log) } catch {
      tell(error, channel)
      throw error
    }
    var desk = EnvironmentDesk(run)
    do throws(DaemonError) {
      while try desk.answer(&channel) {}
      try desk.close()
    } catch {
      if case .stopped = error { return try run.close(.signal) }
      // The learner hears why, and everything is closed, before anybody leaves.
      tell(error, channel)
      try? run.close(.peer)
      throw error
    }
    try run.close(.learner)
  }

  private static func tell(_ error: DaemonError, _ channel: borrowing EnvironmentChannel) {
    _ = try? channel.write(EnvironmentAnswer.failure(error.message).bytes)
  }
}

/// Takes a learner's requests in their order: HELO, then RSET, STEP until the episode is over, RSET again.
private struct EnvironmentDesk: ~Copyable {
  private var robot: RobotEnvironment
  private let spaces: EnvironmentSpaces
  private var isGreeted = false
  private var isEpisodeRunning = false

  init(_ run: RobotRun) {
    robot = RobotEnvironment(run)
    spaces = RobotEnvironment.spaces(run.profile, run.plan)
  }

  /// Waits for a request, does it and answers. False after the last one.
  mutating func answer(_ channel: inout EnvironmentChannel) throws(DaemonError) -> Bool {
    let request: EnvironmentRequest
    do throws(EnvironmentError) {
      guard let next = try read(&channel) else { return false }
      request = next
    } catch {
      throw .environment(reason: "the learner: \(error)")
    }
    if StopSignals.isRequested { throw .stopped }
    let answer: EnvironmentAnswer
    switch request {
    case .quit: return false
    case .hello:
      isGreeted = true
      answer = .spaces(spaces)
    case .reset:
      answer = .observation(try robot.reset())
      isEpisodeRunning = true
    case .step(let action):
      let outcome = try robot.step(action)
      isEpisodeRunning = !outcome.isOver
      answer = .next(outcome)
    }
    do throws(EnvironmentError) { return try channel.write(answer.bytes) } catch {
      throw .environment(reason: "the learner: \(error)")
    }
  }

  /// The next request that has its place here; nil when the learner has gone, or a signal came.
  private func read(_ channel: inout EnvironmentChannel) throws(EnvironmentError) -> EnvironmentRequest? {
    channel.decoder.spaces = spaces
    guard case .message(let frame) = try channel.read(withinSeconds: nil, stop: { StopSignals.isRequested }) else {
      return StopSignals.isRequested ? .quit : nil
    }
    let expected: [EnvironmentTag] =
      !isGreeted ? [.hello, .quit] : isEpisodeRunning ? [.step, .reset, .quit] : [.reset, .quit]
    guard expected.contains(frame.tag) else { throw .unexpected(found: frame.tag, expected: expected) }
    let request = try EnvironmentRequest(frame, spaces: spaces)
    if case .hello(let version) = request, version != EnvironmentLimits.version {
      throw .otherVersion(found: version, expected: EnvironmentLimits.version)
    }
    return request
  }

  /// The robot comes to rest.
  mutating func close() throws(DaemonError) { try robot.close() }
}

/// A state directory that goes with this value.
private final class TemporaryState {
  let path: String

  init() throws(DaemonError) {
    let folder = ProcessEnvironment.all["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(folder)/limbd-environment-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw .state(path: folder, call: "mkdtemp", errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Files of the folders that a run makes, then the folders; once the run is closed.
  func remove() {
    for folder in ["/replay", "/sessions", "/checkpoints", "/policies", "/truth", ""] {
      for name in (try? PosixFile.names(in: path + folder)) ?? [] { _ = unsafe unlink(path + folder + "/" + name) }
      _ = unsafe rmdir(path + folder)
    }
  }
}

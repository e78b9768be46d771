import ArgumentParser
import Glibc
import LimbControl
import LimbDaemon
import LimbOperations
import LimbProfile

/// `limbd run`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Close the loop with a robot, and learn unless told otherwise.",
    discussion: """
      With link.port "sim:" the simulated robot beside this program is started too. A real robot (any other port) starts \
      disarmed and waits for: limbd arm. It is armed from here only with --arm, on a terminal.

      Everything the robot lives through is kept in the state directory: replay/ (transitions), sessions/ (every byte of \
      the link), checkpoints/ (the learner). Running again goes on where it stopped.

      Stop with Ctrl-C or SIGTERM: the robot sits or parks, a checkpoint is written, files are closed.
      """)

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Option(help: ArgumentHelp("State directory; default: runs/ROBOT.", valueName: "dir"), completion: .directory)
  var state: String?

  @Option(help: ArgumentHelp("Control socket; default: control.sock in the state directory. None in --lockstep.", valueName: "path"))
  var socket: String?

  @Flag(help: "Arm as soon as the robot can be armed. You are present and the robot is free to move.")
  var arm = false

  @Flag(name: .customLong("no-learn"), help: "Do not learn: run the newest policy and keep recording.")
  var noLearn = false

  @Option(help: "Who chooses actions: sample (learns), mean, zero, uniform or scripted.")
  var policy = "sample"

  @Flag(help: "Step robot and daemon in turn on device time: same seed, same bytes. Simulated robots only; no control socket: stop with Ctrl-C.")
  var lockstep = false

  @Option(help: "Seed of every random draw.")
  var seed: UInt64 = 0

  @Option(help: "End after so many policy steps in this run.")
  var steps: UInt64?

  @Option(help: "End after so many episodes in this run.")
  var episodes: UInt64?

  @Option(help: ArgumentHelp("walking: end ten episodes after three good ones in a row.", valueName: "goal"))
  var until: String?

  @Option(name: .customLong("json-lines"), help: ArgumentHelp("Append JSON lines: one a start, one an episode, one an end.", valueName: "file"))
  var jsonLines: String?

  @Option(help: ArgumentHelp("Fault for the simulator, see: limbd-sim --help. May be repeated.", valueName: "spec"))
  var fault: [String] = []

  @Flag(help: "The reward changed on purpose: keep actor and store, start the critics anew.")
  var relabel = false

  private static let modes: [String: PolicyMode] = [
    "sample": .sample, "mean": .mean, "zero": .zero, "uniform": .uniform, "scripted": .scripted,
  ]

  mutating func validate() throws {
    guard Self.modes[policy] != nil else {
      throw ValidationError("--policy: found \"\(policy)\", expected sample, mean, zero, uniform or scripted.")
    }
    if let until, until != "walking" { throw ValidationError("--until: found \"\(until)\", expected walking.") }
  }

  func run() throws {
    let loaded = try loadProfile(profile)
    let findings = loaded.fileFindings(profilePath: profile) + ProfileCheck.findings(of: loaded)
    for finding in findings { printLine(finding.description) }
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(Exit.configuration) }
    var options = RunOptions(profile: profile, state: state ?? "runs/\(loaded.robot.name)")
    options.arm = arm
    options.learn = !noLearn
    options.lockstep = lockstep
    options.steps = steps
    options.episodes = episodes
    options.seed = seed
    options.policy = Self.modes[policy] ?? .sample
    options.untilWalking = until == "walking"
    options.jsonLines = jsonLines
    options.socket = socket
    options.faults = fault
    options.relabel = relabel
    do throws(DaemonError) {
      try Daemon.run(profile: loaded, options: options)
    } catch {
      printError(error.message)
      throw ExitCode(error.exitCode)
    }
  }
}

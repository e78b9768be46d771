import ArgumentParser
import LimbDaemon
import LimbProfile

/// `limbd environment`.
struct Environment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "environment",
    abstract: "Serve the simulated robot of a profile to somebody else's learner.",
    discussion: """
      Speaks the protocol of docs/environment-protocol.md on standard input and output; docs/examples/limbd_gymnasium.py \
      makes a Gymnasium environment of it. The robot lives exactly as under limbd run --lockstep: the same control step, \
      the same simulator over the same wire, the same rewards and ends; only the actions come from outside.

      With --state everything that it lives through is kept as by limbd run, and limbd report scores it from the truth.
      Simulated robots only (link.port "sim:"). Ends with QUIT, with the end of standard input, or by a signal.
      """)

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Option(help: "Seed of every random draw of the robot.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("State directory; without it nothing is kept.", valueName: "dir"), completion: .directory)
  var state: String?

  @Option(name: .customLong("json-lines"), help: ArgumentHelp("Append JSON lines: one a start, one an episode, one an end.", valueName: "file"))
  var jsonLines: String?

  @Option(help: ArgumentHelp("Fault for the simulator, see: limbd-sim --help. May be repeated.", valueName: "spec"))
  var fault: [String] = []

  func run() throws {
    let loaded = try loadProfile(profile)
    let findings = loaded.fileFindings(profilePath: profile) + ProfileCheck.findings(of: loaded)
    for finding in findings where finding.severity == .error { printLine(finding.description) }
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(Exit.configuration) }
    var options = EnvironmentService.Options(profile: profile)
    options.seed = seed
    options.state = state
    options.jsonLines = jsonLines
    options.faults = fault
    do throws(DaemonError) {
      try EnvironmentService.run(profile: loaded, options: options)
    } catch {
      printError(error.message)
      throw ExitCode(error.exitCode)
    }
  }
}

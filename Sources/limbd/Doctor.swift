import ArgumentParser
import LimbDaemon
import LimbOperations
import LimbProfile

/// `limbd doctor`.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at this computer: what keeps a robot from running well, each with its remedy.",
    discussion: """
      Ports (missing, not allowed, in use and by whom, consoles, ModemManager, latency of the adapter), real-time rights and \
      throttling, processors (frequency, heat, supply, swap), clocks, and the disk (room, and how long a write takes to reach it).

      Reads, tries the disk with a file of its own, and changes nothing. No port is opened: a robot may be walking.

      Exit code: that of the first problem. 69: no such port, or somebody has it; 74: the disk; 77: not allowed; 78: the profile asks \
      for what this computer does not have. 0 without a problem (warnings may stand).
      """)

  @Argument(
    help: "The profile of the robot that is to run; without it every serial port is looked at.",
    completion: .file(extensions: ["yaml"]))
  var profile: String?

  @Option(help: "The state directory whose disk is looked at (default: runs/NAME, as limbd run has it).", completion: .directory)
  var state: String?

  @Flag(help: "Findings as JSON.")
  var json = false

  func run() throws {
    let loaded = try profile.map { try loadProfile($0, json: json) }
    let directory = state ?? loaded.map { "runs/\($0.robot.name)" } ?? "runs"
    let findings = LimbDaemon.Doctor(profile: loaded, stateDirectory: directory).findings()
    print(json ? LimbDaemon.Doctor.object(findings).text : LimbDaemon.Doctor.text(findings))
    let code = LimbDaemon.Doctor.exitCode(findings)
    if code != 0 { throw ExitCode(code) }
  }
}

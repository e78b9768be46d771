import ArgumentParser
import LimbDaemon
import LimbOperations
import LimbProfile

/// `limbd check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate a profile: all mistakes at once, with file, line and column.",
    discussion: """
      Prints what cannot work, with the numbers; what the serial line and the learner have to carry; and the profile \
      as limbd understands it, with every default made visible. Without --connect nothing is touched. Up to two seconds \
      are spent on measuring whether this computer does the updates that the profile asks for, each step.

      With --connect it also opens the port, greets the device, and holds what it says of itself against the profile: \
      identity, version, joints, limits, gains, rates, stops. It never arms, and the device stays disarmed.

      Exit code 0: usable (warnings may stand), 66: no such file, 69: no such port, port busy, or nobody answers, \
      77: no permission for the port, 78: errors.
      """)

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Flag(help: "Also ask the device at the profile's port (sim: starts a simulated one); never arms.")
  var connect = false

  @Flag(help: "Findings as JSON, also for a profile that does not load; with --connect also what the device says.")
  var json = false

  @Flag(help: "Leave the resolved profile and the measurement out.")
  var quiet = false

  func run() throws {
    let loaded = try loadProfile(profile, json: json)
    var findings = loaded.fileFindings(profilePath: profile) + ProfileCheck.findings(of: loaded)
    var device: DeviceCheck?
    var failure: DaemonError?
    if connect {
      do throws(DaemonError) {
        let check = try DeviceCheck(profile: loaded, path: profile)
        let all = findings + check.findings
        findings = all.filter { $0.severity == .error } + all.filter { $0.severity == .warning }
        device = check
      } catch {
        failure = error
      }
    }
    let errors = findings.count { $0.severity == .error }
    let probe = errors == 0 && !quiet ? try? LearnerProbe.measure(loaded) : nil
    if json {
      var object = JSONObject()
      object.set("ok", errors == 0 && failure == nil)
      object.set("errors", errors)
      object.set("findings", findings.map(\.description))
      object.set("details", findings.map(\.object))
      if let probe { object.set("learner", probe.object) }
      if let device { object.set("device", device.object) }
      if let failure { object.set("connect_error", failure.message) }
      print(object.text)
    } else {
      print(ProfileReport.text(loaded, findings: findings, device: device?.text, machine: probe?.text, resolved: !quiet))
    }
    if let failure { printError(failure.message) }
    if errors > 0 { throw ExitCode(Exit.configuration) }
    if let failure { throw ExitCode(failure.exitCode) }
  }
}

/// Loads a profile, or prints every mistake, one a line as compilers do, and exits with 66 or 78. With `json` the mistakes
/// are also one object on standard output.
func loadProfile(_ path: String, json: Bool = false) throws -> RobotProfile {
  do throws(ProfileError) {
    return try RobotProfile.load(path: path)
  } catch {
    for line in error.errorLines { printLine(line) }
    if json { print(error.object.text) }
    if case .unreadable = error { throw ExitCode(Exit.noInput) }
    throw ExitCode(Exit.configuration)
  }
}

extension ProfileError {
  /// What `check --json` says of a profile that does not load: `ok`, `errors`, the lines under `findings` as for one that
  /// does, and each mistake taken apart under `mistakes`.
  var object: JSONObject {
    var object = JSONObject()
    object.set("ok", false)
    object.set("errors", errorLines.count)
    object.set("findings", errorLines)
    // What is wrong with the file as a whole has no line.
    let hasPlaces = if case .invalid = self { true } else { false }
    object.set("mistakes", mistakes.map { $0.object(hasPlace: hasPlaces) })
    return object
  }
}

extension ProfileFinding {
  /// One finding with its parts apart, under the names that a mistake has for the same.
  var object: JSONObject {
    var object = JSONObject()
    object.set("severity", severity.rawValue)
    object.set("file", file)
    object.set("line", location.line)
    object.set("column", location.column)
    object.set("path", path)
    object.set("message", message)
    return object
  }
}

extension ProfileProblem {
  /// One mistake with its parts apart; line and column are null where it has no place in its file.
  func object(hasPlace: Bool) -> JSONObject {
    var object = JSONObject()
    object.set("file", file)
    if hasPlace {
      object.set("line", location.line)
      object.set("column", location.column)
    } else {
      object.setNull("line")
      object.setNull("column")
    }
    object.set("path", path)
    object.set("found", found)
    object.set("expected", expected)
    if let suggestion { object.set("suggestion", suggestion) } else { object.setNull("suggestion") }
    return object
  }
}

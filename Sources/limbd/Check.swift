import ArgumentParser
import LimbOperations
import LimbProfile

/// `limbd check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate a profile, offline: all mistakes at once, with file, line and column.",
    discussion: """
      Prints what cannot work, with the numbers; what the serial line and the learner have to carry; and the profile
      as limbd understands it, with every default made visible.
      Exit code 0: usable (warnings may stand), 66: no such file, 78: errors.
      """)

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Flag(help: "Findings as JSON.")
  var json = false

  @Flag(help: "Leave the resolved profile out.")
  var quiet = false

  func run() throws {
    let loaded = try loadProfile(profile)
    let findings = ProfileCheck.findings(of: loaded)
    let errors = findings.count { $0.severity == .error }
    if json {
      var object = JSONObject()
      object.set("ok", errors == 0)
      object.set("errors", errors)
      object.set("findings", findings.map(\.description))
      print(object.text)
    } else {
      print(ProfileReport.text(loaded, findings: findings, resolved: !quiet))
    }
    if errors > 0 { throw ExitCode(Exit.configuration) }
  }
}

/// Loads a profile, or prints every mistake and exits with 66 or 78.
func loadProfile(_ path: String) throws -> RobotProfile {
  do throws(ProfileError) {
    return try RobotProfile.load(path: path)
  } catch {
    printError(error.description)
    if case .unreadable = error { throw ExitCode(Exit.noInput) }
    throw ExitCode(Exit.configuration)
  }
}

import ArgumentParser
import LimbOperations
import LimbProfile

/// `limbd check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate a profile, offline: all mistakes at once, with file, line and column.",
    discussion: """
      Prints the resolved profile with every default made visible, then what cannot work, with the numbers.
      Exit code 0: usable (warnings may stand), 66: no such file, 78: errors.
      """)

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Flag(help: "Findings as JSON.")
  var json = false

  @Flag(help: "Findings only, not the resolved profile.")
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
      if !quiet { print(loaded.canonicalText) }
      for finding in findings { print(finding.description) }
      print(errors == 0 ? "\(profile): usable, \(findings.count) finding(s)" : "\(profile): \(errors) error(s)")
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

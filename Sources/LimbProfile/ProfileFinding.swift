/// Something about a valid profile that cannot work (`error`) or is likely a mistake (`warning`), with the numbers.
package struct ProfileFinding: Sendable, Equatable, CustomStringConvertible {
  /// How bad it is.
  package enum Severity: String, Sendable {
    /// limbd refuses to run the profile.
    case error
    /// limbd says so and runs.
    case warning
  }

  /// How bad it is.
  package let severity: Severity
  /// The file as it was named to the loader.
  package let file: String
  /// Where the value stands, or the section that leaves it out.
  package let location: ProfileLocation
  /// Keys from the top.
  package let path: String
  /// What is wrong, with the numbers, and what would be right.
  package let message: String

  init(severity: Severity, file: String, location: ProfileLocation, path: String, message: String) {
    self.severity = severity
    self.file = file
    self.location = location
    self.path = path
    self.message = message
  }

  /// A finding that was made elsewhere: what only the device can say of the value at `path`.
  package init(_ severity: Severity, of profile: RobotProfile, path: String, message: String) {
    self.init(
      severity: severity, file: profile.source.file, location: profile.source.location(of: path), path: path,
      message: message)
  }

  /// `file:line:column: severity: path: message`, one line.
  package var description: String {
    "\(file):\(location.line):\(location.column): \(severity.rawValue): \(path): \(message)"
  }
}

/// Collects findings of one profile.
struct FindingList {
  let profile: RobotProfile
  private(set) var findings: [ProfileFinding] = []

  init(_ profile: RobotProfile) { self.profile = profile }

  mutating func error(_ path: String, _ message: String) { add(.error, path, message) }

  mutating func warning(_ path: String, _ message: String) { add(.warning, path, message) }

  private mutating func add(_ severity: ProfileFinding.Severity, _ path: String, _ message: String) {
    findings.append(
      ProfileFinding(
        severity: severity, file: profile.source.file, location: profile.source.location(of: path), path: path,
        message: message))
  }

  /// A number with at most three decimals, for messages.
  static func round(_ value: Double) -> String {
    CanonicalMap.spell((value * 1000).rounded() / 1000)
  }
}

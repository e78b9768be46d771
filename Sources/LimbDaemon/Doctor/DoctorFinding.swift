package import LimbOperations

/// One thing that `limbd doctor` has looked at, with its remedy.
package struct DoctorFinding: Sendable, Equatable {
  /// How bad it is.
  package enum Verdict: String, Sendable, CaseIterable {
    /// As it should be.
    case fine
    /// Nothing to do about it, but good to know.
    case note
    /// limbd runs, worse than it could.
    case warning
    /// limbd does not run as the profile asks, or not at all.
    case problem
  }

  /// What part of the computer it belongs to.
  package enum Area: String, Sendable, CaseIterable {
    /// Serial ports and who else wants them.
    case port
    /// Real-time scheduling and locked memory.
    case scheduling
    /// Processors: number, frequency, heat, swap.
    case processors
    /// What time it is, and how dear it is to ask.
    case clock
    /// Where the robot's life is kept.
    case disk
  }

  /// Where it belongs.
  package let area: Area
  /// How bad it is.
  package let verdict: Verdict
  /// What was found, with the place.
  package let found: String
  /// What to do; nil where there is nothing to do.
  package let remedy: String?
  /// What `limbd doctor` ends with because of it: 69 no port, or somebody has it; 74 disk; 77 not allowed; 78 the profile asks
  /// for what this computer does not have. 0 for everything but problems.
  package let exitCode: Int32

  private init(_ area: Area, _ verdict: Verdict, _ found: String, _ remedy: String?, _ exitCode: Int32) {
    self.area = area
    self.verdict = verdict
    self.found = found
    self.remedy = remedy
    self.exitCode = exitCode
  }

  static func fine(_ area: Area, _ found: String) -> DoctorFinding { DoctorFinding(area, .fine, found, nil, 0) }
  static func note(_ area: Area, _ found: String, remedy: String? = nil) -> DoctorFinding {
    DoctorFinding(area, .note, found, remedy, 0)
  }
  static func warning(_ area: Area, _ found: String, remedy: String) -> DoctorFinding {
    DoctorFinding(area, .warning, found, remedy, 0)
  }
  static func problem(_ area: Area, _ found: String, remedy: String, exitCode: Int32) -> DoctorFinding {
    DoctorFinding(area, .problem, found, remedy, exitCode)
  }

  /// For a person: one line, and the remedy on a second.
  package var text: String {
    let verdictText = verdict.rawValue + String(repeating: " ", count: 8 - verdict.rawValue.count)
    let first = "\(verdictText) \(area.rawValue): \(found)"
    guard let remedy else { return first }
    return first + "\n           → " + remedy
  }

  /// For a machine.
  package var object: JSONObject {
    var object = JSONObject()
    object.set("area", area.rawValue)
    object.set("verdict", verdict.rawValue)
    object.set("found", found)
    if let remedy { object.set("remedy", remedy) } else { object.setNull("remedy") }
    object.set("exit_code", exitCode)
    return object
  }
}

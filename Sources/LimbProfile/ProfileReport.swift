internal import LimbTypes

/// The text of `limbd check`, without colours: findings, budgets, and the profile as it is understood.
package enum ProfileReport {
  /// Findings first, since they are why one asks; the resolved profile last, since it is long.
  /// `resolved: false` leaves the profile out; `device` is what `check --connect` has heard, `machine` whether this computer keeps
  /// up with the learner.
  package static func text(
    _ profile: RobotProfile, findings: [ProfileFinding], device: String? = nil, machine: String? = nil, resolved: Bool = true
  ) -> String {
    let errors = findings.count { $0.severity == .error }
    let warnings = findings.count - errors
    var lines = findings.map(\.description)
    lines.append(
      "\(profile.source.file): \(profile.robot.name), \(profile.robot.kind.rawValue) of \(profile.jointCount) joints: "
        + "\(counted(errors, "error")), \(counted(warnings, "warning"))")
    if let device { lines += ["", device] }
    lines += ["", "Serial line (\(profile.link.baud) baud, \(profile.control.rateHertz) Hz)"]
    lines += indented(BusBudget(profile).text)
    lines += ["", "Learner (\(CanonicalMap.spell(profile.control.policyRateHertz)) steps a second)"]
    lines += indented(LearnerBudget(profile).text)
    if let machine { lines += indented(machine) }
    lines += ["", "Hashes"]
    lines += indented(hashText(profile.hashes))
    if resolved { lines += ["", "Resolved profile", profile.annotatedText] }
    return lines.joined(separator: "\n")
  }

  private static func hashText(_ hashes: RobotProfile.Hashes) -> String {
    let parts: [(String, UInt64)] = [
      ("profile", hashes.whole), ("observation", hashes.observation), ("action", hashes.action),
      ("dynamics", hashes.dynamics), ("reward", hashes.reward),
    ]
    return parts.map { "\($0.0): \(hexadecimal($0.1))" }.joined(separator: "\n")
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n").map { "  " + $0 }
  }
}

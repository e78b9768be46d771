package import LimbOperations
package import LimbProfile

/// `limbd doctor`: what on this computer keeps a robot from running, or from running well, each with its remedy.
///
/// It reads, tries the disk with a file of its own, and changes nothing. It opens no port: a robot may be walking.
package struct Doctor: Sendable {
  let files: MachineFiles
  let rights: ProcessRights
  let profile: RobotProfile?
  /// Where a run's state would lie.
  let stateDirectory: String

  /// - Parameters:
  ///   - profile: The robot that is to run; without one every serial port is looked at, and the usual values hold.
  ///   - stateDirectory: The folder whose disk is looked at; it need not exist yet.
  package init(
    profile: RobotProfile?, stateDirectory: String, files: MachineFiles = MachineFiles(), rights: ProcessRights? = nil
  ) {
    self.profile = profile
    self.stateDirectory = stateDirectory
    self.files = files
    self.rights = rights ?? ProcessRights.own(files)
  }

  /// All of them, area by area. Takes some hundred milliseconds, mostly for trying the disk.
  package func findings() -> [DoctorFinding] {
    portFindings() + schedulingFindings() + processorFindings() + clockFindings() + diskFindings()
  }

  /// What the program ends with: that of the first problem, 0 without one.
  package static func exitCode(_ findings: [DoctorFinding]) -> Int32 {
    findings.first { $0.verdict == .problem }?.exitCode ?? 0
  }

  /// For a person: the worst first, a count last.
  package static func text(_ findings: [DoctorFinding]) -> String {
    let order: [DoctorFinding.Verdict] = [.problem, .warning, .note, .fine]
    let lines = order.flatMap { verdict in findings.filter { $0.verdict == verdict }.map(\.text) }
    func count(_ verdict: DoctorFinding.Verdict, _ word: String) -> String {
      let number = findings.count { $0.verdict == verdict }
      return "\(number) \(word)\(number == 1 ? "" : "s")"
    }
    return (lines + [count(.problem, "problem") + ", " + count(.warning, "warning")]).joined(separator: "\n")
  }

  /// For a machine.
  package static func object(_ findings: [DoctorFinding]) -> JSONObject {
    var object = JSONObject()
    object.set("ok", exitCode(findings) == 0)
    object.set("exit_code", exitCode(findings))
    object.set("findings", findings.map(\.object))
    return object
  }
}

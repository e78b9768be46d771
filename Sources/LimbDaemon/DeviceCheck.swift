internal import Glibc
internal import LimbDevices
internal import LimbLink
package import LimbOperations
package import LimbProfile

/// `limbd check --connect`: what only the device can say of a profile. Arms nothing and moves nothing.
package struct DeviceCheck: Sendable {
  /// In what device and profile differ, by the profile's places; warnings for what can be lived with.
  package let findings: [ProfileFinding]
  /// What the device says of itself, for a person: lines.
  package let text: String
  /// The same for a machine.
  package let object: JSONObject

  /// Opens the profile's port (for `sim:` it starts a simulated robot for as long as this takes), greets, listens half a
  /// second, and lets go. Throws if there is no port, if somebody else has it, or if nobody answers.
  /// - Parameters:
  ///   - profile: loaded; it need not be without findings.
  ///   - path: its file, for the simulator to read.
  package init(profile: RobotProfile, path: String) throws(DaemonError) {
    if profile.link.isSimulated {
      let directory = try TemporaryDirectory()
      let child = try SimulatorChild(
        SimulatorChild.Options(
          profile: path, port: directory.path + "/port", seed: 0, lockstep: false, truth: nil, faults: []))
      defer {
        extendLifetime(child)
        extendLifetime(directory)
      }
      self = try DeviceCheck(profile, port: child.port)
    } else {
      self = try DeviceCheck(profile, port: profile.link.port)
    }
  }

  private init(_ profile: RobotProfile, port: String) throws(DaemonError) {
    let examination = try DeviceCheck.examine(profile, port)
    switch examination.outcome {
    case .agrees, .differs: break
    case .refused(let result):
      var answer = ServiceAnswer()
      answer.result = result
      throw .port(reason: "\(port): the device refuses to talk: \(answer.reason)", exitCode: 69)
    case .silent(let bytes):
      let what = bytes == 0 ? "nothing came" : "\(bytes) bytes came, none of them an answer; is link.baud right?"
      throw .port(reason: "\(port): nobody answered HELLO within 3 s (\(what))", exitCode: 69)
    case .lost: throw .port(reason: "\(port): the line went away", exitCode: 69)
    }
    let names = profile.joints.map(\.name)
    func list(_ severity: ProfileFinding.Severity, _ differences: LinkMismatches) -> [ProfileFinding] {
      (0..<differences.count).map { index in
        let difference = differences[index]
        return ProfileFinding(
          severity, of: profile, path: difference.path(in: profile),
          message: difference.kind == .uuid
            ? "device: uuid is \(examination.identity.uuidText), link.uuid says \(profile.link.deviceUUID ?? "nothing")"
            : "device: " + difference.description(jointNames: names))
      }
    }
    findings = list(.error, examination.mismatches) + list(.warning, examination.remarks)
      + DeviceCheck.lossFinding(profile, examination)
    text = DeviceCheck.text(examination, port)
    object = DeviceCheck.object(examination, port)
  }

  private static func examine(_ profile: RobotProfile, _ port: String) throws(DaemonError) -> DeviceExamination {
    do throws(DeviceError) {
      let line = try TransportOpener.open(path: port, baud: profile.link.baud)
      return DeviceExamination(
        line, plan: DriverPlan(profile), session: UInt16.random(in: 1...UInt16.max), nonce: UInt32.random(in: 0...UInt32.max))
    } catch {
      throw refusal(error)
    }
  }

  /// A port that cannot be opened, with the exit code that says why.
  static func refusal(_ error: DeviceError) -> DaemonError {
    let code: Int32 =
      switch error {
      case .missing, .busy: 69
      case .permission: 77
      case .notATerminal, .unsupportedBaud, .failed: 74
      }
    return .port(reason: error.description, exitCode: code)
  }

  /// Loss that arming would refuse is told here already.
  private static func lossFinding(_ profile: RobotProfile, _ examination: DeviceExamination) -> [ProfileFinding] {
    let sent = examination.frames + examination.framesLost
    guard sent > 0, Double(examination.framesLost) > 0.01 * Double(sent) else { return [] }
    return [
      ProfileFinding(
        .warning, of: profile, path: "link.baud",
        message: "device: \(examination.framesLost) of \(sent) frames were lost; arming is refused above 1 %")
    ]
  }
}

/// A directory below /tmp that goes with this object.
private final class TemporaryDirectory {
  let path: String

  init() throws(DaemonError) {
    var pattern = Array("/tmp/limbd-check-XXXXXX".utf8CString)
    let isMade = unsafe pattern.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) != nil }
    guard isMade else { throw .state(path: "/tmp", call: "mkdtemp", errno: errno) }
    path = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    _ = unsafe unlink(path + "/port")
    _ = unsafe rmdir(path)
  }
}

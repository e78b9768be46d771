import ArgumentParser
import Foundation
import LimbDaemon
import LimbOperations
import LimbProfile

/// `limbd calibrate`.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Confirm a robot's signs, zeros and IMU by hand; without that it cannot be armed.",
    discussion: """
      With the motors off it asks for one thing after the other: stand the robot level, raise its nose, turn this joint, hold the \
      stance; and says what the sensors showed instead, and which line of the profile that speaks against. What is right in the end is \
      written beside the profile (quad8.calibration beside quad8.yaml), for this device and these signs, zeros, gears and mounting: another \
      device, or a change of one of them, has to be confirmed again. Nothing is powered, and nothing moves by itself.

      The daemon must not run: it has the port. `docs/bring-up.md` leads through a first day.

      Exit code 0: confirmed. 1: not finished. 64: nothing to confirm. 69: no port, port busy, or nobody answers. 77, 78 as limbd check.
      """)

  @Argument(help: "The profile of the robot.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Flag(help: "Confirm without a look: you have checked signs, zeros and IMU of this device yourself.")
  var accept = false

  @Option(help: "With --accept: the device, 32 hexadecimal digits as limbd status and check --connect print them; without it the device is asked.")
  var uuid: String?

  func run() throws {
    let loaded = try loadProfile(profile)
    guard !loaded.link.isSimulated else {
      printError("\(profile): link.port is sim:, and a simulated robot needs no calibration")
      throw ExitCode(Exit.usage)
    }
    do throws(DaemonError) {
      if accept { try takeWord(loaded) } else { try guide(loaded) }
    } catch {
      printError(error.message)
      throw ExitCode(error.exitCode)
    }
  }

  private func takeWord(_ loaded: RobotProfile) throws(DaemonError) {
    let device: String
    if let uuid {
      guard uuid.count == 32, uuid.allSatisfy(\.isHexDigit) else {
        throw .usage("--uuid: found \(uuid), expected 32 hexadecimal digits")
      }
      device = uuid.lowercased()
    } else {
      device = try Calibration.device(profile: loaded, port: loaded.link.port)
    }
    try CalibrationRecord(uuid: device, profile: loaded, way: .accepted).append(profilePath: profile)
    print("\(CalibrationRecord.path(profile: profile)): device \(device) is taken for calibrated, on your word alone")
  }

  private func guide(_ loaded: RobotProfile) throws(DaemonError) {
    let calibration = Calibration(
      profile: loaded, path: profile, port: loaded.link.port, say: { print($0) }, answer: { TypedLine.next() })
    _ = try calibration.run()
  }
}

/// Lines of standard input, without waiting for one.
private enum TypedLine {
  /// Nil while nothing was typed, `.some(nil)` at the end of input.
  static func next() -> String?? {
    // Whatever stdio holds already would not show on the descriptor: nothing here reads ahead.
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&descriptor, 1, 0) == 1 else { return nil }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(0, &byte, 1) == 1 {
      if byte == UInt8(ascii: "\n") { return .some(String(decoding: line, as: UTF8.self)) }
      line.append(byte)
    }
    return line.isEmpty ? .some(nil) : .some(String(decoding: line, as: UTF8.self))
  }
}

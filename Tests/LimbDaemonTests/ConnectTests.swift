import Foundation
import LimbOperations
import Testing

extension Trials {
  /// `limbd check --connect` on real processes and a pseudo-terminal.
  @Suite("check --connect")
  struct Connect {
    private func check(_ scratch: Scratch, _ profile: String) throws -> (outcome: Outcome, object: JSONReader) {
      let outcome = try scratch.run(["check", profile, "--connect", "--json"])
      return (outcome, try #require(JSONReader(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(outcome.errors)"))
    }

    @Test("every simulated robot agrees with its profile, says who it is, and stays disarmed", arguments: ["quad8-sim", "quad12-sim", "arm6-sim"])
    func simulated(_ name: String) throws {
      let scratch = try Scratch()
      let (outcome, object) = try check(scratch, scratch.profile(name))
      #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
      #expect(object["ok"]?.bool == true && object["device"]?["agrees"]?.bool == true)
      #expect(object["device"]?["uuid"]?.string?.count == 32)
      #expect(object["device"]?["state"]?.string == "DISARMED")
      #expect(object["device"]?["protocol"]?.string == "1.0")
      #expect((object["device"]?["frames"]?.number ?? 0) > 10)
      #expect(object["device"]?["parameters"]?["limp_after_ms"]?.string == "2000 ms")
      let text = try scratch.run(["check", scratch.profile(name), "--connect", "--quiet"])
      #expect(text.code == 0 && text.output.contains("state DISARMED, latch none"), "\(text.output)")
    }

    @Test("what the device does not allow is told at the profile's place with both numbers; the robot stays as it was")
    func limits() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port)
      let right = try scratch.realProfile(port: port)
      #expect(try check(scratch, right).outcome.code == 0)
      let wrong = scratch.path("wrong.yaml")
      var text = try String(contentsOfFile: right, encoding: .utf8)
      for (old, new) in [
        ("kp: 40, kd: 0.9, nominal_rad: -0.55", "kp: 140, kd: 0.9, nominal_rad: -0.55"),
        ("driver: limb-link", "driver: limb-link, uuid: 00112233445566778899aabbccddeeff"),
        ("on_link_loss: damp", "on_link_loss: limp"), ("voltage_min_v: [14.0, 13.5]", "voltage_min_v: [14.0, 12.5]"),
      ] {
        try #require(text.contains(old), "the profile has no \(old)")
        text = text.replacingOccurrences(of: old, with: new)
      }
      try text.write(toFile: wrong, atomically: true, encoding: .utf8)
      let (outcome, object) = try check(scratch, wrong)
      #expect(outcome.code == 78)
      #expect(object["ok"]?.bool == false && object["device"]?["agrees"]?.bool == false)
      let lines = text.components(separatedBy: "\n")
      for (path, words, key) in [
        ("joints[0].kp", "kp is 140.0, the device allows 80.0", "front_left_hip"),
        ("link.uuid", "link.uuid says 00112233445566778899aabbccddeeff", "uuid: 0011"),
        ("safety.on_link_loss", "safety.on_link_loss is limp, the device does damp", "on_link_loss"),
        ("safety.voltage_min_v", "below 12.5 V, but the device refuses to arm below 13.5 V", "voltage_min_v"),
      ] {
        let place = try #require(lines.firstIndex { $0.contains(key) }) + 1
        #expect(outcome.output.contains("wrong.yaml:\(place):"), "\(path)")
        #expect(outcome.output.contains("\(path): device: ") && outcome.output.contains(words), "\(path): \(outcome.output)")
      }
      // It was never armed, and the next one finds it as it was.
      let after = try check(scratch, right).object
      #expect(after["device"]?["state"]?.string == "DISARMED" && after["device"]?["latch"]?.string == "none")
      #expect(robot.process.isRunning)
    }

    @Test("another robot on the port is named by its joints, with 78")
    func wrongRobot() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.profile("quad12-sim", as: "other.yaml"), port: port)
      let (outcome, object) = try check(scratch, scratch.realProfile(port: port))
      #expect(outcome.code == 78)
      #expect(outcome.output.contains("joints: device: joints: the device has 12, the profile 8"), "\(outcome.output)")
      #expect(object["device"]?["state"]?.string == "DISARMED")
      #expect(robot.process.isRunning)
    }

    @Test("a port that a daemon holds is busy, with its process; the daemon does not notice")
    func busy() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port)
      let profile = try scratch.realProfile(port: port)
      let daemon = try scratch.start(["run", profile, "--state", scratch.path("s")])
      let client = Client(state: scratch.path("s"))
      #expect(client.waits { $0["linked"]?.bool == true }, "\(daemon.errors)")
      let (outcome, object) = try check(scratch, profile)
      #expect(outcome.code == 69)
      #expect(object["connect_error"]?.string?.contains("busy: held by process \(daemon.process.processIdentifier)") == true, "\(outcome.output)")
      #expect(outcome.errors.contains("busy"))
      #expect(client.status()?["linked"]?.bool == true)
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
      #expect(try check(scratch, profile).outcome.code == 0)
      #expect(robot.process.isRunning)
    }

    @Test("no port, no line and no answer have words and exit codes of their own")
    func nobody() throws {
      let scratch = try Scratch()
      let missing = try scratch.run(["check", scratch.realProfile(port: "/dev/limbd-no-such-robot"), "--connect", "--quiet"])
      #expect(missing.code == 69 && missing.errors.contains("/dev/limbd-no-such-robot: no such port"), "\(missing.errors)")
      #expect(missing.output.contains("Serial line"), "what needs no device is told all the same")
      let file = try scratch.run(["check", scratch.realProfile(port: "/dev/null"), "--connect", "--quiet"])
      #expect(file.code == 74 && file.errors.contains("not a serial line"), "\(file.errors)")
      let terminal = try DeafTerminal()
      let deaf = try scratch.run(["check", scratch.realProfile(port: terminal.path), "--connect", "--quiet"])
      #expect(deaf.code == 69 && deaf.errors.contains("nobody answered HELLO"), "\(deaf.errors)")
    }
  }
}

// Glibc's module does not show the functions of XOPEN.
@_silgen_name("posix_openpt") private func posixOpen(_ flags: Int32) -> Int32
@_silgen_name("grantpt") private func grant(_ fd: Int32) -> Int32
@_silgen_name("unlockpt") private func unlock(_ fd: Int32) -> Int32
@_silgen_name("ptsname_r") private func name(_ fd: Int32, _ text: UnsafeMutablePointer<UInt8>, _ size: Int) -> Int32

/// A pseudo-terminal with nobody at its far end.
final class DeafTerminal: Sendable {
  let path: String
  /// The far end.
  let master: Int32

  init() throws {
    master = posixOpen(O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0 && grant(master) == 0 && unlock(master) == 0)
    var text = [UInt8](repeating: 0, count: 128)
    try #require(unsafe name(master, &text, text.count) == 0)
    path = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
  }

  deinit { close(master) }
}

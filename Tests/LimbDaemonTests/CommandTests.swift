import Foundation
import LimbOperations
import LimbTestSupport
import Testing

extension Trials {
  /// The command line without a robot.
  @Suite("Commands")
  struct Commands {
    @Test("check accepts every shipped profile", arguments: ["quad8-sim", "quad12-sim", "arm6-sim", "template-real"])
    func shippedProfiles(_ name: String) throws {
      let path = Repository.path("configs/\(name).yaml")
      let scratch = try Scratch()
      let outcome = try scratch.run(["check", path])
      #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
      let json = try scratch.run(["check", path, "--json"])
      #expect(JSONReader(json.output.trimmingCharacters(in: .whitespacesAndNewlines))?["ok"]?.bool == true)
    }

    @Test("every command has help that says what it does", arguments: [
      [], ["run"], ["check"], ["status"], ["arm"], ["disarm"], ["pause"], ["resume"], ["clear"], ["estop"], ["policy"],
      ["inspect"], ["report"], ["bench"], ["train"], ["environment"], ["doctor"],
    ])
    func help(_ command: [String]) throws {
      let outcome = try Scratch().run(command + ["--help"])
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("OVERVIEW: ") && outcome.output.contains("USAGE: limbd"))
    }

    @Test("the help of every command ends its overview as a sentence", arguments: [
      "run", "check", "status", "arm", "disarm", "pause", "resume", "clear", "estop", "policy", "inspect", "report", "bench", "train",
      "environment", "doctor",
    ])
    func helpIsWhole(_ command: String) throws {
      let output = try Scratch().run([command, "--help"]).output
      let overview = output.components(separatedBy: "\n\n")[0]
      #expect(overview.hasSuffix("."), "\(overview)")
    }

    @Test("the help of every command fills its lines: a paragraph goes on at its edge, not where the source ends a line", arguments: [
      [], ["run"], ["check"], ["report"], ["inspect"], ["bench"], ["train"], ["environment"], ["doctor"],
    ])
    func helpIsFilled(_ command: [String]) throws {
      let output = try Scratch().run(command + ["--help"]).output
      let lines = output.components(separatedBy: "\nUSAGE: ")[0].components(separatedBy: "\n")
      for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty {
        // What follows in small letters goes on with the sentence: its first word had no room.
        guard let first = next.first, first.isLowercase, let word = next.split(separator: " ").first else { continue }
        // A line holds 79 characters.
        #expect(line.count + 1 + word.count >= 80, "\(line)\n\(next)")
      }
    }

    @Test("check --json takes each finding of a profile that loads apart too")
    func findings() throws {
      let scratch = try Scratch()
      let profile = try scratch.profile(as: "port.yaml", [("port: \"sim:\"", "port: /dev/ttyACM0")])
      let outcome = try scratch.run(["check", profile, "--json"])
      let object = try #require(JSONReader(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
      guard case .list(let lines) = try #require(object["findings"]), case .list(let parts) = try #require(object["details"])
      else {
        Issue.record("no lists: \(outcome.output)")
        return
      }
      #expect(lines.count == parts.count && !parts.isEmpty)
      let confirm = try #require(parts.first { $0["path"]?.string == "task.reset.confirm" })
      #expect(confirm["severity"]?.string == "error" && confirm["file"]?.string == profile, "\(outcome.output)")
      let text = try String(contentsOfFile: profile, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      let line = try #require(text.firstIndex { $0.contains("confirm: automatic") }) + 1
      #expect(confirm["line"]?.number == Double(line) && (confirm["column"]?.number ?? 0) > 1 && confirm["message"]?.string?.isEmpty == false)
    }

    @Test("the simulator has help too")
    func simulatorHelp() throws {
      let outcome = try Scratch().run(Executables.simulator, ["--help"])
      #expect(outcome.code == 0 && outcome.output.contains("--fault"))
    }

    @Test("the man pages are made, and mandoc finds no error in them", arguments: ["limbd", "limbd-sim"])
    func manual(_ name: String) throws {
      let scratch = try Scratch()
      let script = Repository.path("scripts/manual")
      let outcome = try scratch.run("/usr/bin/env", ["python3", script, Executables.directory + "/" + name, name])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains(".Sh NAME"))
      try outcome.output.write(toFile: scratch.path("page.1"), atomically: true, encoding: .utf8)
      for (tool, arguments) in [
        ("/usr/bin/mandoc", ["-Tlint", "-Werror", scratch.path("page.1")]), ("/usr/bin/groff", ["-mdoc", "-ww", "-Tutf8", scratch.path("page.1")]),
      ] where FileManager.default.isExecutableFile(atPath: tool) {
        let checked = try scratch.run(tool, arguments)
        #expect(checked.code == 0, "\(checked.output) \(checked.errors)")
        #expect(!checked.errors.contains("error"), "\(checked.errors)")
      }
    }

    @Test(
      "unit, udev rule and sysusers satisfy systemd's own checks",
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze"), "no systemd-analyze on this machine"))
    func systemdCheck() throws {
      let outcome = try Scratch().run("/bin/bash", [Repository.path("systemd/check")])
      #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
    }
  }
}

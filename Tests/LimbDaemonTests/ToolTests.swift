import Foundation
import LimbOperations
import Testing

extension Trials {
  /// The commands that look and measure.
  @Suite("Tools")
  struct Tools {
    @Test("bench needs no repository: it measures the profile installed beside it, or says what to pass")
    func benchElsewhere() throws {
      let scratch = try Scratch()
      let files = FileManager.default
      for folder in ["elsewhere", "bin", "share/limbd/configs"] {
        try files.createDirectory(atPath: scratch.path(folder), withIntermediateDirectories: true)
      }
      let program = scratch.path("bin/limbd")
      try files.copyItem(atPath: Executables.limbd, toPath: program)
      let elsewhere = scratch.path("elsewhere")
      let lost = try scratch.run(program, ["bench", "link", "--json"], standingIn: elsewhere)
      if lost.code != 0 {  // 0 where limbd is installed on this machine
        #expect(lost.code == 66 && lost.errors.contains("--profile"), "\(lost.errors)")
        #expect(lost.errors.contains(scratch.path("share/limbd/configs/quad8-sim.yaml")), "\(lost.errors)")
      }
      let profile = try scratch.profile(as: "share/limbd/configs/quad8-sim.yaml")
      #expect(files.fileExists(atPath: profile))
      let found = try scratch.run(program, ["bench", "link", "--json"], standingIn: elsewhere)
      #expect(found.code == 0, "\(found.errors)")
      #expect((JSONReader(found.output)?["encode_ns_per_frame"]?.number ?? 0) > 0)
    }

    @Test("bench loop measures with the learner at work, long before the profile's warm-up of 500 steps would be over")
    func busyBench() throws {
      let scratch = try Scratch()
      let profile = try scratch.profile(
        "quad8-sim", [("command_ttl_ms: 100", "command_ttl_ms: 200"), ("coast_ms: 60", "coast_ms: 150")])
      var told = ""
      // 12 s are 240 steps at most. A starved machine may not get to arm the robot in them; the bench says so then.
      let isBusy = try (0..<5).contains { _ in
        let outcome = try scratch.run(["bench", "loop", "--seconds", "12", "--json", "--profile", profile])
        try #require(outcome.code == 0, "\(outcome.errors)")
        let figures = try #require(JSONReader(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        told += outcome.output + outcome.errors
        let updates = try #require(figures["updates_total"]?.number)
        #expect((updates == 0) == outcome.errors.contains("figures of an idle learner"), "\(outcome.errors)")
        return updates > 0
      }
      #expect(isBusy, "\(told)")
    }

    @Test("doctor looks at this computer: a missing port ends it with 69, a simulated robot needs none")
    func doctor() throws {
      let scratch = try Scratch()
      let real = try scratch.run(["doctor", scratch.realProfile(port: "/dev/limb-nowhere"), "--state", scratch.path("s"), "--json"])
      let object = try #require(JSONReader(real.output.trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect(real.code == 69 && object["exit_code"]?.number == 69 && object["ok"]?.bool == false, "\(real.output)")
      let simulated = try scratch.run(["doctor", scratch.profile("quad8-sim"), "--state", scratch.path("s")])
      #expect(simulated.output.contains("sim: limbd run starts the simulated robot itself"), "\(simulated.output)")
      #expect(simulated.output.contains("disk: \(scratch.directory) has "), "\(simulated.output)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path("s")))
    }

    @Test("check and run name a simulator's model that is not there, before anything starts")
    func missingModel() throws {
      let scratch = try Scratch()
      let profile = try scratch.profile("quad8-sim", [("quad8.xml", "quad88.xml")])
      for command in [["check", profile, "--quiet"], ["run", profile, "--state", scratch.path("s")]] {
        let outcome = try scratch.run(command)
        #expect(outcome.code == 78, "\(outcome.errors)")
        let told = outcome.output + outcome.errors
        #expect(told.contains("simulation.model: ") && told.contains("quad88.xml cannot be read"), "\(told)")
      }
    }

    @Test("a simulator that cannot start ends the run with what it said, and leaves nothing behind")
    func brokenModel() throws {
      let scratch = try Scratch()
      try "<mujoco><nonsense/></mujoco>".write(toFile: scratch.path("broken.xml"), atomically: true, encoding: .utf8)
      let profile = try scratch.profile("quad8-sim", [("models/quad8.xml", "broken.xml")])
      let outcome = try scratch.run(["run", profile, "--state", scratch.path("s")])
      #expect(outcome.code != 0 && outcome.errors.contains("did not come up"), "\(outcome.errors)")
      #expect(outcome.errors.contains("nonsense"), "\(outcome.errors)")
    }

    @Test("half of each batch may come from another run, which is told; that of another robot is refused by name")
    func priorData() throws {
      let scratch = try Scratch()
      func run(_ state: String, _ changes: [(String, String)]) throws -> Outcome {
        let profile = try scratch.smallProfile(changes)
        return try scratch.run(["run", profile, "--lockstep", "--arm", "--steps", "420", "--state", scratch.path(state)])
      }
      let prior = ("symmetry: true ", "prior_data: first\n  symmetry: true ")
      for (state, changes) in [("first", []), ("alone", []), ("both", [prior])] {
        let outcome = try run(state, changes)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("records of \(scratch.directory)/first, half of each batch") == !changes.isEmpty)
      }
      let learned = try ["first", "alone", "both"].map {
        try Data(contentsOf: URL(filePath: scratch.path($0 + "/checkpoints/learner.safetensors")))
      }
      #expect(learned[0] == learned[1] && learned[1] != learned[2])
      let other = try run("other", [prior, ("slew_rad_s: 18 ", "slew_rad_s: 18.5 ")])
      #expect(other.code != 0 && other.errors.contains("learning.prior_data"), "\(other.errors)")
      #expect(other.errors.contains("dynamics_hash is "), "\(other.errors)")
    }

    @Test("inspect of something else says what it expected, and what lies near")
    func inspectElsewhere() throws {
      let scratch = try Scratch()
      try FileManager.default.createDirectory(
        atPath: scratch.path("runs/quad8/replay"), withIntermediateDirectories: true)
      for (wrong, near) in [("runs", "runs/quad8"), ("runs/quad8/replay", "runs/quad8/replay/..")] {
        let outcome = try scratch.run(["inspect", scratch.path(wrong)])
        #expect(outcome.code == 66 && outcome.errors.contains("expected a state directory"), "\(outcome.errors)")
        #expect(outcome.errors.contains(scratch.path(near) + " is one"), "\(outcome.errors)")
      }
      let profile = try scratch.profile()
      let file = try scratch.run(["inspect", profile])
      #expect(file.code == 64 && file.errors.contains("expected a state directory"), "\(file.errors)")
    }

    @Test("what a run left is told: counters of the checkpoint, a session that went on elsewhere, steps of run and directory")
    func inspectRun() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      var outcome = Outcome(code: nil, output: "", errors: "")
      for _ in 0..<2 {
        outcome = try scratch.run([
          "run", profile, "--lockstep", "--arm", "--steps", "80", "--state", scratch.path("s"), "--json-lines",
          scratch.path("lines"),
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
      }
      let summary = try #require(try scratch.lines(scratch.path("lines")).last)
      let steps = try #require(summary["steps"]?.number)
      let total = try #require(summary["steps_total"]?.number)
      #expect(steps >= 80 && steps < 100 && total >= 160)
      #expect(outcome.errors.contains("ended after the steps asked for: \(Int(steps)) steps and "), "\(outcome.errors)")
      #expect(outcome.errors.contains("holds \(Int(total)) steps of all runs"), "\(outcome.errors)")

      // What else lies there is named, so that it can be inspected by itself.
      let held = try scratch.inspect(scratch.path("s"))
      #expect(held["sessions"]?["files"]?.number == 2 && held["checkpoints"]?["files"]?.number == 1)
      let newest = try #require(held["sessions"]?["newest"]?.string)
      #expect(try scratch.inspect(scratch.path("s") + "/" + newest)["kind"]?.string == "session log")

      // Time on the robot counts from the arming of each run, in the lines and in the report from what lies on disk.
      let ends = try scratch.lines(scratch.path("lines")).filter { $0["event"]?.string == "episode" }
      let perRun = try [1, 2].map { run in
        let starts = try scratch.lines(scratch.path("lines")).enumerated().filter { $0.element["event"]?.string == "start" }.map(\.offset)
        let lines = try scratch.lines(scratch.path("lines"))
        let part = run == 1 ? lines[..<starts[1]] : lines[starts[1]...]
        return try #require(part.last { $0["event"]?.string == "episode" }?["robot_seconds"]?.number)
      }
      #expect(!ends.isEmpty)
      let report = try scratch.run(["report", scratch.path("s"), "--json"])
      let reported = try #require(JSONReader(report.output.trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect(reported["robot_seconds_from"]?.string == "first arming", "\(report.output)")
      let seconds = try #require(reported["robot_seconds"]?.number)
      #expect(abs(seconds - perRun[0] - perRun[1]) < 0.2, "\(seconds) s reported, \(perRun) s told")

      let checkpoint = try scratch.inspect(scratch.path("s/checkpoints/learner.safetensors"))
      #expect(checkpoint["counters"]?["stored_steps"]?.number == total)
      #expect((checkpoint["counters"]?["updates"]?.number ?? 0) > 0 && checkpoint["limbd.counters"] == nil)

      let log = scratch.path("s/sessions/session-00000001-000.limblog")
      #expect(try scratch.inspect(log)["closed_in_order"] == .bool(true))
      let bytes = try Data(contentsOf: URL(filePath: log))
      try bytes.dropLast(10).write(to: URL(filePath: log))
      #expect(try scratch.inspect(log)["closed_in_order"] == .bool(false))
      try bytes.write(to: URL(filePath: scratch.path("s/sessions/session-00000001-001.limblog")))
      let continued = try scratch.inspect(log)
      #expect(continued["closed_in_order"] == .bool(true))
      #expect(continued["continued_in"]?.string == "session-00000001-001.limblog")
    }
  }
}

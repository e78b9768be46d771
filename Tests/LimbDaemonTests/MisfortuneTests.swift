import Foundation
import LimbOperations
import LimbTestSupport
import Testing

extension Trials {
  /// Bad input, wrong robots, pulled cables, full disks: a clear error, a safe robot, nothing lost.
  @Suite("Misfortune")
  struct Misfortunes {
    @Test("a broken profile is told with file, line and column, and exit code 78", arguments: ["run", "check"])
    func brokenProfile(_ command: String) throws {
      let scratch = try Scratch()
      let profile = try scratch.profile(
        as: "broken.yaml", [("policy_every: 25", "policy_evry: 25"), ("kp: 40, kd: 0.9, nominal_rad: 0.8144", "kp: high, kd: 0.9, nominal_rad: 0.8144")])
      let outcome = try scratch.run([command, profile])
      #expect(outcome.code == 78)
      for (mistake, line) in [("policy_evry", 78), ("kp", 14)] {
        let told = outcome.errors.split(separator: "\n").first { $0.contains(mistake) && $0.contains("broken.yaml:") }
        let words = try #require(told, "\(mistake) is not told: \(outcome.errors)")
        let place = words.split(separator: "broken.yaml:")[1].split(separator: ":")
        #expect(place.count >= 3 && (Int(place[1]) ?? 0) > 0, "no line and column in: \(words)")
        let text = try String(contentsOfFile: profile, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let number = try #require(Int(place[0]), "no line in: \(words)")
        #expect(text[number - 1].contains(mistake), "\(words) (about line \(line))")
      }
      #expect(outcome.errors.contains("policy_every"), "the nearest known key is not suggested")
      for line in outcome.errors.split(separator: "\n") {
        #expect(line.hasPrefix(profile + ":") && line.contains(": error: "), "\(line)")
      }
    }

    @Test("check --json says of a profile that does not load what is wrong with it, and where, in one object")
    func brokenProfileAsJSON() throws {
      let scratch = try Scratch()
      let profile = try scratch.profile(
        as: "broken.yaml", [("policy_every: 25", "policy_evry: 25"), ("term: upright", "term: uprihgt")])
      let outcome = try scratch.run(["check", profile, "--json"])
      #expect(outcome.code == 78)
      let object = try #require(JSONReader(outcome.output))
      #expect(object["ok"] == .bool(false))
      guard case .list(let mistakes) = try #require(object["mistakes"]) else {
        Issue.record("mistakes are no list: \(outcome.output)")
        return
      }
      #expect(object["errors"]?.number == Double(mistakes.count) && mistakes.count >= 2)
      let term = try #require(mistakes.first { $0["suggestion"]?.string == "upright" })
      #expect(term["file"]?.string == profile && (term["line"]?.number ?? 0) > 1 && (term["column"]?.number ?? 0) > 1)
      #expect(term["path"]?.string?.hasPrefix("task.reward[") == true)
      #expect(term["found"]?.string == "text \"uprihgt\"" && term["expected"]?.string?.contains("forward_velocity") == true)
      let missing = try scratch.run(["check", "/nowhere/robot.yaml", "--json"])
      #expect(missing.code == 66 && JSONReader(missing.output)?["ok"] == .bool(false))
      guard case .list(let whole)? = JSONReader(missing.output)?["mistakes"] else {
        Issue.record("mistakes are no list: \(missing.output)")
        return
      }
      #expect(whole.count == 1 && whole[0]["line"] == .null && whole[0]["column"] == .null, "a missing file has no line")
    }

    @Test("exit codes of usage and of missing files", arguments: [
      (["run", "/nowhere/robot.yaml"], 66, "/nowhere/robot.yaml"),
      (["check", "/nowhere/robot.yaml"], 66, "/nowhere/robot.yaml"),
      (["inspect", "/nowhere/run"], 66, "/nowhere/run"),
      (["report", "/nowhere/run"], 66, "/nowhere/run"),
      (["report", "/"], 66, "/: no profile.yaml: expected a directory that was --state of limbd run"),
      (["run", "--wrong", "x.yaml"], 64, "--wrong"),
      (["frobnicate"], 64, "frobnicate"),
      (["run", "x.yaml", "--policy", "best"], 64, "best"),
      (["status", "--robot", "a", "--socket", "b"], 64, "--robot or --socket"),
      (["status", "--socket", "/nowhere/control.sock"], 69, "/nowhere/control.sock"),
      (["arm", "--socket", "/nowhere/control.sock"], 69, "/nowhere/control.sock"),
    ] as [([String], Int32, String)])
    func exitCodes(_ arguments: [String], _ code: Int32, _ named: String) throws {
      let outcome = try Scratch().run(arguments)
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(named), "\(outcome.errors)")
    }

    @Test("--arm on a real port without a terminal is refused (S1)")
    func armOnRealPort() throws {
      let scratch = try Scratch()
      let profile = try scratch.realProfile(port: scratch.path("port"))
      let outcome = try scratch.run(["run", profile, "--arm", "--state", scratch.path("s")])
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("limbd arm"), "\(outcome.errors)")
    }

    @Test("a second daemon on the same state directory ends with 74 and names the first")
    func secondDaemon() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      let first = try scratch.start(["run", profile, "--state", scratch.path("s")])
      #expect(Client(state: scratch.path("s")).waits { _ in true }, "\(first.errors)")
      let second = try scratch.run(["run", profile, "--state", scratch.path("s")])
      #expect(second.code == 74)
      #expect(second.errors.contains("\(first.process.processIdentifier)"), "\(second.errors)")
      first.signal(SIGTERM)
      #expect(first.end() == 0, "\(first.errors)")
    }

    @Test("a port that another daemon holds is told with its holder, and taken once it is free")
    func portBusy() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port)
      let profile = try scratch.realProfile(port: port)
      let first = try scratch.start(["run", profile, "--state", scratch.path("a")])
      #expect(Client(state: scratch.path("a")).waits { $0["linked"]?.bool == true }, "\(first.errors)")
      let second = try scratch.start(["run", profile, "--state", scratch.path("b")])
      #expect(eventually { second.errors.contains("busy") }, "\(second.errors)")
      #expect(second.errors.contains("process \(first.process.processIdentifier)"), "\(second.errors)")
      #expect(Client(state: scratch.path("b")).status()?["linked"]?.bool == false)
      first.signal(SIGTERM)
      #expect(first.end() == 0, "\(first.errors)")
      #expect(Client(state: scratch.path("b")).waits { $0["linked"]?.bool == true }, "\(second.errors)")
      second.signal(SIGTERM)
      #expect(second.end() == 0, "\(second.errors)")
      #expect(robot.process.isRunning, "a simulator started by hand stays: \(robot.errors)")
    }

    @Test("another robot on the port is named and never armed")
    func wrongRobot() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.profile("quad12-sim", as: "other.yaml"), port: port)
      let profile = try scratch.realProfile(port: port)
      let daemon = try scratch.start(["run", profile, "--state", scratch.path("s")])
      #expect(eventually { daemon.errors.contains("not the robot of this profile") }, "\(daemon.errors)")
      #expect(daemon.errors.contains("12"), "the number of joints is not told: \(daemon.errors)")
      let client = Client(state: scratch.path("s"))
      #expect(client.status()?["linked"]?.bool == false)
      let arm = try scratch.run(["arm", "--socket", client.path])
      #expect(arm.code == 1)
      #expect(client.counter("armings") == 0)
      #expect(try scratch.run(["status", "--socket", client.path]).code == 1)
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
      #expect(robot.process.isRunning)
    }

    @Test("in lockstep a pulled cable stops the robot, and learning goes on when it is back")
    func unplugLockstep() throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let outcome = try scratch.run([
        "run", scratch.smallProfile(), "--lockstep", "--arm", "--seed", "5", "--steps", "150", "--state", state,
        "--fault", "unplug@8s:for=1s", "--json-lines", scratch.path("lines"),
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let found = try scratch.inspect(state)
      #expect((found["transitions"]?.number ?? 0) >= 150)
      #expect(found["damaged_records"]?.number == 0)
      let log = try scratch.inspect(state + "/sessions/session-00000001-000.limblog")
      #expect(log["closed_in_order"]?.bool == true)
      #expect(log["gaps"]?.number == 0)
      #expect(try scratch.lines(scratch.path("lines")).last?["steps_total"]?.number ?? 0 >= 150)
    }

    @Test("in real time a pulled cable stops the robot; under run --arm the simulated one is armed again")
    func unplugRealtime() throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let daemon = try scratch.start([
        "run", scratch.smallProfile(), "--arm", "--state", state, "--fault", "unplug@8s:for=1500ms",
      ])
      let client = Client(state: state)
      #expect(client.waits { ($0["written_steps"]?.number ?? 0) > 5 }, "\(daemon.errors)")
      #expect(client.waits { $0["linked"]?.bool == false }, "\(daemon.errors)")
      let before = client.number("written_steps")
      #expect(client.waits { ($0["counters"]?["armings"]?.number ?? 0) >= 2 }, "\(daemon.errors)")
      #expect(client.waits { ($0["written_steps"]?.number ?? 0) > before + 5 }, "\(daemon.errors)")
      let written = client.number("written_steps")
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
      let found = try scratch.inspect(state)
      #expect((found["transitions"]?.number ?? 0) >= written)
      #expect(found["damaged_records"]?.number == 0)
    }

    @Test("a robot started by hand that was unplugged is linked again and stays disarmed until a person arms it")
    func unplugByHand() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port, ["--fault", "unplug@20s:for=1500ms"])
      let profile = try scratch.realProfile(port: port)
      let daemon = try scratch.start(["run", profile, "--state", scratch.path("s")])
      let client = Client(state: scratch.path("s"))
      #expect(client.waits { $0["linked"]?.bool == true && $0["state"]?.string == "DISARMED" }, "\(daemon.errors)")
      #expect(client.arms(), "\(client.state()) \(daemon.errors)")
      #expect(client.waits { $0["linked"]?.bool == false }, "\(daemon.errors)")
      let armings = client.counter("armings")
      #expect(client.waits { $0["linked"]?.bool == true }, "\(daemon.errors)")
      let frames = client.counter("frames")
      #expect(client.waits { ($0["counters"]?["frames"]?.number ?? 0) > frames + 500 })
      #expect(client.counter("armings") == armings)
      #expect(["DISARMED", "FAULT", "SAFE_STOP"].contains(client.state()), "\(client.state())")
      // A person clears what the device has latched, and arms.
      _ = try scratch.run(["clear", "--socket", client.path])
      #expect(client.waits { $0["state"]?.string == "DISARMED" }, "\(client.state())")
      // It lies on the floor, with its joints against their stops perhaps: that must not keep it there.
      var refusal = ""
      let isArmed = try eventually(withinSeconds: 30) {
        let arm = try scratch.run(["arm", "--socket", client.path])
        refusal = arm.errors
        return arm.code == 0
      }
      #expect(isArmed, "\(refusal)")
      #expect(client.waits { ($0["counters"]?["armings"]?.number ?? 0) > armings })
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
      #expect(robot.process.isRunning)
    }

    /// Runs in lockstep while no file may grow beyond `blocks` of 512 bytes.
    private func runOnFullDisk(_ scratch: Scratch, blocks: Int, steps: Int) throws -> Outcome {
      try scratch.run(
        "/bin/sh",
        [
          "-c", "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" \"$@\"", Executables.limbd, "run", scratch.smallProfile(), "--arm",
          "--lockstep", "--steps", "\(steps)", "--state", scratch.path("s"), "--json-lines", scratch.path("lines"),
        ])
    }

    @Test(
      "on a full disk control goes on, says so once, ends with 0, and the store stays readable",
      // No room for a replay segment; room for that, but not for the session log and the truth.
      arguments: [(blocks: 3000, keeps: false), (blocks: 5000, keeps: true)])
    func diskFull(_ disk: (blocks: Int, keeps: Bool)) throws {
      let scratch = try Scratch()
      let outcome = try runOnFullDisk(scratch, blocks: disk.blocks, steps: 330)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("disk full"), "\(outcome.errors)")
      #expect(outcome.errors.components(separatedBy: "disk full").count < 12, "the log is flooded: \(outcome.errors)")
      #expect((try scratch.lines(scratch.path("lines")).last?["steps_total"]?.number ?? 0) >= 330)
      let found = try scratch.inspect(scratch.path("s"))
      #expect(found["damaged_records"]?.number == 0)
      if disk.keeps { #expect((found["transitions"]?.number ?? 0) >= 330) }
      // With room again, the same directory goes on.
      let after = try scratch.run([
        "run", scratch.smallProfile(), "--arm", "--lockstep", "--steps", "20", "--state", scratch.path("s"),
      ])
      #expect(after.code == 0, "\(after.errors)")
      let more = try scratch.inspect(scratch.path("s"))
      #expect((more["transitions"]?.number ?? 0) >= (found["transitions"]?.number ?? 0) + 20)
      if disk.keeps { FaultMatrix.report("disk-full", ticks: 0, path: [], logged: ["disk full, once"]) }
    }

    @Test("where not even the last checkpoint fits, the run goes to its end and then says so with its exit code")
    func diskFullForCheckpoints() throws {
      let scratch = try Scratch()
      let outcome = try runOnFullDisk(scratch, blocks: 200, steps: 40)
      #expect(outcome.code == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("checkpoint"), "\(outcome.errors)")
      #expect((try scratch.lines(scratch.path("lines")).last?["steps_total"]?.number ?? 0) >= 40)
    }

    @Test(
      "SIGTERM, or the terminal's end, in the middle of an episode: exit 0, a checkpoint, and files closed in order",
      arguments: [SIGTERM, SIGHUP])
    func terminate(signal: Int32) throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let daemon = try scratch.start(["run", scratch.smallProfile(), "--arm", "--state", state])
      let client = Client(state: state)
      #expect(client.waits { $0["state"]?.string == "RUN/EPISODE" && ($0["written_steps"]?.number ?? 0) > 10 }, "\(daemon.errors)")
      daemon.signal(signal)
      #expect(daemon.end(withinSeconds: 30) == 0, "\(daemon.errors)")
      let log = try scratch.inspect(state + "/sessions/session-00000001-000.limblog")
      #expect(log["closed_in_order"]?.bool == true)
      #expect(FileManager.default.fileExists(atPath: state + "/checkpoints/learner.safetensors"))
      let found = try scratch.inspect(state)
      #expect(found["damaged_records"]?.number == 0)
      // E2: an end by request is truncated, and its close observation is there.
      #expect((found["episode_ends"]?.number ?? 0) >= 1, "\(found)")
    }
  }
}

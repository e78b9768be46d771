import Foundation
import LimbEnvironment
import LimbExperience
import LimbOperations
import LimbProfile
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

extension Trials {
  /// `limbd environment` and `limbd train`, the real programs.
  @Suite("Environments")
  struct Environments {
    private func records(_ state: String) throws -> [StepRecord] {
      var records: [StepRecord] = []
      let damaged = try ReplayReader(stateDirectory: state).forEach { record in records.append(copy record) }
      #expect(damaged == 0)
      return records
    }

    /// All bytes of a record but who chose the action and how likely that was.
    private func bytes(_ record: StepRecord, _ layout: StepRecordLayout) -> [UInt8] {
      var record = record
      record.source = .none
      record.logDensity = 0
      var bytes = [UInt8](repeating: 0, count: layout.stride)
      unsafe bytes.withUnsafeMutableBytes { unsafe layout.encode(record, into: $0.baseAddress!) }
      return bytes
    }

    /// The input that the policy has at the newest of these records.
    private func input(_ window: ArraySlice<StepRecord>, _ plan: ControlPlan) -> [Float] {
      window.suffix(plan.observation.history).flatMap { record in
        unsafe [Float](unsafeUninitializedCapacity: plan.observation.frameWidth) { buffer, count in
          count = plan.observation.frameWidth
          unsafe plan.observation.scale(frame: record.observation, into: buffer.baseAddress!)
        }
      }
    }

    @Test("the robot served with the actions of a run lives the same life to the bit: records, observations, rewards, ends")
    func sameLife() throws {
      let scratch = try Scratch()
      let path = try scratch.smallProfile()
      let profile = try RobotProfile.load(path: path)
      let plan = try ControlPlan(profile: profile)
      let outcome = try scratch.run([
        "run", path, "--lockstep", "--arm", "--no-learn", "--policy", "uniform", "--seed", "5", "--steps", "300", "--state",
        scratch.path("run"),
      ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let run = try records(scratch.path("run"))
      let term = try #require((0..<plan.observation.termCount).map(plan.observation.term).first { $0.kind == .previousAction })
      var served = 0
      var ends = 0
      do {
        var robot = try EnvironmentClient(
          command: "exec \(Executables.limbd) environment \(path) --seed 5 --state \(scratch.path("served"))", patienceSeconds: 120)
        #expect(robot.spaces.observationCount == plan.observation.inputWidth && robot.spaces.actionCount == plan.actionCount)
        #expect(!robot.spaces.isReseeded && robot.spaces.name == "quad8")
        var isOver = true
        // The last episode ends in the run's own end, which the learner's is not.
        let last = run.last?.episode
        for index in run.indices.dropLast() where run[index].kind == .step && run[index].episode != last {
          if isOver {
            let first = try robot.reset(seed: nil)
            #expect(first == input(run[...index], plan), "record \(index)")
          }
          let next = run[index + 1]
          let action = (0..<term.width).map { next.observation[term.start + $0] }
          let answer = try robot.step(action)
          #expect(answer.reward == plan.reward.reward(next.signals), "record \(index)")
          #expect(answer.observation == input(run[...(index + 1)], plan), "record \(index)")
          #expect(answer.isTerminated == next.flags.contains(.terminated) && answer.isTruncated == next.flags.contains(.truncated))
          #expect(answer.isIrregular == !next.flags.contains(.regular))
          isOver = answer.isOver
          served += 1
          if isOver { ends += 1 }
        }
        robot.quit()
      }
      #expect(served > 50 && ends > 1, "\(served) steps, \(ends) ends")
      let other = try records(scratch.path("served"))
      let layout = StepRecordLayout(plan: plan)
      let shared = run.prefix { $0.episode != run.last?.episode }
      #expect(other.count >= shared.count)
      for (one, two) in zip(shared, other) { #expect(bytes(one, layout) == bytes(two, layout), "record \(one.sequence)") }
      #expect(other.filter { $0.kind == .step }.prefix(served).allSatisfy { $0.source == .external })
      let report = try scratch.run(["report", scratch.path("served"), "--json"])
      #expect(report.code == 0, "\(report.errors)")
    }

    @Test("a learner that begins anew in the middle of an episode gets a new one; its actions may reach the bounds")
    func earlyReset() throws {
      let scratch = try Scratch()
      let path = try scratch.smallProfile()
      var robot = try EnvironmentClient(command: "exec \(Executables.limbd) environment \(path)", patienceSeconds: 120)
      let first = try robot.reset(seed: nil)
      for sign: Float in [1, -1] {
        let outcome = try robot.step([Float](repeating: sign, count: robot.spaces.actionCount))
        #expect(outcome.reward.isFinite && outcome.observation != first)
      }
      let second = try robot.reset(seed: nil)
      #expect(second != first)
      let more = try robot.step([Float](repeating: 0, count: robot.spaces.actionCount))
      #expect(!more.isOver)
      robot.quit()
    }

    @Test("a learner that lies is told what was found and expected, and the robot is put away")
    func lyingLearner() throws {
      let scratch = try Scratch()
      let path = try scratch.smallProfile()
      let answers = scratch.path("answers")
      func tell(_ bytes: String) throws -> Outcome {
        try scratch.run("/bin/sh", ["-c", "printf '\(bytes)' | \(Executables.limbd) environment \(path) > \(answers)"])
      }
      let words = try tell("nonsense!")
      #expect(words.code == 69 && words.errors.contains("found \"nons\" (6e 6f 6e 73) where a message begins"), "\(words.errors)")
      #expect(try readFile(answers).starts(with: Array("FAIL".utf8)))
      let early = try tell("RSET\\014\\000\\000\\000" + String(repeating: "\\000", count: 12))
      #expect(early.code == 69 && early.errors.contains("found RSET, expected HELO or QUIT"), "\(early.errors)")
      let version = try tell("HELO\\004\\000\\000\\000\\002\\000\\000\\000")
      #expect(version.code == 69 && version.errors.contains("found protocol version 2, expected 1"), "\(version.errors)")
      let length = try tell("HELO\\004\\000\\000\\000\\001\\000\\000\\000STEP\\377\\000\\000\\000")
      #expect(length.code == 69 && length.errors.contains("found a STEP of 255 bytes, expected 32"), "\(length.errors)")
      let cut = try tell("HELO\\004\\000\\000")
      #expect(cut.code == 69 && cut.errors.contains("ended after 7 of 8 bytes"), "\(cut.errors)")
      let gone = try tell("")
      #expect(try gone.code == 0 && readFile(answers).isEmpty, "\(gone.errors)")
    }

    @Test("no robot but a simulated one is served")
    func realRobot() throws {
      let scratch = try Scratch()
      let outcome = try scratch.run(["environment", scratch.realProfile(port: "/dev/null")])
      #expect(outcome.code == 64 && outcome.errors.contains("expected \"sim:\""), "\(outcome.errors)")
    }

    private let learner = """
      limbd: 1
      learning: {algorithm: sac, hidden: [32, 32], batch_size: 32, warm_up_steps: 40, updates_per_step: 1}
      replay: {capacity_steps: 1000}

      """

    private func learnerProfile(_ scratch: Scratch, _ more: String = "") throws -> String {
      try (learner + more).write(toFile: scratch.path("learner.yaml"), atomically: true, encoding: .utf8)
      return scratch.path("learner.yaml")
    }

    @Test("train learns from limbd's own robot, evaluates, keeps its checkpoint, and repeats itself")
    func trainOnRobot() throws {
      let scratch = try Scratch()
      let robot = try scratch.smallProfile([("episode_steps: 500", "episode_steps: 30")])
      let command = "exec \(Executables.limbd) environment \(robot) --seed 3"
      for state in ["a", "b"] {
        let outcome = try scratch.run([
          "train", learnerProfile(scratch), "--environment", command, "--steps", "90", "--seed", "4", "--evaluate-every", "60",
          "--evaluation-episodes", "1", "--state", scratch.path(state), "--json-lines", scratch.path(state + ".jsonl"),
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
      }
      let lines = try scratch.lines(scratch.path("a.jsonl"))
      #expect(lines == (try scratch.lines(scratch.path("b.jsonl"))))
      try expectSameBytes(scratch.path("a"), scratch.path("b"))
      #expect(lines.first?["event"]?.string == "start" && lines.last?["event"]?.string == "end")
      #expect(lines.last?["steps"]?.number == 90 && lines.last?["updates_total"]?.number == 50)
      #expect(lines.count { $0["event"]?.string == "episode" } >= 2)
      let evaluation = try #require(lines.first { $0["event"]?.string == "evaluation" })
      #expect((evaluation["mean_return"]?.number ?? -1) >= 0 && evaluation["steps_total"]?.number == 60)
      // A whole profile will do, and a second run goes on.
      let again = try scratch.run([
        "train", robot, "--environment", command, "--steps", "5", "--state", scratch.path("c"), "--json-lines", scratch.path("c.jsonl"),
      ])
      #expect(again.code == 0, "\(again.errors)")
      let more = try scratch.run([
        "train", learnerProfile(scratch), "--environment", command, "--steps", "5", "--seed", "4", "--state", scratch.path("a"),
        "--json-lines", scratch.path("a.jsonl"),
      ])
      #expect(more.code == 0, "\(more.errors)")
      #expect(try scratch.lines(scratch.path("a.jsonl")).last?["steps_total"]?.number == 95)
    }

    /// Training on an environment of one number that becomes odd after so many steps; 0: before its greeting.
    ///
    /// - Parameter odd: Python that runs before every answer from then on, with `reward` at hand.
    private func start(_ scratch: Scratch, odd: String, after steps: Int) throws -> RunningProgram {
      try """
        import struct, sys, time
        answer = lambda tag, body: (sys.stdout.buffer.write(tag + struct.pack("<I", len(body)) + body), sys.stdout.buffer.flush())
        steps, reward = 0, 1
        while len(head := sys.stdin.buffer.read(8)) == 8:
            sys.stdin.buffer.read(struct.unpack("<I", head[4:])[0])
            if steps >= \(steps): \(odd)
            if head[:4] == b"HELO": answer(b"SPAC", struct.pack("<5I4f", 1, 1, 1, 1, 0, -1, 1, -1, 1) + b"odd")
            if head[:4] == b"RSET": answer(b"OBSV", struct.pack("<f", 0))
            if head[:4] == b"STEP": steps += 1; answer(b"NEXT", struct.pack("<fIf", reward, 0, 0))
        """.write(toFile: scratch.path("odd.py"), atomically: true, encoding: .utf8)
      return try scratch.start([
        "train", learnerProfile(scratch), "--environment", "exec python3 \(scratch.path("odd.py"))", "--steps", "1000",
        "--patience", "250", "--state", scratch.path("s"), "--json-lines", scratch.path("lines"),
      ])
    }

    @Test("a learner that finds no finite batch any more ends the training, and what it learned before is kept")
    func frozen() throws {
      let scratch = try Scratch()
      let training = try start(scratch, odd: "reward = 3e38", after: 60)
      #expect(training.end() == 1, "\(training.errors)")
      #expect(training.errors.contains("frozen"), "\(training.errors)")
      #expect(FileManager.default.fileExists(atPath: scratch.path("s/checkpoints/learner.safetensors")))
      let end = try scratch.lines(scratch.path("lines")).last
      #expect(end?["event"]?.string == "end" && end?["ended"]?.string == "failure")
    }

    @Test("a signal is heard while the environment is silent, and what was learned is kept", arguments: [0, 40])
    func silent(_ steps: Int) throws {
      let scratch = try Scratch()
      let training = try start(scratch, odd: #"print("silent", file=sys.stderr, flush=True); time.sleep(300)"#, after: steps)
      try #require(eventually { training.errors.contains("silent\n") }, "\(training.errors)")
      training.signal(SIGINT)
      #expect(training.end(withinSeconds: 60) == 0, "\(training.errors)")
      let isKept = FileManager.default.fileExists(atPath: scratch.path("s/checkpoints/learner.safetensors"))
      #expect(isKept == (steps > 0))
      let end = try scratch.lines(scratch.path("lines")).last
      #expect(end?["event"]?.string == "end" && end?["ended"]?.string == "signal")
    }

    @Test("an environment that ends or lies ends the training with its name and what was found")
    func badEnvironment() throws {
      let scratch = try Scratch()
      for (command, words) in [
        ("exit 3", "ended with exit code 3 while SPAC was awaited"), ("echo Hello", "found \"Hell\" (48 65 6c 6c)"),
      ] {
        let outcome = try scratch.run(["train", learnerProfile(scratch), "--environment", command, "--steps", "5"])
        #expect(outcome.code == 69 && outcome.errors.contains(words) && outcome.errors.contains(command), "\(outcome.errors)")
      }
      let silent = try scratch.run([
        "train", learnerProfile(scratch), "--environment", "exec sleep 100", "--steps", "5", "--patience", "0.5",
      ])
      #expect(silent.code == 69 && silent.errors.contains("said nothing for 0.5 s"), "\(silent.errors)")
      let typo = try scratch.run(["train", learnerProfile(scratch, "joints: []\n"), "--environment", "exit 3", "--steps", "5"])
      #expect(typo.code == 78 && typo.errors.contains("learner.yaml:4:1: error: joints: found an unknown key"), "\(typo.errors)")
    }

    /// `.venv` of the repository, if Gymnasium is in it (`make test` makes it).
    static let python: String? = {
      let path = Repository.path(".venv/bin/python3")
      let probe = Process()
      probe.executableURL = URL(filePath: path)
      probe.arguments = ["-c", "import gymnasium"]
      guard (try? probe.run()) != nil else { return nil }
      probe.waitUntilExit()
      return probe.terminationStatus == 0 ? path : nil
    }()

    @Test(
      "Gymnasium's own checker accepts a robot of limbd",
      .enabled(if: Environments.python != nil, ".venv/bin/python3 does not import gymnasium"))
    func gymnasiumLearner() throws {
      let scratch = try Scratch()
      let program = """
        import sys; sys.path.insert(0, sys.argv[1])
        from gymnasium.utils.env_checker import check_env
        from limbd_gymnasium import LimbdEnv
        env = LimbdEnv(sys.argv[3], limbd=sys.argv[2])
        check_env(env, skip_render_check=True)
        first, _ = env.reset(seed=3)
        seen, reward, terminated, truncated, info = env.step(env.action_space.sample())
        assert (env.reset(seed=3)[0] == first).all() and 0 <= reward <= 1 and info["regular"] and not terminated
        env.close()
        print("accepted", env.observation_space.shape, env.action_space.shape)
        """
      let outcome = try scratch.run(
        #require(Self.python), ["-c", program, Repository.path("docs/examples"), Executables.limbd, scratch.smallProfile()])
      #expect(outcome.code == 0 && outcome.output.contains("accepted"), "\(outcome.output) \(outcome.errors)")
    }

    @Test(
      "train learns from an environment of Gymnasium's, and its mistakes are told in its own words",
      .enabled(if: Environments.python != nil, ".venv/bin/python3 does not import gymnasium"))
    func gymnasiumEnvironment() throws {
      let scratch = try Scratch()
      let bridge = try "\(#require(Self.python)) \(Repository.path("docs/examples/gymnasium_environment.py"))"
      let outcome = try scratch.run([
        "train", learnerProfile(scratch), "--environment", bridge + " Pendulum-v1", "--steps", "410", "--evaluate-every", "400",
        "--evaluation-episodes", "2", "--json-lines", scratch.path("lines"),
      ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let lines = try scratch.lines(scratch.path("lines"))
      #expect(lines.first?["observation"]?.number == 3 && lines.first?["environment"]?.string == "Pendulum-v1")
      #expect(lines.filter { $0["event"]?.string == "episode" }.map { $0["length"]?.number } == [200, 200])
      #expect((lines.first { $0["event"]?.string == "evaluation" }?["mean_return"]?.number ?? 1) < 0)
      let wrong = try scratch.run(["train", learnerProfile(scratch), "--environment", bridge + " CartPole-v1", "--steps", "5"])
      #expect(wrong.code == 69 && wrong.errors.contains("expected a Box"), "\(wrong.errors)")
    }
  }
}

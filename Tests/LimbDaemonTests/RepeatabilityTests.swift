import Foundation
import LimbOperations
import Testing

extension Trials {
  /// Promise L2 on the real programs.
  @Suite("Repeatability")
  struct Repeatability {
    private func live(_ scratch: Scratch, _ profile: String, state: String, steps: [Int]) throws {
      for count in steps {
        let outcome = try scratch.run([
          "run", profile, "--lockstep", "--arm", "--seed", "7", "--steps", "\(count)", "--state", scratch.path(state),
          "--json-lines", scratch.path(state + ".jsonl"),
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
      }
    }

    @Test("the same seed gives the same bytes in every file, names included (L2 b)")
    func sameSeedSameBytes() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      for state in ["a", "b"] { try live(scratch, profile, state: state, steps: [260]) }
      try expectSameBytes(scratch.path("a"), scratch.path("b"))
      let lines = try scratch.lines(scratch.path("a.jsonl"))
      #expect(lines == (try scratch.lines(scratch.path("b.jsonl"))))
      #expect(lines.first?["event"]?.string == "start" && lines.last?["event"]?.string == "summary")
      #expect((lines.last?["updates_total"]?.number ?? 0) >= 190)
      let names = try contents(of: scratch.path("a")).keys
      // Every policy that was followed is kept once, and the log names each.
      let policies = names.filter { $0.hasPrefix("policies/policy-") }
      #expect(policies.count > 3)
      let log = try scratch.inspect(scratch.path("a/sessions/session-00000001-000.limblog"))
      #expect(log["policies"]?.number == Double(policies.count))
      let kept = try scratch.inspect(scratch.path("a/" + (policies.sorted().last ?? "")))
      #expect(kept["limbd.format"]?.string == "limbd-policy-1" && kept["kind"]?.string == "policy")
      for wanted in ["checkpoints/learner.safetensors", "profile.yaml", "truth/run-00000001.truth"] {
        #expect(names.contains(wanted))
      }
    }

    @Test("N steps, a restart, and N steps give the same bytes twice (L2 c)")
    func sameRestartSameBytes() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      for state in ["a", "b"] { try live(scratch, profile, state: state, steps: [130, 130]) }
      try expectSameBytes(scratch.path("a"), scratch.path("b"))
      let lines = try scratch.lines(scratch.path("a.jsonl"))
      #expect(try lines == scratch.lines(scratch.path("b.jsonl")))
      // Both runs stand in one file, each behind its start.
      let starts = lines.filter { $0["event"]?.string == "start" }
      #expect(starts.map { $0["run"]?.number } == [1, 2])
      #expect((starts.last?["steps_total"]?.number ?? 0) >= 130 && starts.first?["steps_total"]?.number == 0)
      #expect(lines.filter { $0["event"]?.string == "summary" }.count == 2)
      #expect((try scratch.inspect(scratch.path("a"))["transitions"]?.number ?? 0) >= 260)
      // The second run began with a policy that had learned on since the first one's last: not under the same number.
      try expectOnePolicyAVersion(scratch.path("a"))
    }

    @Test("another seed gives other experience")
    func otherSeedOtherBytes() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      for seed in ["1", "2"] {
        let outcome = try scratch.run([
          "run", profile, "--lockstep", "--arm", "--seed", seed, "--steps", "20", "--state", scratch.path(seed),
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
      }
      let first = try contents(of: scratch.path("1"))["replay/segment-00000001.limb"]
      let second = try contents(of: scratch.path("2"))["replay/segment-00000001.limb"]
      #expect(first != nil && second != nil && first != second)
    }
  }
}

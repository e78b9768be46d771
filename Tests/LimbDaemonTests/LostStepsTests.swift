import Foundation
import LimbExperience
import LimbOperations
import LimbTypes
import Testing

extension Trials {
  /// A state directory that has lost experience: the policy goes on, and so does learning.
  @Suite("Lost steps")
  struct LostSteps {
    private func run(_ scratch: Scratch, steps: Int, _ changes: [(String, String)] = []) throws -> Outcome {
      let outcome = try scratch.run([
        "run", scratch.smallProfile(changes), "--lockstep", "--arm", "--seed", "4", "--steps", "\(steps)", "--state", scratch.path("s"),
        "--json-lines", scratch.path("lines"),
      ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      return outcome
    }

    @Test("steps that were lived through under another filter are learned from, and a person is told")
    func otherDynamics() throws {
      let scratch = try Scratch()
      let first = try run(scratch, steps: 20)
      let same = try run(scratch, steps: 5)
      #expect(!(first.errors + same.errors).contains("other dynamics"), "\(first.errors) \(same.errors)")
      let other = try run(scratch, steps: 5, [("low_pass_hz: 2.5}", "low_pass_hz: 2}")])
      #expect(other.errors.contains("2 segments were recorded under other dynamics"), "\(other.errors)")
      #expect(try scratch.lines(scratch.path("lines")).last?["steps_total"]?.number == 30)
    }

    @Test("a damaged header is told, the learned policy acts without another warm-up, and learns again after one's worth of steps")
    func damagedOnlySegment() throws {
      let scratch = try Scratch()
      _ = try run(scratch, steps: 150)
      let learned = try scratch.lines(scratch.path("lines")).last?["updates_total"]?.number ?? 0
      #expect(learned > 60)
      let path = scratch.path("s/replay/segment-00000001.limb")
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.seek(toOffset: 20)
      let byte = try #require(file.read(upToCount: 1)?.first)
      try file.seek(toOffset: 20)
      try file.write(contentsOf: Data([byte ^ 1]))
      try file.close()

      let outcome = try run(scratch, steps: 100)
      #expect(outcome.errors.contains("a segment with a damaged header cannot be read"), "\(outcome.errors)")
      #expect(outcome.errors.contains("steps more than the store holds (0)"), "\(outcome.errors)")
      var sources: Set<ActionSource> = []
      _ = try ReplayReader(stateDirectory: scratch.path("s")).forEach { record in
        if record.kind == .step { sources.insert(record.source) }
      }
      #expect(sources == [.policy])
      let more = try scratch.lines(scratch.path("lines")).last?["updates_total"]?.number ?? 0
      #expect(more > learned + 30 && more < learned + 60, "100 steps of which 60 earn nothing: \(learned), \(more)")
    }
  }
}

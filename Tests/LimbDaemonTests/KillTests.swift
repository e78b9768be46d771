import Foundation
import LimbOperations
import Testing

extension Trials {
  /// kill -9 at random moments: the store opens, holds what was acknowledged, and learning resumes.
  @Suite("kill -9")
  struct Kills {
    @Test("a lockstep run that is killed again and again loses no acknowledged record and learns on")
    func killLockstep() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      let state = scratch.path("s")
      let lines = scratch.path("lines.jsonl")
      let arguments = ["run", profile, "--lockstep", "--arm", "--seed", "3", "--state", state, "--json-lines", lines]
      var acknowledged = 0.0
      for kill in 0..<Executables.kills {
        let daemon = try scratch.start(arguments)
        let wanted = acknowledged + Double.random(in: 1...40)
        // Some are killed while they start, open or greet.
        let lives = kill % 4 == 3 ? Double.random(in: 0...1.5) : 60
        _ = try eventually(withinSeconds: lives) {
          guard daemon.process.isRunning, FileManager.default.fileExists(atPath: state + "/replay") else { return false }
          return try (scratch.inspect(state)["transitions"]?.number ?? 0) >= wanted
        }
        if FileManager.default.fileExists(atPath: state + "/replay") {
          acknowledged = max(acknowledged, try scratch.inspect(state)["transitions"]?.number ?? 0)
        }
        #expect(daemon.process.isRunning, "ended by itself: \(daemon.errors)")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        let found = try scratch.inspect(state)
        #expect((found["transitions"]?.number ?? -1) >= acknowledged)
        #expect(found["damaged_segments"]?.number == 0)
        acknowledged = found["transitions"]?.number ?? 0
      }
      let outcome = try scratch.run(arguments + ["--steps", "100"])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let found = try scratch.inspect(state)
      #expect((found["transitions"]?.number ?? -1) >= acknowledged + 100)
      #expect(found["damaged_records"]?.number == 0)
      try expectOnePolicyAVersion(state)
      // One update a step behind the warm-up, debts of the killed runs included.
      let steps = found["transitions"]?.number ?? 0
      let updates = try scratch.lines(lines).last?["updates_total"]?.number ?? 0
      #expect(updates >= steps - 60 - 20, "\(updates) updates after \(steps) steps")
    }

    @Test("a real-time run that is killed again and again holds at least written_steps, and learns on")
    func killRealtime() throws {
      let scratch = try Scratch()
      let profile = try scratch.smallProfile()
      let state = scratch.path("s")
      let client = Client(state: state)
      var written = 0.0
      var updates = 0.0
      for kill in 0..<Executables.kills {
        let daemon = try scratch.start(["run", profile, "--arm", "--seed", "3", "--state", state])
        let wanted = written + Double.random(in: 1...30)
        let isEarly = kill % 3 == 2
        if isEarly {
          usleep(UInt32.random(in: 0...1_500_000))
        } else {
          let came = client.waits { ($0["written_steps"]?.number ?? 0) >= wanted }
          #expect(came, "\(client.status().map { "\($0)" } ?? "no answer") \(daemon.errors)")
          updates = max(updates, client.number("updates_total"))
        }
        // The acknowledgement, and at once the kill.
        let acknowledged = max(written, client.number("written_steps"))
        daemon.signal(SIGKILL)
        _ = daemon.end()
        let found = try scratch.inspect(state)
        #expect((found["transitions"]?.number ?? -1) >= acknowledged)
        #expect(found["damaged_segments"]?.number == 0)
        written = found["transitions"]?.number ?? 0
      }
      let daemon = try scratch.start(["run", profile, "--arm", "--seed", "3", "--state", state])
      #expect(client.waits { ($0["updates_total"]?.number ?? 0) > max(updates, 1) })
      let before = client.number("updates_total")
      #expect(client.waits { ($0["written_steps"]?.number ?? 0) > written + 5 && ($0["updates_total"]?.number ?? 0) > before })
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
      #expect(try scratch.inspect(state)["damaged_records"]?.number == 0)
    }
  }
}

import Foundation
import LimbOperations
import LimbTestSupport
import Testing

@testable import LimbDaemon

extension Trials {
  /// Rows of the fault matrix in which one thread of limbd stands still and the others go on.
  @Suite("Fault matrix: threads")
  struct ThreadFaults {
    /// Holds one thread of the daemon; returns once it stands still.
    private func hold(_ thread: String, of walker: Walker, milliseconds: Int) throws -> RunningProgram {
      let program = try #require(try SmallProgram.build("hold_thread", in: walker.scratch), "no C compiler")
      let held = try RunningProgram(
        program, ["\(walker.daemon.process.processIdentifier)", thread, "\(milliseconds)"], scratch: walker.scratch)
      try #require(eventually { held.output.contains("held") || !held.process.isRunning })
      try #require(held.output.contains("held"), "\(held.errors)")
      return held
    }

    /// Whether this process may hold threads of others: CAP_SYS_PTRACE, which root has outside narrow containers.
    static var mayHold: Bool {
      let lines = (FileHandle(forReadingAtPath: "/proc/self/status")?.readDataToEndOfFile()).map { String(decoding: $0, as: UTF8.self) }
      let line = lines?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
      let bits = line?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) }
      return (bits ?? 0) >> 19 & 1 == 1
    }

    @Test("control held for two seconds: the device stops, the watchdog is not fed, and a person goes on", .enabled(if: mayHold, "needs CAP_SYS_PTRACE"))
    func control() throws {
      let socketScratch = try Scratch()
      let socket = try DatagramSocket(path: socketScratch.path("notify"))
      let walker = try Walker(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000"])
      let late = walker.client.counter("late_wakes")
      let held = try hold("limbd-control", of: walker, milliseconds: 2000)
      usleep(200_000)
      while socket.receive() != nil {}
      usleep(1_000_000)
      var meals = 0
      while let message = socket.receive() { if message.contains("WATCHDOG=1") { meals += 1 } }
      #expect(meals == 0, "the watchdog was fed while control stood still")
      #expect(held.end() == 0)
      #expect(walker.client.waits { $0["linked"]?.bool == true && $0["state"]?.string == "DISARMED" })
      #expect(["damp", "limp"].contains(walker.client.status()?["device_state"]?.string ?? ""))
      #expect(walker.client.counter("late_wakes") > late)
      try walker.isWonBack()
      try walker.expectKept("control-held")
      FaultMatrix.report("control-held", path: ["DISARMED"], logged: ["late_wakes", "no watchdog datagram"])
    }

    @Test("an estop while control is held is written by the emergency line", .enabled(if: mayHold, "needs CAP_SYS_PTRACE"))
    func estopWhileControlIsHeld() throws {
      let walker = try Walker()
      let held = try hold("limbd-control", of: walker, milliseconds: 3000)
      let estop = try walker.scratch.run(["estop", "--socket", walker.client.path])
      // Whoever asked is told that control did not confirm; the device has stopped all the same.
      #expect(estop.code == 0 || estop.code == 1, "\(estop.errors)")
      #expect(held.end() == 0)
      #expect(walker.client.waits { $0["reason"]?.string == "emergency_stop_requested" }, "\(walker.client.state()) \(estop.errors)")
      #expect(walker.client.waits { $0["device_state"]?.string == "emergency_stop" }, "\(walker.daemon.errors)")
      try walker.isWonBack(estop: true)
      try walker.expectKept("estop-control-held")
      FaultMatrix.report("estop-control-held", path: ["ESTOP"], logged: ["emergency_stop_requested"])
    }

    @Test("an estop while the recorder is held is done at once", .enabled(if: mayHold, "needs CAP_SYS_PTRACE"))
    func estopWhileRecorderIsHeld() throws {
      let walker = try Walker()
      let held = try hold("limbd-recorder", of: walker, milliseconds: 3000)
      let estop = try walker.scratch.run(["estop", "--socket", walker.client.path])
      #expect(estop.code == 0, "\(estop.errors)")
      #expect(held.process.isRunning, "the recorder was let go before the estop was answered")
      #expect(walker.client.status()?["reason"]?.string == "emergency_stop_requested")
      #expect(walker.client.waits { $0["state"]?.string == "ESTOP" && $0["device_state"]?.string == "emergency_stop" })
      #expect(held.end() == 0)
      try walker.isWonBack(estop: true)
      try walker.expectKept("estop-recorder-held")
      FaultMatrix.report("estop-recorder-held", path: ["ESTOP"], logged: ["emergency_stop_requested"])
    }

    @Test("a recorder that is held for three seconds loses nothing: its rings hold it", .enabled(if: mayHold, "needs CAP_SYS_PTRACE"))
    func recorder() throws {
      let walker = try Walker()
      let held = try hold("limbd-recorder", of: walker, milliseconds: 3000)
      let iterations = walker.client.counter("iterations")
      #expect(walker.client.waits { ($0["counters"]?["iterations"]?.number ?? 0) > iterations + 500 })
      #expect(held.end() == 0)
      walker.expectWalksOn("recorder-held")
      #expect(walker.client.counter("steps_dropped") == 0)
      try walker.expectKept("recorder-held")
      FaultMatrix.report("recorder-held", path: [], logged: [])
    }

    @Test("a learner that is held: the robot walks on with the policy that it has", .enabled(if: mayHold, "needs CAP_SYS_PTRACE"))
    func learner() throws {
      let walker = try Walker(learns: true)
      try #require(walker.client.waits { ($0["updates_total"]?.number ?? 0) > 5 }, "\(walker.daemon.errors)")
      let held = try hold("limbd-learner", of: walker, milliseconds: 60_000)
      let updates = walker.client.number("updates_total")
      walker.expectWalksOn("learner-held")
      #expect(walker.client.number("updates_total") == updates && held.process.isRunning)
      // Who holds it dies: it is let go.
      held.signal(SIGKILL)
      #expect(walker.client.waits { ($0["updates_total"]?.number ?? 0) > updates }, "\(walker.daemon.errors)")
      try walker.expectKept("learner-held")
      FaultMatrix.report("learner-held", path: [], logged: ["updates_total stands still"])
    }

    @Test("a learner whose numbers are none: it is frozen, that is told, and the robot walks on")
    func notANumber() throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let profile = try scratch.smallProfile()
      let first = try scratch.run(["run", profile, "--lockstep", "--arm", "--steps", "120", "--state", state])
      #expect(first.code == 0, "\(first.errors)")
      try Checkpoint.spoil(state + "/checkpoints/learner.safetensors")
      let daemon = try scratch.start(["run", profile, "--arm", "--state", state])
      let client = Client(state: state)
      try #require(client.waits { $0["state"]?.string == "RUN/EPISODE" }, "\(daemon.errors)")
      let steps = client.number("written_steps")
      #expect(client.waits { ($0["written_steps"]?.number ?? 0) > steps + 20 }, "\(daemon.errors)")
      #expect(daemon.errors.contains("not finite") || daemon.errors.contains("frozen"), "\(daemon.errors)")
      daemon.expectCleanEnd()
      let found = try scratch.inspect(state)
      #expect((found["transitions"]?.number ?? -1) >= steps + 20 && found["damaged_records"]?.number == 0)
      FaultMatrix.report("learner-nan", path: [], logged: ["the learner's trouble by name"])
    }
  }
}

/// A learner's checkpoint whose numbers are none any more.
enum Checkpoint {
  /// Writes NaN over every tensor of the actor.
  static func spoil(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: bytes[8..<(8 + length)]) as? [String: Any])
    var spoilt = 0
    for (name, value) in header where name.contains("actor") {
      guard let tensor = value as? [String: Any], tensor["dtype"] as? String == "F32",
        let offsets = tensor["data_offsets"] as? [Int]
      else { continue }
      for start in stride(from: 8 + length + offsets[0], to: 8 + length + offsets[1], by: 4) {
        bytes.replaceSubrange(start..<(start + 4), with: [0, 0, 0xC0, 0x7F])
      }
      spoilt += 1
    }
    try #require(spoilt > 0, "no tensor of an actor in \(header.keys.sorted())")
    try bytes.write(to: URL(filePath: path))
  }
}

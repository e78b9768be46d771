import Foundation
import Glibc
import LimbOperations
import LimbTestSupport
import Testing

extension Trials {
  /// Which daemon a client reaches, and what no client can keep another from.
  @Suite("Clients")
  struct Clients {
    @Test("a client that names no daemon finds the only one; estop stops every one, anything else asks which")
    func unnamed() throws {
      let scratch = try Scratch()
      func ask(_ words: [String]) throws -> Outcome {
        try scratch.run(Executables.limbd, words, standingIn: scratch.directory)
      }
      let none = try ask(["status"])
      #expect(none.code == 69 && none.errors.contains("runs/*/control.sock"), "\(none.errors)")
      var daemons: [RunningProgram] = []
      for name in ["a", "b"] {
        daemons.append(try scratch.startStanding("runs/" + name).daemon)
        if name == "a" {
          let only = try ask(["status"])
          #expect(only.code == 0 && only.output.contains("quad8: DISARMED"), "\(only.errors)")
        }
      }
      for words in [["status"], ["arm"], ["disarm"]] {
        let which = try ask(words)
        #expect(which.code == 64, "\(words) \(which.errors)")
        #expect(which.errors.contains("runs/a/control.sock, runs/b/control.sock"), "\(which.errors)")
      }
      let stopped = try ask(["estop"])
      #expect(stopped.code == 0 && stopped.output.contains("runs/b/control.sock: e-stop sent"), "\(stopped.errors)")
      for name in ["a", "b"] {
        #expect(Client(state: scratch.path("runs/" + name)).waits { $0["state"]?.string == "ESTOP" })
      }
      for daemon in daemons { daemon.expectCleanEnd() }
    }

    @Test("a daemon that may open no further file still lets an estop in, and then other clients again")
    func descriptorLimit() throws {
      let scratch = try Scratch()
      let (daemon, client) = try scratch.startStanding()
      let pid = daemon.process.processIdentifier
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap(Int.init)
      func allow(_ descriptors: Int) throws {
        let outcome = try scratch.run("/usr/bin/prlimit", ["--pid", "\(pid)", "--nofile=\(descriptors):"])
        try #require(outcome.code == 0, "\(outcome.errors)")
      }
      try allow((open.max() ?? 0) + 1)
      // Idle clients take every number that is left below the highest one.
      let idle = (0..<12).compactMap { _ in try? ControlClient.connect(path: client.path) }
      defer { for descriptor in idle { close(descriptor) } }
      let stopped = try scratch.run(["estop", "--socket", client.path])
      #expect(stopped.code == 0, "\(stopped.errors)")
      #expect(client.waits { $0["state"]?.string == "ESTOP" }, "\(daemon.errors)")
      try allow(1024)
      #expect(client.status() != nil)
      daemon.expectCleanEnd()
    }

    @Test("however often the socket asks for the end, only signals cut it short")
    func patientShutdown() throws {
      let scratch = try Scratch()
      let (daemon, client) = try scratch.startStanding()
      try #require(client.arms(), "\(daemon.errors)")
      for _ in 0..<4 { _ = try? ControlClient.ask(.shutdown, path: client.path) }
      daemon.expectCleanEnd()
    }

    @Test("a daemon that hangs keeps no other from being stopped, and its own stop is told as not confirmed")
    func hung() throws {
      let scratch = try Scratch()
      let first = try scratch.startStanding("runs/a")
      let second = try scratch.startStanding("runs/b")
      first.daemon.signal(SIGSTOP)
      defer { first.daemon.signal(SIGCONT) }
      let stopping = try RunningProgram(
        Executables.limbd, ["estop"], standingIn: scratch.directory, scratch: scratch)
      #expect(second.client.waits { $0["state"]?.string == "ESTOP" }, "\(second.daemon.errors)")
      #expect(stopping.process.isRunning, "the other was stopped before the wait for the first was over")
      #expect(stopping.end() == 74 && stopping.errors.contains("cut the robot's power"), "\(stopping.errors)")
      #expect(stopping.output.contains("runs/b/control.sock: e-stop sent"), "\(stopping.output)")
      first.daemon.signal(SIGCONT)
      #expect(first.client.waits { $0["state"]?.string == "ESTOP" }, "what was asked while it hung is done")
      for daemon in [first.daemon, second.daemon] { daemon.expectCleanEnd() }
    }
  }
}

import Foundation
import LimbOperations
import LimbTestSupport
import Testing

@testable import LimbDaemon

extension Trials {
  /// Rows of the fault matrix that need the real programs: limbd stopped, killed, ended, doubled, crowded.
  @Suite("Fault matrix: processes")
  struct ProcessFaults {
    @Test("stopped for a second in mid-stride: the device stops by itself, stale commands move nothing, a person goes on")
    func stopped() throws {
      let walker = try Walker()
      let armings = walker.client.counter("armings")
      let late = walker.client.counter("late_wakes")
      walker.daemon.signal(SIGSTOP)
      usleep(1_000_000)
      walker.daemon.signal(SIGCONT)
      #expect(walker.client.waits { ["DISARMED", "FAULT", "LINK"].contains($0["state"]?.string ?? "") })
      #expect(walker.client.waits { $0["linked"]?.bool == true && $0["state"]?.string == "DISARMED" })
      #expect(["damp", "limp"].contains(walker.client.status()?["device_state"]?.string ?? ""))
      #expect(walker.client.counter("armings") == armings)
      #expect(walker.client.counter("late_wakes") > late)
      let told = try #require(walker.client.status()?["last_stop"]?.string)
      #expect(["device_stopped", "stale_sensors", "link_lost"].contains(told), "\(told)")
      try walker.isWonBack()
      try walker.expectKept("daemon-stopped")
      FaultMatrix.report("daemon-stopped", path: ["DISARMED"], logged: ["late_wakes"])
    }

    @Test("killed in mid-stride: the device stops by itself, the next start is disarmed and holds what was acknowledged")
    func killed() throws {
      let walker = try Walker()
      walker.daemon.signal(SIGKILL)
      _ = walker.daemon.end()
      try walker.restart()
      #expect(walker.client.waits { $0["state"]?.string == "DISARMED" })
      #expect(["damp", "limp"].contains(walker.client.status()?["device_state"]?.string ?? ""))
      #expect(walker.client.counter("armings") == 0)
      let arm = try walker.scratch.run(["arm", "--socket", walker.client.path])
      #expect(arm.code == 1 && arm.errors.contains("clear"), "\(arm.errors)")
      try walker.expectKept("daemon-killed", end: false)
      try walker.isWonBack()
      walker.daemon.expectCleanEnd()
      FaultMatrix.report("daemon-killed", path: ["BOOT", "LINK", "DISARMED"], logged: ["arm: refused, clear first"])
    }

    @Test("told to end in mid-stride: the robot sits, motors go off, files are closed in order")
    func terminated() throws {
      let walker = try Walker()
      try walker.expectKept("daemon-terminated")
      let log = try walker.scratch.inspect(walker.state + "/sessions/session-00000001-000.limblog")
      #expect(log["closed_in_order"]?.bool == true)
      try walker.restart()
      #expect(walker.client.waits { $0["device_state"]?.string == "disarmed" && $0["motors_enabled"]?.bool == false })
      walker.daemon.expectCleanEnd()
      FaultMatrix.report("daemon-terminated", path: ["SAFE_STOP", "DISARMED"], logged: ["limbd inspect: closed_in_order"])
    }

    @Test("a second daemon on the same robot is told who holds the port, and the first walks on")
    func second() throws {
      let walker = try Walker()
      let second = try walker.scratch.start(["run", walker.profile, "--state", walker.scratch.path("b")])
      #expect(eventually { second.errors.contains("busy") }, "\(second.errors)")
      #expect(second.errors.contains("process \(walker.daemon.process.processIdentifier)"), "\(second.errors)")
      walker.expectWalksOn("two-daemons")
      second.expectCleanEnd()
      try walker.expectKept("two-daemons")
      FaultMatrix.report("two-daemons", path: [], logged: ["port busy, held by which process"])
    }

    @Test("another process that takes the port while the cable is out is named; limbd waits, and finds the robot when it goes")
    func stolen() throws {
      let walker = try Walker()
      let armings = walker.client.counter("armings")
      // The cable: the simulator ends, and another robot's cable is put in while limbd cannot look.
      walker.robot.signal(SIGTERM)
      _ = walker.robot.end(withinSeconds: 30)
      #expect(walker.client.waits { $0["linked"]?.bool == false })
      walker.daemon.signal(SIGSTOP)
      let again = try walker.scratch.startSimulator(walker.scratch.smallProfile(), port: walker.port)
      let thief = try walker.scratch.start(["run", walker.profile, "--state", walker.scratch.path("thief")])
      let other = Client(state: walker.scratch.path("thief"))
      #expect(other.waits { $0["linked"]?.bool == true }, "\(thief.errors)")
      walker.daemon.signal(SIGCONT)
      #expect(eventually { walker.daemon.errors.contains("busy") }, "\(walker.daemon.errors)")
      #expect(walker.daemon.errors.contains("process \(thief.process.processIdentifier)"), "\(walker.daemon.errors)")
      thief.expectCleanEnd()
      #expect(walker.client.waits { $0["linked"]?.bool == true }, "\(walker.daemon.errors)")
      #expect(walker.client.counter("armings") == armings)
      try walker.isWonBack()
      try walker.expectKept("port-stolen")
      #expect(again.process.isRunning)
      FaultMatrix.report("port-stolen", path: ["LINK", "DISARMED"], logged: ["port busy, held by which process"])
    }

    @Test("a client that asks and never reads holds up nobody")
    func client() throws {
      let walker = try Walker()
      let silent = try SilentClient(path: walker.client.path)
      let asked = silent.askWithoutReading(times: 20_000)
      #expect(asked > 100, "\(asked)")
      walker.expectWalksOn("client-hangs")
      withExtendedLifetime(silent) {}
      try walker.expectKept("client-hangs")
      FaultMatrix.report("client-hangs", path: [], logged: [])
    }

    @Test("an estop gets through a hundred clients that crowd the socket")
    func crowd() throws {
      let walker = try Walker()
      let crowd = (0..<100).compactMap { _ in try? SilentClient(path: walker.client.path) }
      for one in crowd { _ = one.askWithoutReading(times: 200) }
      let estop = try walker.scratch.run(["estop", "--socket", walker.client.path])
      #expect(estop.code == 0, "\(estop.errors)")
      withExtendedLifetime(crowd) {}
      #expect(walker.client.waits { $0["state"]?.string == "ESTOP" && $0["reason"]?.string == "emergency_stop_requested" })
      #expect(walker.client.waits { $0["device_state"]?.string == "emergency_stop" })
      try walker.isWonBack(estop: true)
      try walker.expectKept("estop-socket-crowded")
      FaultMatrix.report("estop-socket-crowded", path: ["ESTOP"], logged: ["emergency_stop_requested"])
    }

    @Test("a date that jumps by a year and back changes nothing")
    func clock() throws {
      let scratch = try Scratch()
      let library = try #require(try SmallProgram.build("shifted_clock", shared: true, in: scratch), "no C compiler")
      let switched = scratch.path("shifted")
      let walker = try Walker(environment: ["LD_PRELOAD": library, "SHIFTED_CLOCK": switched])
      _ = FileManager.default.createFile(atPath: switched, contents: nil)
      walker.expectWalksOn("clock-jump, forwards")
      try FileManager.default.removeItem(atPath: switched)
      walker.expectWalksOn("clock-jump, back")
      try walker.expectKept("clock-jump")
      FaultMatrix.report("clock-jump", path: [], logged: [])
    }
  }
}

/// A client of the control socket that asks and never reads.
final class SilentClient {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    // What was opened is closed by deinit, here too.
    guard result == 0 else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(descriptor) }

  /// Writes requests until the socket takes no more, or so many; returns how many went.
  func askWithoutReading(times: Int) -> Int {
    let line = Array("status\n".utf8)
    for count in 0..<times {
      guard unsafe send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else { return count }
    }
    return times
  }
}

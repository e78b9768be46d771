import Foundation
import LimbOperations
import LimbTestSupport
import Testing

@testable import LimbDaemon

extension Trials {
  /// Rows of the fault matrix in which the disk goes.
  @Suite("Fault matrix: storage")
  struct StorageFaults {
    @Test("segments that vanish under the map may end limbd; the device stops, and what is left opens again")
    func diskGone() throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port)
      // A learner that samples from the start.
      let profile = try scratch.realProfile(port: port, [("warm_up_steps: 500", "warm_up_steps: 60")])
      let daemon = try scratch.start(["run", profile, "--state", state])
      let client = Client(state: state)
      try #require(client.waits { $0["linked"]?.bool == true }, "\(daemon.errors)")
      try #require(client.arms(), "\(daemon.errors)")
      try #require(client.waits { ($0["updates_total"]?.number ?? 0) > 5 }, "\(daemon.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: state + "/replay")
      let segments = names.filter { $0.hasPrefix("segment-") }
      try #require(!segments.isEmpty, "\(names)")
      // Whoever reads a page that its file has lost gets SIGBUS, as from a disk that fails; the next append makes it long
      // again, so it is cut until somebody has read.
      let isGone = eventually {
        for _ in 0..<40 {
          for name in segments { _ = unsafe truncate(state + "/replay/" + name, 0) }
          usleep(500)
        }
        return !daemon.process.isRunning
      }
      #expect(isGone)
      let code = daemon.end(withinSeconds: 30)
      #expect(code == 128 + SIGBUS, "\(String(describing: code)) \(daemon.errors)")
      #expect(robot.process.isRunning)
      let again = try scratch.start(["run", profile, "--state", state])
      try #require(client.waits { $0["linked"]?.bool == true && $0["state"]?.string == "DISARMED" }, "\(again.errors)")
      #expect(["damp", "limp"].contains(client.status()?["device_state"]?.string ?? ""))
      _ = try scratch.run(["clear", "--socket", client.path])
      #expect(client.arms(), "\(again.errors)")
      again.expectCleanEnd()
      FaultMatrix.report("disk-gone", path: ["BOOT", "LINK", "DISARMED"], logged: ["exit code 135 (SIGBUS)"])
    }

    @Test("a state directory that is removed under limbd: the robot walks on, and is put away in order")
    func directoryGone() throws {
      let walker = try Walker()
      try FileManager.default.removeItem(atPath: walker.state)
      usleep(2_000_000)
      #expect(walker.daemon.process.isRunning, "\(walker.daemon.errors)")
      walker.daemon.signal(SIGTERM)
      let code = walker.daemon.end(withinSeconds: 60)
      #expect(code == 0 || code == 1, "\(String(describing: code)) \(walker.daemon.errors)")
      #expect(walker.daemon.errors.contains(walker.state), "\(walker.daemon.errors)")
      try walker.restart()
      #expect(walker.client.waits { $0["device_state"]?.string == "disarmed" && $0["motors_enabled"]?.bool == false })
      walker.daemon.expectCleanEnd()
      FaultMatrix.report("directory-gone", path: [], logged: ["what could not be written, at the end"])
    }
  }
}

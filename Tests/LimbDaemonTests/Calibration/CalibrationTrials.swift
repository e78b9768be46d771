import Foundation
import LimbOperations
import LimbTestSupport
import Testing

@testable import LimbDaemon

extension Trials {
  /// Promise S9 on the real programs.
  @Suite("Calibration")
  struct Calibrations {
    @Test("a real robot that nobody has confirmed cannot be armed; confirmed it can; with a changed mounting it cannot again")
    func gate() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port)
      let profile = try scratch.realProfile(port: port, isCalibrated: false)
      var daemon = try scratch.start(["run", profile, "--state", scratch.path("s"), "--policy", "zero"])
      let client = Client(state: scratch.path("s"))
      try #require(client.waits { $0["linked"]?.bool == true }, "\(daemon.errors)")
      #expect(eventually { daemon.errors.contains("cannot be armed") && daemon.errors.contains("limbd calibrate \(profile)") })
      // Frames may go missing on a busy machine, which is refused by another name.
      var refusal = ""
      #expect(
        try eventually(withinSeconds: 20) {
          refusal = try scratch.run(["arm", "--socket", client.path]).errors
          return refusal.contains("not_calibrated")
        }, "\(refusal)")
      #expect(client.counter("armings") == 0)

      // The port is the daemon's: which device it is has to be told.
      let device = try #require(client.status()?["device_uuid"]?.string)
      #expect(device == Scratch.simulatedDevice)
      let busy = try scratch.run(["calibrate", profile, "--accept"])
      #expect(busy.code == 69 && busy.errors.contains("busy"), "\(busy.errors)")
      let accepted = try scratch.run(["calibrate", profile, "--accept", "--uuid", device])
      #expect(accepted.code == 0, "\(accepted.errors)")
      #expect(eventually { daemon.errors.contains("calibration confirmed") }, "\(daemon.errors)")
      #expect(client.arms(), "\(client.state()) \(daemon.errors)")
      daemon.expectCleanEnd()

      let text = try String(contentsOfFile: profile, encoding: .utf8)
      try text.replacing("mounting_rpy_deg: [0, 0, 0]", with: "mounting_rpy_deg: [0, 0, 1]").write(toFile: profile, atomically: true, encoding: .utf8)
      daemon = try scratch.start(["run", profile, "--state", scratch.path("t"), "--policy", "zero"])
      #expect(eventually { daemon.errors.contains("have changed since") }, "\(daemon.errors)")
      daemon.expectCleanEnd()
      #expect(robot.process.isRunning)
    }

    @Test("the guided way names what the robot does not show, confirms nothing unless it ends, and never powers a motor")
    func guided() throws {
      let scratch = try Scratch()
      let port = scratch.path("port")
      let robot = try scratch.startSimulator(scratch.smallProfile(), port: port)
      let profile = try scratch.realProfile(port: port, isCalibrated: false)
      let answers = scratch.path("answers")
      try "\n\n".write(toFile: answers, atomically: true, encoding: .utf8)
      let outcome = try scratch.run(
        "/bin/sh", ["-c", "exec \"$0\" \"$@\" < \(answers)", Executables.limbd, "calibrate", profile])
      #expect(outcome.code == 1 && outcome.errors.contains("nothing is confirmed"), "\(outcome.errors)")
      #expect(outcome.output.contains("Stand the robot level") && outcome.output.contains(Scratch.simulatedDevice), "\(outcome.output)")
      #expect(!FileManager.default.fileExists(atPath: CalibrationRecord.path(profile: profile)))
      #expect(robot.process.isRunning)
      let simulated = try scratch.run(["calibrate", scratch.smallProfile()])
      #expect(simulated.code == 64 && simulated.errors.contains("sim:"))
    }
  }
}

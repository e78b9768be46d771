import ArgumentParser
import LimbDaemon

/// The program. Each subcommand stands in a file of its own and only turns words into calls.
@main
struct Limbd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limbd",
    abstract: "Real-time robot control that learns while the robot moves.",
    discussion: """
      A first look, without hardware: limbd run configs/quad8-sim.yaml --arm
      A robot of your own: copy configs/template-real.yaml, then limbd check PROFILE

      Nothing moves because a process started: arming is always an explicit act.
      Exit codes: 0 ok, 1 failure, 64 usage, 66 no input, 69 unavailable, 74 I/O, 77 permission, 78 configuration.
      """,
    version: BuildIdentity.text,
    subcommands: [
      Run.self, Check.self, Calibrate.self, Doctor.self, Status.self, Arm.self, Disarm.self, Pause.self, Resume.self, Clear.self, Estop.self,
      Policy.self, Train.self, Environment.self, Inspect.self, Report.self, Bench.self,
    ])
}

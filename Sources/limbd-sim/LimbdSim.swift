import ArgumentParser
import Glibc
import LimbProfile
import LimbSimulator
import Synchronization

/// `limbd-sim`: the simulated robot on a pseudo-terminal.
@main
struct LimbdSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limbd-sim",
    abstract: "The simulated robot on a pseudo-terminal.",
    discussion: """
      Runs the robot that PROFILE describes (its section simulation:) in a physics engine, with the same C firmware \
      that a microcontroller runs, and speaks the wire protocol on a pseudo-terminal. Prints "ready PATH" once the \
      port is there. `limbd run` starts it by itself for a profile with port: "sim:"; to start it by hand, name the symlink \
      as the port in a profile.

      A person stands by: a robot that has fallen, or that has lost its power, is lifted upright by hand after its \
      motors have been without stiffness for a second, held while its legs drive to their stance, and let go once they \
      carry it.

      What can go wrong (--fault, repeatable):
      """ + "\n" + FaultParser.help)

  @Argument(help: "The robot's profile (YAML).")
  var profile: String

  @Option(help: ArgumentHelp("Where to make the symlink to the port.", valueName: "path"))
  var port: String

  @Option(help: "Seed of noise, latency, friction, masses and faults.")
  var seed: UInt64 = 0

  @Flag(help: "Stand still until the host has answered each tick (granted only to a host that asks for it).")
  var lockstep = false

  @Option(help: ArgumentHelp("Write the true state, one record a sensor frame, for scoring.", valueName: "file"))
  var truth: String?

  @Option(help: ArgumentHelp("Something that goes wrong, such as drop@12.5s:for=0.2s; see above.", valueName: "spec"))
  var fault: [String] = []

  @Option(help: ArgumentHelp("Lockstep: exit when the host has owed an answer for so long.", valueName: "seconds"))
  var patience = 30

  @Option(help: ArgumentHelp("Exit when this inherited descriptor reaches its end.", valueName: "fd"))
  var lifetimeFd: Int32 = -1

  mutating func validate() throws {
    guard (1...1_000_000_000).contains(patience) else {
      throw ValidationError("--patience: found \(patience), expected 1 … 1000000000 seconds.")
    }
  }

  func run() throws {
    do {
      try simulate()
    } catch let error as ProfileError {
      complain(error.description)
      throw ExitCode(78)
    } catch let error as FaultSyntaxError {
      complain(error.description)
      throw ExitCode(64)
    } catch let error as SimulatorError {
      complain(error.description)
      throw ExitCode(Self.exitCode(error))
    }
  }

  private func simulate() throws {
    let robot = try RobotProfile.load(path: profile)
    guard let model = robot.simulationModelPath(profilePath: profile) else {
      throw SimulatorError.noSimulation(profile: profile)
    }
    let faults = try FaultSchedule(parsing: fault, jointNames: robot.joints.map(\.name))
    try faults.check(fault, against: robot)
    installSignals()
    var run = try SimulatorRun(
      SimulatorRun.Options(
        profile: robot, modelPath: model, port: port, seed: seed, isLockstep: lockstep, truthPath: truth,
        faults: faults, lifetime: lifetimeFd, silenceSeconds: patience))
    print("ready \(port)")
    fflush(nil)
    try run.run()
  }

  private func installSignals() {
    signal(SIGPIPE, SIG_IGN)
    // Whoever started us may have left them blocked, and a mask is inherited.
    var wanted = sigset_t()
    unsafe sigemptyset(&wanted)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&wanted, number) }
    _ = unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    for number in [SIGTERM, SIGINT, SIGHUP] {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in
        SimulatorRun.stopRequested.store(true, ordering: .relaxed)
      }
      _ = unsafe sigaction(number, &action, nil)
    }
  }

  private func complain(_ text: String) {
    let line = "limbd-sim: \(text)\n"
    _ = unsafe line.withCString { unsafe write(2, $0, strlen($0)) }
  }

  private static func exitCode(_ error: SimulatorError) -> Int32 {
    switch error {
    case .noSimulation, .missing, .firmwareConfiguration: 78
    case .model: 66
    case .system, .occupied: 74
    case .peerClosed, .peerSilent: 69
    }
  }
}

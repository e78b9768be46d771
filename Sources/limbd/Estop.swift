import ArgumentParser
import LimbOperations

/// `limbd estop`.
struct Estop: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "estop", abstract: "Stop the robot now. Latches; works while anything else is stuck.")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.send(.emergencyStop, done: "e-stop sent") }
}

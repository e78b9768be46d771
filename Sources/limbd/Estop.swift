import ArgumentParser
import LimbOperations

/// `limbd estop`.
struct Estop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estop", abstract: "Stop the robot now. Latches; works while anything else is stuck.",
    discussion: "Without --robot or --socket every limbd that is found in /run/limbd and ./runs is stopped.")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.sendToAll(.emergencyStop, done: "e-stop sent") }
}

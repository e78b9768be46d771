import ArgumentParser
import LimbOperations

/// `limbd clear`.
struct Clear: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Clear a latched fault whose cause is gone.",
    discussion: "A latched e-stop needs --estop. Clearing never moves anything: arm afterwards.")

  @OptionGroup var client: ClientOptions

  @Flag(name: .customLong("estop"), help: "Also clear a latched e-stop.")
  var emergencyStop = false

  func run() throws { try client.send(.clear(emergencyStop: emergencyStop), done: "cleared") }
}

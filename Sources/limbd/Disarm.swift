import ArgumentParser
import LimbOperations

/// `limbd disarm`.
struct Disarm: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "disarm", abstract: "Sit or park with fresh sensors, then motors off.")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.send(.disarm, done: "disarming") }
}

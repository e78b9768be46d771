import ArgumentParser
import LimbOperations

/// `limbd disarm`.
struct Disarm: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "disarm", abstract: "Stop moving")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.send(.disarm, done: " sit or park with fresh sensors, then motors off.:disarming") }
}

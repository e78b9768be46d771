import ArgumentParser
import LimbOperations

/// `limbd pause`.
struct Pause: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pause", abstract: "End the episode, sit or park, and wait armed.")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.send(.pause, done: "pausing") }
}

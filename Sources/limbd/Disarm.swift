import ArgumentParser
import LimbOperations

/// `limbd disarm`.
struct Disarm: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "disarm", abstract: "Sit or park with fresh sensors, then motors off.")

  @OptionGroup var client: ClientOptions

  /// A robot that parks slowly is waited for: the answer comes when the device has let go.
  func run() throws { try client.send(.disarm, done: "disarmed", timeoutMilliseconds: 600_000) }
}

import ArgumentParser
import LimbOperations

/// `limbd resume`.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "resume", abstract: "Go on after pause, or confirm that the robot may stand up.")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.send(.resume, done: "resuming", moves: true) }
}

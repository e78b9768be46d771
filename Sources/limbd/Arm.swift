import ArgumentParser
import LimbOperations

/// `limbd arm`.
struct Arm: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "arm", abstract: "Ask the running daemon to arm the robot.")

  @OptionGroup var client: ClientOptions

  func run() throws { try client.send(.arm, done: "arming, see: limbd status", moves: true) }
}

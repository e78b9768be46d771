import ArgumentParser
import LimbOperations

/// `limbd policy`.
struct Policy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Change what chooses the actions: sample (learns), mean, or zero.")

  @OptionGroup var client: ClientOptions

  @Argument(help: "sample, mean or zero.")
  var mode: String

  mutating func validate() throws {
    guard ["sample", "mean", "zero"].contains(mode) else {
      throw ValidationError("Found \"\(mode)\", expected sample, mean or zero.")
    }
  }

  func run() throws { try client.send(.policy(mode), done: "policy: \(mode)") }
}

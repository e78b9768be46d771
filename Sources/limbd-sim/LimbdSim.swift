import ArgumentParser

@main
struct LimbdSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limbd-sim", abstract: "The simulated robot on a pseudo-terminal.")
}

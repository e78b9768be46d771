import ArgumentParser

@main
struct Limbd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limbd", abstract: "Real-time robot control that learns while the robot moves.")
}

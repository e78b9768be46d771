import ArgumentParser
import LimbOperations

/// Which running daemon is meant; shared by every command that talks to one.
struct ClientOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The robot's name: talks on /run/limbd/NAME/control.sock.", valueName: "name"))
  var robot: String?

  @Option(help: ArgumentHelp("The control socket itself (what run printed, or --socket of run).", valueName: "path"))
  var socket: String?

  @Flag(help: "Print the daemon's answer as JSON.")
  var json = false

  mutating func validate() throws {
    if robot == nil && socket == nil { throw ValidationError("Name the daemon: --robot NAME or --socket PATH.") }
    if robot != nil && socket != nil { throw ValidationError("Give --robot or --socket, not both.") }
    if let robot, robot.contains("/") { throw ValidationError("A robot's name has no slash: \"\(robot)\".") }
  }

  var path: String { socket ?? "/run/limbd/\(robot ?? "")/control.sock" }

  /// Asks, prints, and exits with a code that tells: 0 done, 1 refused, 69 nobody there, 74 I/O.
  /// The daemon itself gives up within its own time; `timeoutMilliseconds` is for one that hangs.
  func send(_ request: ControlRequest, done: String, timeoutMilliseconds: Int64 = 5000) throws {
    let reply: String
    do throws(OperationsError) {
      reply = try ControlClient.ask(request, path: path, timeoutMilliseconds: timeoutMilliseconds)
    } catch {
      printError(error.message)
      switch error {
      case .notRunning: throw ExitCode(Exit.unavailable)
      default: throw ExitCode(Exit.inputOutput)
      }
    }
    let accepted = reply.hasPrefix("{\"ok\":true")
    if json { print(reply) } else if accepted { print(done) } else { printError(JSONReader(reply)?["error"]?.string ?? reply) }
    if !accepted { throw ExitCode(Exit.failure) }
  }
}

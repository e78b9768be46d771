import ArgumentParser
import LimbOperations

/// Which running daemon is meant; shared by every command that talks to one.
struct ClientOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The robot's name: /run/limbd/NAME/control.sock, else runs/NAME/control.sock here. Not needed while one daemon runs.", valueName: "name"))
  var robot: String?

  @Option(
    help: ArgumentHelp("The control socket itself (what run printed, or --socket of run). Not needed for the only one in ./runs.", valueName: "path"))
  var socket: String?

  @Flag(help: "Print the daemon's answer as JSON.")
  var json = false

  mutating func validate() throws {
    if robot != nil && socket != nil { throw ValidationError("Give --robot or --socket, not both.") }
    if let robot, robot.contains("/") { throw ValidationError("A robot's name has no slash: \"\(robot)\".") }
  }

  /// The daemon that was named, or else all that are found. Exits with 69 if there is none.
  func paths() throws -> [String] {
    if let path = socket ?? robot.map(DaemonSearch.socket) { return [path] }
    let found = DaemonSearch.sockets()
    if found.isEmpty {
      let places = DaemonSearch.folders.map { $0 + "/*/control.sock" }.joined(separator: " or ")
      printError(
        "no running limbd at \(places); name it with --robot NAME or --socket PATH (a run in --lockstep has no socket)")
      throw ExitCode(Exit.unavailable)
    }
    return found
  }

  /// The one daemon that is meant. Exits with 64 if several run and none was named: a guess could move the wrong robot.
  func path() throws -> String {
    let found = try paths()
    guard found.count == 1 else {
      printError("\(found.count) daemons run: \(found.joined(separator: ", ")); say which with --robot NAME or --socket PATH")
      throw ExitCode(Exit.usage)
    }
    return found[0]
  }

  /// Asks, prints, and exits with a code that tells: 0 done, 1 refused, 64 which of several, 69 nobody there, 74 I/O.
  /// The daemon itself gives up within its own time; `timeoutMilliseconds` is for one that hangs.
  /// With `moves` a service that was not named is refused: the person may mean a simulation, and a real robot would move.
  func send(_ request: ControlRequest, done: String, timeoutMilliseconds: Int64 = 5000, moves: Bool = false) throws {
    let path = try path()
    let isNamed = socket != nil || robot != nil
    if moves, !isNamed, path.hasPrefix(DaemonSearch.folders[0]) {
      printError("\(path) is a service, and this may move a real robot: name it with --robot NAME or --socket PATH")
      throw ExitCode(Exit.usage)
    }
    let code = ask(request, path, done: isNamed ? done : "\(path): \(done)", timeoutMilliseconds)
    if code != 0 { throw ExitCode(code) }
  }

  /// The same to every daemon that was found, for what must not wait for a choice. The worst exit code of all.
  /// One that hangs keeps no other waiting: the first round gives each a moment, and it does no harm to ask twice.
  func sendToAll(_ request: ControlRequest, done: String) throws {
    do {
      let found = try paths()
      if found.count > 1 {
        for path in found { _ = try? ControlClient.ask(request, path: path, timeoutMilliseconds: Self.momentMilliseconds) }
      }
      let worst = found.map { ask(request, $0, done: "\($0): \(done)", 5000) }.max() ?? 0
      if worst != 0 { throw ExitCode(worst) }
    } catch {
      printError("the stop is not confirmed: cut the robot's power")
      throw error
    }
  }

  private static let momentMilliseconds: Int64 = 200

  private func ask(_ request: ControlRequest, _ path: String, done: String, _ timeoutMilliseconds: Int64) -> Int32 {
    let reply: String
    do throws(OperationsError) {
      reply = try ControlClient.ask(request, path: path, timeoutMilliseconds: timeoutMilliseconds)
    } catch {
      printError(error.message)
      if case .notRunning = error { return Exit.unavailable }
      return Exit.inputOutput
    }
    let accepted = reply.hasPrefix("{\"ok\":true")
    if json { print(reply) } else if accepted { print(done) } else { printError(JSONReader(reply)?["error"]?.string ?? reply) }
    return accepted ? 0 : Exit.failure
  }
}

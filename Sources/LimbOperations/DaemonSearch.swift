internal import Glibc

/// Finds the daemons that run on this computer, for a client that was not told which one is meant.
package enum DaemonSearch {
  /// Where control sockets lie: those of the service, then those of `limbd run` in the present folder.
  package static let folders = ["/run/limbd", "runs"]

  /// Sockets `FOLDER/*/control.sock` behind which somebody listens, in the order of `folders`. One that this user may not open
  /// is among them: asking it says why. Waits up to two seconds for a daemon that hangs.
  package static func sockets(in folders: [String] = folders) -> [String] {
    folders.flatMap { candidates($0 + "/*/control.sock") }.filter(ControlClient.isListening)
  }

  /// The socket of a robot by its name: the first of the folders in which somebody listens, or else the service's.
  package static func socket(robot: String) -> String {
    let paths = folders.map { "\($0)/\(robot)/control.sock" }
    return paths.first(where: ControlClient.isListening) ?? paths[0]
  }

  private static func candidates(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0, let paths = unsafe found.gl_pathv else { return [] }
    return (0..<Int(unsafe found.gl_pathc)).compactMap { index in unsafe paths[index].map { unsafe String(cString: $0) } }
  }
}

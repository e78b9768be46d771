internal import Glibc

/// An environment as a child process: `/bin/sh -c COMMAND`, with standard input and output on one socket and standard
/// error left alone.
///
/// A process group of its own, so that Ctrl-C in a terminal reaches the learner alone, which ends it by QUIT. A learner
/// that dies takes it along: it reads the end of its standard input.
package final class EnvironmentChild {
  /// Our end of its standard input and output.
  package let socket: Int32
  private let pid: pid_t
  private var hasEnded = false

  /// Starts it.
  package init(command: String) throws(EnvironmentError) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw .system(call: "socketpair", errno: errno) }
    let spawned = Self.spawn(command, standardStreams: ends[1])
    close(ends[1])
    guard let child = spawned.pid else {
      close(ends[0])
      throw .system(call: "posix_spawn /bin/sh", errno: spawned.errno)
    }
    socket = ends[0]
    pid = child
  }

  private static func spawn(_ command: String, standardStreams: Int32) -> (pid: pid_t?, errno: Int32) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, standardStreams, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, standardStreams, 1)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    // The learner ignores SIGPIPE; a program that writes to nobody should end as it is used to.
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let arguments = ["sh", "-c", command]
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { for index in arguments.indices { unsafe free(pointers[index]) } }
    var child = pid_t()
    let result = unsafe posix_spawn(&child, "/bin/sh", &actions, &attributes, &pointers, environ)
    return result == 0 ? (child, 0) : (nil, result)
  }

  /// How it ended, in words; waits a second for it, since its streams may end shortly before.
  package func endInWords() -> String {
    guard let status = reap(withinMilliseconds: 1000) else { return "it closed its standard output" }
    if status & 0x7F == 0 { return "it ended with exit code \(status >> 8 & 0xFF)" }
    return "it was ended by signal \(status & 0x7F)"
  }

  /// Its end as waitpid tells it, nil if it still runs.
  private func reap(withinMilliseconds limit: Int) -> Int32? {
    var status: Int32 = 0
    for _ in 0...limit / 10 {
      let result = unsafe waitpid(pid, &status, WNOHANG)
      if result == pid {
        hasEnded = true
        return status
      }
      if result < 0, errno != EINTR {
        hasEnded = true
        return nil
      }
      usleep(10_000)
    }
    return nil
  }

  /// It reads the end of its input, and has five seconds to go; then its whole group is killed.
  deinit {
    close(socket)
    if !hasEnded, reap(withinMilliseconds: 5000) == nil, !hasEnded {
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      _ = unsafe waitpid(pid, &status, 0)
    }
  }
}

import Glibc

/// The directory in which one robot's life is kept: `replay/`, `sessions/`, `checkpoints/`, `policies/`, `truth/`.
///
/// Held by a lock for as long as this object lives, so that two daemons never write into one directory. Not for the
/// control thread.
package final class StateDirectory {
  /// The directory itself.
  package let path: String
  private let lock: Int32

  /// Replay segments.
  package var replay: String { path + "/replay" }
  /// Session logs.
  package var sessions: String { path + "/sessions" }
  /// Learner checkpoints.
  package var checkpoints: String { path + "/checkpoints" }
  /// Every policy that the robot has followed.
  package var policies: String { path + "/policies" }
  /// Where the simulator writes its truth; the daemon never reads it.
  package var truth: String { path + "/truth" }

  /// Makes what is missing and takes the lock.
  package init(path: String) throws(DaemonError) {
    self.path = path
    for directory in [path, path + "/replay", path + "/sessions", path + "/checkpoints", path + "/policies", path + "/truth"] {
      try Self.makeDirectory(directory)
    }
    lock = try Self.takeLock(path)
  }

  /// The descriptor of the lock file, locked. Closed here when the lock is another's: an initialiser that throws once every
  /// property is set runs `deinit` too, and a second close would hit whatever has the number by then.
  private static func takeLock(_ directory: String) throws(DaemonError) -> Int32 {
    let path = directory + "/lock"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .state(path: path, call: "open", errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = holder(descriptor)
      close(descriptor)
      throw .stateInUse(path: directory, pid: holder)
    }
    let text = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = unsafe pwrite(descriptor, text, text.count, 0)
    return descriptor
  }

  deinit {
    // Nobody holds it any more, and two runs that did the same leave the same bytes.
    _ = ftruncate(lock, 0)
    // Not left to close: a child being started at this moment may still share the descriptor until its exec.
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// Makes one directory with its parents; an existing one is fine.
  static func makeDirectory(_ path: String) throws(DaemonError) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      if unsafe mkdir(partial, 0o750) != 0, errno != EEXIST {
        let code = errno
        // A parent we may not write to is fine as long as it is there.
        var status = stat()
        if unsafe stat(partial, &status) == 0 { continue }
        throw .state(path: partial, call: "mkdir", errno: code)
      }
    }
  }

  private static func holder(_ descriptor: Int32) -> Int32 {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return 0 }
    return Int32(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self)) ?? 0
  }
}

/// Replaces the file `path` whole: temporary, fsync, rename.
func writeWhole(_ text: String, to path: String) throws(DaemonError) {
  let temporary = path + ".new"
  let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
  guard descriptor >= 0 else { throw .state(path: temporary, call: "open", errno: errno) }
  let bytes = Array(text.utf8)
  let written = unsafe write(descriptor, bytes, bytes.count)
  let code = errno
  _ = fsync(descriptor)
  close(descriptor)
  guard written == bytes.count else { throw .state(path: temporary, call: "write", errno: code) }
  guard unsafe rename(temporary, path) == 0 else { throw .state(path: path, call: "rename", errno: errno) }
}

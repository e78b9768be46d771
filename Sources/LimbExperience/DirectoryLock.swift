internal import Glibc

/// Keeps a second process out of a directory for as long as the value lives. The kernel frees the lock when the
/// process dies, however it dies, so a lock never has to be removed by hand.
struct DirectoryLock: ~Copyable {
  private let descriptor: Int32

  /// Locks `directory` by the file `lock` in it, which then holds this process's id for the error of whoever comes
  /// next.
  init(directory: String) throws(ReplayError) {
    descriptor = try DirectoryLock.acquire(directory)
  }

  private static func acquire(_ directory: String) throws(ReplayError) -> Int32 {
    let path = directory + "/lock"
    let descriptor = try PosixFile.open(path, O_RDWR | O_CREAT)
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      let text = (try? PosixFile.read(descriptor, count: 16, at: 0, path: path)) ?? []
      close(descriptor)
      if reason != EWOULDBLOCK { throw .io(operation: "lock", path: path, errno: reason) }
      let digits = String(decoding: text.prefix { $0 >= 48 && $0 <= 57 }, as: UTF8.self)
      throw .locked(directory: directory, holderProcess: Int32(digits))
    }
    // The id is a courtesy: on a full disk the lock holds without it.
    let text = Array("\(getpid())\n".utf8)
    if (try? PosixFile.truncate(descriptor, count: 0, path: path)) != nil {
      _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress!, $0.count, 0) }
    }
    return descriptor
  }

  deinit {
    // Nobody holds it any more, and two runs that did the same leave the same bytes.
    _ = ftruncate(descriptor, 0)
    // Not left to close: a child being started at this moment may still share the descriptor until its exec.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

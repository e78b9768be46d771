internal import Glibc

/// The few file calls that the store needs, with typed errors and interrupted calls repeated.
package enum PosixFile {
  /// Opens a file, close-on-exec.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(ReplayError) -> Int32 {
    let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
    if descriptor < 0 { throw .io(operation: "open", path: path, errno: errno) }
    return descriptor
  }

  /// A second descriptor of the same open file, close-on-exec.
  static func duplicate(_ descriptor: Int32, path: String) throws(ReplayError) -> Int32 {
    let second = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    if second < 0 { throw .io(operation: "duplicate descriptor", path: path, errno: errno) }
    return second
  }

  /// Writes `count` bytes at `offset`, whole or with an error.
  static func write(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer, count: Int, at offset: Int, path: String
  ) throws(ReplayError) {
    var done = 0
    while done < count {
      let moved = unsafe pwrite(descriptor, bytes + done, count - done, off_t(offset + done))
      if moved < 0 {
        if errno == EINTR { continue }
        throw failure("write", path, errno, neededBytes: count)
      }
      done += moved
    }
  }

  /// Reads up to `count` bytes from `offset`; fewer only at the end of the file.
  static func read(_ descriptor: Int32, count: Int, at offset: Int, path: String) throws(ReplayError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let moved = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress! + done, count - done, off_t(offset + done))
      }
      if moved < 0 {
        if errno == EINTR { continue }
        throw .io(operation: "read", path: path, errno: errno)
      }
      if moved == 0 { break }
      done += moved
    }
    return Array(bytes[0..<done])
  }

  /// Reserves disk space for the first `count` bytes.
  static func reserve(_ descriptor: Int32, count: Int, path: String) throws(ReplayError) {
    var result = EINTR
    while result == EINTR { result = posix_fallocate(descriptor, 0, off_t(count)) }
    if result != 0 { throw failure("reserve space", path, result, neededBytes: count) }
  }

  /// Cuts the file to `count` bytes.
  static func truncate(_ descriptor: Int32, count: Int, path: String) throws(ReplayError) {
    while ftruncate(descriptor, off_t(count)) != 0 {
      if errno != EINTR { throw .io(operation: "truncate", path: path, errno: errno) }
    }
  }

  /// Brings the file's data to the disk.
  static func sync(_ descriptor: Int32, path: String) throws(ReplayError) {
    while fdatasync(descriptor) != 0 {
      if errno != EINTR { throw .io(operation: "sync", path: path, errno: errno) }
    }
  }

  /// Brings a directory's names to the disk.
  static func syncDirectory(_ path: String) throws(ReplayError) {
    let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw .io(operation: "sync", path: path, errno: errno) }
  }

  /// Bytes in the file.
  static func size(_ descriptor: Int32, path: String) throws(ReplayError) -> Int {
    var status = stat()
    if unsafe fstat(descriptor, &status) != 0 { throw .io(operation: "stat", path: path, errno: errno) }
    return Int(status.st_size)
  }

  /// Makes a directory and its parents; one that exists is fine.
  static func makeDirectory(_ path: String) throws(ReplayError) {
    if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    let reason = errno
    guard reason == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .io(operation: "make directory", path: path, errno: reason)
    }
    try makeDirectory(String(path[..<slash]))
    if unsafe mkdir(path, 0o755) != 0 && errno != EEXIST {
      throw .io(operation: "make directory", path: path, errno: errno)
    }
  }

  /// Names in a directory, sorted, without those that begin with a dot.
  package static func names(in path: String) throws(ReplayError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw .io(operation: "list", path: path, errno: errno) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Bytes that an ordinary process may still write to the file system of `path`, nil if it does not say.
  static func freeBytes(_ path: String) -> Int? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// The system's words for an error number.
  static func message(_ number: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    return unsafe text.withUnsafeMutableBufferPointer { buffer in
      guard unsafe strerror_r(number, buffer.baseAddress!, buffer.count) == 0 else { return "error \(number)" }
      return unsafe String(cString: buffer.baseAddress!)
    }
  }

  /// A failed call as a typed error: a full disk, quota or file-size limit is told from a broken device.
  private static func failure(_ operation: String, _ path: String, _ number: Int32, neededBytes: Int) -> ReplayError {
    switch number {
    case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path, neededBytes: neededBytes)
    default: .io(operation: operation, path: path, errno: number)
    }
  }
}

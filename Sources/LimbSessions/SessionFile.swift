internal import Glibc

/// The few file calls of this room, with typed errors and interrupted calls repeated.
enum SessionFile {
  static func open(_ path: String, _ flags: Int32) throws(SessionError) -> Int32 {
    let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .system("open", path) }
    return descriptor
  }

  /// Writes all of `bytes` at `offset`.
  static func write(_ descriptor: Int32, _ bytes: [UInt8], at offset: Int, path: String) throws(SessionError) {
    var done = 0
    while done < bytes.count {
      let moved = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress! + done, $0.count - done, off_t(offset + done))
      }
      if moved < 0 {
        if errno == EINTR { continue }
        throw .system("write", path)
      }
      done += moved
    }
  }

  /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
  static func read(_ descriptor: Int32, count: Int, at offset: Int, path: String) throws(SessionError) -> [UInt8] {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let moved = unsafe pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if moved < 0 && errno == EINTR { continue }
        if moved < 0 { failed = true }
        if moved <= 0 { break }
        filled += moved
      }
    }
    if failed { throw .system("read", path) }
    return bytes
  }

  static func size(_ descriptor: Int32, path: String) throws(SessionError) -> Int {
    var status = stat()
    if unsafe fstat(descriptor, &status) != 0 { throw .system("stat", path) }
    return Int(status.st_size)
  }

  static func sync(_ descriptor: Int32, path: String) throws(SessionError) {
    while fdatasync(descriptor) != 0 {
      if errno != EINTR { throw .system("sync", path) }
    }
  }

  static func syncDirectory(_ path: String) throws(SessionError) {
    let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw .system("sync", path) }
  }

  /// Makes a directory and its parents; one that exists is fine.
  static func makeDirectory(_ path: String) throws(SessionError) {
    if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .system("make directory", path)
    }
    try makeDirectory(String(path[..<slash]))
    if unsafe mkdir(path, 0o755) != 0 && errno != EEXIST { throw .system("make directory", path) }
  }

  /// Names in a directory, sorted; none if there is no such directory.
  static func names(in path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        })
    }
    return names.sorted()
  }

  /// Puts `bytes` in the place of `path` so that after a crash either the old or the new content is there, whole.
  static func replace(_ path: String, with bytes: [UInt8], in directory: String) throws(SessionError) {
    let unfinished = path + ".unfinished"
    let descriptor = try open(unfinished, O_WRONLY | O_CREAT | O_TRUNC)
    do throws(SessionError) {
      try write(descriptor, bytes, at: 0, path: path)
      if fsync(descriptor) != 0 { throw .system("sync", path) }
    } catch {
      close(descriptor)
      throw error
    }
    close(descriptor)
    if unsafe rename(unfinished, path) != 0 { throw .system("rename", path) }
    try syncDirectory(directory)
  }
}

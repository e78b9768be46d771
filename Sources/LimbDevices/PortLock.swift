internal import Glibc

/// Exclusion between processes that share a port: flock on the port itself is the lock; a file beside it carries the
/// process number for the error message of whoever comes second. The file is never unlinked (unlinking a lock file
/// lets two processes lock two files of one name). Off the control path.
struct PortLock: ~Copyable {
  /// The lock file, or -1 where none could be made (read-only system): the flock on the port still excludes.
  private let descriptor: Int32

  /// Takes the lock file of a resolved port path; throws `.busy` if a living process has it.
  init(path: String) throws(DeviceError) {
    let name = "limbd-" + String(path.dropFirst(path.hasPrefix("/dev/") ? 5 : 0).map { $0 == "/" ? "-" : $0 }) + ".lock"
    var taken: Int32 = -1
    for directory in PortLock.directories {
      let fd = unsafe Glibc.open(directory + "/" + name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard fd >= 0 else { continue }
      if flock(fd, LOCK_EX | LOCK_NB) == 0 {
        let line = "\(getpid())\n"
        if ftruncate(fd, 0) == 0 { _ = unsafe pwrite(fd, line, line.utf8.count, 0) }
        taken = fd
        break
      }
      let holder = PortLock.readHolder(fd)
      Glibc.close(fd)
      throw .busy(path: path, holder: holder)
    }
    descriptor = taken
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Where lock files may live, best first: the system's place, the service's own, anybody's.
  private static var directories: [String] {
    let own = unsafe getenv("RUNTIME_DIRECTORY").map { unsafe String(cString: $0) }
    return ["/run/lock"] + (own.map { [$0] } ?? []) + ["/tmp"]
  }

  private static func readHolder(_ fd: Int32) -> PortHolder {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe pread(fd, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(count, 0)).prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard let process = Int32(String(decoding: digits, as: UTF8.self)) else {
      return PortHolder(processIdentifier: nil, command: nil)
    }
    return PortHolder(processIdentifier: process, command: command(of: process))
  }

  /// The command line of a process, arguments separated by spaces; nil if it may not be read.
  static func command(of process: Int32) -> String? {
    guard let text = readSmallFile("/proc/\(process)/cmdline"), !text.isEmpty else { return nil }
    let words = text.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return String(words.joined(separator: " ").prefix(120))
  }

  /// A process that holds an flock on the file behind `fd` (from /proc/locks), or has `path` open (from /proc/*/fd).
  static func holder(of path: String, descriptor fd: Int32) -> PortHolder {
    let process = (fd >= 0 ? locker(fd) : nil) ?? openers(of: path).first
    return PortHolder(processIdentifier: process, command: process.flatMap { command(of: $0) })
  }

  private static func locker(_ fd: Int32) -> Int32? {
    var status = stat()
    guard unsafe fstat(fd, &status) == 0, let table = readSmallFile("/proc/locks") else { return nil }
    for line in String(decoding: table, as: UTF8.self).split(separator: "\n") {
      // "1: FLOCK  ADVISORY  WRITE 1234 00:18:5 0 EOF"; waiters have "->" and are left out by their field count.
      let fields = line.split(separator: " ")
      guard fields.count == 8, fields[1] == "FLOCK", fields[5].hasSuffix(":\(status.st_ino)"),
        let process = Int32(fields[4]), process > 0, process != getpid()
      else { continue }
      return process
    }
    return nil
  }

  /// Other processes that have `path` open, as far as this user may look.
  static func openers(of path: String) -> [Int32] {
    let own = getpid()
    return numericEntries("/proc").filter { process in
      process != own
        && numericEntries("/proc/\(process)/fd").contains { link("/proc/\(process)/fd/\($0)") == path }
    }
  }

  private static func link(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  private static func numericEntries(_ directory: String) -> [Int32] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var found: [Int32] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if let number = Int32(name) { found.append(number) }
    }
    return found.sorted()
  }
}

extension PortHolder {
  /// Other processes that have a port open, links followed, as far as this user may look. Reads /proc; opens no port.
  package static func open(_ path: String) -> [PortHolder] {
    PortLock.openers(of: path).map { PortHolder(processIdentifier: $0, command: PortLock.command(of: $0)) }
  }
}

/// The first 64 KiB of a file; nil if it cannot be read. Off the control path.
package func readSmallFile(_ path: String) -> [UInt8]? {
  let fd = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
  guard fd >= 0 else { return nil }
  defer { Glibc.close(fd) }
  var bytes = [UInt8](repeating: 0, count: 65536)
  var filled = 0
  while filled < bytes.count {
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe Glibc.read(fd, $0.baseAddress! + filled, $0.count - filled)
    }
    if count <= 0 { break }
    filled += count
  }
  return Array(bytes.prefix(filled))
}

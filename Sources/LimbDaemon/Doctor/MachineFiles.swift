internal import Glibc
internal import LimbDevices

/// What the system tells in files below `/proc`, `/sys`, `/dev` and `/run`. Tests give another root.
package struct MachineFiles: Sendable {
  /// What a file is, whose it is, and whether this process may read and write it.
  package struct Device: Sendable, Equatable {
    /// Serial ports are.
    package var isCharacterDevice = true
    /// By name; by number where it has none.
    package var group: String
    /// Permission bits.
    package var mode: Int
    /// This process may read and write it.
    package var isUsable: Bool
    /// Of the device's number, by which udev files what it knows.
    package var major = 188
    /// Of the device's number.
    package var minor = 0

    /// Told.
    package init(group: String, mode: Int, isUsable: Bool) {
      self.group = group
      self.mode = mode
      self.isUsable = isUsable
    }
  }

  private let root: String
  private let devices: [String: Device]

  /// - Parameters:
  ///   - root: stands before every path; empty for the computer itself.
  ///   - devices: what files below another root are taken for: only root may make devices.
  package init(root: String = "", devices: [String: Device] = [:]) {
    self.root = root
    self.devices = devices
  }

  /// What is at a path without links; nil if nothing is.
  func device(_ path: String) -> Device? {
    if let told = devices[path] { return told }
    var status = stat()
    guard unsafe stat(root + path, &status) == 0 else { return nil }
    var device = Device(
      group: ProcessRights.group(status.st_gid), mode: Int(status.st_mode & 0o777),
      isUsable: unsafe access(root + path, R_OK | W_OK) == 0)
    device.isCharacterDevice = status.st_mode & S_IFMT == S_IFCHR
    device.major = Int(status.st_rdev >> 8 & 0xFFF)
    device.minor = Int(status.st_rdev & 0xFF)
    return device
  }

  /// True if a path is a symbolic link, wherever it leads.
  func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(root + path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// A path as it is opened.
  func path(_ path: String) -> String { root + path }

  /// The text of a small file without white space at its ends; nil if it cannot be read.
  func text(_ path: String) -> String? {
    guard let bytes = readSmallFile(root + path) else { return nil }
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let trimmed = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    return String(decoding: Array(trimmed), as: UTF8.self)
  }

  /// The whole number in a file.
  func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

  /// The lines of a file; none if it cannot be read.
  func lines(_ path: String) -> [Substring] { text(path)?.split(separator: "\n") ?? [] }

  /// Names in a folder, sorted; none if it cannot be read.
  func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(root + folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Where a symbolic link leads in the end, as a path below the root; nil if nothing is there.
  func resolved(_ path: String) -> String? {
    guard let whole = TransportOpener.resolve(root + path) else { return nil }
    guard !root.isEmpty, let base = TransportOpener.resolve(root), whole.hasPrefix(base) else { return whole }
    return String(whole.dropFirst(base.count))
  }

  /// Running processes whose command (`/proc/PID/comm`) is `name`, with their arguments.
  func processes(named name: String) -> [(process: Int, arguments: [String])] {
    names(in: "/proc").compactMap { entry in
      // The kernel keeps fifteen letters of a name.
      guard let process = Int(entry), text("/proc/\(entry)/comm") == String(name.prefix(15)) else { return nil }
      let arguments = readSmallFile(root + "/proc/\(entry)/cmdline") ?? []
      return (process, arguments.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }
  }
}

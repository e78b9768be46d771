internal import CRealtime
internal import Glibc

/// The simulated robot's serial port: a pseudo-terminal whose far end stands under one symlink.
///
/// Unplugging closes the terminal and removes the symlink: whoever has it open reads end-of-file or EIO, as with a USB
/// adapter that was pulled. Plugging in again makes a new terminal under the same symlink. One thread owns it.
@safe package struct PseudoTerminal: ~Copyable {
  /// Where the symlink stands.
  package let path: String
  /// The near end; −1 while unplugged.
  private var descriptor: Int32 = -1
  /// What the symlink points to while plugged.
  private var farEnd = ""
  /// Bytes that found no room or no peer.
  package private(set) var lostBytes: UInt64 = 0

  /// What a read found.
  package enum Reading: Equatable, Sendable {
    /// So many bytes, at least one.
    case bytes(Int)
    /// A peer is there and has sent nothing.
    case nothing
    /// No peer has the port open, or it is unplugged.
    case nobody
  }

  /// Makes the port. `path` is free, or an old symlink, which is replaced.
  package init(path: String) throws(SimulatorError) {
    self.path = path
    try plug()
  }

  deinit {
    removeSymlink()
    if descriptor >= 0 { close(descriptor) }
  }

  /// True while the terminal and its symlink exist.
  package var isPlugged: Bool { descriptor >= 0 }

  /// The near end for poll(2); −1, which poll ignores, while unplugged.
  package var pollDescriptor: Int32 { descriptor }

  /// Makes a new terminal and puts the symlink, at one stroke, in its place. Nothing happens if it is plugged in.
  package mutating func plug() throws(SimulatorError) {
    guard descriptor < 0 else { return }
    let near = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard near >= 0 else { throw .system(call: "open", path: "/dev/ptmx", errno: errno) }
    do throws(SimulatorError) {
      farEnd = try Self.prepare(near, path: path)
      try placeSymlink()
    } catch {
      close(near)
      throw error
    }
    descriptor = near
  }

  /// Pulls the plug: symlink first, so that nobody opens what is going away.
  package mutating func unplug() {
    guard descriptor >= 0 else { return }
    removeSymlink()
    close(descriptor)
    descriptor = -1
  }

  /// True if somebody has the port open.
  package var hasPeer: Bool {
    guard descriptor >= 0 else { return false }
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&poller, 1, 0) >= 0 && poller.revents & Int16(POLLHUP) == 0
  }

  /// Reads what is there, at most `capacity` bytes; never waits. What a peer wrote before it closed is still read.
  package func read(into bytes: UnsafeMutablePointer<UInt8>, capacity: Int) -> Reading {
    guard descriptor >= 0 else { return .nobody }
    let count = unsafe limb_fd_read(descriptor, bytes, capacity)
    if count > 0 { return .bytes(Int(count)) }
    return count == -Int64(EAGAIN) ? .nothing : .nobody
  }

  /// Writes as much as there is room for and returns how much; the rest is the caller's. Without a peer nothing is
  /// written: a later peer must not find stale frames.
  package func writeSome(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int {
    guard count > 0, hasPeer else { return 0 }
    return unsafe max(0, Int(limb_fd_write(descriptor, bytes, count)))
  }

  /// Writes once; what does not fit is lost and counted, as on a line that nobody reads.
  package mutating func write(_ bytes: [UInt8]) {
    let written = unsafe bytes.withUnsafeBufferPointer { unsafe writeSome($0.baseAddress!, count: $0.count) }
    lostBytes += UInt64(bytes.count - written)
  }

  /// Raw, non-blocking, and the far end opened and closed once: only then does the near end say whether a peer is
  /// there.
  private static func prepare(_ near: Int32, path: String) throws(SimulatorError) -> String {
    // What unlockpt and ptsname do; the names themselves are hidden from Swift by glibc's feature macros.
    var locked: Int32 = 0
    guard unsafe ioctl(near, 0x4004_5431 /* TIOCSPTLCK */, &locked) == 0 else {
      throw .system(call: "ioctl TIOCSPTLCK", path: path, errno: errno)
    }
    var number: UInt32 = 0
    guard unsafe ioctl(near, 0x8004_5430 /* TIOCGPTN */, &number) == 0 else {
      throw .system(call: "ioctl TIOCGPTN", path: path, errno: errno)
    }
    let farEnd = "/dev/pts/\(number)"
    let far = unsafe open(farEnd, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard far >= 0 else { throw .system(call: "open", path: farEnd, errno: errno) }
    defer { close(far) }
    var settings = termios()
    guard unsafe tcgetattr(far, &settings) == 0 else {
      throw .system(call: "tcgetattr", path: farEnd, errno: errno)
    }
    unsafe cfmakeraw(&settings)
    guard unsafe tcsetattr(far, TCSANOW, &settings) == 0 else {
      throw .system(call: "tcsetattr", path: farEnd, errno: errno)
    }
    let refusal = limb_fd_set_nonblocking(near)
    guard refusal == 0 else { throw .system(call: "fcntl", path: path, errno: refusal) }
    return farEnd
  }

  private func placeSymlink() throws(SimulatorError) {
    var status = stat()
    if unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFLNK { throw .occupied(path: path) }
    let temporary = "\(path).new-\(getpid())"
    _ = unsafe unlink(temporary)
    guard unsafe symlink(farEnd, temporary) == 0 else { throw failure("symlink") }
    guard unsafe rename(temporary, path) == 0 else {
      let error = failure("rename")
      _ = unsafe unlink(temporary)
      throw error
    }
  }

  /// Only if it is still ours: another simulator may have taken the name over.
  private borrowing func removeSymlink() {
    guard descriptor >= 0 else { return }
    var target = [CChar](repeating: 0, count: 128)
    let count = unsafe readlink(path, &target, target.count)
    guard count > 0 else { return }
    if target[..<count].map({ UInt8(bitPattern: $0) }) == Array(farEnd.utf8) { _ = unsafe unlink(path) }
  }

  private func failure(_ call: String) -> SimulatorError { .system(call: call, path: path, errno: errno) }
}

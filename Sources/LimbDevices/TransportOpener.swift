internal import CSerialPort
internal import Glibc

/// What kind of line a port turned out to be.
package enum LineKind: Sendable, Equatable {
  /// A UART or USB serial port, opened by libserialport.
  case serialPort
  /// A pseudo-terminal, opened directly.
  case pseudoTerminal
}

/// A port that is open and exclusively ours. Closes itself, off the control path, when it goes out of scope; by then no
/// `Transport` made from it may be in use.
package struct OpenLine: ~Copyable, @unchecked Sendable {
  /// The path with every symbolic link resolved.
  package let path: String
  /// What it is.
  package let kind: LineKind
  /// 0 if the driver took the low-latency flag, else its errno. Many need none and refuse.
  package let lowLatencyErrno: Int32
  /// The USB adapter's latency timer as sysfs tells it after opening; nil if it has none. More than 1 costs frames.
  package let latencyTimerMilliseconds: Int?

  let backend: Transport.Backend
  private let lock: PortLock

  init(
    path: String, kind: LineKind, lowLatencyErrno: Int32, latencyTimerMilliseconds: Int?, backend: Transport.Backend,
    lock: consuming PortLock
  ) {
    self.path = path
    self.kind = kind
    self.lowLatencyErrno = lowLatencyErrno
    self.latencyTimerMilliseconds = latencyTimerMilliseconds
    self.backend = backend
    self.lock = lock
  }

  deinit {
    switch backend {
    case .none: break
    case .descriptor(let fd): Glibc.close(fd)
    case .port(let port, _):
      unsafe sp_close(port)
      unsafe sp_free_port(port)
    }
  }

  /// The handle the control thread reads and writes. It borrows the line: do not use it after the line is gone.
  package var transport: Transport { Transport(backend: backend) }

  /// The descriptor inside.
  package var descriptor: Int32 {
    switch backend {
    case .none: -1
    case .descriptor(let fd): fd
    case .port(_, let fd): fd
    }
  }
}

/// Opens serial lines. Blocks (a port's open may wait for its driver), allocates, reads /proc: never on the control
/// thread.
package enum TransportOpener {
  /// Opens `path` at `baud` bits per second, 8N1, raw, without flow control, and makes it exclusively ours: lock file
  /// with our process number, flock, TIOCEXCL. Symbolic links are followed first (libserialport 0.1.1 rejects them).
  package static func open(path: String, baud: Int) throws(DeviceError) -> OpenLine {
    guard let resolved = resolve(path) else { throw .missing(path: path) }
    var status = stat()
    guard unsafe stat(resolved, &status) == 0 else { throw .missing(path: path) }
    guard status.st_mode & S_IFMT == S_IFCHR else { throw .notATerminal(path: path) }
    if unsafe access(resolved, R_OK | W_OK) != 0 { throw denied(path, status) }
    let lock = try PortLock(path: resolved)
    return isPseudoTerminal(status)
      ? try openPseudoTerminal(path, resolved, lock) : try openPort(path, resolved, baud, lock)
  }

  /// The path behind every symbolic link; nil if nothing is there.
  package static func resolve(_ path: String) -> String? {
    guard let text = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// Linux: majors 136–143 are the slave sides of UNIX 98 pseudo-terminals.
  private static func isPseudoTerminal(_ status: stat) -> Bool {
    let major = (status.st_rdev >> 8) & 0xFFF
    return (136...143).contains(major)
  }

  private static func openPseudoTerminal(
    _ path: String, _ resolved: String, _ lock: consuming PortLock
  ) throws(DeviceError) -> OpenLine {
    let fd = unsafe Glibc.open(resolved, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard fd >= 0 else { throw failure(path, resolved, "open", errno) }
    do throws(DeviceError) {
      try claim(path, resolved, fd)
      var settings = termios()
      guard unsafe tcgetattr(fd, &settings) == 0 else { throw DeviceError.notATerminal(path: path) }
      unsafe cfmakeraw(&settings)
      settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
      // At least one byte, or EAGAIN: so that a read of nothing means that the peer has closed.
      unsafe withUnsafeMutableBytes(of: &settings.c_cc) {
        unsafe $0[Int(VMIN)] = 1
        unsafe $0[Int(VTIME)] = 0
      }
      guard unsafe tcsetattr(fd, TCSANOW, &settings) == 0 else { throw failure(path, resolved, "tcsetattr", errno) }
      tcflush(fd, TCIFLUSH)
    } catch {
      Glibc.close(fd)
      throw error
    }
    return OpenLine(
      path: resolved, kind: .pseudoTerminal, lowLatencyErrno: 0, latencyTimerMilliseconds: nil,
      backend: .descriptor(fd), lock: lock)
  }

  private static func openPort(
    _ path: String, _ resolved: String, _ baud: Int, _ lock: consuming PortLock
  ) throws(DeviceError) -> OpenLine {
    limb_sp_silence()
    var handle: OpaquePointer?
    guard unsafe sp_get_port_by_name(resolved, &handle) == SP_OK, let port = unsafe handle else {
      throw .notATerminal(path: path)
    }
    do throws(DeviceError) {
      // A port that something else has open (getty, ModemManager) would share its bytes with us: refuse, whether or not
      // that process locks.
      if let other = PortLock.openers(of: resolved).first {
        throw .busy(path: path, holder: PortHolder(processIdentifier: other, command: PortLock.command(of: other)))
      }
      guard unsafe sp_open(port, SP_MODE_READ_WRITE) == SP_OK else { throw failure(path, resolved, "sp_open", errno) }
      let fd = unsafe limb_sp_handle(port)
      do throws(DeviceError) {
        try claim(path, resolved, fd)
        try unsafe configure(path, resolved, port, baud)
      } catch {
        unsafe sp_close(port)
        throw error
      }
      let lowLatency = limb_low_latency(fd)
      unsafe sp_flush(port, SP_BUF_INPUT)
      return unsafe OpenLine(
        path: resolved, kind: .serialPort, lowLatencyErrno: lowLatency,
        latencyTimerMilliseconds: latencyTimer(resolved), backend: .port(port, descriptor: fd), lock: lock)
    } catch {
      unsafe sp_free_port(port)
      throw error
    }
  }

  private static func configure(
    _ path: String, _ resolved: String, _ port: OpaquePointer, _ baud: Int
  ) throws(DeviceError) {
    let steps: [(String, sp_return)] = unsafe [
      ("sp_set_bits", sp_set_bits(port, 8)), ("sp_set_parity", sp_set_parity(port, SP_PARITY_NONE)),
      ("sp_set_stopbits", sp_set_stopbits(port, 1)),
      ("sp_set_flowcontrol", sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE)),
    ]
    if let failed = steps.first(where: { $0.1 != SP_OK }) { throw failure(path, resolved, failed.0, errno) }
    guard unsafe sp_set_baudrate(port, Int32(clamping: baud)) == SP_OK else {
      throw .unsupportedBaud(path: path, baud: baud)
    }
  }

  /// flock and TIOCEXCL on an open port. Root is not stopped by TIOCEXCL, a program that does not lock is: hence both.
  private static func claim(_ path: String, _ resolved: String, _ fd: Int32) throws(DeviceError) {
    guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
      throw .busy(path: path, holder: PortLock.holder(of: resolved, descriptor: fd))
    }
    _ = limb_exclusive(fd)
  }

  private static func failure(_ path: String, _ resolved: String, _ call: String, _ number: Int32) -> DeviceError {
    switch number {
    case EBUSY: return .busy(path: path, holder: PortLock.holder(of: resolved, descriptor: -1))
    case ENOENT, ENXIO, ENODEV, EIO: return .missing(path: path)
    case EACCES, EPERM:
      var status = stat()
      _ = unsafe stat(resolved, &status)
      return denied(path, status)
    case ENOTTY: return .notATerminal(path: path)
    default: return .failed(path: path, call: call, errno: number, reason: unsafe String(cString: strerror(number)))
    }
  }

  private static func denied(_ path: String, _ status: stat) -> DeviceError {
    let group = unsafe getgrgid(status.st_gid).map { unsafe String(cString: $0.pointee.gr_name) }
    return .permission(path: path, group: group ?? "\(status.st_gid)")
  }

  private static func latencyTimer(_ resolved: String) -> Int? {
    let name = resolved.split(separator: "/").last.map(String.init) ?? ""
    guard let bytes = readSmallFile("/sys/bus/usb-serial/devices/\(name)/latency_timer") else { return nil }
    return Int(String(decoding: bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
  }
}

internal import CRealtime
internal import CSerialPort
package import LimbTypes

/// What one look at the line brought.
package enum TransportRead: BitwiseCopyable, Sendable {
  /// So many bytes, at least one.
  case bytes(Int)
  /// Nothing has arrived.
  case nothing
  /// The line is gone (unplugged, hung up, closed by the peer); the errno, or 0 for an orderly close.
  case gone(errno: Int32)
}

/// What became of a write.
package enum TransportWrite: BitwiseCopyable, Sendable {
  /// Every byte was taken.
  case whole
  /// The line was busy and took only so many bytes, possibly none. The rest must not be sent later: frames begin with
  /// a delimiter, so the receiver discards the torn one at the next frame.
  case short(Int)
  /// The line is gone.
  case gone(errno: Int32)
}

/// A serial line, open and exclusively ours: libserialport for real ports, a plain descriptor for pseudo-terminals and
/// sockets. Never blocks but in `waitUntilReadable`. One thread at a time may use it.
///
/// It does not close itself: closing a terminal may wait for the driver, so the owner on the operations thread does it
/// (`TransportOpener.close`).
@safe package struct Transport: ~Copyable, @unchecked Sendable {
  /// Where the bytes go.
  @safe enum Backend {
    /// Not connected.
    case none
    /// libserialport's handle and the descriptor inside it.
    case port(OpaquePointer, descriptor: Int32)
    /// A non-blocking descriptor.
    case descriptor(Int32)
  }

  var backend: Backend

  /// A transport that is not connected: reads and writes answer `.gone`.
  @_noLocks package init() { backend = .none }

  @_noLocks init(backend: Backend) { self.backend = backend }

  /// Takes over a descriptor that is already non-blocking: one end of a socket pair, a pseudo-terminal.
  @_noLocks package init(descriptor: Int32) { backend = .descriptor(descriptor) }

  /// True if there is a line, even one that has hung up since.
  package var isOpen: Bool {
    @_noLocks borrowing get {
      switch backend {
      case .none: false
      case .port, .descriptor: true
      }
    }
  }

  /// The descriptor to poll or to duplicate; -1 if not connected.
  package var descriptor: Int32 {
    @_noLocks borrowing get {
      switch backend {
      case .none: -1
      case .port(_, let fd): fd
      case .descriptor(let fd): fd
      }
    }
  }

  /// Reads what is there, at most `capacity` bytes, into `bytes`. Never blocks.
  @_noLocks package borrowing func read(into bytes: UnsafeMutableRawPointer, capacity: Int) -> TransportRead {
    switch backend {
    case .none: return .gone(errno: 0)
    case .port(let port, let fd):
      let count = unsafe limb_sp_read(port, fd, bytes, capacity)
      return count > 0 ? .bytes(Int(count)) : count == 0 ? .nothing : .gone(errno: -count)
    case .descriptor(let fd):
      let count = unsafe limb_fd_read(fd, bytes, capacity)
      if count > 0 { return .bytes(Int(count)) }
      if count == 0 { return .gone(errno: 0) }
      let error = Int32(truncatingIfNeeded: -count)
      return error == Transport.wouldBlock ? .nothing : .gone(errno: error)
    }
  }

  /// Writes `count` bytes in one call. Never blocks, never keeps a rest for later.
  @_noLocks package borrowing func write(_ bytes: UnsafeRawPointer, count: Int) -> TransportWrite {
    var written: Int
    switch backend {
    case .none: return .gone(errno: 0)
    case .port(let port, _): written = unsafe Int(limb_sp_write(port, bytes, count))
    case .descriptor(let fd): written = unsafe Int(limb_fd_write(fd, bytes, count))
    }
    if written == count { return .whole }
    if written < 0 {
      let error = Int32(truncatingIfNeeded: -written)
      if error != Transport.wouldBlock { return .gone(errno: error) }
      written = 0
    }
    return .short(written)
  }

  /// Waits until a byte can be read, the line hangs up, or the monotonic clock reaches `deadline`; true if there is
  /// something to look at. An instant in the past only looks. Real time only: in lockstep the peer is waited for.
  @_noLocks package borrowing func waitUntilReadable(or deadline: Instant) -> Bool {
    let fd = descriptor
    if fd < 0 {
      _ = limb_sleep_until_ns(deadline.nanoseconds)
      return false
    }
    return limb_fd_wait_until_ns(fd, Int32(LIMB_FD_READABLE), deadline.nanoseconds) > 0
  }

  /// EAGAIN on Linux, every architecture limbd runs on.
  private static var wouldBlock: Int32 { @_noLocks get { 11 } }
}

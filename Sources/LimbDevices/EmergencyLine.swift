internal import CRealtime
internal import Glibc
internal import LimbLink
internal import Synchronization

/// The way to stop the robot that does not pass through control: its own duplicate of the port's descriptor, over which
/// it can write one thing, the complete frame `00 ESTOP 00`, each in one write(2) that never blocks. The device latches
/// the first that it hears, from any session or none, so repeating it is harmless.
///
/// For operations threads. The lock inside is only held for system calls that do not wait, but for one: `release` of a port that was cut
/// off is its last close, and the driver of a stuck adapter may drain it for long. What waits to be sent is not thrown away to spare
/// that: it may be an ESTOP.
package final class EmergencyLine: Sendable {
  private struct Lines {
    /// Our duplicate, or -1. Between two ports it is the sink: its number stays taken, so that the next port can be followed though
    /// the process may open nothing more.
    var own: Int32 = -1
    /// The descriptor that control writes to, or -1; only ever a target of dup2.
    var control: Int32 = -1
    /// What `cut` puts in the place of control's descriptor, or -1; made before it is needed, since a process that is in trouble
    /// may have no descriptor left for it.
    var sink: Int32 = -1
  }

  private let lines = Mutex(Lines())
  private let frame: [UInt8]

  /// A line that leads nowhere until `follow`. `reason` goes into the ESTOP for the device's log; any value.
  package init(reason: UInt8 = 1) {
    let encoder = FrameEncoder()
    var message = EmergencyStopMessage()
    message.reason = reason
    var bytes = [UInt8](repeating: 0, count: LinkLimits.encodedBytes)
    let count = unsafe bytes.withUnsafeMutableBufferPointer {
      unsafe encoder.encode(
        .emergencyStop(message), sequence: 0, microseconds: 0, into: $0.baseAddress!, capacity: $0.count)
    }
    frame = Array(bytes[..<count])
  }

  deinit {
    lines.withLock { lines in
      for descriptor in [lines.own, lines.sink] where descriptor >= 0 { close(descriptor) }
    }
  }

  /// Makes what `cut` will need, if it is not there yet. 0, or the errno for which no port may be used now.
  package func prepare() -> Int32 {
    lines.withLock { lines in
      if lines.sink < 0 { lines.sink = Self.hungUpDescriptor() }
      return lines.sink < 0 ? errno : 0
    }
  }

  /// Follows a newly opened port: duplicates its descriptor. An earlier one is let go. 0, or the errno for which it cannot: then it
  /// leads nowhere, and such a port is not to be used.
  package func follow(descriptor: Int32) -> Int32 {
    release()
    let missing = prepare()
    guard missing == 0 else { return missing }
    return lines.withLock { lines in
      let copy = lines.own < 0 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : Self.put(descriptor, at: lines.own)
      guard copy >= 0 else { return errno }
      lines.own = copy
      lines.control = descriptor
      return 0
    }
  }

  /// Lets the port go, so that it can be closed and opened again.
  package func release() {
    lines.withLock { lines in
      if lines.own >= 0, Self.put(lines.sink, at: lines.own) < 0 {
        close(lines.own)
        lines.own = -1
      }
      lines.control = -1
    }
  }

  /// Writes one ESTOP frame. True if the line took all of it.
  @discardableResult
  package func stop() -> Bool { lines.withLock { write($0) } }

  /// Writes ESTOP three times: one torn frame, or one that meets control's own bytes, must not be the only one. True if
  /// at least one was taken whole.
  @discardableResult
  package func stopThrice() -> Bool {
    lines.withLock { lines in
      var taken = false
      for _ in 0..<3 where write(lines) { taken = true }
      return taken
    }
  }

  /// Cuts control off the line: its descriptor becomes a hung-up one, so that a control thread gone wild can say nothing
  /// more and the device's time-to-live does the rest. A control thread that was only asleep finds its line gone, asks
  /// for a new one, and greets the device again, which keeps its latch.
  ///
  /// The descriptor's number stays taken (dup2), so it can never come to mean another file under control's feet.
  package func cut() {
    lines.withLock { lines in
      if lines.control >= 0 { _ = Self.put(lines.sink, at: lines.control) }
      lines.control = -1
    }
  }

  /// dup2 that is closed in programs that we start: its number, or -1.
  private static func put(_ descriptor: Int32, at number: Int32) -> Int32 {
    guard dup2(descriptor, number) >= 0 else { return -1 }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    return number
  }

  /// The reading end of a pipe that nobody writes to: reads as ended, polls as hung up, and refuses every write without
  /// SIGPIPE. /dev/null would do none of that, and a reader that waits on it would spin. -1 if there is none to be had.
  private static func hungUpDescriptor() -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return -1 }
    close(ends[1])
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return ends[0]
  }

  private func write(_ lines: Lines) -> Bool {
    guard lines.own >= 0 else { return false }
    return unsafe frame.withUnsafeBytes { unsafe limb_fd_write(lines.own, $0.baseAddress!, $0.count) } == frame.count
  }
}

import Glibc

/// Tells systemd how the daemon is (sd_notify(3)): READY=1, STATUS=…, WATCHDOG=1, STOPPING=1.
///
/// A datagram to the socket that `NOTIFY_SOCKET` names; without that variable every call does nothing. Used by the
/// operations thread only. A full or vanished socket is ignored: systemd's own time-out is the answer to that.
package struct SystemdNotifier: Sendable {
  private let path: String?
  /// How often systemd wants to hear from us, microseconds; nil = no watchdog asked for (`WATCHDOG_USEC`,
  /// `WATCHDOG_PID`).
  package let watchdogMicroseconds: UInt64?

  /// From the environment that systemd gave this process; `pid` is our own, and a watchdog meant for another is
  /// ignored.
  package init(environment: [String: String], pid: Int32) {
    path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let meantForUs = environment["WATCHDOG_PID"].map { Int32($0) == pid } ?? true
    watchdogMicroseconds = meantForUs ? environment["WATCHDOG_USEC"].flatMap { UInt64($0) } : nil
  }

  /// True if somebody listens.
  package var isActive: Bool { path != nil }

  /// Start-up is over: profile read, threads running. Not "the robot is there": `run` waits for a missing device.
  package func ready(status: String) { send("READY=1\nSTATUS=\(status)\n") }
  /// One line for `systemctl status`.
  package func status(_ text: String) { send("STATUS=\(text)\n") }
  /// Feeds the watchdog; call only after control's iteration counter has advanced (promise R4).
  package func watchdog() { send("WATCHDOG=1\n") }
  /// A clean stop has begun, and may take so long, whatever the unit's own time-out is.
  package func stopping(status: String, withinMicroseconds: UInt64) {
    send("STOPPING=1\nEXTEND_TIMEOUT_USEC=\(withinMicroseconds)\nSTATUS=\(status)\n")
  }

  private func send(_ message: String) {
    guard let path, let (address, length) = try? unixAddress(path) else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = Array(message.utf8)
    _ = unsafe withSocketAddress(address, length) { pointer, size in
      unsafe Int32(sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), pointer, size))
    }
  }
}

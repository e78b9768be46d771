internal import LimbOperations
internal import LimbTypes

/// Feeds systemd's watchdog four times per interval, and only if control has iterated since the last time (promise R4).
struct WatchdogFeeder {
  private let systemd: SystemdNotifier
  private let intervalNanoseconds: Int64?
  private var last: Instant?
  private var seenIterations: UInt64 = 0

  init(_ systemd: SystemdNotifier) {
    self.systemd = systemd
    intervalNanoseconds = systemd.watchdogMicroseconds.map { Int64($0) * 1000 / 4 }
  }

  mutating func look(iterations: UInt64, at now: Instant) {
    guard let intervalNanoseconds else { return }
    if let last, now.nanoseconds(since: last) < intervalNanoseconds { return }
    guard iterations != seenIterations else { return }
    seenIterations = iterations
    last = now
    systemd.watchdog()
  }
}

/// Tells the same thing once, until something else was to be told: no log is flooded by a port that stays away.
struct RepeatedMessage {
  private var last: String?

  /// The text if it is news.
  mutating func tell(_ text: String) -> String? {
    if text == last { return nil }
    last = text
    return text
  }
}

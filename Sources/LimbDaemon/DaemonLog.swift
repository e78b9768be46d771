internal import Glibc
package import Logging

/// Log lines on standard error, with the priority prefix that journald understands when systemd listens. Off the
/// control thread only.
package struct DaemonLogHandler: LogHandler {
  /// Kept because every handler has it; the lines do not show it.
  package var metadata: Logger.Metadata = [:]
  /// Lines below it are not written.
  package var logLevel: Logger.Level
  private let underSystemd: Bool
  /// Takes the line of progress away that may stand at the cursor.
  private let start = isatty(2) == 1 ? "\r\u{1B}[K" : ""

  /// `underSystemd`: whether standard error goes to the journal (`JOURNAL_STREAM` is set).
  package init(level: Logger.Level, underSystemd: Bool) {
    logLevel = level
    self.underSystemd = underSystemd
  }

  /// One of the pairs of `metadata`.
  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line in one write(2), so that lines of several threads do not mix.
  package func log(event: LogEvent) {
    let prefix = underSystemd ? "<\(Self.priority(event.level))>" : ""
    let mark = event.level >= .warning && !underSystemd ? "\(event.level): " : ""
    writeToStandardError("\(start)\(prefix)limbd: \(mark)\(event.message)\n")
  }

  /// As syslog(3) numbers them.
  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}

/// Writes to standard error in one write(2). What a terminal that somebody has stopped (Ctrl-S), or whose connection has stalled, would
/// not take at once is dropped: nobody reads it there, and the threads that tell have robots to look after.
func writeToStandardError(_ text: String) {
  if isatty(2) == 1 {
    var terminal = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&terminal, 1, 0) == 1, terminal.revents & Int16(POLLOUT) != 0 else { return }
  }
  let bytes = Array(text.utf8)
  _ = unsafe write(2, bytes, bytes.count)
}

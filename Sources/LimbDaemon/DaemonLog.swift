internal import Glibc
package import Logging
internal import Synchronization

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

/// Lines that nobody took: told with the next one that somebody does.
private let untaken = Atomic<Int>(0)

/// Writes to standard error in one write(2). What a terminal that somebody has stopped (Ctrl-S), a connection that has stalled, or a pipe
/// that nobody reads would not take at once is dropped and counted: the threads that tell have robots to look after.
func writeToStandardError(_ text: String) {
  let missed = untaken.exchange(0, ordering: .relaxed)
  let mention = missed > 0 ? "limbd: \(missed) lines before this one were lost: nobody read them\n" : ""
  let bytes = Array((mention + text).utf8)
  // A pipe that says it can be written takes so much whole (PIPE_BUF).
  for start in stride(from: 0, to: bytes.count, by: 4096) {
    var reader = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&reader, 1, 0) == 1, reader.revents & Int16(POLLOUT) != 0 else {
      untaken.add(missed + 1, ordering: .relaxed)
      return
    }
    let piece = Array(bytes[start..<min(start + 4096, bytes.count)])
    _ = unsafe write(2, piece, piece.count)
  }
}

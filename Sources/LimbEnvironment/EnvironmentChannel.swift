internal import Glibc
internal import LimbRealtime

/// Messages over two descriptors (or one twice): waits, reads whole messages, writes whole messages. One thread.
package struct EnvironmentChannel: ~Copyable {
  /// Cuts the stream; `spaces` are put in once they are known.
  package var decoder = EnvironmentDecoder()
  private let input: Int32
  private let output: Int32
  private let clock = TimeSource.monotonic()
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Does not own the descriptors. SIGPIPE is to be ignored by the process if `output` is a pipe.
  package init(input: Int32, output: Int32) {
    self.input = input
    self.output = output
  }

  /// What a wait for a message came to.
  package enum Reading: Sendable, Equatable {
    case message(EnvironmentFrame)
    /// The stream ended between two messages.
    case end
    /// Nothing whole came in time.
    case timeout
    /// `stop` said so.
    case stopped
  }

  /// The next message. A stream that ends inside one is an error.
  ///
  /// - Parameters:
  ///   - seconds: how long to wait; nil: for ever.
  ///   - stop: looked at every fifth of a second.
  package mutating func read(
    withinSeconds seconds: Double?, stop: () -> Bool = { false }
  ) throws(EnvironmentError) -> Reading {
    let end = seconds.map { clock.nowNanoseconds() &+ UInt64($0 * 1e9) }
    while true {
      if let frame = try decoder.next() { return .message(frame) }
      if stop() { return .stopped }
      var wait: Int32 = 200
      if let end {
        let now = clock.nowNanoseconds()
        guard now < end else { return .timeout }
        wait = Int32(min(200, (end - now) / 1_000_000 + 1))
      }
      var poller = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&poller, 1, wait)
      if ready < 0, errno != EINTR { throw .system(call: "poll", errno: errno) }
      guard ready > 0 else { continue }
      let count = unsafe Glibc.read(input, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        // The far end of a socket is gone with something unread: as good as its end.
        guard errno == ECONNRESET else { throw .system(call: "read", errno: errno) }
      }
      guard count > 0 else {
        if let error = decoder.endsInside { throw error }
        return .end
      }
      decoder.append(buffer[..<count])
    }
  }

  /// Writes a message whole. False if nobody reads any more.
  package func write(_ bytes: [UInt8]) throws(EnvironmentError) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
        // A socket says by an error that nobody reads any more, and not by a signal.
        let sent = unsafe send(output, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        return unsafe sent < 0 && errno == ENOTSOCK ? Glibc.write(output, rest.baseAddress, rest.count) : sent
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE || errno == ECONNRESET { return false }
        guard errno == EAGAIN else { throw .system(call: "write", errno: errno) }
        var poller = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&poller, 1, 200)
        continue
      }
      done += count
    }
    return true
  }
}

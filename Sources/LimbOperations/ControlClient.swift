import Glibc

/// The other end of the control socket: what `limbd status|arm|…` use.
package enum ControlClient {
  /// Longest answer that is read, bytes.
  package static let replyLimit = 1 << 20

  /// Longest that connecting or sending waits, seconds.
  package static let connectSeconds = 2

  /// A connected descriptor; the caller closes it. `notRunning` if nobody listens.
  package static func connect(path: String) throws(OperationsError) -> Int32 {
    let (address, length) = try unixAddress(path)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .socket(call: "socket", path: path, errno: errno) }
    // Where a daemon hangs and its queue of callers is full, connect would wait for ever, and the next daemon with it.
    var patience = timeval(tv_sec: connectSeconds, tv_usec: 0)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard unsafe withSocketAddress(address, length, { unsafe Glibc.connect(descriptor, $0, $1) }) == 0 else {
      let code = errno
      close(descriptor)
      if code == ENOENT || code == ECONNREFUSED { throw .notRunning(path: path) }
      throw .socket(call: "connect", path: path, errno: code)
    }
    return descriptor
  }

  /// Whether a daemon listens there. One that hangs with its queue of callers full, or that this user may not reach, does.
  package static func isListening(path: String) -> Bool {
    do throws(OperationsError) {
      close(try connect(path: path))
      return true
    } catch .notRunning {
      return false
    } catch {
      return true
    }
  }

  /// Sends one request and gives the JSON line that comes back, at most `timeoutMilliseconds` later.
  package static func ask(
    _ request: ControlRequest, path: String, timeoutMilliseconds: Int64 = 5000
  ) throws(OperationsError) -> String {
    let descriptor = try connect(path: path)
    defer { close(descriptor) }
    let bytes = Array((request.line + "\n").utf8)
    guard unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw .socket(call: "send", path: path, errno: errno)
    }
    var reply: [UInt8] = []
    let deadline = monotonicMilliseconds() + timeoutMilliseconds
    while reply.count < replyLimit {
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let left = deadline - monotonicMilliseconds()
      guard left > 0, unsafe poll(&poller, 1, Int32(left)) > 0 else {
        throw .badReply(path: path, reason: "no answer within \(timeoutMilliseconds) ms")
      }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { throw .badReply(path: path, reason: "closed after \(reply.count) bytes") }
      reply += chunk[..<count]
      if let end = reply.firstIndex(of: UInt8(ascii: "\n")) { return String(decoding: reply[..<end], as: UTF8.self) }
    }
    throw .badReply(path: path, reason: "an answer has at most \(replyLimit) bytes")
  }
}

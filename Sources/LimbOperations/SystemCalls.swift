import Glibc

/// The system's words for an error number.
func describe(errno number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}

/// A Unix socket address for `path`, or `pathTooLong`. A leading `@` names the abstract namespace.
func unixAddress(_ path: String) throws(OperationsError) -> (sockaddr_un, socklen_t) {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  var bytes = Array(path.utf8)
  let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
  guard bytes.count <= limit else { throw .pathTooLong(path: path, bytes: bytes.count, limit: limit) }
  let abstract = bytes.first == UInt8(ascii: "@")
  if abstract { bytes[0] = 0 }
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { raw in
    for (index, byte) in bytes.enumerated() { unsafe raw[index] = byte }
  }
  let header = MemoryLayout<sa_family_t>.size
  return (address, socklen_t(header + bytes.count + (abstract ? 0 : 1)))
}

/// Calls `body` with the address as the C API wants it.
func withSocketAddress(
  _ address: sockaddr_un, _ length: socklen_t, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
  unsafe withUnsafePointer(to: address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
  }
}

/// Milliseconds on the monotonic clock: time-outs of clients only, never control.
func monotonicMilliseconds() -> Int64 {
  var now = timespec()
  _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

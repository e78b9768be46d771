internal import Glibc

/// The whole of a file.
func readFile(at path: String) throws(NetworksError) -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .file(path: path, operation: "open", errno: errno) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let got = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if got < 0 {
      if errno == EINTR { continue }
      throw .file(path: path, operation: "read", errno: errno)
    }
    if got == 0 { return bytes }
    bytes += chunk[0..<got]
  }
}

/// Replaces a file so that a crash at any moment leaves the old contents or the new ones, never a mixture.
func replaceFile(at path: String, with bytes: [UInt8]) throws(NetworksError) {
  let temporary = path + ".partial"
  let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .file(path: temporary, operation: "open", errno: errno) }
  do throws(NetworksError) {
    try writeAll(bytes, to: descriptor, path: temporary)
  } catch {
    close(descriptor)
    unsafe unlink(temporary)
    throw error
  }
  guard close(descriptor) == 0 else { throw .file(path: temporary, operation: "close", errno: errno) }
  guard unsafe rename(temporary, path) == 0 else { throw .file(path: path, operation: "rename", errno: errno) }
  try syncDirectory(of: path)
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(NetworksError) {
  var done = 0
  while done < bytes.count {
    let wrote = unsafe bytes.withUnsafeBytes { raw in
      unsafe write(descriptor, raw.baseAddress.map { unsafe $0 + done }, raw.count - done)
    }
    if wrote < 0 {
      if errno == EINTR { continue }
      throw .file(path: path, operation: "write", errno: errno)
    }
    done += wrote
  }
  guard fsync(descriptor) == 0 else { throw .file(path: path, operation: "fsync", errno: errno) }
}

/// The rename itself must reach the disk, or a power cut brings the old file back under a newer log.
private func syncDirectory(of path: String) throws(NetworksError) {
  let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .file(path: directory, operation: "open", errno: errno) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw .file(path: directory, operation: "fsync", errno: errno) }
}

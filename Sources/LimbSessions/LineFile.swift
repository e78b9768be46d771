internal import Glibc

/// A file of lines for programs that follow along (`--json-lines`): each line is one write, so that a reader never sees
/// half of one while it is written. What an earlier run left stays: lines are appended, and a line that was cut off (a full
/// disk, a kill) is ended first, so that it spoils none but itself. Not for the control thread.
package struct LineFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private let ownsDescriptor: Bool

  /// Opens `path` at its end, making it if it is not there; `-` is standard output.
  package init(path: String) throws(SessionError) {
    self.path = path
    ownsDescriptor = path != "-"
    descriptor = path == "-" ? STDOUT_FILENO : try LineFile.open(path)
  }

  private static func open(_ path: String) throws(SessionError) -> Int32 {
    let isCutOff = isCutOff(path)
    let descriptor = try SessionFile.open(path, O_WRONLY | O_CREAT | O_APPEND)
    do throws(SessionError) {
      if isCutOff { try append("", to: descriptor, path) }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Whether the last byte of a plain file is no line feed.
  private static func isCutOff(_ path: String) -> Bool {
    guard let reader = try? SessionFile.open(path, O_RDONLY | O_NONBLOCK) else { return false }
    defer { close(reader) }
    var status = stat()
    guard unsafe fstat(reader, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return false }
    let last = try? SessionFile.read(reader, count: 1, at: Int(status.st_size) - 1, path: path)
    return last != [0x0A]
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// Writes `line` and a line feed.
  package func append(_ line: String) throws(SessionError) { try LineFile.append(line, to: descriptor, path) }

  private static func append(_ line: String, to descriptor: Int32, _ path: String) throws(SessionError) {
    let bytes = Array((line + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let moved = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done)
      }
      if moved < 0 {
        if errno == EINTR { continue }
        throw .system("write", path)
      }
      done += moved
    }
  }
}

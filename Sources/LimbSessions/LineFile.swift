internal import Glibc

/// A file of lines for programs that follow along (`--json-lines`): each line is one write, so that a reader never sees
/// half of one. Not for the control thread.
package struct LineFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private let ownsDescriptor: Bool

  /// Opens `path`, emptying it; `-` is standard output.
  package init(path: String) throws(SessionError) {
    self.path = path
    ownsDescriptor = path != "-"
    descriptor = path == "-" ? STDOUT_FILENO : try SessionFile.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// Writes `line` and a line feed.
  package func append(_ line: String) throws(SessionError) {
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

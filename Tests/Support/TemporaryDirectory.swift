internal import Foundation

/// A fresh folder below /tmp that is gone, with all in it, when the value is.
package final class TemporaryDirectory: Sendable {
  /// Its absolute path.
  package let path: String

  /// Makes it; a test that gets none cannot go on.
  package init() {
    path = "/tmp/limbd-test-" + UUID().uuidString
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    } catch {
      fatalError("\(error)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

import Foundation
import Glibc
import Synchronization

// Glibc's module does not show the functions of XOPEN.
@_silgen_name("posix_openpt") private func posixOpen(_ flags: Int32) -> Int32
@_silgen_name("grantpt") private func grant(_ fd: Int32) -> Int32
@_silgen_name("unlockpt") private func unlock(_ fd: Int32) -> Int32
@_silgen_name("ptsname_r") private func name(_ fd: Int32, _ text: UnsafeMutablePointer<UInt8>, _ size: Int) -> Int32

/// A pseudo-terminal: the test holds the master, whoever opens `path` has the line.
package final class PseudoTerminal: Sendable {
  /// The test's end.
  package let master: Int32
  /// The other end's name.
  package let path: String
  private let isOpen = Mutex(true)

  /// Opens one. The master does not block.
  package init() {
    // Children of the test must not inherit the master: they would keep the line alive.
    master = posixOpen(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    precondition(master >= 0 && grant(master) == 0 && unlock(master) == 0)
    var text = [UInt8](repeating: 0, count: 128)
    _ = unsafe name(master, &text, text.count)
    path = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
  }

  deinit { unplug() }

  /// Pulls the cable.
  package func unplug() {
    isOpen.withLock { isOpen in
      if isOpen { close(master) }
      isOpen = false
    }
  }
}

/// Waits for something that another process or the kernel does; false after ten seconds.
package func waitUntil(_ condition: () -> Bool) -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    usleep(5000)
  }
  return false
}

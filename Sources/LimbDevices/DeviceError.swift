/// Who has the port.
package struct PortHolder: Sendable, Equatable {
  /// Its process; nil if it could not be found (another user's process, another container).
  package let processIdentifier: Int32?
  /// Its command line, if readable.
  package let command: String?

  /// Names a process, or nobody in particular.
  package init(processIdentifier: Int32?, command: String?) {
    self.processIdentifier = processIdentifier
    self.command = command
  }
}

/// Why a port could not be opened. The description says what was found and what to do about it.
package enum DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nothing is at the path (or nothing is behind it any more).
  case missing(path: String)
  /// Another process has the port.
  case busy(path: String, holder: PortHolder)
  /// The port belongs to a group that this process is not in.
  case permission(path: String, group: String)
  /// The path leads to something that is no serial line.
  case notATerminal(path: String)
  /// The port refuses this speed.
  case unsupportedBaud(path: String, baud: Int)
  /// A call failed in a way that has no case of its own.
  case failed(path: String, call: String, errno: Int32, reason: String)

  /// A sentence with the path and, where there is one, the remedy.
  package var description: String {
    switch self {
    case .missing(let path):
      return "\(path): no such port (unplugged, or another name? `ls -l /dev/serial/by-id` lists those that are there)"
    case .busy(let path, let holder):
      guard let process = holder.processIdentifier else {
        return "\(path): busy: another process holds it, which cannot be seen from here (try `sudo fuser -v \(path)`)"
      }
      let command = holder.command.map { " (\($0))" } ?? ""
      return "\(path): busy: held by process \(process)\(command); stop it, or `limbd status` if that is limbd"
    case .permission(let path, let group):
      return "\(path): permission denied: it belongs to group \(group); `sudo usermod -aG \(group) $USER`, "
        + "log in again, or install limbd's udev rule"
    case .notATerminal(let path): return "\(path): not a serial line"
    case .unsupportedBaud(let path, let baud): return "\(path): the driver refuses \(baud) baud"
    case .failed(let path, let call, let number, let reason):
      return "\(path): \(call) failed: \(reason) (errno \(number))"
    }
  }
}

/// What a turn of the keeper found.
package enum PortKeeperTurn: Sendable, Equatable {
  /// Nobody waits for a port.
  case idle
  /// A port was opened and handed over.
  case opened(path: String, kind: LineKind, lowLatencyErrno: Int32, latencyTimerMilliseconds: Int?)
  /// It could not be opened; the next turn tries again.
  case failed(DeviceError)
}

/// Opens the port whenever control asks for one, at start and after every unplug, and owns it until control lets go.
/// Lives on an operations thread, which calls `turn` ten to fifty times a second; opening may block there as long as it likes.
/// It never arms anything: a port that came back begins with a handshake like any other.
package struct PortKeeper: ~Copyable {
  private let path: String
  private let baud: Int
  private let handover: PortHandover
  private let emergencyLine: EmergencyLine
  private var line: OpenLine?
  private var turnsToWait = 0
  /// A second where somebody turns fifty times in one.
  static let patientTurns = 50

  /// - Parameters:
  ///   - path: the profile's `link.port`, symbolic links and all: it is resolved anew at every opening.
  ///   - baud: bits per second.
  ///   - handover: shared with control.
  ///   - emergencyLine: told of every new line.
  package init(path: String, baud: Int, handover: PortHandover, emergencyLine: EmergencyLine) {
    self.path = path
    self.baud = baud
    self.handover = handover
    self.emergencyLine = emergencyLine
    line = nil
  }

  /// Looks once whether control wants a port and, if so, closes the old line and tries to open a new one.
  package mutating func turn() -> PortKeeperTurn {
    guard handover.isWanted else { return .idle }
    emergencyLine.release()
    line = nil
    if turnsToWait > 0 {
      turnsToWait -= 1
      return .idle
    }
    let missing = emergencyLine.prepare()
    guard missing == 0 else { return withoutEmergencyLine(missing) }
    do throws(DeviceError) {
      let opened = try TransportOpener.open(path: path, baud: baud)
      let report = PortKeeperTurn.opened(
        path: opened.path, kind: opened.kind, lowLatencyErrno: opened.lowLatencyErrno,
        latencyTimerMilliseconds: opened.latencyTimerMilliseconds)
      let errno = emergencyLine.follow(descriptor: opened.descriptor)
      guard errno == 0 else { return withoutEmergencyLine(errno) }
      handover.offer(opened.backend)
      line = consume opened
      return report
    } catch {
      return .failed(error)
    }
  }

  /// Closes the port for good. Only when control no longer runs and nobody can ask for an emergency stop any more: control borrows the
  /// line, and the emergency line writes to it and would cut its number off whatever it means by then.
  package mutating func close() {
    emergencyLine.release()
    line = nil
  }

  /// A port that the emergency line cannot follow is not used. It is not opened again at once, either: opening resets some
  /// boards.
  private mutating func withoutEmergencyLine(_ errno: Int32) -> PortKeeperTurn {
    turnsToWait = Self.patientTurns
    let reason = "the emergency line cannot follow this port, and without it no port is used"
    return .failed(.failed(path: path, call: "dup", errno: errno, reason: reason))
  }
}

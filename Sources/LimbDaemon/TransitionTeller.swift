internal import LimbControl
internal import LimbTypes

/// Words for changes of state, as a person wants to hear them: those within a run are many and are left out, and on a bad
/// line, where COAST and SAFE_STOP alternate many times a second, each state is told at most once a second, with the
/// number of times it was entered since the last line.
struct TransitionTeller {
  /// The shortest time between two lines about the same state.
  static let quietMilliseconds: Int64 = 1000

  private struct Account {
    var toldAt: Int64?
    /// Times the state was entered since it was last told.
    var untold = 0
    var reason = TransitionReason.none
  }

  private var accounts = [Account](repeating: Account(), count: SupervisorCode.allCases.count)
  private var hasUntold = false
  private var last = SupervisorCode.boot

  /// The lines that are due now, none most of the time. `milliseconds` never goes back; call it often.
  mutating func look(_ state: SupervisorCode, _ reason: TransitionReason, at milliseconds: Int64) -> [String] {
    if state != last {
      if isTold(state) || isTold(last) {
        accounts[Int(state.rawValue)].untold += 1
        accounts[Int(state.rawValue)].reason = reason
        hasUntold = true
      }
      last = state
    }
    return hasUntold ? due(at: milliseconds, all: false) : []
  }

  /// The lines that still wait, at the end.
  mutating func finish() -> [String] { due(at: 0, all: true) }

  private mutating func due(at milliseconds: Int64, all: Bool) -> [String] {
    var lines: [String] = []
    hasUntold = false
    for state in SupervisorCode.allCases {
      let account = accounts[Int(state.rawValue)]
      guard account.untold > 0 else { continue }
      if !all, let toldAt = account.toldAt, milliseconds - toldAt < Self.quietMilliseconds {
        hasUntold = true
        continue
      }
      let times = account.untold > 1 ? ", \(account.untold) times" : ""
      lines.append("\(state.name) (\(account.reason.name)\(times))")
      accounts[Int(state.rawValue)].toldAt = milliseconds
      accounts[Int(state.rawValue)].untold = 0
    }
    return lines
  }

  private func isTold(_ state: SupervisorCode) -> Bool {
    switch state {
    case .episode, .fallen, .wait, .stand, .coast, .ramp, .check: false
    case .boot, .link, .disarmed, .paused, .safeStop, .fault, .emergencyStop, .hold: true
    }
  }
}

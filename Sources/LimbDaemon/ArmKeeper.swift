internal import LimbControl
internal import LimbTypes

/// Arms the robot under `run --arm`: once on a real robot; on the simulated one also again after the device stopped by
/// itself (a link stop), clearing its latch first and counting each time. A fault, an e-stop or a disarm by a person
/// stays.
struct ArmKeeper {
  private enum Turn: Equatable {
    case waiting
    case asked(UInt64, since: UInt64)
    /// Armed once; `rearms` decides whether ever again.
    case armed
    case given
  }

  /// Times the robot was armed again after a stop.
  private(set) var rearmed: UInt64 = 0
  /// Why arming was refused last, for a person.
  private(set) var refusal: RequestReply?

  private let desk: RequestDesk
  private let rearms: Bool
  private let hand: PersonsHand
  private var turn: Turn
  private var wasTaken = false

  /// - Parameters:
  ///   - isWanted: `--arm` was given.
  ///   - rearms: the robot is the simulated one that we started.
  ///   - hand: while a person has taken over, nothing is armed from here.
  init(desk: RequestDesk, isWanted: Bool, rearms: Bool, hand: PersonsHand = PersonsHand()) {
    self.desk = desk
    self.rearms = rearms
    self.hand = hand
    turn = isWanted ? .waiting : .given
  }

  /// The run ends: no arming from here any more.
  mutating func giveUp() { turn = .given }

  /// Looks once. `nanoseconds` is the clock of the run: device time in lockstep.
  mutating func look(_ status: ControlStatus, at nanoseconds: UInt64) {
    hand.look { isTaken in
      // A status that was read before he gave the robot back may not show yet what he did.
      defer { wasTaken = isTaken }
      if !isTaken, !wasTaken { step(status, at: nanoseconds) }
    }
  }

  private mutating func step(_ status: ControlStatus, at nanoseconds: UInt64) {
    switch turn {
    case .given: return
    case .asked(let id, let since):
      if let reply = desk.takeReply(id) {
        refusal = reply.result == .done ? nil : reply
        // `--arm` is one explicit act: a real robot that refused it is not asked again behind a person's back.
        // One that accepted was armed, though it may have stopped again before anybody looked.
        turn = rearms ? .waiting : .given
        if status.state.isMoving { turn = .armed }
      } else if nanoseconds &- since > 10_000_000_000 {
        turn = rearms ? .waiting : .given
      }
    case .armed:
      guard !status.state.isMoving else { return }
      guard rearms else { return turn = .given }
      rearmed += 1
      turn = .waiting
    case .waiting:
      if status.state.isMoving { return turn = .armed }
      // Somebody else armed it, and it has stopped again, while this thread did not look: a real robot is armed once.
      guard rearms || status.counters.armings == 0 else { return turn = .given }
      guard status.isLinked, let kind = wanted(status) else { return }
      if let id = desk.ask(kind) { turn = .asked(id, since: nanoseconds) }
    }
  }

  private func wanted(_ status: ControlStatus) -> ControlRequestKind? {
    switch status.state {
    case .disarmed:
      switch status.deviceState {
      case .damp, .hold, .limp: rearms ? .clear : nil
      default: .arm
      }
    case .fault, .hold: rearms && !isOfDevice(status.reason) ? .clear : nil
    default: nil
    }
  }

  /// Motors, drives or a sensor of theirs: a person looks before the robot moves again.
  private func isOfDevice(_ reason: TransitionReason) -> Bool {
    switch reason {
    case .deviceFault, .temperatureSensorLost: true
    default: false
    }
  }
}

extension SupervisorCode {
  /// True while the robot is armed.
  var isMoving: Bool {
    switch self {
    case .ramp, .episode, .fallen, .wait, .stand, .paused, .coast: true
    case .boot, .link, .disarmed, .check, .safeStop, .fault, .emergencyStop, .hold: false
    }
  }
}

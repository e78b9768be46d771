internal import LimbControl
internal import Synchronization

/// Whether a person has taken the robot into his own hands (disarm, e-stop, clear or shutdown over the control socket).
/// Any thread but control.
///
/// A lock and not a flag: between a look at a flag and the request to arm that follows it, a person's request could be
/// queued, and the arming would come after it.
final class PersonsHand: Sendable {
  /// Every grip has a number, counted from 1.
  private struct Grips: Sendable {
    var newest: UInt64 = 0
    /// The newest of those that hold; 0: none.
    var kept: UInt64 = 0
    /// Of requests that control has not answered yet: they hold until they turn out to have changed nothing.
    var open: [UInt64] = []
    /// Up to this one he gave the robot back.
    var givenBack: UInt64 = 0

    var hold: Bool { kept > givenBack || open.contains { $0 > givenBack } }
  }

  private let grips = Mutex(Grips())

  /// He takes the robot, whatever becomes of his request. To be called before it is handed in: whatever was asked for by
  /// itself is queued by then, and nothing is any more.
  func takeOver() {
    grips.withLock { grips in
      grips.newest += 1
      grips.kept = grips.newest
    }
  }

  /// The same for a request that takes nothing if it changes nothing: to be `settle`d with control's answer.
  func reach() -> UInt64 {
    grips.withLock { grips in
      grips.newest += 1
      grips.open.append(grips.newest)
      return grips.newest
    }
  }

  /// What became of the request behind `reach`. Only one of which it is sure that nothing has changed lets go.
  func settle(_ grip: UInt64, _ result: RequestResult) {
    grips.withLock { grips in
      grips.open.removeAll { $0 == grip }
      if !result.leavesAllAsItWas { grips.kept = max(grips.kept, grip) }
    }
  }

  /// The newest grip: what `giveBack` wants, read before he asks for arming.
  var newest: UInt64 { grips.withLock(\.newest) }

  /// He has armed the simulated robot himself: it is looked after again, unless somebody has taken it since he asked.
  func giveBack(through grip: UInt64) { grips.withLock { $0.givenBack = max($0.givenBack, grip) } }

  /// Runs `body` with whether a person has taken over, and holds him off until it is done.
  func look(_ body: (Bool) -> Void) { grips.withLock { body($0.hold) } }
}

extension RequestResult {
  /// Control refused by itself and asked nothing of the device, or the device said that what caused its latch is still there. One that
  /// did not answer, or whose line went, may have done what was asked.
  var leavesAllAsItWas: Bool {
    switch self {
    case .wrongState, .latchedEmergencyStop, .latchedFault, .busy, .causePresent, .invalidArgument: true
    case .done, .notLinked, .deviceLatched, .framesMissing, .linkLoss, .voltage, .temperature, .jointOutsideRange,
      .inertialUnitFrozen, .notCalibrated, .realtimeRefused, .learnerInDebt, .deviceRefused, .deviceSilent, .interrupted,
      .externalVelocityMissing, .deadlinesMissed:
      false
    }
  }
}

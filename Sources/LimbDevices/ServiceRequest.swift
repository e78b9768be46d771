internal import LimbTypes

/// What can be asked of the device apart from motion.
package enum ServiceKind: UInt8, BitwiseCopyable, Sendable {
  case none
  case arm
  case disarm
  /// Lifts DAMP, HOLD, LIMP and FAULT.
  case clear
  /// Lifts ESTOP (and what CLEAR lifts).
  case clearEmergencyStop
  /// Sets a parameter.
  case setParameter
  /// Asks for the parameter at an index.
  case listParameter

  /// Spelt out: the standard comparison of a raw-valued enum is generic, which the control path does not allow.
  @_noLocks package static func == (a: ServiceKind, b: ServiceKind) -> Bool { a.rawValue == b.rawValue }
  /// The negation of `==`, spelt out for the same reason.
  @_noLocks package static func != (a: ServiceKind, b: ServiceKind) -> Bool { a.rawValue != b.rawValue }
}

/// How a request ended.
package struct ServiceAnswer: BitwiseCopyable, Sendable {
  /// What was asked.
  package var kind = ServiceKind.none
  /// Three tries went unanswered; `result` means nothing.
  package var timedOut = false
  /// 0 accepted, else the device's reason (SPEC §5).
  package var result: UInt8 = 0
  /// What the reason speaks of: a joint, a count, millivolts.
  package var detail: UInt16 = 0

  /// No answer yet.
  @_noLocks package init() {}

  /// True if the device answered, and without a reason to refuse.
  package var isAccepted: Bool { @_noLocks get { !timedOut && result == 0 } }

  /// The reason in words. Off the control path.
  package var reason: String {
    if timedOut { return "the device did not answer three times" }
    switch result {
    case 0: return "accepted"
    case 1: return "another session is in force"
    case 2: return "not possible in the device's present state"
    case 3: return "a stop is latched: clear first"
    case 4: return "the cause of the fault is still there (fault bits \(detail))"
    case 5: return "the e-stop is latched or pressed"
    case 6: return "only \(detail) of 10 good commands with motors off have come"
    case 7: return "joint \(detail) of the device is not where the last command with motors off says"
    case 8: return "the last command with motors off is too old"
    case 9: return "the device's capabilities are not those that limbd has checked"
    case 10: return "supply too low: \(Double(detail) / 1000) V"
    case 11: return "joint \(detail) of the device is too hot"
    case 12: return "another host has the robot armed"
    case 13: return "the device speaks another version of the protocol"
    case 14: return "the device has no such parameter"
    case 15: return "the device refuses that value"
    case 16: return "the parameter is read only"
    case 17: return "the device cannot do that"
    default: return "reason \(result)"
    }
  }
}

/// One outstanding request: sent at most three times with the same number, 100 ms apart (SPEC §1, retransmission).
struct ServiceSlot: BitwiseCopyable, Sendable {
  var kind = ServiceKind.none
  var request: UInt16 = 0
  var parameter: UInt16 = 0
  var value: UInt32 = 0
  var triesLeft = 0
  var nextTryAt = Instant()
  var answer = ServiceAnswer()
  var hasAnswer = false

  @_noLocks init() {}

  static var tries: Int { @_noLocks get { 3 } }
  static var retryNanoseconds: Int64 { @_noLocks get { 100_000_000 } }

  /// A new request takes the place of an unanswered one.
  @_noLocks mutating func begin(_ kind: ServiceKind, request: UInt16, at now: Instant) {
    self.kind = kind
    self.request = request
    triesLeft = ServiceSlot.tries
    nextTryAt = now
    hasAnswer = false
  }

  @_noLocks mutating func finish(result: UInt8, detail: UInt16, timedOut: Bool) {
    answer = ServiceAnswer()
    answer.kind = kind
    answer.result = result
    answer.detail = detail
    answer.timedOut = timedOut
    hasAnswer = true
    kind = .none
  }

  /// The answer, once.
  @_noLocks mutating func take(_ answer: inout ServiceAnswer) -> Bool {
    guard hasAnswer else { return false }
    answer = self.answer
    hasAnswer = false
    return true
  }
}

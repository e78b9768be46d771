/// What a person may ask of the running daemon over the control socket.
///
/// Each is a request: the control thread decides. On the wire it is one line of words; the answer is one line of JSON
/// with `"ok"` and, if false, `"error"`.
package enum ControlRequest: Equatable, Sendable {
  case status
  case arm
  case disarm
  case pause
  case resume
  /// Clears a fault; with `emergencyStop` also a latched e-stop.
  case clear(emergencyStop: Bool)
  case emergencyStop
  /// Ends the daemon as SIGTERM would.
  case shutdown
  /// What the policy does: sample, mean or zero.
  case policy(String)

  /// The line without its newline.
  package var line: String {
    switch self {
    case .status: "status"
    case .arm: "arm"
    case .disarm: "disarm"
    case .pause: "pause"
    case .resume: "resume"
    case .clear(let emergencyStop): emergencyStop ? "clear estop" : "clear"
    case .emergencyStop: "estop"
    case .shutdown: "shutdown"
    case .policy(let mode): "policy \(mode)"
    }
  }

  /// Reads one line; anything else is `badRequest`. Never longer than `ControlServer.lineLimit`.
  package init(line: String) throws(OperationsError) {
    let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    switch words.first {
    case "status" where words.count == 1: self = .status
    case "arm" where words.count == 1: self = .arm
    case "disarm" where words.count == 1: self = .disarm
    case "pause" where words.count == 1: self = .pause
    case "resume" where words.count == 1: self = .resume
    case "clear" where words.count == 1: self = .clear(emergencyStop: false)
    case "clear" where words.count == 2 && words[1] == "estop": self = .clear(emergencyStop: true)
    case "estop" where words.count == 1: self = .emergencyStop
    case "shutdown" where words.count == 1: self = .shutdown
    case "policy" where words.count == 2 && ["sample", "mean", "zero"].contains(words[1]): self = .policy(words[1])
    default: throw .badRequest(line: String(line.prefix(80)))
    }
  }
}

/// The daemon's answer to one request.
package struct ControlReply: Equatable, Sendable {
  /// One JSON object without a newline.
  package let json: String

  /// A ready-made JSON object.
  package init(json: String) { self.json = json }

  /// Done.
  package static let ok = ControlReply(json: "{\"ok\":true}")

  /// Refused, with the reason for a person.
  package static func refused(_ reason: String) -> ControlReply {
    ControlReply(json: "{\"ok\":false,\"error\":\(jsonString(reason))}")
  }
}

/// `text` as a JSON string literal, quotes included.
package func jsonString(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    default:
      if scalar.value < 0x20 {
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }
  return out + "\""
}

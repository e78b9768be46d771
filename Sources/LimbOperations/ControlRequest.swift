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
  /// The base's velocity in its own frame (x forward, y left, z up), m/s: for `estimation.velocity: external`.
  case velocity(x: Float, y: Float, z: Float)
  /// The external reward of every step from now until the episode ends; a success label (−1 none, 0, 1) and its revision.
  case label(reward: Float, success: Int32, revision: UInt32)

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
    case .velocity(let x, let y, let z): "velocity \(x) \(y) \(z)"
    case .label(let reward, let success, let revision): "label \(reward) \(success) \(revision)"
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
    case "velocity" where words.count == 4:
      guard let x = Self.number(words[1]), let y = Self.number(words[2]), let z = Self.number(words[3]),
        x * x + y * y + z * z <= 400
      else { throw .badRequest(line: String(line.prefix(80))) }
      self = .velocity(x: x, y: y, z: z)
    case "label" where (2...4).contains(words.count):
      guard let reward = Self.number(words[1]), let success = Int32(words.count > 2 ? words[2] : "-1"),
        (-1...1).contains(success), let revision = UInt32(words.count > 3 ? words[3] : "0")
      else { throw .badRequest(line: String(line.prefix(80))) }
      self = .label(reward: reward, success: success, revision: revision)
    default: throw .badRequest(line: String(line.prefix(80)))
    }
  }

  /// A finite number.
  private static func number(_ word: String) -> Float? {
    guard let value = Float(word), value.isFinite else { return nil }
    return value
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

/// How a request is answered.
package enum ControlAnswer {
  /// At once.
  case now(ControlReply)
  /// When the closure gives an answer: it is called every few milliseconds on the server's thread and must not wait. It has
  /// to give one in the end.
  case later(() -> ControlReply?)
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

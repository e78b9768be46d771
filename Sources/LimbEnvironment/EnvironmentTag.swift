/// The kind of a message: four letters that begin it (docs/environment-protocol.md).
package enum EnvironmentTag: String, CaseIterable, Sendable {
  /// Learner: who is there, and which version is spoken.
  case hello = "HELO"
  /// Environment: what it observes and what acts on it.
  case spaces = "SPAC"
  /// Learner: begin an episode.
  case reset = "RSET"
  /// Environment: the first observation of an episode.
  case observation = "OBSV"
  /// Learner: one action.
  case step = "STEP"
  /// Environment: what came of it.
  case next = "NEXT"
  /// Learner: that was all.
  case quit = "QUIT"
  /// Environment: it cannot go on; the text says why.
  case failure = "FAIL"

  init?(bytes: some Collection<UInt8>) { self.init(rawValue: String(decoding: bytes, as: UTF8.self)) }

  /// What the learner sends; the rest is what the environment sends.
  package var isRequest: Bool {
    switch self {
    case .hello, .reset, .step, .quit: true
    case .spaces, .observation, .next, .failure: false
    }
  }

  /// Bytes behind the head of such a message; nil where each message has its own length, up to `EnvironmentLimits`.
  func payloadCount(_ spaces: EnvironmentSpaces?) -> Int? {
    switch self {
    case .hello: 4
    case .reset: 12
    case .quit: 0
    case .step: spaces.map { 4 * $0.actionCount }
    case .observation: spaces.map { 4 * $0.observationCount }
    case .next: spaces.map { 8 + 4 * $0.observationCount }
    case .spaces, .failure: nil
    }
  }
}

/// Numbers of the protocol.
package enum EnvironmentLimits {
  /// The version of docs/environment-protocol.md that is spoken here.
  package static let version: UInt32 = 1
  /// Bytes before the payload: tag and length.
  package static let headBytes = 8
  /// Numbers in an observation or an action at most.
  package static let width = 65_536
  /// Bytes in a payload at most: a stray length is found out before anybody waits for its bytes.
  package static let payloadBytes = 4 << 20
  /// Bytes of an environment's name at most.
  package static let nameBytes = 256
}

/// What a learner asks.
package enum EnvironmentRequest: Sendable, Equatable {
  /// Speaks this version.
  case hello(version: UInt32)
  /// Begin an episode; a seed makes all that is random from here on repeatable, where the environment says so.
  case reset(seed: UInt64?)
  /// Act, in the environment's own bounds.
  case step([Float])
  /// Nothing more is asked.
  case quit

  /// The whole message.
  package var bytes: [UInt8] {
    var writer = EnvironmentWriter()
    switch self {
    case .hello(let version):
      writer.put(version)
      return writer.message(.hello)
    case .reset(let seed):
      writer.put(seed == nil ? 0 : 1)
      writer.put(UInt32(truncatingIfNeeded: seed ?? 0))
      writer.put(UInt32(truncatingIfNeeded: (seed ?? 0) >> 32))
      return writer.message(.reset)
    case .step(let action):
      writer.put(action)
      return writer.message(.step)
    case .quit: return writer.message(.quit)
    }
  }

  /// Reads what a learner sent. `spaces` are those of the environment that reads.
  package init(_ frame: EnvironmentFrame, spaces: EnvironmentSpaces) throws(EnvironmentError) {
    var reader = EnvironmentReader(frame)
    try reader.expectLength(spaces)
    switch frame.tag {
    case .hello: self = .hello(version: reader.word())
    case .reset:
      let flags = reader.word()
      guard flags & ~1 == 0 else { throw .unknownFlags(.reset, found: flags, expected: 1) }
      let seed = UInt64(reader.word()) | UInt64(reader.word()) << 32
      self = .reset(seed: flags == 1 ? seed : nil)
    case .step:
      let action = try reader.finite(spaces.actionCount, "action")
      for index in action.indices {
        let low = spaces.actionLow[index]
        let high = spaces.actionHigh[index]
        guard action[index] < low || action[index] > high else { continue }
        throw .outOfBounds(field: "action[\(index)]", found: action[index], low: low, high: high)
      }
      self = .step(action)
    case .quit: self = .quit
    case .spaces, .observation, .next, .failure:
      throw .unexpected(found: frame.tag, expected: EnvironmentTag.allCases.filter(\.isRequest))
    }
  }
}

/// What an environment answers.
package enum EnvironmentAnswer: Sendable, Equatable {
  /// To HELO.
  case spaces(EnvironmentSpaces)
  /// To RSET.
  case observation([Float])
  /// To STEP.
  case next(EnvironmentOutcome)
  /// To anything: it cannot go on.
  case failure(String)

  /// The whole message.
  package var bytes: [UInt8] {
    var writer = EnvironmentWriter()
    switch self {
    case .spaces(let spaces):
      writer.put(EnvironmentLimits.version)
      writer.put(UInt32(spaces.observationCount))
      writer.put(UInt32(spaces.actionCount))
      writer.put(spaces.isReseeded ? 1 : 0)
      writer.put(spaces.episodeSteps)
      for bounds in [spaces.observationLow, spaces.observationHigh, spaces.actionLow, spaces.actionHigh] {
        writer.put(bounds)
      }
      writer.put(text: spaces.name, limit: EnvironmentLimits.nameBytes)
      return writer.message(.spaces)
    case .observation(let numbers):
      writer.put(numbers)
      return writer.message(.observation)
    case .next(let outcome):
      writer.put(outcome.reward.bitPattern)
      writer.put(outcome.flags)
      writer.put(outcome.observation)
      return writer.message(.next)
    case .failure(let words):
      writer.put(text: words, limit: 4096)
      return writer.message(.failure)
    }
  }

  /// Reads what an environment sent. `spaces`: what it has said of itself, nil before that.
  package init(_ frame: EnvironmentFrame, spaces: EnvironmentSpaces?) throws(EnvironmentError) {
    var reader = EnvironmentReader(frame)
    try reader.expectLength(spaces)
    switch frame.tag {
    case .spaces: self = .spaces(try reader.spaces())
    case .observation:
      self = .observation(try reader.finite(reader.wordsLeft, "observation"))
    case .next:
      let reward = try reader.finite(1, "reward")[0]
      let flags = reader.word()
      guard flags & ~EnvironmentOutcome.allBits == 0 else {
        throw .unknownFlags(.next, found: flags, expected: EnvironmentOutcome.allBits)
      }
      self = .next(
        EnvironmentOutcome(
          reward: reward, isTerminated: flags & EnvironmentOutcome.terminatedBit != 0,
          isTruncated: flags & EnvironmentOutcome.truncatedBit != 0,
          isIrregular: flags & EnvironmentOutcome.irregularBit != 0,
          observation: try reader.finite(reader.wordsLeft, "observation")))
    case .failure: self = .failure(reader.text())
    case .hello, .reset, .step, .quit:
      throw .unexpected(found: frame.tag, expected: EnvironmentTag.allCases.filter { !$0.isRequest })
    }
  }
}

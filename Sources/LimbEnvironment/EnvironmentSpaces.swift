/// What an environment says of itself: how many numbers it gives and takes, and their bounds.
package struct EnvironmentSpaces: Sendable, Equatable {
  /// For people; at most `EnvironmentLimits.nameBytes` of UTF-8.
  package var name: String
  /// Whether a seed given with RSET decides all that is random from then on.
  package var isReseeded: Bool
  /// Steps after which it cuts an episode, for people; 0: unknown or never.
  package var episodeSteps: UInt32
  /// Least value of each number of an observation, −∞ where there is none.
  package var observationLow: [Float]
  /// Greatest value of each number of an observation, ∞ where there is none.
  package var observationHigh: [Float]
  /// Least value of each number of an action, finite.
  package var actionLow: [Float]
  /// Greatest value of each number of an action, finite and above `actionLow`.
  package var actionHigh: [Float]

  /// The parts; `check` says whether they make sense.
  package init(
    name: String, isReseeded: Bool, episodeSteps: UInt32, observationLow: [Float], observationHigh: [Float],
    actionLow: [Float], actionHigh: [Float]
  ) {
    self.name = name
    self.isReseeded = isReseeded
    self.episodeSteps = episodeSteps
    self.observationLow = observationLow
    self.observationHigh = observationHigh
    self.actionLow = actionLow
    self.actionHigh = actionHigh
  }

  /// Numbers in an observation.
  package var observationCount: Int { observationLow.count }
  /// Numbers in an action.
  package var actionCount: Int { actionLow.count }

  /// Throws what makes no sense, with its place.
  package func check() throws(EnvironmentError) {
    for index in 0..<observationCount where !(observationLow[index] <= observationHigh[index]) {
      throw .badSpaces(
        field: "observation[\(index)]", found: "\(observationLow[index]) … \(observationHigh[index])",
        expected: "low ≤ high")
    }
    for index in 0..<actionCount
    where !(actionLow[index] < actionHigh[index] && actionLow[index].isFinite && actionHigh[index].isFinite) {
      throw .badSpaces(
        field: "action[\(index)]", found: "\(actionLow[index]) … \(actionHigh[index])",
        expected: "finite, low < high")
    }
  }

  /// An action as the environment counts it, for one in −1 … 1.
  package func action(unit: [Float]) -> [Float] {
    unit.indices.map { index in
      let low = actionLow[index]
      let high = actionHigh[index]
      let value = low + (unit[index] + 1) * 0.5 * (high - low)
      return value < low ? low : value > high ? high : value
    }
  }
}

/// What came of one action.
package struct EnvironmentOutcome: Sendable, Equatable {
  /// Of the step that the action led through.
  package var reward: Float
  /// The future is worth nothing: no bootstrap.
  package var isTerminated: Bool
  /// The episode was cut here, the world would have gone on: bootstrap.
  package var isTruncated: Bool
  /// The step is not to be learned from: something happened that was not the action's doing.
  package var isIrregular: Bool
  /// At the end of the step.
  package var observation: [Float]

  /// The parts.
  package init(reward: Float, isTerminated: Bool, isTruncated: Bool, isIrregular: Bool, observation: [Float]) {
    self.reward = reward
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
    self.isIrregular = isIrregular
    self.observation = observation
  }

  /// The episode is over.
  package var isOver: Bool { isTerminated || isTruncated }

  static let terminatedBit: UInt32 = 1
  static let truncatedBit: UInt32 = 2
  static let irregularBit: UInt32 = 4
  static let allBits: UInt32 = 7

  var flags: UInt32 {
    (isTerminated ? Self.terminatedBit : 0) | (isTruncated ? Self.truncatedBit : 0)
      | (isIrregular ? Self.irregularBit : 0)
  }
}

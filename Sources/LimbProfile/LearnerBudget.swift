/// What learning costs: dense layers alone, forward 2·B·in·out, backward twice that (no input gradient at the first
/// layer); normalisation, optimiser and sampling excluded (`docs/profile.md`, learning).
package struct LearnerBudget: Sendable, Equatable {
  /// Numbers that enter the actor.
  package let inputCount: Int
  /// Parameters of the actor.
  package let actorParameters: Int
  /// Parameters of one critic.
  package let criticParameters: Int
  /// Floating-point operations owed for each stored step.
  package let operationsPerStep: Double
  /// Operations a second at the profile's policy rate.
  package let operationsPerSecond: Double

  /// From the shapes in the profile.
  package init(_ profile: RobotProfile) {
    let learning = profile.learning
    let batch = 2 * Double(learning.batchSize)
    inputCount = profile.observationFrameWidth * profile.observation.history
    let actor = LearnerBudget.products(inputCount, learning.hidden, 2 * profile.actionCount)
    let criticInput = inputCount + profile.actionCount
    let critic = LearnerBudget.products(criticInput, learning.hidden, 1)
    let actorFirst = Double(inputCount * (learning.hidden.first ?? 0))
    let criticFirst = Double(criticInput * (learning.hidden.first ?? 0))
    let critics = Double(learning.critic.count)
    // With batch normalisation every critic sees s′ too, and its backward pass goes through both halves of the batch.
    let (seen, halves) = learning.batchNorm ? (critics, 2.0) : (Double(learning.critic.subset), 1.0)
    let target = actor.weights + seen * critic.weights
    let criticUpdate = critics * (critic.weights + halves * (2 * critic.weights - criticFirst))
    let actorUpdate = 3 * actor.weights - actorFirst + critics * 2 * critic.weights
    let updates = Double(learning.updatesPerStep)
    let actorUpdates = updates / Double(learning.actorEvery ?? learning.updatesPerStep)
    operationsPerStep = batch * (updates * (target + criticUpdate) + actorUpdates * actorUpdate)
    operationsPerSecond = operationsPerStep * profile.control.policyRateHertz
    actorParameters = Int(actor.weights) + actor.biases
    let norms = learning.critic.layerNorm ? 2 * learning.hidden.reduce(0, +) : 0
    criticParameters = Int(critic.weights) + critic.biases + norms
  }

  private static func products(_ input: Int, _ hidden: [Int], _ output: Int) -> (weights: Double, biases: Int) {
    var weights = 0
    var width = input
    for next in hidden + [output] {
      weights += width * next
      width = next
    }
    return (Double(weights), hidden.reduce(0, +) + output)
  }

  /// Three lines for people.
  package var text: String {
    let perStep = FindingList.round(operationsPerStep / 1e9)
    let perSecond = FindingList.round(operationsPerSecond / 1e9)
    return """
      policy input: \(inputCount) numbers
      parameters: actor \(actorParameters), each critic \(criticParameters)
      learning: \(perStep) GFLOP a step, \(perSecond) GFLOP/s
      """
  }
}

import LimbLearning
import LimbNetworks
import LimbProfile
import Testing

@Suite("Soft actor-critic")
struct SoftActorCriticTests {
  /// One variant of the gradient check.
  struct Variant: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var change: @Sendable (inout Hyperparameters) -> Void
  }

  static let variants = [
    Variant(testDescription: "default") { _ in },
    Variant(testDescription: "minimum in the actor's loss") { $0.actorLoss = .min },
    Variant(testDescription: "five critics, two in the target, dropout") {
      $0.criticCount = 5
      $0.criticDropout = 0.25
    },
    Variant(testDescription: "no LayerNorm") { $0.criticLayerNorm = false },
  ]

  /// A learner in double precision that reports losses and gradients and does not move.
  func still(_ change: (inout Hyperparameters) -> Void) -> SoftActorCritic<Double> {
    var h = smallHyperparameters(seed: 3)
    h.updatesPerStep = 1
    h.batchSize = 7
    h.actorLearningRate = 0
    h.criticLearningRate = 0
    h.temperatureLearningRate = 0
    h.polyakTau = 0
    change(&h)
    return SoftActorCritic<Double>(h)
  }

  @Test("has the gradients that finite differences give, in double precision", arguments: variants)
  func gradients(_ variant: Variant) throws {
    var learner = still(variant.change)
    let batch = TestBatch<Double>(learner.hyperparameters)
    batch.fillRandom(update: 0)
    // The actor's head is tiny at the start: make it matter.
    for tensor in learner.actorStack.tensors where tensor.name.hasPrefix("mu") || tensor.name.hasPrefix("log_std") {
      for i in tensor.offset..<tensor.offset + tensor.count { unsafe learner.state.actor[i] *= 60 }
    }
    func losses(_ learner: inout SoftActorCritic<Double>) throws -> (critic: Double, actor: Double) {
      learner.state.steps.updates = 0
      guard case .learned(let critic, let actor?) = unsafe learner.update(batch.view) else { throw Unexpected() }
      return (critic.loss, actor.errors.loss)
    }
    _ = try losses(&learner)
    let expected = (0..<learner.gradients.count).map { unsafe learner.gradients.base[$0] }
    let actorTensors = learner.actorStack.tensors.map { ($0, 0) }
    let criticTensors = learner.criticStack.tensors.map { ($0, learner.state.criticOffset) }
    for (tensor, start) in actorTensors + criticTensors {
      var worst = 0.0
      for number in stride(from: 0, to: tensor.count, by: max(1, tensor.count / 12)) {
        let i = start + tensor.offset + number
        let middle = unsafe learner.state.parameters[i]
        let step = 1e-6
        unsafe learner.state.parameters[i] = middle + step
        let above = try losses(&learner)
        unsafe learner.state.parameters[i] = middle - step
        let below = try losses(&learner)
        unsafe learner.state.parameters[i] = middle
        let slope = start == 0 ? (above.actor - below.actor) : (above.critic - below.critic)
        let difference = abs(slope / (2 * step) - expected[i])
        worst = max(worst, difference / max(abs(expected[i]), 1e-2))
      }
      #expect(worst < 2e-6, "\(tensor.name)")
    }
  }

  struct Unexpected: Error {}

  @Test("raises the temperature when the entropy is below its target, and lowers it above", arguments: [50.0, -50.0])
  func temperature(_ target: Double) throws {
    var learner = still {
      $0.targetEntropyNats = target
      $0.temperatureLearningRate = 1e-2
    }
    let batch = TestBatch<Double>(learner.hyperparameters)
    batch.fillRandom(update: 0)
    let before = learner.temperature
    guard case .learned = unsafe learner.update(batch.view) else { throw Unexpected() }
    #expect(target > 0 ? learner.temperature > before : learner.temperature < before)
  }

  @Test("keeps log α inside −10 … 2", arguments: [1e6, -1e6])
  func temperatureRange(_ target: Double) throws {
    var learner = still {
      $0.targetEntropyNats = target
      $0.temperatureLearningRate = 1
    }
    let batch = TestBatch<Double>(learner.hyperparameters)
    batch.fillRandom(update: 0)
    for _ in 0..<30 { _ = unsafe learner.update(batch.view) }
    #expect(learner.state.logTemperature == (target > 0 ? 2 : -10))
  }

  @Test("moves the targets by τ towards the critics after each critic update")
  func polyak() throws {
    var h = smallHyperparameters()
    h.polyakTau = 0.25
    var learner = SoftActorCritic<Double>(h)
    let batch = TestBatch<Double>(h)
    batch.fillRandom(update: 0)
    let count = learner.state.criticCount
    let before = (0..<count).map { unsafe learner.state.targets[$0] }
    _ = unsafe learner.update(batch.view)
    for i in 0..<count {
      let expected = unsafe 0.75 * before[i] + 0.25 * learner.state.critics[i]
      #expect(unsafe abs(learner.state.targets[i] - expected) < 1e-12)
    }
  }

  @Test("actorEvery sets the actor's rhythm apart from the updates of a step", arguments: [1, 2, 3, 8])
  func actorInterval(_ every: Int) {
    var h = smallHyperparameters()
    h.updatesPerStep = 4
    h.actorEvery = every
    var learner = SoftActorCritic<Double>(h)
    let batch = TestBatch<Double>(h)
    for count in 1...24 as ClosedRange<UInt64> {
      batch.fillRandom(update: count)
      _ = unsafe learner.update(batch.view)
      #expect(learner.state.steps.actor == count / UInt64(every))
    }
    #expect(learner.state.steps.actor == UInt64(24 / every) && learner.state.steps.critic == 24)
  }

  @Test("updates actor and temperature once in every updatesPerStep updates")
  func actorDelay() {
    var h = smallHyperparameters()
    h.updatesPerStep = 4
    var learner = SoftActorCritic<Float>(h)
    let batch = TestBatch<Float>(h)
    for update in 0..<12 {
      batch.fillRandom(update: UInt64(update))
      _ = unsafe learner.update(batch.view)
      #expect(learner.state.steps.actor == UInt64((update + 1) / 4))
      #expect(learner.state.steps.critic == UInt64(update + 1))
    }
  }

  @Test(
    "values a step of reward 1 at 1/(1 − γ) through time limits, and at 33.6 if one in fifty is a death",
    arguments: [(0, 100.0), (50, 33.56)])
  func timeLimits(_ deathEvery: Int, _ value: Double) {
    var h = Hyperparameters(inputWidth: 2, actionCount: 1, seed: 4)
    h.hidden = [32]
    h.batchSize = 50
    h.polyakTau = 0.1
    h.criticLearningRate = 2e-3
    h.initialTemperature = 4.6e-5
    h.temperatureLearningRate = 0
    h.updatesPerStep = 20
    var learner = SoftActorCritic<Float>(h)
    let batch = TestBatch<Float>(h)
    var sum = 0.0
    for update in 0..<12_000 {
      batch.fillRandom(update: UInt64(update))
      for row in 0..<50 {
        unsafe batch.rewards.base[row] = 1
        unsafe batch.discounts.base[row] = row + 1 == deathEvery ? 0 : 0.99
        for i in 0..<2 {
          unsafe batch.observations.base[row * 2 + i] = 0.5
          unsafe batch.nextObservations.base[row * 2 + i] = 0.5
        }
      }
      if case .learned(let critic, _) = unsafe learner.update(batch.view), update >= 11_000 { sum += critic.meanValue }
    }
    #expect(abs(sum / 1000 / value - 1) < 0.02)
  }
}

import LimbLearning
import LimbNetworks
import LimbTypes

/// A batch that a test fills by itself.
struct TestBatch<S: LearningScalar>: ~Copyable {
  let rows: Int
  let inputWidth: Int
  let actionCount: Int
  let observations: AlignedBlock<S>
  let actions: AlignedBlock<S>
  let rewards: AlignedBlock<S>
  let discounts: AlignedBlock<S>
  let nextObservations: AlignedBlock<S>

  init(_ hyperparameters: Hyperparameters) {
    // As in service: more threads than cores that are free spin against each other.
    BLAS.useOneThread()
    rows = hyperparameters.batchSize
    inputWidth = hyperparameters.inputWidth
    actionCount = hyperparameters.actionCount
    observations = AlignedBlock(count: rows * inputWidth)
    actions = AlignedBlock(count: rows * actionCount)
    rewards = AlignedBlock(count: rows)
    discounts = AlignedBlock(count: rows)
    nextObservations = AlignedBlock(count: rows * inputWidth)
  }

  var view: TransitionRows<S> {
    unsafe TransitionRows(
      rows: rows, observations: observations.base, actions: actions.base, rewards: rewards.base,
      discounts: discounts.base, nextObservations: nextObservations.base)
  }

  /// Random numbers that depend on `update` alone: observations and actions in (−1, 1), rewards in (0, 1), every
  /// eighth transition terminated.
  func fillRandom(update: UInt64) {
    fill(observations, update, 1)
    fill(nextObservations, update, 2)
    fill(actions, update, 3)
    fill(rewards, update, 4)
    for row in 0..<rows {
      unsafe rewards.base[row] = (rewards.base[row] + 1) / 2
      unsafe discounts.base[row] = row % 8 == 7 ? 0 : 0.99
    }
  }

  private func fill(_ block: borrowing AlignedBlock<S>, _ update: UInt64, _ part: UInt32) {
    for i in 0..<block.count {
      let word = Philox.block(seed: 99, stream: .test, counter: update, lane: part << 24 | UInt32(i / 4))[i & 3]
      unsafe block.base[i] = S(2 * Philox.unit(word) - 1)
    }
  }
}

/// A small learner's numbers: fast, and every option of the defaults on.
func smallHyperparameters(seed: UInt64 = 1) -> Hyperparameters {
  var h = Hyperparameters(inputWidth: 6, actionCount: 2, seed: seed)
  h.hidden = [16, 24]
  h.batchSize = 16
  h.updatesPerStep = 2
  h.warmUpSteps = 10
  h.adoptEverySteps = 5
  h.checkpointEverySteps = 20
  return h
}

/// The same with CrossQ's normalisation.
func batchNormHyperparameters(seed: UInt64 = 1) -> Hyperparameters {
  var h = smallHyperparameters(seed: seed)
  h.criticLayerNorm = false
  h.batchNorm = BatchNormSettings()
  h.adamBeta1 = 0.5
  return h
}

/// `count` updates, each on the random batch of its own number.
func learn(_ learner: inout Learner, _ count: Int) {
  let batch = TestBatch<Float>(learner.hyperparameters)
  for _ in 0..<count {
    batch.fillRandom(update: learner.nextUpdate)
    _ = unsafe learner.update(batch.view)
  }
}

let testIdentity = LearnerIdentity(profileName: "test", observationHash: 1, actionHash: 2, rewardHash: 3)

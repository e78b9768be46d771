import LimbLearning
import LimbNetworks
import LimbTypes
import Testing

/// Tasks so small that a learner which cannot do them is broken.
@Suite("A trivial task is learned")
struct TrivialTaskTests {
  /// The mean action of the policy for one observation.
  func meanAction(_ learner: borrowing SoftActorCritic<Float>, _ observation: [Float]) -> [Float] {
    let policy = PolicyInference(learner.actorStack)
    let count = learner.hyperparameters.actionCount
    let block = AlignedBlock<Float>(count: observation.count + 2 * count)
    for (i, x) in observation.enumerated() { unsafe block.base[i] = x }
    let heads = unsafe block.base + observation.count
    unsafe policy.infer(
      parameters: learner.state.actor, observation: block.base, mean: heads, logDeviation: heads + count)
    return (0..<count).map { unsafe PortableMath.tanh(heads[$0]) }
  }

  @Test("a bandit: the action that the observation asks for", arguments: [1, 2] as [UInt64])
  func bandit(_ seed: UInt64) {
    var h = Hyperparameters(inputWidth: 3, actionCount: 2, seed: seed)
    h.hidden = [32, 32]
    h.batchSize = 64
    h.updatesPerStep = 1
    h.actorLearningRate = 1e-3
    h.criticLearningRate = 1e-3
    h.temperatureLearningRate = 3e-3
    h.targetEntropyNats = -4
    var learner = SoftActorCritic<Float>(h)
    let batch = TestBatch<Float>(h)
    for update in 0..<2500 {
      batch.fillRandom(update: UInt64(update))
      for row in 0..<h.batchSize {
        unsafe batch.discounts.base[row] = 0
        let s = unsafe batch.observations.base + row * 3
        let a = unsafe batch.actions.base + row * 2
        unsafe batch.rewards.base[row] = reward(s[0], s[1], a[0], a[1])
      }
      _ = unsafe learner.update(batch.view)
    }
    var sum: Float = 0
    for i in 0..<64 {
      let s = Philox.uniforms(seed: 5, stream: .test, counter: UInt64(i), lane: 0) * 2 - 1
      let a = meanAction(learner, [s[0], s[1], s[2]])
      sum += reward(s[0], s[1], a[0], a[1])
    }
    // Random actions earn about 0.5.
    #expect(sum / 64 > 0.97)
  }

  private func reward(_ s0: Float, _ s1: Float, _ a0: Float, _ a1: Float) -> Float {
    let d0 = a0 - 0.6 * s0
    let d1 = a1 + 0.6 * s1
    return 1 - d0 * d0 / 2 - d1 * d1 / 2
  }

  /// A mass on a line, pushed by the action; 1 at rest in the middle.
  struct PointMass {
    var position: Float
    var velocity: Float = 0

    mutating func push(_ action: Float) -> Float {
      velocity = 0.9 * velocity + 0.1 * action
      position = min(max(position + velocity, -1.5), 1.5)
      return max(0, 1 - abs(position))
    }
  }

  @Test("a point mass: pushed to the middle and kept there")
  func pointMass() {
    var h = Hyperparameters(inputWidth: 2, actionCount: 1, seed: 6)
    h.hidden = [48, 48]
    h.batchSize = 64
    h.updatesPerStep = 2
    h.discount = 0.95
    h.actorLearningRate = 1e-3
    h.criticLearningRate = 1e-3
    h.temperatureLearningRate = 1e-3
    h.polyakTau = 0.02
    var learner = SoftActorCritic<Float>(h)
    let batch = TestBatch<Float>(h)
    var memory: [(s: [Float], a: Float, r: Float, next: [Float])] = []
    for episode in 0..<60 {
      let start = Philox.uniforms(seed: 6, stream: .goal, counter: UInt64(episode), lane: 0)
      var mass = PointMass(position: 2 * start[0] - 1)
      for step in 0..<30 {
        let noise = Philox.normals(seed: 6, stream: .exploration, counter: UInt64(episode * 30 + step), lane: 0)[0]
        let state = [mass.position, 5 * mass.velocity]
        let mean = episode < 8 ? 0 : meanAction(learner, state)[0]
        let action = min(max(mean + (episode < 8 ? 0.7 : 0.3) * noise, -1), 1)
        let reward = mass.push(action)
        memory.append((state, action, reward, [mass.position, 5 * mass.velocity]))
        guard episode >= 8 else { continue }
        for _ in 0..<2 {
          let update = learner.state.steps.updates
          for row in 0..<64 {
            let word = Philox.block(seed: 6, stream: .batch, counter: update, lane: UInt32(row)).x
            let one = memory[Philox.index(word, below: memory.count)]
            for i in 0..<2 {
              unsafe batch.observations.base[row * 2 + i] = one.s[i]
              unsafe batch.nextObservations.base[row * 2 + i] = one.next[i]
            }
            unsafe batch.actions.base[row] = one.a
            unsafe batch.rewards.base[row] = one.r
            unsafe batch.discounts.base[row] = 0.95
          }
          _ = unsafe learner.update(batch.view)
        }
      }
    }
    var sum: Float = 0
    for start: Float in [-1, -0.5, 0.5, 1] {
      var mass = PointMass(position: start)
      for _ in 0..<30 { sum += mass.push(meanAction(learner, [mass.position, 5 * mass.velocity])[0]) }
    }
    // No push at all earns 30 · 0.25 a start on average; a perfect one about 25.
    #expect(sum / 4 > 22)
  }
}

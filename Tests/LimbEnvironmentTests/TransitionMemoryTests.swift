import LimbExperience
import LimbTestSupport
import Testing

@testable import LimbEnvironment

/// A step whose numbers tell which it is.
private struct Lived {
  let number: Int
  var isTerminated = false
  var isTruncated = false
  var isIrregular = false
  var observation: [Float] { [Float(number), 0.5] }
  var outcome: EnvironmentOutcome {
    EnvironmentOutcome(
      reward: Float(number % 7), isTerminated: isTerminated, isTruncated: isTruncated, isIrregular: isIrregular,
      observation: [Float(number) + 0.5, -0.5])
  }
  var isOver: Bool { isTerminated || isTruncated || isIrregular }
}

@Suite("Transition memory")
struct TransitionMemoryTests {
  /// Random episodes with all their ends.
  private func life(_ count: Int, seed: UInt64) -> [Lived] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { number in
      let dice = Int.random(in: 0..<20, using: &random)
      return Lived(
        number: number, isTerminated: dice == 0 || dice == 1, isTruncated: dice == 1 || dice == 2, isIrregular: dice == 3)
    }
  }

  /// What the learner should get for step `index` of all that was lived, nil if it is not remembered.
  private func expected(_ life: [Lived], _ index: Int, nStep: Int, discount: Float) -> (Float, Float, [Float])? {
    guard !life[index].isIrregular else { return nil }
    var reward: Float = 0
    var power: Float = 1
    for place in index..<life.count {
      if life[place].isIrregular { return (reward, power, life[place - 1].outcome.observation) }
      reward += power * life[place].outcome.reward
      power *= discount
      let isLast = place - index + 1 == nStep || place == life.count - 1
      if life[place].isTerminated { return (reward, 0, life[place].outcome.observation) }
      if isLast || life[place].isTruncated { return (reward, power, life[place].outcome.observation) }
    }
    return nil
  }

  @Test(
    "serves every step as an unbroken record of all that was lived would: ends, holes, and what was forgotten",
    arguments: [1, 3, 7], [10, 64, 1000])
  func reference(nStep: Int, capacity: Int) throws {
    for seed in 0..<UInt64(CaseScale.cases(5)) {
      let life = life(200, seed: seed)
      var memory = TransitionMemory(
        observationCount: 2, actionCount: 1, capacity: capacity, seed: 1, discount: 0.9, nStep: nStep)
      for step in life { memory.append(observation: step.observation, action: [Float(step.number)], outcome: step.outcome) }
      let kept = life.indices.filter { !life[$0].isIrregular }.suffix(capacity)
      #expect(memory.count == kept.count)
      let batch = TransitionBatch(batchSize: 4, inputWidth: 2, actionWidth: 1)
      for (age, index) in kept.enumerated() {
        memory.fill(batch, row: 2, age: age)
        let (reward, discount, next) = try #require(expected(life, index, nStep: nStep, discount: 0.9))
        #expect(unsafe batch.observations[4] == Float(index) && batch.actions[2] == Float(index))
        #expect(unsafe abs(batch.rewards[2] - reward) < 1e-4 && abs(batch.discounts[2] - discount) < 1e-6)
        #expect(unsafe batch.nextObservations[4] == next[0] && batch.nextObservations[5] == next[1])
      }
    }
  }

  @Test("a cut bootstraps, an end does not")
  func ends() {
    var memory = TransitionMemory(observationCount: 2, actionCount: 1, capacity: 8, seed: 1, discount: 0.9, nStep: 1)
    memory.append(observation: [0, 0], action: [0], outcome: Lived(number: 0, isTruncated: true).outcome)
    memory.append(observation: [0, 0], action: [0], outcome: Lived(number: 1, isTerminated: true).outcome)
    let batch = TransitionBatch(batchSize: 2, inputWidth: 2, actionWidth: 1)
    memory.fill(batch, row: 0, age: 0)
    memory.fill(batch, row: 1, age: 1)
    #expect(unsafe batch.discounts[0] == 0.9 && batch.discounts[1] == 0)
  }

  @Test("a batch depends on seed and update alone")
  func batches() {
    func draw(seed: UInt64, update: UInt64) -> [Float] {
      var memory = TransitionMemory(observationCount: 2, actionCount: 1, capacity: 99, seed: seed, discount: 0.9, nStep: 1)
      let batch = TransitionBatch(batchSize: 16, inputWidth: 2, actionWidth: 1)
      let drawnOfNothing = memory.fill(batch, update: update)
      for step in life(60, seed: 4) {
        memory.append(observation: step.observation, action: [Float(step.number)], outcome: step.outcome)
      }
      let drawn = memory.fill(batch, update: update)
      #expect(drawn && !drawnOfNothing)
      return (0..<16).map { unsafe batch.actions[$0] }
    }
    #expect(draw(seed: 1, update: 5) == draw(seed: 1, update: 5))
    #expect(draw(seed: 1, update: 5) != draw(seed: 1, update: 6))
    #expect(draw(seed: 1, update: 5) != draw(seed: 2, update: 5))
  }
}

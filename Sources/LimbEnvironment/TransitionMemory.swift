package import LimbExperience
internal import LimbTypes

/// What an environment's learner remembers: transitions in main memory, the oldest forgotten first.
///
/// Rows stand in the order in which they were lived, so that n-step windows need no copies: a window goes on to the next
/// row until the chain of steps ends there. Batches are reproducible from (seed, update) and what is remembered.
/// One thread at a time; filling allocates nothing.
@safe package struct TransitionMemory: ~Copyable {
  /// Numbers in an observation.
  package let observationCount: Int
  /// Numbers in an action.
  package let actionCount: Int
  /// Transitions that it can hold.
  package let capacity: Int
  /// Transitions that it holds.
  package private(set) var count = 0
  private var next = 0
  private let seed: UInt64
  private let nStep: Int
  private var discountPowers: [Float] = [1]
  /// s, a, r, s′ a row.
  private let numbers: UnsafeMutablePointer<Float>
  private let marks: UnsafeMutablePointer<UInt8>
  private let stride: Int

  private static var terminatedMark: UInt8 { 1 }
  /// The next row is not this one's successor.
  private static var endMark: UInt8 { 2 }

  /// Allocates all of it; the system gives it pages as they are written.
  ///
  /// - Parameters:
  ///   - discount: γ per step.
  ///   - nStep: steps of reward before the bootstrap, ≥ 1.
  package init(
    observationCount: Int, actionCount: Int, capacity: Int, seed: UInt64, discount: Float, nStep: Int
  ) {
    precondition(observationCount > 0 && actionCount > 0 && capacity > nStep && nStep >= 1, "sizes of a memory")
    self.observationCount = observationCount
    self.actionCount = actionCount
    self.capacity = capacity
    self.seed = seed
    self.nStep = nStep
    for _ in 0..<nStep { discountPowers.append(discountPowers[discountPowers.count - 1] * discount) }
    stride = 2 * observationCount + actionCount + 1
    unsafe numbers = .allocate(capacity: capacity * stride)
    unsafe marks = .allocate(capacity: capacity)
    unsafe marks.initialize(repeating: 0, count: capacity)
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe marks.deallocate()
  }

  /// Remembers a step. The action is in −1 … 1, as the policy gave it.
  ///
  /// A truncation ends the chain of steps and bootstraps; a termination ends it and does not. An irregular step is not
  /// remembered, and the chain before it ends one step earlier. Gives whether the step was remembered.
  @discardableResult
  package mutating func append(observation: [Float], action: [Float], outcome: EnvironmentOutcome) -> Bool {
    precondition(
      observation.count == observationCount && action.count == actionCount
        && outcome.observation.count == observationCount, "a transition has the memory's widths")
    if outcome.isIrregular {
      breakChain()
      return false
    }
    let row = unsafe numbers + next * stride
    for index in 0..<observationCount {
      unsafe row[index] = observation[index]
      unsafe row[observationCount + actionCount + 1 + index] = outcome.observation[index]
    }
    for index in 0..<actionCount { unsafe row[observationCount + index] = action[index] }
    unsafe row[observationCount + actionCount] = outcome.reward
    unsafe marks[next] = (outcome.isTerminated ? Self.terminatedMark : 0) | (outcome.isOver ? Self.endMark : 0)
    next = (next + 1) % capacity
    if count < capacity { count += 1 }
    return true
  }

  /// The next step that is remembered does not follow the last one.
  package mutating func breakChain() {
    guard count > 0 else { return }
    unsafe marks[(next + capacity - 1) % capacity] |= Self.endMark
  }

  /// Fills `batch` with the transitions of `update`, uniform over all that is remembered. False, and nothing written, if
  /// there is nothing. `preSquash`, `logDensities` and `sequences` are left alone.
  package func fill(_ batch: borrowing TransitionBatch, update: UInt64) -> Bool {
    precondition(
      batch.inputWidth == observationCount && batch.actionWidth == actionCount, "the batch has the memory's widths")
    guard count > 0 else { return false }
    var words = SIMD4<UInt32>()
    for row in 0..<batch.batchSize {
      if row % 4 == 0 { words = Philox.block(seed: seed, stream: .batch, counter: update, lane: UInt32(row / 4)) }
      fill(batch, row: row, age: Philox.index(words[row % 4], below: count))
    }
    return true
  }

  /// Writes the transition that is the `number`-th oldest, 0 ..< count, to row `row`.
  package func fill(_ batch: borrowing TransitionBatch, row: Int, age number: Int) {
    precondition(number >= 0 && number < count && row < batch.batchSize, "such a transition, such a row")
    let first = (next + capacity - count + number) % capacity
    var last = first
    var reward: Float = 0
    var steps = 0
    while true {
      unsafe reward += discountPowers[steps] * (numbers + last * stride)[observationCount + actionCount]
      steps += 1
      if unsafe marks[last] & Self.endMark != 0 || steps == nStep || number + steps == count { break }
      last = (last + 1) % capacity
    }
    let begin = unsafe numbers + first * stride
    let end = unsafe numbers + last * stride + observationCount + actionCount + 1
    unsafe (batch.observations + row * observationCount).update(from: begin, count: observationCount)
    unsafe (batch.actions + row * actionCount).update(from: begin + observationCount, count: actionCount)
    unsafe (batch.nextObservations + row * observationCount).update(from: end, count: observationCount)
    unsafe batch.rewards[row] = reward
    unsafe batch.discounts[row] = marks[last] & Self.terminatedMark != 0 ? 0 : discountPowers[steps]
  }
}

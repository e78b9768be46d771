internal import CKernels
package import LimbTask
internal import LimbTypes

/// Draws batches of transitions from a store: uniform over everything that may be learned from, reproducible from
/// (seed, update), rewards and scaling computed at this moment by the plan that control runs (docs/architecture.md, The
/// record).
///
/// Belongs to the learner's thread. `refresh` takes in what the recorder has published; `fill` only reads maps and
/// fixed memory, so a second worker may fill another batch at the same time.
@safe package struct ReplaySampler: ~Copyable {
  private let source: RecordSource
  private let plan: ControlPlan
  private let layout: StepRecordLayout
  private let seed: UInt64
  private let nStep: Int
  /// Scales and clips of one frame, `frameWidth` each.
  private let scales: UnsafeMutablePointer<Float>
  private let clips: UnsafeMutablePointer<Float>
  /// γ⁰, γ¹, … γⁿ.
  private let discountPowers: UnsafeMutablePointer<Float>
  private var index: ReplayIndex

  /// - Parameters:
  ///   - seed: of the run; the batch of update k depends on it, on k and on what is stored.
  ///   - discount: γ per step.
  ///   - nStep: steps of reward before the bootstrap, ≥ 1.
  ///
  /// Allocates about 16 bytes a record of capacity. Traps if the plan's widths are not the store's.
  package init(store: ReplayStore, plan: ControlPlan, seed: UInt64, discount: Float, nStep: Int = 1) {
    self.init(.store(store), plan, seed, discount, nStep)
  }

  /// The same over prior data, which `refresh` has to take in once.
  package init(prior: PriorData, plan: ControlPlan, seed: UInt64, discount: Float, nStep: Int = 1) {
    self.init(.prior(prior), plan, seed, discount, nStep)
  }

  private init(_ source: RecordSource, _ plan: ControlPlan, _ seed: UInt64, _ discount: Float, _ nStep: Int) {
    precondition(nStep >= 1, "a window has at least one step")
    precondition(
      plan.observation.frameWidth == source.layout.observationFrameWidth
        && plan.actionCount == source.layout.actionCount, "plan and store belong to the same task")
    self.source = source
    self.plan = plan
    layout = source.layout
    self.seed = seed
    self.nStep = nStep
    unsafe scales = .allocate(capacity: plan.observation.frameWidth)
    unsafe clips = .allocate(capacity: plan.observation.frameWidth)
    unsafe plan.observation.copyScales(into: scales, clips: clips)
    unsafe discountPowers = .allocate(capacity: nStep + 1)
    var power: Float = 1
    for step in 0...nStep {
      unsafe (discountPowers + step).initialize(to: power)
      power *= discount
    }
    index = ReplayIndex(
      layout: source.layout, records: source.mostRecords, history: plan.observation.history)
  }

  deinit {
    unsafe discountPowers.deallocate()
    unsafe scales.deallocate()
    unsafe clips.deallocate()
  }

  /// Takes in what was published since the last call, verifying each new record once, and forgets what was evicted.
  /// Batches drawn afterwards see records up to this moment and no later ones.
  package mutating func refresh() { index.refresh(source) }

  /// Transitions that may be sampled.
  package var sampleableCount: Int { index.anchorCount }
  /// Records taken in that are still in the store.
  package var recordCount: Int { index.recordCount }
  /// Records that were found damaged or not finite since the sampler was made; they are never served.
  package var damagedRecords: UInt64 { index.damagedRecords }

  /// Fills `batch` with the transitions of `update`. With `mirror`, each row is replaced by its left-right image with
  /// probability ½ (nothing changes if the profile has no symmetry). With `newest` the first row is the newest transition (Zhang
  /// and Sutton 2017). With `rows` only those are filled, with what they would hold in a whole batch: the rest is another
  /// sampler's. False, and nothing written, if there is nothing to
  /// sample. Traps if the batch's widths are not the plan's.
  package func fill(
    _ batch: borrowing TransitionBatch, rows: Range<Int>? = nil, update: UInt64, mirror: Bool = false,
    newest: Bool = false
  ) -> Bool {
    let rows = rows ?? 0..<batch.batchSize
    precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.batchSize, "the rows are in the batch")
    precondition(
      batch.inputWidth == plan.observation.inputWidth && batch.actionWidth == plan.actionCount,
      "the batch has the plan's widths")
    let count = index.anchorCount
    guard count > 0 else { return false }
    let task = TaskParts(plan)
    var words = SIMD4<UInt32>()
    // Where every row begins, kept for a moment where its sequence number will stand.
    for row in rows {
      if row % 4 == 0 || row == rows.lowerBound {
        words = Philox.block(seed: seed, stream: .batch, counter: update, lane: UInt32(row / 4))
      }
      unsafe batch.sequences[row] = index.anchor(Philox.index(words[row % 4], below: count))
    }
    if newest, let first = rows.first { unsafe batch.sequences[first] = index.anchor(count - 1) }
    var coins = SIMD4<UInt32>()
    for row in rows.prefix(Self.rowsAhead) { unsafe fetch(batch.sequences[row], task) }
    for row in rows {
      if mirror, row % 4 == 0 || row == rows.lowerBound {
        coins = Philox.block(seed: seed, stream: .mirror, counter: update, lane: UInt32(row / 4))
      }
      let later = row + Self.rowsAhead
      if later < rows.upperBound { unsafe fetch(batch.sequences[later], task) }
      unsafe fillRow(batch, row, batch.sequences[row], task, mirrored: mirror && coins[row % 4] >> 31 == 1)
    }
    return true
  }

  /// Rows whose records are on their way from memory while one is filled.
  private static let rowsAhead = 4

  /// Asks for the records of the transition at `position`. They lie one after another, but for the end of a segment.
  private func fetch(_ position: UInt64, _ task: TaskParts) {
    let first = position - UInt64(task.history - 1)
    unsafe limb_fetch(index.record(first), (task.history + nStep) * layout.stride)
  }

  /// Writes the transition that begins at anchor `number` (in the order of recording) to row `row`: for tests and
  /// for going through a store in order.
  package func fill(_ batch: borrowing TransitionBatch, row: Int, anchor number: Int, mirrored: Bool = false) {
    precondition(row >= 0 && row < batch.batchSize, "the row is in the batch")
    fillRow(batch, row, index.anchor(number), TaskParts(plan), mirrored: mirrored)
  }

  private func fillRow(
    _ batch: borrowing TransitionBatch, _ row: Int, _ position: UInt64, _ task: TaskParts, mirrored: Bool
  ) {
    let window = outcome(from: position, task)
    let bytes = unsafe index.record(position)
    unsafe batch.rewards[row] = window.reward
    unsafe batch.discounts[row] = window.discount
    unsafe batch.logDensities[row] = bytes.load(
      fromByteOffset: StepRecordLayout.Offset.logDensity, as: Float.self)
    unsafe batch.sequences[row] = bytes.load(fromByteOffset: StepRecordLayout.Offset.sequence, as: UInt64.self)
    let observation = unsafe batch.observations + row * batch.inputWidth
    let next = unsafe batch.nextObservations + row * batch.inputWidth
    let action = unsafe batch.preSquash + row * batch.actionWidth
    let stored = unsafe (bytes + layout.preSquashOffset).assumingMemoryBound(to: Float.self)
    if mirrored, let symmetry = task.symmetry {
      unsafe writeInput(position, task, into: batch.scratch)
      unsafe symmetry.mirror(input: batch.scratch, into: observation)
      unsafe writeInput(window.end, task, into: batch.scratch)
      unsafe symmetry.mirror(input: batch.scratch, into: next)
      unsafe symmetry.mirror(action: stored, into: action)
    } else {
      unsafe writeInput(position, task, into: observation)
      unsafe writeInput(window.end, task, into: next)
      unsafe action.update(from: stored, count: batch.actionWidth)
    }
    let squashed = unsafe batch.actions + row * batch.actionWidth
    for dimension in 0..<batch.actionWidth {
      unsafe squashed[dimension] = PortableMath.tanh(action[dimension])
    }
  }

  /// What follows the action at `position`: up to n steps of reward, where the window ends, and what the value there
  /// counts. A window ends early at a `close`, at a termination, before an interval that may not be used, and at the
  /// newest record; it bootstraps there unless it was terminated.
  private func outcome(from position: UInt64, _ task: TaskParts) -> (reward: Float, discount: Float, end: UInt64) {
    var reward: Float = 0
    var steps = 0
    var isTerminated = false
    repeat {
      let bytes = unsafe index.record(position + UInt64(steps) + 1)
      unsafe reward += discountPowers[steps] * task.reward.reward(layout.decodeSignals(bytes))
      steps += 1
      let flags = StepFlags(
        rawValue: unsafe bytes.load(fromByteOffset: StepRecordLayout.Offset.flags, as: UInt8.self))
      isTerminated = flags.contains(.terminated)
    } while !isTerminated && steps < nStep && index.endsUsableTransition(position + UInt64(steps) + 1)
    return unsafe (reward, isTerminated ? 0 : discountPowers[steps], position + UInt64(steps))
  }

  /// The network input at `position`: `history` scaled frames, oldest first.
  private func writeInput(_ position: UInt64, _ task: TaskParts, into input: UnsafeMutablePointer<Float>) {
    for frame in 0..<task.history {
      let bytes = unsafe index.record(position + UInt64(frame) - UInt64(task.history - 1))
      let raw = unsafe (bytes + layout.observationOffset).assumingMemoryBound(to: Float.self)
      unsafe ObservationPlan.scale(
        raw: raw, count: task.width, by: scales, clips: clips, into: input + frame * task.width)
    }
  }
}

/// The parts of a plan that sampling needs, copied once a batch: reading a part of a large stored value copies it.
private struct TaskParts {
  let history: Int
  let width: Int
  let reward: RewardPlan
  let symmetry: SymmetryPlan?

  init(_ plan: borrowing ControlPlan) {
    history = plan.observation.history
    width = plan.observation.frameWidth
    reward = plan.reward
    symmetry = plan.symmetry
  }
}

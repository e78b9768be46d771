internal import CKernels
package import LimbTask
internal import LimbTypes

/// Draws batches of transitions from a store: uniform over everything that may be learned from, reproducible from
/// (seed, update), rewards and scaling computed by the plan that control runs: rewards when a record is taken in, so that another
/// plan relabels all that the robot ever did (docs/architecture.md, The record).
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
  /// Allocates about 20 bytes a record of capacity, rounded up to a power of two. Traps if the plan's widths are not the store's.
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
      layout: source.layout, reward: plan.reward, records: source.mostRecords, history: plan.observation.history)
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
      let position = index.anchor(Philox.index(words[row % 4], below: count))
      unsafe batch.sequences[row] = position
      index.fetch(position)
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
    squash(batch, rows)
    return true
  }

  /// Rows whose records are on their way from memory while one is filled.
  private static let rowsAhead = 8

  /// Asks for what `fillRow` will read of the transition at `position`: the frames, which are a third of their records, and the
  /// action. Records lie one after another, but for the end of a segment, where some are asked for in vain.
  private func fetch(_ position: UInt64, _ task: TaskParts) {
    let bytes = unsafe index.record(position)
    unsafe limb_fetch(bytes, StepRecordLayout.Offset.sequence + 8)
    unsafe limb_fetch(bytes + StepRecordLayout.Offset.logDensity, 4)
    unsafe limb_fetch(bytes + layout.preSquashOffset, 4 * layout.actionCount)
    var frame = unsafe bytes + layout.observationOffset - (task.history - 1) * layout.stride
    for _ in 0..<(task.history + nStep) {
      unsafe limb_fetch(frame, 4 * task.width)
      unsafe frame += layout.stride
    }
  }

  /// Writes the transition that begins at anchor `number` (in the order of recording) to row `row`: for tests and
  /// for going through a store in order.
  package func fill(_ batch: borrowing TransitionBatch, row: Int, anchor number: Int, mirrored: Bool = false) {
    precondition(row >= 0 && row < batch.batchSize, "the row is in the batch")
    fillRow(batch, row, index.anchor(number), TaskParts(plan), mirrored: mirrored)
    squash(batch, row..<row + 1)
  }

  /// a = tanh u of whole rows at once.
  private func squash(_ batch: borrowing TransitionBatch, _ rows: Range<Int>) {
    let first = rows.lowerBound * batch.actionWidth
    unsafe limb_tanh(rows.count * batch.actionWidth, batch.preSquash + first, batch.actions + first)
  }

  private func fillRow(
    _ batch: borrowing TransitionBatch, _ row: Int, _ position: UInt64, _ task: TaskParts, mirrored: Bool
  ) {
    let window = outcome(from: position)
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
    // The frames that both inputs have are made once: mirroring, too, goes frame by frame.
    let newer = min(Int(window.end - position), task.history)
    let shared = (task.history - newer) * task.width
    if mirrored, let symmetry = task.symmetry {
      unsafe writeFrames(task.history, upTo: position, task, into: batch.scratch)
      unsafe symmetry.mirror(batch.scratch, frames: task.history, into: observation)
      unsafe writeFrames(newer, upTo: window.end, task, into: batch.scratch)
      unsafe symmetry.mirror(batch.scratch, frames: newer, into: next + shared)
      unsafe symmetry.mirror(action: stored, into: action)
    } else {
      unsafe writeFrames(task.history, upTo: position, task, into: observation)
      unsafe writeFrames(newer, upTo: window.end, task, into: next + shared)
      unsafe action.update(from: stored, count: batch.actionWidth)
    }
    unsafe next.update(from: observation + newer * task.width, count: shared)
  }

  /// What follows the action at `position`: up to n steps of reward, where the window ends, and what the value there
  /// counts. A window ends early at a `close`, at a termination, before an interval that may not be used, and at the
  /// newest record; it bootstraps there unless it was terminated.
  private func outcome(from position: UInt64) -> (reward: Float, discount: Float, end: UInt64) {
    var reward: Float = 0
    var steps = 0
    var isTerminated = false
    repeat {
      unsafe reward += discountPowers[steps] * index.reward(position + UInt64(steps) + 1)
      steps += 1
      isTerminated = index.isTerminated(position + UInt64(steps))
    } while !isTerminated && steps < nStep && index.endsUsableTransition(position + UInt64(steps) + 1)
    return unsafe (reward, isTerminated ? 0 : discountPowers[steps], position + UInt64(steps))
  }

  /// The newest `count` frames of the network input at `position`, scaled, oldest first.
  private func writeFrames(
    _ count: Int, upTo position: UInt64, _ task: TaskParts, into input: UnsafeMutablePointer<Float>
  ) {
    for frame in 0..<count {
      let bytes = unsafe index.record(position + UInt64(frame) - UInt64(count - 1))
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
  let symmetry: SymmetryPlan?

  init(_ plan: borrowing ControlPlan) {
    history = plan.observation.history
    width = plan.observation.frameWidth
    symmetry = plan.symmetry
  }
}

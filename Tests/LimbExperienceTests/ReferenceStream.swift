import LimbTask
import LimbTypes

@testable import LimbExperience

/// What the robot really did, unbroken, and what a learner should be served of it: written down a second time, record
/// by record and by keys alone, to hold the index and the sampler against.
struct ReferenceStream {
  let plan: ControlPlan
  let layout: StepRecordLayout
  let discount: Float
  let nStep: Int
  private(set) var records: [StepRecord] = []
  private var byKey: [Key: Int] = [:]
  private var episode: UInt32 = 0

  struct Key: Hashable {
    var session: UInt64
    var episode: UInt32
    var index: Int32
  }

  struct Transition {
    var sequence: UInt64
    var observations: [Float]
    var preSquash: [Float]
    var actions: [Float]
    var reward: Float
    var discount: Float
    var nextObservations: [Float]
  }

  init(plan: ControlPlan, discount: Float = 0.9, nStep: Int = 1) {
    self.plan = plan
    layout = StepRecordLayout(plan: plan)
    self.discount = discount
    self.nStep = nStep
  }

  private func key(_ record: StepRecord, _ step: Int32 = 0) -> Key {
    Key(session: record.session, episode: record.episode, index: record.index + step)
  }

  /// Lives through one episode: context, `length` steps, a close with `cause`. Returns its records.
  mutating func liveEpisode(
    session: UInt64 = 7, length: Int, cause: EndCause, irregular: Set<Int> = []
  ) -> [StepRecord] {
    episode += 1
    var lived: [StepRecord] = []
    for index in -(plan.observation.history - 1)...length {
      let kind: RecordKind = index < 0 ? .context : (index == length ? .close : .step)
      var record = numbered(UInt64(records.count), layout: layout, kind: kind)
      record.session = session
      record.episode = episode
      record.index = Int32(index)
      record.flags = index <= 0 || irregular.contains(index) ? StepFlags() : .regular
      if kind == .close { Self.end(&record, cause) }
      byKey[key(record)] = records.count
      records.append(record)
      lived.append(record)
    }
    return lived
  }

  /// The flags that control gives the last record of an episode.
  private static func end(_ record: inout StepRecord, _ cause: EndCause) {
    record.endCause = cause
    switch cause.consequence {
    case .running: break
    case .terminated: record.flags.insert(.terminated)
    case .truncated: record.flags.insert(.truncated)
    case .truncatedDropped:
      record.flags.insert(.truncated)
      record.flags.remove(.regular)
    }
  }

  private func record(_ key: Key, _ surviving: Set<UInt64>) -> StepRecord? {
    guard let place = byKey[key], surviving.contains(records[place].sequence) else { return nil }
    return records[place]
  }

  /// Every transition that may be served if only the records with these sequence numbers survived, in order.
  func transitions(surviving: Set<UInt64>) -> [Transition] {
    records.compactMap { record in
      guard record.kind == .step, surviving.contains(record.sequence) else { return nil }
      for back in 0..<Int32(plan.observation.history) where self.record(key(record, -back), surviving) == nil {
        return nil
      }
      var reward: Float = 0
      var power: Float = 1
      var steps: Int32 = 0
      var terminated = false
      while steps < nStep, !terminated, let next = self.record(key(record, steps + 1), surviving),
        next.flags.contains(.regular)
      {
        reward += power * plan.reward.reward(next.signals)
        power *= discount
        steps += 1
        terminated = next.endCause.consequence == .terminated
      }
      guard steps > 0 else { return nil }
      let u = (0..<plan.actionCount).map { record.preSquash[$0] }
      return Transition(
        sequence: record.sequence, observations: input(key(record)), preSquash: u,
        actions: u.map { PortableMath.tanh($0) }, reward: reward, discount: terminated ? 0 : power,
        nextObservations: input(key(record, steps)))
    }
  }

  /// The network's input at a key, from the unbroken stream.
  private func input(_ key: Key) -> [Float] {
    var numbers: [Float] = []
    for back in (0..<Int32(plan.observation.history)).reversed() {
      let place = byKey[Key(session: key.session, episode: key.episode, index: key.index - back)]!
      let raw = (0..<plan.observation.frameWidth).map { records[place].observation[$0] }
      var scaled = [Float](repeating: 0, count: raw.count)
      unsafe raw.withUnsafeBufferPointer { source in
        unsafe scaled.withUnsafeMutableBufferPointer {
          unsafe plan.observation.scale(raw: source.baseAddress!, into: $0.baseAddress!)
        }
      }
      numbers += scaled
    }
    return numbers
  }
}

/// Row `row` of a batch in the form of the reference.
func served(_ batch: borrowing TransitionBatch, _ row: Int) -> ReferenceStream.Transition {
  func numbers(_ start: UnsafeMutablePointer<Float>, _ width: Int) -> [Float] {
    (0..<width).map { unsafe start[row * width + $0] }
  }
  return unsafe ReferenceStream.Transition(
    sequence: batch.sequences[row], observations: numbers(batch.observations, batch.inputWidth),
    preSquash: numbers(batch.preSquash, batch.actionWidth), actions: numbers(batch.actions, batch.actionWidth),
    reward: batch.rewards[row], discount: batch.discounts[row],
    nextObservations: numbers(batch.nextObservations, batch.inputWidth))
}

/// Every transition that the sampler may serve, in order.
func everything(_ sampler: borrowing ReplaySampler, _ plan: ControlPlan) -> [ReferenceStream.Transition] {
  let batch = TransitionBatch(
    batchSize: 1, inputWidth: plan.observation.inputWidth, actionWidth: plan.actionCount)
  var all: [ReferenceStream.Transition] = []
  for number in 0..<sampler.sampleableCount {
    sampler.fill(batch, row: 0, anchor: number)
    all.append(served(batch, 0))
  }
  return all
}

func same(_ a: ReferenceStream.Transition, _ b: ReferenceStream.Transition) -> Bool {
  a.sequence == b.sequence && a.observations == b.observations && a.preSquash == b.preSquash && a.actions == b.actions
    && a.reward == b.reward && a.discount == b.discount && a.nextObservations == b.nextObservations
}

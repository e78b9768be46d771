package import LimbTask
internal import LimbTypes

/// What a store of a given size does on this machine, for `limbd bench replay`.
package struct ReplayFigures: Sendable, Equatable {
  /// Records that were appended.
  package var records = 0
  /// Bytes of one.
  package var recordBytes = 0
  /// Transitions in one batch.
  package var batchSize = 0
  /// Numbers in one network input: observation frame × history.
  package var inputWidth = 0
  /// Records a second through encode, checksum, write and publication, one by one.
  package var appendPerSecond = 0.0
  /// The same, as the recorder drains its ring.
  package var appendBatchedPerSecond = 0.0
  /// Filling one batch: observations with history, next observations, rewards from signals, warm, one thread; median.
  package var sampleMicrosecondsP50 = 0.0
  /// The same: only one batch in a hundred takes longer.
  package var sampleMicrosecondsP99 = 0.0
  /// The same: the slowest batch.
  package var sampleMicrosecondsMax = 0.0
  /// Opening after a clean close: headers and the last segment.
  package var openSeconds = 0.0
  /// Verifying and indexing every record after that.
  package var indexSeconds = 0.0
}

/// Measures a store made for the purpose. Clock readings are the results themselves, nothing is decided by them.
package enum ReplayBench {
  /// Fills a new store under `stateDirectory` (which must hold none; the caller removes it) with `records` records of
  /// episodes of 500 steps, opens it again and draws `batches` batches. One thread.
  package static func run(
    stateDirectory: String, plan: ControlPlan, records: Int, batchSize: Int = 256, batches: Int = 2000,
    mirror: Bool = false
  ) throws(ReplayError) -> ReplayFigures {
    var figures = ReplayFigures()
    let layout = StepRecordLayout(plan: plan)
    figures.records = records
    figures.recordBytes = layout.stride
    figures.batchSize = batchSize
    figures.inputWidth = plan.observation.inputWidth
    try append(stateDirectory, plan, layout, records, &figures)
    var store: ReplayStore?
    figures.openSeconds = try seconds { () throws(ReplayError) in
      store = try open(stateDirectory, plan, layout, records)
    }
    guard let store else { return figures }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.99)
    let start = ContinuousClock.now
    sampler.refresh()
    figures.indexSeconds = elapsed(since: start)
    sample(sampler, plan, batchSize, batches, mirror, &figures)
    return figures
  }

  private static func open(
    _ directory: String, _ plan: ControlPlan, _ layout: StepRecordLayout, _ records: Int
  ) throws(ReplayError) -> ReplayStore {
    let identity = ReplayIdentity(
      profileName: "bench", profileHash: 0, observationHash: plan.observationHash, actionHash: plan.actionHash,
      dynamicsHash: plan.dynamicsHash, rewardHash: plan.rewardHash, session: 1, runCounter: 1, bootID: "bench")
    return try ReplayStore.open(
      stateDirectory: directory, layout: layout, identity: identity,
      limits: ReplayLimits(capacitySteps: max(records, 1), segmentSteps: 16_384, syncMilliseconds: 200))
  }

  private static func append(
    _ directory: String, _ plan: ControlPlan, _ layout: StepRecordLayout, _ records: Int,
    _ figures: inout ReplayFigures
  ) throws(ReplayError) {
    let store = try open(directory, plan, layout, records)
    let half = records / 2
    let made = (0..<1024).map { record(UInt64($0), plan) }
    func next(_ number: Int) -> StepRecord {
      var record = made[number & 1023]
      place(&record, number, history: plan.observation.history)
      return record
    }
    let single = try seconds { () throws(ReplayError) in
      for number in 0..<half { try store.append(next(number)) }
    }
    let batched = try seconds { () throws(ReplayError) in
      for number in half..<records { try store.stage(next(number)) }
      try store.publish()
    }
    figures.appendPerSecond = Double(half) / max(single, 1e-9)
    figures.appendBatchedPerSecond = Double(records - half) / max(batched, 1e-9)
    try store.close()
  }

  private static func sample(
    _ sampler: borrowing ReplaySampler, _ plan: ControlPlan, _ batchSize: Int, _ batches: Int, _ mirror: Bool,
    _ figures: inout ReplayFigures
  ) {
    let batch = TransitionBatch(
      batchSize: batchSize, inputWidth: plan.observation.inputWidth, actionWidth: plan.actionCount)
    var times: [Double] = []
    times.reserveCapacity(batches)
    for update in 0..<(batches + batches / 10) {
      let start = ContinuousClock.now
      guard sampler.fill(batch, update: UInt64(update), mirror: mirror) else { return }
      if update >= batches / 10 { times.append(elapsed(since: start) * 1e6) }
    }
    times.sort()
    guard let last = times.last else { return }
    figures.sampleMicrosecondsP50 = times[times.count / 2]
    figures.sampleMicrosecondsP99 = times[min(times.count - 1, times.count * 99 / 100)]
    figures.sampleMicrosecondsMax = last
  }

  /// Key, kind and flags of record `number` in a life of episodes of 500 steps that end in a fall.
  private static func place(_ record: inout StepRecord, _ number: Int, history: Int) {
    let length = 500 + history
    record.sequence = UInt64(number)
    record.session = 1
    record.episode = UInt32(number / length)
    record.index = Int32(number % length - (history - 1))
    record.kind = record.index < 0 ? .context : (record.index == 500 ? .close : .step)
    record.source = record.kind == .step ? .policy : .none
    record.flags = record.index > 0 ? .regular : StepFlags()
    if record.kind == .close {
      record.flags.insert(.terminated)
      record.endCause = .fall
    }
  }

  private static func record(_ number: UInt64, _ plan: ControlPlan) -> StepRecord {
    var record = StepRecord()
    let numbers = Philox.normals(seed: 1, stream: .test, counter: number, lane: 0)
    for index in 0..<plan.observation.frameWidth { record.observation[index] = numbers[index % 4] }
    record.observation.count = Int32(plan.observation.frameWidth)
    for index in 0..<plan.actionCount { record.preSquash[index] = numbers[index % 4] }
    record.signals.baseVelocityMetersPerSecond = Vector3(numbers.x, numbers.y, numbers.z)
    record.signals.headingRadians = numbers.w
    return record
  }

  private static func seconds(_ body: () throws(ReplayError) -> Void) throws(ReplayError) -> Double {
    let start = ContinuousClock.now
    try body()
    return elapsed(since: start)
  }

  private static func elapsed(since start: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = start.duration(to: .now).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

import CRealtime
import Glibc
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

@Suite("Sampling from the store")
struct ReplaySamplerTests {
  let directory = TemporaryDirectory()
  let plan: ControlPlan

  init() throws { plan = try testPlan() }

  private func store(capacity: Int = 10_000, segment: Int = 64, run: UInt64 = 1) throws -> ReplayStore {
    try openStore(
      directory, layout: StepRecordLayout(plan: plan), plan: plan, capacity: capacity, segment: segment, run: run)
  }

  private func batch(_ size: Int) -> TransitionBatch {
    TransitionBatch(batchSize: size, inputWidth: plan.observation.inputWidth, actionWidth: plan.actionCount)
  }

  @Test("what the learner gets at the end of an episode is the table of end causes", arguments: EndCause.allCases)
  func endCauses(cause: EndCause) throws {
    var reference = ReferenceStream(plan: plan)
    let lived = reference.liveEpisode(length: 5, cause: cause)
    let store = try store()
    for record in lived { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    sampler.refresh()
    let all = everything(sampler, plan)
    let last = lived[lived.count - 2].sequence
    let served = all.map(\.sequence)
    switch cause.consequence {
    case .terminated:
      #expect(served == Array(last - 4...last))
      #expect(all.last?.discount == 0)
    case .truncated, .running:
      #expect(served == Array(last - 4...last))
      #expect(all.last?.discount == 0.9)
    case .truncatedDropped:
      #expect(served == Array(last - 4...last - 1), "the chain ends one step earlier")
      #expect(all.last?.discount == 0.9)
    }
    #expect(all.dropLast().allSatisfy { $0.discount == 0.9 })
  }

  @Test("a dropped end stays out even if its record claims to be regular")
  func droppedEndWithRegularFlag() throws {
    var reference = ReferenceStream(plan: plan)
    var lived = reference.liveEpisode(length: 3, cause: .linkLoss)
    lived[lived.count - 1].flags.insert(.regular)
    let store = try store()
    for record in lived { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    sampler.refresh()
    #expect(sampler.sampleableCount == 2)
  }

  @Test("a batch of two samplers holds the rows that each would give it; prior data of another task is refused by name")
  func prior() throws {
    let other = TemporaryDirectory()
    var reference = ReferenceStream(plan: plan)
    let layout = StepRecordLayout(plan: plan)
    #expect(throws: ReplayError.empty(directory: other.path)) {
      let empty = try openStore(other, layout: layout, plan: plan)
      try empty.close()
      _ = try PriorData(stateDirectory: other.path, layout: layout, identity: testIdentity(plan))
    }
    let earlier = try openStore(other, layout: layout, plan: plan, segment: 16, session: 1)
    for _ in 0..<6 { for record in reference.liveEpisode(length: 9, cause: .fall) { try earlier.append(record) } }
    try earlier.close()
    let prior = try PriorData(stateDirectory: other.path, layout: layout, identity: testIdentity(plan, session: 9))
    var old = ReplaySampler(prior: prior, plan: plan, seed: 1, discount: 0.9)
    old.refresh()
    #expect(old.sampleableCount == 54)

    let store = try store()
    for record in reference.liveEpisode(length: 30, cause: .timeLimit) { try store.append(record) }
    var own = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    own.refresh()
    let mixed = batch(10)
    let ownWhole = batch(10)
    let oldWhole = batch(10)
    for update in 0..<20 as Range<UInt64> {
      #expect(own.fill(ownWhole, update: update) && old.fill(oldWhole, update: update))
      #expect(own.fill(mixed, rows: 0..<5, update: update) && old.fill(mixed, rows: 5..<10, update: update))
      for row in 0..<5 { #expect(same(served(mixed, row), served(ownWhole, row))) }
      for row in 5..<10 { #expect(same(served(mixed, row), served(oldWhole, row))) }
    }

    var identity = testIdentity(plan)
    identity.dynamicsHash ^= 1
    #expect {
      _ = try PriorData(stateDirectory: other.path, layout: layout, identity: identity)
    } throws: { error in
      if case ReplayError.foreign(_, "dynamics_hash", _, _) = error { true } else { false }
    }
  }

  @Test("the newest transition is the first row of every batch that wants it, and the other rows are as without it")
  func newest() throws {
    var reference = ReferenceStream(plan: plan)
    let store = try store()
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    let plain = batch(8)
    let wanting = batch(8)
    for length in [4, 7] {
      for record in reference.liveEpisode(length: length, cause: .timeLimit) { try store.append(record) }
      sampler.refresh()
      let newest = try #require(everything(sampler, plan).last?.sequence)
      for update in 0..<20 as Range<UInt64> {
        #expect(sampler.fill(plain, update: update) && sampler.fill(wanting, update: update, newest: true))
        #expect(unsafe wanting.sequences[0] == newest)
        for row in 1..<8 { #expect(unsafe wanting.sequences[row] == plain.sequences[row]) }
      }
    }
  }

  @Test("termination wins over truncation")
  func bothFlags() throws {
    var reference = ReferenceStream(plan: plan)
    var lived = reference.liveEpisode(length: 3, cause: .fall)
    lived[lived.count - 1].flags.insert(.truncated)
    let store = try store()
    for record in lived { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    sampler.refresh()
    #expect(everything(sampler, plan).last?.discount == 0)
  }

  @Test("contexts are never sampled, and without them the first steps are not either")
  func contexts() throws {
    var reference = ReferenceStream(plan: plan)
    let lived = reference.liveEpisode(length: 6, cause: .timeLimit)
    let store = try store()
    for record in lived.dropFirst(1) { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    sampler.refresh()
    #expect(everything(sampler, plan).map(\.sequence) == Array(3...7))
  }

  @Test("a number that is not finite never reaches the learner")
  func notFinite() throws {
    var reference = ReferenceStream(plan: plan)
    var lived = reference.liveEpisode(length: 12, cause: .timeLimit)
    lived[4].observation[2] = .nan
    lived[9].signals.headingRadians = .infinity
    let store = try store()
    for record in lived { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    sampler.refresh()
    #expect(sampler.damagedRecords == 2)
    let survivors = Set(lived.map(\.sequence)).subtracting([4, 9])
    #expect(everything(sampler, plan).map(\.sequence) == reference.transitions(surviving: survivors).map(\.sequence))
  }

  @Test("a sampler sees records up to its refresh and no later ones")
  func upToNow() throws {
    var reference = ReferenceStream(plan: plan)
    let lived = reference.liveEpisode(length: 10, cause: .timeLimit)
    let store = try store(segment: 4)
    var sampler = ReplaySampler(store: store, plan: plan, seed: 1, discount: 0.9)
    for (number, record) in lived.enumerated() {
      try store.append(record)
      #expect(sampler.recordCount == number)
      sampler.refresh()
      #expect(sampler.sampleableCount == max(0, number - 2))
    }
  }

  @Test("a batch depends on seed, update and content alone, over a restart too")
  func reproducible() throws {
    var reference = ReferenceStream(plan: plan)
    var sequences: [[UInt64]] = []
    do {
      let store = try store()
      for _ in 0..<10 {
        for record in reference.liveEpisode(length: 20, cause: .timeLimit) { try store.append(record) }
      }
      var sampler = ReplaySampler(store: store, plan: plan, seed: 3, discount: 0.9)
      sampler.refresh()
      for (seed, update) in [(3, 5), (3, 5), (3, 6), (4, 5)] as [(UInt64, UInt64)] {
        var other = ReplaySampler(store: store, plan: plan, seed: seed, discount: 0.9)
        other.refresh()
        let batch = batch(32)
        let filled = other.fill(batch, update: update)
        #expect(filled)
        sequences.append((0..<32).map { unsafe batch.sequences[$0] })
      }
    }
    #expect(sequences[0] == sequences[1])
    #expect(sequences[0] != sequences[2] && sequences[0] != sequences[3])
    var sampler = ReplaySampler(store: try store(run: 2), plan: plan, seed: 3, discount: 0.9)
    sampler.refresh()
    let batch = batch(32)
    let filled = sampler.fill(batch, update: 5)
    #expect(filled)
    #expect((0..<32).map { unsafe batch.sequences[$0] } == sequences[0])
  }

  @Test("draws are uniform over what may be sampled, edges of episodes included (χ², 99.9 %)")
  func uniform() throws {
    var reference = ReferenceStream(plan: plan)
    let store = try store()
    for length in [1, 2, 30, 17] {
      for record in reference.liveEpisode(length: length, cause: .fall) { try store.append(record) }
    }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 11, discount: 0.9)
    sampler.refresh()
    #expect(sampler.sampleableCount == 50)
    let batch = batch(256)
    var counts: [UInt64: Int] = [:]
    for update in 0..<200 {
      let filled = sampler.fill(batch, update: UInt64(update))
      #expect(filled)
      for row in 0..<256 { counts[unsafe batch.sequences[row], default: 0] += 1 }
    }
    let expected = Double(200 * 256) / 50
    let chiSquare = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(counts.count == 50)
    #expect(chiSquare < 85.35, "49 degrees of freedom")
  }

  @Test("a mirrored row is the image of the plain one, and half of the rows are mirrored")
  func mirrored() throws {
    let symmetry = try #require(plan.symmetry)
    var reference = ReferenceStream(plan: plan)
    let store = try store()
    for record in reference.liveEpisode(length: 40, cause: .fall) { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 2, discount: 0.9)
    sampler.refresh()
    let plain = batch(256)
    let mixed = batch(256)
    let filled = sampler.fill(plain, update: 1) && sampler.fill(mixed, update: 1, mirror: true)
    #expect(filled)
    var images = 0
    for row in 0..<256 {
      let a = served(plain, row)
      let b = served(mixed, row)
      #expect(a.sequence == b.sequence && a.reward == b.reward && a.discount == b.discount)
      if a.preSquash == b.preSquash {
        #expect(same(a, b))
        continue
      }
      images += 1
      var image = ActionVector()
      for i in 0..<plan.actionCount { image[i] = a.preSquash[i] }
      image = symmetry.mirror(action: image)
      #expect((0..<plan.actionCount).map { image[$0] } == b.preSquash)
      for (from, to) in [(a.observations, b.observations), (a.nextObservations, b.nextObservations)] {
        var out = [Float](repeating: 0, count: from.count)
        unsafe from.withUnsafeBufferPointer { source in
          unsafe out.withUnsafeMutableBufferPointer {
            unsafe symmetry.mirror(source.baseAddress!, frames: plan.observation.history, into: $0.baseAddress!)
          }
        }
        #expect(out == to)
      }
    }
    #expect((96...160).contains(images))
  }

  @Test("filling a batch makes no heap call")
  func noHeap() throws {
    guard limb_heap_probe_available() == 1 else { return }
    var reference = ReferenceStream(plan: plan)
    let store = try store()
    for record in reference.liveEpisode(length: 40, cause: .fall) { try store.append(record) }
    var sampler = ReplaySampler(store: store, plan: plan, seed: 2, discount: 0.9, nStep: 3)
    sampler.refresh()
    let batch = batch(64)
    var filled = sampler.fill(batch, update: 0, mirror: true)
    limb_heap_probe_arm()
    for update in 1..<20 { filled = filled && sampler.fill(batch, update: UInt64(update), mirror: true) }
    sampler.refresh()
    #expect(limb_heap_probe_disarm() == 0)
    #expect(filled)
  }

  @Test("an empty store serves nothing and says so")
  func empty() throws {
    var sampler = ReplaySampler(store: try store(), plan: plan, seed: 2, discount: 0.9)
    sampler.refresh()
    let filled = sampler.fill(batch(4), update: 0)
    #expect(!filled)
  }
}

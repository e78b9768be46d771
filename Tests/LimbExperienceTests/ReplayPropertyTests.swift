import Glibc
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

/// How many random lives the property test goes through; `LIMBD_CASES` scales it.
private let lives = (0..<CaseScale.cases(12)).map(UInt64.init)

@Suite("Everything served equals the unbroken stream")
struct ReplayPropertyTests {
  @Test("under drops, corruption, eviction and restarts exactly what may be served is served, byte for byte", arguments: lives)
  func life(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let plan = try testPlan(history: 1 + random.below(5))
    let nStep = 1 + random.below(4)
    let directory = TemporaryDirectory()
    var reference = ReferenceStream(plan: plan, nStep: nStep)
    let capacity = 100 + random.below(400)
    let segment = 5 + random.below(60)
    var lost: Set<UInt64> = []
    for run in 1...6 {
      let store = try openStore(
        directory, layout: reference.layout, plan: plan, capacity: capacity, segment: segment,
        session: UInt64(run), run: UInt64(run))
      var sampler = ReplaySampler(store: store, plan: plan, seed: seed, discount: 0.9, nStep: nStep)
      for _ in 0..<random.below(12) {
        try live(&reference, store, session: UInt64(run), &random, &lost)
        if random.chance(2) { sampler.refresh() }
        if random.chance(4) { check(&sampler, store, reference, lost) }
      }
      check(&sampler, store, reference, lost)
      if random.chance(2) { try store.close() }
      try damage(store, &random, &lost)
    }
  }

  /// One episode, some of whose records never reach the store.
  private func live(
    _ reference: inout ReferenceStream, _ store: ReplayStore, session: UInt64, _ random: inout TestRandom,
    _ lost: inout Set<UInt64>
  ) throws {
    let causes = EndCause.allCases
    let length = 1 + random.below(30)
    var irregular: Set<Int> = []
    for step in 1...length where random.chance(12) { irregular.insert(step) }
    let drops = random.chance(2)
    let records = reference.liveEpisode(
      session: session, length: length, cause: causes[random.below(causes.count)], irregular: irregular)
    for record in records {
      if drops && random.chance(8) {
        lost.insert(record.sequence)
      } else if random.chance(3) {
        try store.append(record)
      } else {
        try store.stage(record)
      }
    }
    try store.publish()
  }

  /// Flips a byte in a few stored records, as a failing disk would between two runs.
  private func damage(_ store: ReplayStore, _ random: inout TestRandom, _ lost: inout Set<UInt64>) throws {
    for segment in store.segmentsNow where segment.recordCount > 0 && random.chance(3) {
      let index = random.below(segment.recordCount)
      let sequence = unsafe segment.record(index).load(
        fromByteOffset: StepRecordLayout.Offset.sequence, as: UInt64.self)
      // A second hit could undo the first, and a record whose number was hit no longer says which it is.
      if !segment.isWhole(index, store.crc) { continue }
      lost.insert(sequence)
      var bytes = try readFile(segment.path)
      bytes[SegmentHeader.bytes + index * store.layout.stride + random.below(store.layout.stride)] ^= 1 << 3
      try writeInPlace(segment.path, bytes)
    }
  }

  private func writeInPlace(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = try PosixFile.open(path, O_WRONLY)
    defer { close(descriptor) }
    try unsafe bytes.withUnsafeBytes {
      try unsafe PosixFile.write(descriptor, $0.baseAddress!, count: bytes.count, at: 0, path: path)
    }
  }

  private func check(
    _ sampler: inout ReplaySampler, _ store: ReplayStore, _ reference: ReferenceStream, _ lost: Set<UInt64>
  ) {
    sampler.refresh()
    let surviving = Set(allRecords(store).map(\.sequence)).subtracting(lost)
    let expected = reference.transitions(surviving: surviving)
    let actual = everything(sampler, reference.plan)
    #expect(actual.map(\.sequence) == expected.map(\.sequence))
    for (a, b) in zip(actual, expected) where !same(a, b) { Issue.record("record \(a.sequence) was served wrong") }
  }
}

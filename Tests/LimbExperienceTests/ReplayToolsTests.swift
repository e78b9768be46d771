import Glibc
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

/// Cuts the file at `path` and lengthens it again on a thread of its own, for ever.
private func keepCutting(_ path: String, between short: Int, and long: Int) throws {
  let descriptor = try PosixFile.open(path, O_RDWR)
  let words = UnsafeMutablePointer<(Int32, Int, Int)>.allocate(capacity: 1)
  unsafe words.initialize(to: (descriptor, short, long))
  var thread = pthread_t()
  _ = unsafe pthread_create(
    &thread, nil,
    { words in
      let (file, short, long) = unsafe words!.load(as: (Int32, Int, Int).self)
      while true {
        ftruncate(file, off_t(short))
        ftruncate(file, off_t(long))
      }
    }, words)
}

@Suite("Inspecting and measuring a store")
struct ReplayToolsTests {
  let directory = TemporaryDirectory()

  @Test("an inspection counts what is there, beside the writer and without changing it")
  func inspection() throws {
    let plan = try testPlan()
    var reference = ReferenceStream(plan: plan)
    let store = try openStore(directory, layout: reference.layout, plan: plan, segment: 32)
    for (length, cause) in [(20, EndCause.fall), (30, .timeLimit), (5, .fall)] {
      for record in reference.liveEpisode(length: length, cause: cause) { try store.append(record) }
    }
    let path = store.segmentsNow[0].path
    var bytes = try readFile(path)
    bytes[SegmentHeader.bytes + 7 * reference.layout.stride + 100] ^= 1
    try writeFile(path, bytes)
    let inspection = try ReplayInspection(stateDirectory: directory.path)
    #expect(inspection.contexts == 6 && inspection.steps == 54 && inspection.closes == 3)
    #expect(inspection.damagedRecords == 1 && inspection.headers.count == 2)
    #expect(inspection.ends[Int(EndCause.fall.rawValue)] == 2)
    #expect(inspection.ends[Int(EndCause.timeLimit.rawValue)] == 1)
    #expect(inspection.firstSequence == 0 && inspection.lastSequence == 63)
    #expect(try readFile(path) == bytes)
  }

  @Test("an inspection beside a daemon that starts, and cuts the last segment to what was written, counts what is there")
  func beside() async throws {
    // In a process of its own: a read behind the end of a mapped file would kill it.
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let store = try openStore(directory, capacity: 200_000, segment: 100_000)
      for sequence in 0..<300 as Range<UInt64> { try store.append(numbered(sequence)) }
      let path = store.segmentsNow[0].path
      let written = SegmentHeader.bytes + 300 * smallLayout.stride
      let whole = try readFile(path).count
      try keepCutting(path, between: written, and: whole)
      for _ in 0..<300 {
        let inspection = try ReplayInspection(stateDirectory: directory.path)
        #expect(inspection.steps == 300 && inspection.damagedRecords == 0)
      }
    }
  }

  @Test("an inspection of a directory without a store says so")
  func nothing() {
    #expect(throws: ReplayError.self) { try ReplayInspection(stateDirectory: directory.path + "/none") }
  }

  @Test("the bench fills, opens and samples a store of the size asked for")
  func bench() throws {
    let figures = try ReplayBench.run(
      stateDirectory: directory.path, plan: testPlan(history: 5), records: 3000, batchSize: 32, batches: 20)
    #expect(figures.appendPerSecond > 0 && figures.appendBatchedPerSecond > 0 && figures.openSeconds > 0)
    #expect(figures.sampleMicrosecondsP50 > 0 && figures.sampleMicrosecondsP99 >= figures.sampleMicrosecondsP50)
    let inspection = try ReplayInspection(stateDirectory: directory.path)
    #expect(inspection.records.reduce(0, +) == 3000 && inspection.damagedRecords == 0)
  }
}

import Glibc
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

/// How many kills; `LIMBD_CASES` scales it.
private let kills = (0..<CaseScale.cases(10)).map(UInt64.init)

/// A word in a file that two processes share: survives the death of either.
@safe struct SharedCounter: ~Copyable {
  private let word: UnsafeMutablePointer<UInt64>

  init(path: String) throws {
    let descriptor = try PosixFile.open(path, O_RDWR | O_CREAT)
    defer { close(descriptor) }
    try PosixFile.reserve(descriptor, count: 4096, path: path)
    let map = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    unsafe word = map!.bindMemory(to: UInt64.self, capacity: 1)
  }

  deinit { unsafe munmap(word, 4096) }

  var value: UInt64 {
    get { unsafe word.pointee }
    nonmutating set { unsafe word.pointee = newValue }
  }
}

private func openSmall(_ path: String, run: UInt64) throws -> ReplayStore {
  try ReplayStore.open(
    stateDirectory: path, layout: smallLayout, identity: testIdentity(run: run),
    limits: ReplayLimits(capacitySteps: 3000, segmentSteps: 200, syncMilliseconds: 1))
}

/// What the child does until it dies: appends through roll-over and eviction, closes and opens again, and notes after
/// each publication what was acknowledged.
private func appendForever(_ path: String, seed: UInt64) throws {
  let acknowledged = try SharedCounter(path: path + "/acknowledged")
  var random = TestRandom(seed: seed)
  while true {
    let store = try openSmall(path, run: seed)
    var sequence = store.firstSequence
    for _ in 0..<random.below(300) {
      for _ in 0...random.below(40) {
        try store.stage(numbered(sequence))
        sequence += 1
      }
      try store.publish()
      acknowledged.value = sequence
      if random.chance(50) { try store.sync() }
    }
    if random.chance(2) { try store.close() }
  }
}

/// Sends SIGKILL to this process after so many microseconds, whatever it is doing then.
private func killLater(microseconds: UInt32) {
  let delay = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
  unsafe delay.initialize(to: microseconds)
  var thread = pthread_t()
  _ = unsafe pthread_create(
    &thread, nil,
    { delay in
      usleep(unsafe delay!.load(as: UInt32.self))
      kill(getpid(), SIGKILL)
      return nil
    }, delay)
}

/// The longest file that this process may write from now on.
private func limitFiles(bytes: UInt) { lower(RLIMIT_FSIZE, to: bytes) }

/// The soft limit of this process.
private func lower(_ resource: __rlimit_resource, to value: UInt) {
  var limit = rlimit()
  _ = unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  limit.rlim_cur = min(value, limit.rlim_max)
  _ = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
}

@Suite("Killed, or with nowhere to write", .serialized)
struct CrashTests {
  @Test("after kill -9 at any point the store opens, holds every acknowledged record, and none is torn")
  func killed() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    for number in kills {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, number = number as UInt64] in
        var random = TestRandom(seed: number &+ 77)
        killLater(microseconds: UInt32(500 + random.below(60_000)))
        try appendForever(path, seed: number + 1)
      }
      let acknowledged = try SharedCounter(path: path + "/acknowledged").value
      let store = try openSmall(path, run: number + 1)
      let records = allRecords(store)
      let stored = store.firstSequence
      #expect(stored >= acknowledged)
      #expect(store.writtenRecords == stored)
      #expect(records.map(\.sequence) == Array((records.first?.sequence ?? stored)..<stored))
      #expect(records.count >= min(Int(acknowledged), 2800), "only whole segments beyond the capacity were evicted")
      #expect(records.allSatisfy { encoded($0) == encoded(numbered($0.sequence)) })
    }
    #expect(try SharedCounter(path: path + "/acknowledged").value > 0)
  }

  @Test("a store of more segments than the process may have files open is opened, inspected and gone on with")
  func manySegments() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    do {
      // 200 records a segment, 3000 kept.
      let store = try openSmall(path, run: 1)
      for sequence in 0..<3000 as Range<UInt64> { try store.append(numbered(sequence)) }
      try store.close()
      try #require(store.segmentsNow.count == 15)
    }
    await #expect(processExitsWith: .success) { [path = path as String] in
      let open = try PosixFile.names(in: "/proc/self/fd").compactMap { UInt($0) }
      // Ten more than there are: fewer than the store has segments.
      lower(RLIMIT_NOFILE, to: (open.max() ?? 0) + 10)
      let reader = try ReplayReader(stateDirectory: path)
      #expect(reader.segments.count == 15)
      let again = try openSmall(path, run: 2)
      #expect(allRecords(again).count == 3000)
      try again.append(numbered(3000))
      #expect(again.writtenRecords == 3001)
    }
  }

  @Test("a full disk drops and counts, serves what is there, and is over when space returns")
  func diskFull() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    // A limit on the size of files stands for the disk; it holds for a whole process, so for one of its own.
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      let store = try openSmall(path, run: 1)
      for sequence in 0..<150 as Range<UInt64> { try store.append(numbered(sequence)) }
      limitFiles(bytes: 8192)
      for sequence in 150..<160 as Range<UInt64> {
        #expect(throws: ReplayError.self) { try store.append(numbered(sequence)) }
      }
      #expect(store.droppedRecords == 10 && store.writtenRecords == 150 && store.storedRecords == 150)
      // The record at which a batch fails is lost with it and counted with it: fifty fill the segment, the next needs them written.
      for sequence in 1000..<1050 as Range<UInt64> { try store.stage(numbered(sequence)) }
      #expect(throws: ReplayError.self) { try store.stage(numbered(1050)) }
      #expect(store.droppedRecords == 61 && store.writtenRecords == 150)
      limitFiles(bytes: 1 << 40)
      for sequence in 160..<210 as Range<UInt64> { try store.append(numbered(sequence)) }
      limitFiles(bytes: 8192)
      let next = store.directory + "/segment-00000002.limb"
      let needed = SegmentHeader.bytes + 200 * smallLayout.stride
      #expect(throws: ReplayError.diskFull(path: next, neededBytes: needed)) { try store.append(numbered(210)) }
      #expect(try PosixFile.names(in: store.directory) == ["lock", "segment-00000001.limb"])
      limitFiles(bytes: 1 << 40)
      try store.append(numbered(211))
      #expect(store.droppedRecords == 62 && store.writtenRecords == 201)
      try store.close()
    }
    let store = try openSmall(path, run: 2)
    #expect(allRecords(store).map(\.sequence) == Array(0..<150) + Array(160..<210) + [211])
  }
}

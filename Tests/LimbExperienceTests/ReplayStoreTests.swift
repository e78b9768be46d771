import Glibc
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

@Suite("The replay store")
struct ReplayStoreTests {
  let directory = TemporaryDirectory()

  @Test("records come back in order, over segments and over a restart")
  func roundTrip() throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<40 { try store.append(numbered(UInt64(sequence))) }
      #expect(store.writtenRecords == 40 && store.writtenSteps == 40 && store.storedRecords == 40)
      try store.close()
    }
    let store = try openStore(directory, run: 2)
    #expect(store.opening.records == 40 && store.opening.tornBytes == 0 && store.opening.segments == 3)
    #expect(store.firstSequence == 40 && store.writtenRecords == 40)
    for sequence in 40..<50 { try store.append(numbered(UInt64(sequence))) }
    let records = allRecords(store)
    #expect(records.map(\.sequence) == Array(0..<50))
    for record in records { #expect(encoded(record) == encoded(numbered(record.sequence))) }
  }

  @Test("records staged together are acknowledged together, over the edge of a segment too")
  func staging() throws {
    let store = try openStore(directory)
    for sequence in 0..<100 { try store.stage(numbered(UInt64(sequence), kind: sequence % 10 == 9 ? .close : .step)) }
    #expect(store.writtenRecords == 96)
    try store.publish()
    #expect(store.writtenRecords == 100 && store.writtenSteps == 90)
    #expect(allRecords(store).map(\.sequence) == Array(0..<100))
  }

  @Test("a store left without closing opens with every acknowledged record and names in order")
  func abandoned() throws {
    for run in 0..<5 {
      let store = try openStore(directory, run: UInt64(run + 1))
      #expect(store.writtenRecords == UInt64(run * 7) && store.firstSequence == UInt64(run * 7))
      for step in 0..<7 { try store.append(numbered(UInt64(run * 7 + step))) }
    }
    let names = try PosixFile.names(in: directory.path + "/replay").filter { $0.hasSuffix(".limb") }
    #expect(names == (1...5).map { "segment-0000000\($0).limb" })
    let store = try openStore(directory, run: 6)
    #expect(allRecords(store).map(\.sequence) == Array(0..<35))
    #expect(store.segmentsNow.map(\.header.runCounter) == [1, 2, 3, 4, 5])
  }

  @Test("a record torn at any byte is cut off and nothing else", arguments: Array(stride(from: 1, to: smallLayout.stride, by: 7)))
  func torn(bytesWritten: Int) throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<5 { try store.append(numbered(UInt64(sequence))) }
    }
    let path = directory.path + "/replay/segment-00000001.limb"
    var bytes = try readFile(path)
    let last = SegmentHeader.bytes + 4 * smallLayout.stride
    for offset in bytesWritten..<smallLayout.stride { bytes[last + offset] = 0 }
    try writeFile(path, bytes)
    let store = try openStore(directory, run: 2)
    #expect(allRecords(store).map(\.sequence) == [0, 1, 2, 3])
    #expect(store.firstSequence == 4)
    #expect(store.opening.tornBytes > 0 && store.opening.tornBytes <= bytesWritten)
    #expect(try readFile(path).count == last)
  }

  @Test("a damaged record in the middle stays out, those behind it stay in")
  func bitRot() throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<10 { try store.append(numbered(UInt64(sequence))) }
    }
    let path = directory.path + "/replay/segment-00000001.limb"
    var bytes = try readFile(path)
    bytes[SegmentHeader.bytes + 3 * smallLayout.stride + 50] ^= 0x10
    try writeFile(path, bytes)
    let store = try openStore(directory, run: 2)
    #expect(allRecords(store).map(\.sequence) == [0, 1, 2, 4, 5, 6, 7, 8, 9])
    #expect(store.firstSequence == 10)
  }

  @Test("files of a creation that was cut short are removed; a segment without records too")
  func unfinished() throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<16 { try store.append(numbered(UInt64(sequence))) }
    }
    let folder = directory.path + "/replay/"
    try writeFile(folder + "segment-00000002.limb.unfinished", [1, 2, 3])
    var empty = Array(try readFile(folder + "segment-00000001.limb").prefix(SegmentHeader.bytes))
    empty += [UInt8](repeating: 0, count: 16 * smallLayout.stride)
    try writeFile(folder + "segment-00000003.limb", empty)
    let store = try openStore(directory, run: 2)
    #expect(store.opening.unfinishedFiles == 1 && store.opening.segments == 1 && store.opening.records == 16)
    try store.append(numbered(16))
    let names = try PosixFile.names(in: folder).filter { $0.hasPrefix("segment") }
    #expect(names == ["segment-00000001.limb", "segment-00000004.limb"])
  }

  @Test("every damaged byte of a header is noticed; the other segments are read", arguments: [1, 2])
  func damagedHeader(_ number: Int) throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<32 { try store.append(numbered(UInt64(sequence))) }
    }
    let path = directory.path + "/replay/segment-0000000\(number).limb"
    let good = try readFile(path)
    for offset in [0, 7, 8, 9, 12, 15, 16, 500, 2000] {
      var bad = good
      bad[offset] ^= 1
      try writeFile(path, bad)
      let store = try openStore(directory, run: 2)
      #expect(store.opening.damagedSegments == 1, "\(offset)")
      #expect(allRecords(store).map(\.sequence) == Array(number == 1 ? 16..<32 : 0..<16), "\(offset)")
    }
  }

  @Test("where the newest segment cannot be read, the numbers go on behind the last whole record of the one before it")
  func damagedHeaderAndRecord() throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<32 { try store.append(numbered(UInt64(sequence))) }
    }
    let folder = directory.path + "/replay/"
    var header = try readFile(folder + "segment-00000002.limb")
    header[9] ^= 1
    try writeFile(folder + "segment-00000002.limb", header)
    var records = try readFile(folder + "segment-00000001.limb")
    records[records.count - 1] ^= 1
    try writeFile(folder + "segment-00000001.limb", records)
    let store = try openStore(directory, run: 2)
    #expect(store.opening.damagedSegments == 1)
    #expect(store.firstSequence == 15 && store.writtenRecords == 15)
    #expect(allRecords(store).map(\.sequence) == Array(0..<15))
  }

  @Test("whole segments are evicted, oldest first, and at most one segment more than asked for is kept")
  func eviction() throws {
    let store = try openStore(directory, capacity: 40)
    for sequence in 0..<500 {
      try store.append(numbered(UInt64(sequence)))
      let stored = allRecords(store).map(\.sequence)
      #expect(stored.count <= 56 && stored.count >= min(sequence + 1, 32))
      #expect(stored.last == UInt64(sequence) && stored.first! % 16 == 0)
    }
    #expect(store.writtenRecords == 500)
    let files = try PosixFile.names(in: directory.path + "/replay").filter { $0.hasSuffix(".limb") }
    #expect(files.count == store.segmentsNow.count)
  }

  @Test("a smaller capacity is met when the store is opened")
  func shrink() throws {
    do {
      let store = try openStore(directory)
      for sequence in 0..<100 { try store.append(numbered(UInt64(sequence))) }
    }
    let store = try openStore(directory, capacity: 20, run: 2)
    #expect(store.storedRecords <= 36 && allRecords(store).last?.sequence == 99)
    #expect(store.writtenRecords == 100)
  }

  @Test("a second opener is refused with the holder's process id, and let in when the first is gone")
  func locked() throws {
    do {
      let store = try openStore(directory)
      #expect(throws: ReplayError.locked(directory: directory.path + "/replay", holderProcess: getpid())) {
        _ = try openStore(directory)
      }
      try store.append(numbered(0))
    }
    _ = try openStore(directory)
  }

  @Test("another robot's or another task's store is refused by the field that differs")
  func foreign() throws {
    do {
      let store = try openStore(directory)
      try store.append(numbered(0))
    }
    func field(_ change: (inout ReplayIdentity) -> Void, layout: StepRecordLayout = smallLayout) -> String? {
      var identity = testIdentity()
      change(&identity)
      do {
        _ = try ReplayStore.open(
          stateDirectory: directory.path, layout: layout, identity: identity,
          limits: ReplayLimits(capacitySteps: 10, segmentSteps: 16, syncMilliseconds: 0))
        return nil
      } catch {
        guard case .foreign(_, let field, _, _) = error else { return "\(error)" }
        return field
      }
    }
    #expect(field { $0.robotUUID = "ffff" } == "robot_uuid")
    #expect(field { $0.observationHash = 9 } == "observation_hash")
    #expect(field { $0.actionHash = 9 } == "action_hash")
    #expect(field { $0.rewardHash = 9 } == nil)
    #expect(field { $0.robotUUID = "" } == nil)
    let wider = StepRecordLayout(jointCount: 2, actionCount: 2, footCount: 0, observationFrameWidth: 4)!
    #expect(field({ _ in }, layout: wider) == "observation_width")
  }

  @Test("other dynamics are counted, not refused")
  func otherDynamics() throws {
    do {
      let store = try openStore(directory)
      try store.append(numbered(0))
    }
    var identity = testIdentity()
    identity.dynamicsHash = 99
    let store = try ReplayStore.open(
      stateDirectory: directory.path, layout: smallLayout, identity: identity,
      limits: ReplayLimits(capacitySteps: 10, segmentSteps: 16, syncMilliseconds: 0))
    #expect(store.opening.otherDynamicsSegments == 1 && store.opening.records == 1)
  }

  @Test("syncs are batched by the caller's clock")
  func syncing() throws {
    let store = try openStore(directory)
    func at(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
    #expect(try !store.syncIfDue(now: at(0)))
    try store.append(numbered(0))
    #expect(try !store.syncIfDue(now: at(199)))
    #expect(try store.syncIfDue(now: at(200)))
    #expect(try !store.syncIfDue(now: at(1000)), "nothing new")
    try store.append(numbered(1))
    #expect(try !store.syncIfDue(now: at(1199)))
    #expect(try store.syncIfDue(now: at(1200)))
  }

  @Test("limits that make no store are refused")
  func limits() {
    #expect(throws: ReplayError.invalidLimit(field: "segment_steps", actual: 0, minimum: 1)) {
      _ = try openStore(directory, segment: 0)
    }
    #expect(throws: ReplayError.invalidLimit(field: "capacity_steps", actual: 0, minimum: 1)) {
      _ = try openStore(directory, capacity: 0)
    }
  }
}

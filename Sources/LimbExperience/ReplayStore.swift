internal import Glibc
internal import LimbLink
package import LimbTypes
internal import Synchronization

/// Everything the robot has lived through, as step records in append-only segment files under `DIR/replay/`.
///
/// One thread (the recorder) appends, publishes and syncs; any thread may read the counters, and `ReplaySampler` reads
/// the records through the segments' maps. A record counts as acknowledged once `writtenRecords` includes it: from then
/// on it survives the death of the process at any point (promise E1), and after `sync` also a power cut.
///
/// When the disk is full, append and publish throw, the records at hand are dropped and counted, everything stored
/// stays readable, and the next record tries again.
@safe package final class ReplayStore: @unchecked Sendable {
  /// Records that one write takes at most.
  static let stagingRecords = 64

  /// Path of the store's folder, `stateDirectory`/replay.
  package let directory: String
  /// How its records lie on disk.
  package let layout: StepRecordLayout
  /// How much it keeps and how often it syncs.
  package let limits: ReplayLimits
  /// What was found when the store was opened.
  package let opening: ReplayOpening
  /// The sequence number that the next record should carry: one after the last one stored.
  package let firstSequence: UInt64

  let identity: ReplayIdentity
  let crc = CRC32C()
  private let lock: DirectoryLock
  private let segments: Mutex<[ReplaySegment]>
  private let generation = Atomic<UInt64>(0)
  private let recordsWritten: Atomic<UInt64>
  private let stepsWritten: Atomic<UInt64>
  private let recordsDropped = Atomic<UInt64>(0)

  // Writer only.
  private let staging: UnsafeMutableRawPointer
  private var staged = 0
  private var stagedSteps = 0
  private var current: ReplaySegment?
  private var nextSegment: UInt64
  private var isDirty = false
  private var lastSync: Instant?

  init(_ found: FoundStore) {
    directory = found.directory
    layout = found.layout
    limits = found.limits
    identity = found.identity
    opening = found.opening
    firstSequence = found.firstSequence
    lock = found.takeLock()
    segments = Mutex(found.segments)
    recordsWritten = Atomic(found.recordsWritten)
    stepsWritten = Atomic(found.stepsWritten)
    nextSegment = found.nextSegment
    unsafe staging = UnsafeMutableRawPointer.allocate(
      byteCount: Self.stagingRecords * found.layout.stride, alignment: 64)
  }

  deinit { unsafe staging.deallocate() }

  // MARK: Any thread

  /// Records of every kind that were written in the life of this state directory, evicted ones included. Published
  /// after the write: the acknowledgement.
  package var writtenRecords: UInt64 { recordsWritten.load(ordering: .acquiring) }
  /// As `writtenRecords`, of kind `step` alone: what `written_steps` in status says.
  package var writtenSteps: UInt64 { stepsWritten.load(ordering: .acquiring) }
  /// Records that could not be stored since the store was opened.
  package var droppedRecords: UInt64 { recordsDropped.load(ordering: .relaxed) }
  /// Records in the store now.
  package var storedRecords: Int { segmentsNow.reduce(0) { $0 + $1.recordCount } }
  /// The most records that the store will hold at any time from now on.
  var mostRecords: Int {
    max(limits.capacitySteps + limits.segmentSteps, segmentsNow.reduce(0) { $0 + $1.header.capacityRecords })
  }
  /// Changes whenever a segment comes or goes.
  var segmentGeneration: UInt64 { generation.load(ordering: .acquiring) }
  /// The segments, oldest first. A segment in the list stays readable while the caller holds it.
  package var segmentsNow: [ReplaySegment] { segments.withLock { $0 } }

  /// Takes the maps of all segments out of locked memory, after the process has locked what it had mapped: a store may
  /// be larger than memory. Segments made later are never locked.
  package func unlockMaps() { for segment in segmentsNow { segment.unlock() } }

  /// The highest episode number in the newest session, nil for an empty store: where a next run goes on counting.
  package var lastEpisode: UInt32? {
    var record = StepRecord()
    for segment in segmentsNow.reversed() where segment.recordCount > 0 {
      if unsafe layout.decode(segment.record(segment.recordCount - 1), into: &record) { return record.episode }
    }
    return nil
  }

  /// The policy version of the newest record that was chosen by one, 0 without such a record. Looks at the newest segment
  /// that holds one, from its end; a run is expected to count on from it.
  package var lastPolicyVersion: UInt64 {
    var record = StepRecord()
    for segment in segmentsNow.reversed() {
      for index in (0..<segment.recordCount).reversed() {
        if unsafe layout.decode(segment.record(index), into: &record), record.policyVersion > 0 {
          return record.policyVersion
        }
      }
    }
    return 0
  }

  // MARK: The recorder's thread

  /// Encodes, writes and publishes one record.
  package func append(_ record: borrowing StepRecord) throws(ReplayError) {
    try stage(record)
    try publish()
  }

  /// Encodes a record to be written with others by one call; call `publish` when there are no more at hand. When it throws,
  /// `record` is among those that were dropped and counted.
  package func stage(_ record: borrowing StepRecord) throws(ReplayError) {
    do throws(ReplayError) { try makeRoom() } catch {
      recordsDropped.add(1, ordering: .relaxed)
      throw error
    }
    let bytes = unsafe staging + staged * layout.stride
    unsafe layout.encode(record, into: bytes)
    let start = StepRecordLayout.Offset.sequence
    let body = unsafe UnsafePointer((bytes + start).assumingMemoryBound(to: UInt8.self))
    let checksum = unsafe crc.checksum(body, count: layout.stride - start)
    unsafe bytes.storeBytes(
      of: checksum.littleEndian, toByteOffset: StepRecordLayout.Offset.checksum, as: UInt32.self)
    staged += 1
    if record.kind == .step { stagedSteps += 1 }
  }

  /// Room for one more record, in the staging block and in a segment.
  private func makeRoom() throws(ReplayError) {
    if staged == Self.stagingRecords { try publish() }
    if let open = current, open.remaining == staged {
      try publish()
      current = nil
      seal(open)
    }
    if current == nil { try beginSegment() }
  }

  /// Writes what was staged and acknowledges it.
  package func publish() throws(ReplayError) {
    guard staged > 0, let open = current else { return }
    let records = staged
    let steps = stagedSteps
    staged = 0
    stagedSteps = 0
    do throws(ReplayError) { try unsafe open.append(staging, records: records) } catch {
      recordsDropped.add(UInt64(records), ordering: .relaxed)
      throw error
    }
    isDirty = true
    stepsWritten.add(UInt64(steps), ordering: .releasing)
    recordsWritten.add(UInt64(records), ordering: .releasing)
  }

  /// Brings published records to the disk if `limits.syncMilliseconds` have passed since it was done last; the caller
  /// calls it at least that often. True if it synced. The caller's clock decides, so a lockstep run repeats.
  @discardableResult
  package func syncIfDue(now: Instant) throws(ReplayError) -> Bool {
    guard isDirty else {
      lastSync = now
      return false
    }
    let since = lastSync ?? now
    if lastSync == nil { lastSync = now }
    guard now.nanoseconds(since: since) >= Int64(limits.syncMilliseconds) * 1_000_000 else { return false }
    lastSync = now
    try sync()
    return true
  }

  /// Brings published records to the disk now.
  package func sync() throws(ReplayError) {
    guard isDirty, let open = current else { return }
    try open.sync()
    isDirty = false
  }

  /// Writes, syncs and cuts the newest segment to its content. Nothing may be appended afterwards but by opening again.
  package func close() throws(ReplayError) {
    try publish()
    guard let open = current else { return }
    current = nil
    try open.seal()
    isDirty = false
  }

  private func beginSegment() throws(ReplayError) {
    let header = SegmentHeader(
      layout: layout, identity: identity, capacityRecords: limits.segmentSteps, segment: nextSegment,
      recordsBefore: recordsWritten.load(ordering: .relaxed), stepsBefore: stepsWritten.load(ordering: .relaxed))
    let fresh = try ReplaySegment.create(header, in: directory, crc)
    nextSegment += 1
    current = fresh
    let evicted = segments.withLock { list in
      list.append(fresh)
      return Self.evict(&list, capacity: limits.capacitySteps)
    }
    generation.add(1, ordering: .releasing)
    for segment in evicted { unsafe unlink(segment.path) }
  }

  /// A full segment stays readable whatever happens, and the records to come have a segment of their own to go to: what
  /// could not be synced stops nothing, but is counted and kept to be told.
  private func seal(_ segment: ReplaySegment) {
    do throws(ReplayError) {
      try segment.seal()
      isDirty = false
    } catch {
      sealFailures.add(1, ordering: .relaxed)
      newestSealFailure = error
    }
  }

  private let sealFailures = Atomic<UInt64>(0)
  /// Full segments whose data the disk refused to sync: they may be lost in a power cut, not with the process. Any thread.
  package var failedSyncs: UInt64 { sealFailures.load(ordering: .relaxed) }
  /// Why the newest of `failedSyncs` was refused. The recorder's thread.
  package private(set) var newestSealFailure: ReplayError?

  /// Takes the oldest segments off `list` while those that are full hold more than `capacity` records.
  static func evict(_ list: inout [ReplaySegment], capacity: Int) -> [ReplaySegment] {
    var kept = list.dropLast().reduce(0) { $0 + $1.recordCount }
    var evicted: [ReplaySegment] = []
    while kept > capacity, let oldest = list.first {
      kept -= oldest.recordCount
      evicted.append(oldest)
      list.removeFirst()
    }
    return evicted
  }
}

internal import Glibc
internal import LimbLink
package import LimbTypes

extension ReplayStore {
  /// Opens or makes the store `stateDirectory`/replay for writing and mends what a crash has left: files of a cut-short
  /// creation are removed, the torn tail of the last segment is cut off, everything acknowledged is kept. Throws if
  /// another process holds it or if it belongs to another robot or task.
  package static func open(
    stateDirectory: String, layout: StepRecordLayout, identity: ReplayIdentity, limits: ReplayLimits
  ) throws(ReplayError) -> ReplayStore {
    ReplayStore(
      try FoundStore(directory: stateDirectory + "/replay", layout: layout, identity: identity, limits: limits))
  }
}

/// A store on its way to being open: the result of recovery.
final class FoundStore {
  let directory: String
  let layout: StepRecordLayout
  let identity: ReplayIdentity
  let limits: ReplayLimits
  var opening = ReplayOpening()
  var segments: [ReplaySegment] = []
  var nextSegment: UInt64 = 1
  var firstSequence: UInt64 = 0
  var recordsWritten: UInt64 = 0
  var stepsWritten: UInt64 = 0
  private var lock: DirectoryLock?

  init(
    directory: String, layout: StepRecordLayout, identity: ReplayIdentity, limits: ReplayLimits
  ) throws(ReplayError) {
    try limits.validate()
    self.directory = directory
    self.layout = layout
    self.identity = identity
    self.limits = limits
    try PosixFile.makeDirectory(directory)
    lock = try DirectoryLock(directory: directory)
    let crc = CRC32C()
    try openSegments(crc)
    try sealLast()
    count()
    for segment in ReplayStore.evict(&segments, capacity: limits.capacitySteps) {
      unsafe unlink(segment.path)
    }
    report()
  }

  /// The lock, once.
  func takeLock() -> DirectoryLock {
    guard let taken = lock.take() else { fatalError("the lock of a store is taken once") }
    return taken
  }

  private func openSegments(_ crc: borrowing CRC32C) throws(ReplayError) {
    let names = try PosixFile.names(in: directory)
    for name in names where name.hasSuffix(".unfinished") {
      unsafe unlink(directory + "/" + name)
      opening.unfinishedFiles += 1
    }
    let numbers = names.compactMap(ReplaySegment.number).sorted()
    if let last = numbers.last { nextSegment = last + 1 }
    for number in numbers {
      let path = directory + "/" + ReplaySegment.fileName(number)
      do throws(ReplayError) {
        let segment = try ReplaySegment.open(path, scan: number == numbers.last, writable: true, crc)
        try check(segment)
        // Only the newest that can be read keeps its descriptor: its torn tail has still to be measured and cut.
        try segments.last?.seal()
        segments.append(segment)
      } catch .damagedHeader {
        opening.damagedSegments += 1
      }
    }
    // Numbers go on behind the last whole record: where the newest segment cannot be read, that of the one before it counts.
    if let last = segments.last, last.header.segment != numbers.last {
      segments[segments.count - 1] = try ReplaySegment.open(last.path, scan: true, writable: true, crc)
    }
  }

  /// Refuses what another robot or another task has recorded: its numbers would be read with the wrong meaning.
  private func check(_ segment: ReplaySegment) throws(ReplayError) {
    let header = segment.header
    if !identity.robotUUID.isEmpty, !header.robotUUID.isEmpty, identity.robotUUID != header.robotUUID {
      throw .foreign(
        path: segment.path, field: "robot_uuid", expected: identity.robotUUID, actual: header.robotUUID)
    }
    try segment.requireSameTask(layout, identity, dynamics: false)
    if hexadecimal(identity.dynamicsHash) != header.dynamicsHash { opening.otherDynamicsSegments += 1 }
  }

  /// Cuts the torn tail off the last segment; one that holds nothing is removed.
  private func sealLast() throws(ReplayError) {
    guard let last = segments.last else { return }
    let unread = try last.recordedBytes() - last.recordCount * last.header.recordBytes
    opening.tornBytes = last.tornBytes(in: max(0, unread))
    try last.seal()
    if last.recordCount == 0 {
      unsafe unlink(last.path)
      segments.removeLast()
      recordsWritten = last.header.recordsBefore
      stepsWritten = last.header.stepsBefore
    }
  }

  private func count() {
    guard let last = segments.last else { return }
    var record = StepRecord()
    var steps: UInt64 = 0
    for index in 0..<last.recordCount {
      let kind = unsafe last.record(index).load(fromByteOffset: StepRecordLayout.Offset.kind, as: UInt8.self)
      if kind == RecordKind.step.rawValue { steps += 1 }
    }
    recordsWritten = max(recordsWritten, last.header.recordsBefore + UInt64(last.recordCount))
    stepsWritten = max(stepsWritten, last.header.stepsBefore + steps)
    if unsafe layout.decode(last.record(last.recordCount - 1), into: &record) { firstSequence = record.sequence + 1 }
  }

  private func report() {
    opening.segments = segments.count
    opening.records = segments.reduce(0) { $0 + $1.recordCount }
    let wanted = limits.capacitySteps + limits.segmentSteps
    opening.stillNeededBytes = max(0, wanted - opening.records) * layout.stride
    opening.freeBytes = PosixFile.freeBytes(directory)
  }
}

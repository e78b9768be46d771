internal import LimbTypes

/// What is in a store, read without its lock and without changing a byte: for `limbd inspect`, also beside a daemon
/// that is writing.
package struct ReplayInspection: Sendable {
  /// Headers of the segments that can be read, oldest first.
  package var headers: [SegmentHeader] = []
  /// The whole records in each segment of `headers`.
  package var records: [Int] = []
  /// Whole records of kind `context`.
  package var contexts = 0
  /// Whole records of kind `step`: every stored transition's beginning, sampleable or not.
  package var steps = 0
  /// Whole records of kind `close`.
  package var closes = 0
  /// Records with a wrong checksum that others follow.
  package var damagedRecords = 0
  /// Files whose header is damaged: nothing in them is counted.
  package var damagedSegments = 0
  /// Ends of episodes by cause, indexed by `EndCause.rawValue`.
  package var ends = [Int](repeating: 0, count: 256)
  /// `seq` of the oldest whole record, nil in an empty store.
  package var firstSequence: UInt64?
  /// `seq` of the newest whole record, nil in an empty store.
  package var lastSequence: UInt64?

  /// Reads every record of `stateDirectory`/replay. Throws if there is no such directory.
  package init(stateDirectory: String) throws(ReplayError) {
    let reader = try ReplayReader(stateDirectory: stateDirectory)
    damagedSegments = reader.damagedSegments.count
    for segment in reader.segments {
      var whole = 0
      damagedRecords += unsafe ReplayReader.walk(segment) { bytes in
        whole += 1
        unsafe take(bytes)
        return true
      }
      headers.append(segment.header)
      records.append(whole)
    }
  }

  private mutating func take(_ record: UnsafeRawPointer) {
    let sequence = unsafe record.load(fromByteOffset: StepRecordLayout.Offset.sequence, as: UInt64.self)
    if firstSequence == nil { firstSequence = sequence }
    lastSequence = sequence
    switch RecordKind(rawValue: unsafe record.load(fromByteOffset: StepRecordLayout.Offset.kind, as: UInt8.self)) {
    case .context: contexts += 1
    case .step: steps += 1
    case .close:
      closes += 1
      ends[Int(unsafe record.load(fromByteOffset: StepRecordLayout.Offset.endCause, as: UInt8.self))] += 1
    case nil: break
    }
  }
}

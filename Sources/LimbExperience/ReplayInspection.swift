internal import Glibc
internal import LimbLink
internal import LimbTypes

/// What is in a store, read without its lock and without changing a byte: for `limbd inspect`, also beside a daemon
/// that is writing.
package struct ReplayInspection: Sendable {
  /// Headers of the segments that can be read, oldest first, and the whole records in each.
  package var headers: [SegmentHeader] = []
  package var records: [Int] = []
  /// Whole records by kind. `steps` counts every stored transition's beginning, sampleable or not.
  package var contexts = 0
  package var steps = 0
  package var closes = 0
  /// Records with a wrong checksum that others follow.
  package var damagedRecords = 0
  package var damagedSegments = 0
  /// Ends of episodes by cause, indexed by `EndCause.rawValue`.
  package var ends = [Int](repeating: 0, count: 256)
  package var firstSequence: UInt64?
  package var lastSequence: UInt64?

  /// Reads every record of `stateDirectory`/replay. Throws if there is no such directory.
  package init(stateDirectory: String) throws(ReplayError) {
    let directory = stateDirectory + "/replay"
    let crc = CRC32C()
    for number in try PosixFile.names(in: directory).compactMap(ReplaySegment.number).sorted() {
      do throws(ReplayError) {
        let path = directory + "/" + ReplaySegment.fileName(number)
        take(try ReplaySegment.open(path, scan: true, writable: false, crc), crc)
      } catch .damagedHeader {
        damagedSegments += 1
      } catch .io(operation: "open", _, errno: ENOENT) {
        // Evicted by the daemon since the names were read.
      }
    }
  }

  private mutating func take(_ segment: ReplaySegment, _ crc: borrowing CRC32C) {
    var whole = 0
    for index in 0..<segment.recordCount {
      guard segment.isWhole(index, crc) else {
        damagedRecords += 1
        continue
      }
      whole += 1
      let bytes = unsafe segment.record(index)
      let sequence = unsafe bytes.load(fromByteOffset: StepRecordLayout.Offset.sequence, as: UInt64.self)
      if firstSequence == nil { firstSequence = sequence }
      lastSequence = sequence
      switch RecordKind(rawValue: unsafe bytes.load(fromByteOffset: StepRecordLayout.Offset.kind, as: UInt8.self)) {
      case .context: contexts += 1
      case .step: steps += 1
      case .close:
        closes += 1
        ends[Int(unsafe bytes.load(fromByteOffset: StepRecordLayout.Offset.endCause, as: UInt8.self))] += 1
      case nil: break
      }
    }
    headers.append(segment.header)
    records.append(whole)
  }
}

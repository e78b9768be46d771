internal import Glibc
internal import LimbLink
package import LimbTypes

/// A replay store opened for reading alone: no lock is taken and nothing is mended, so it works beside a running daemon
/// and on a copy. For reports and, through `ReplayInspection`, for a count of what is there; the learner uses
/// `ReplaySampler`.
@safe package struct ReplayReader {
  /// The segments that could be opened, oldest first.
  package let segments: [ReplaySegment]
  /// Files with a damaged header, left out.
  package let damagedSegments: [String]

  /// Opens every segment of `stateDirectory`/replay. Throws if there is no such directory.
  package init(stateDirectory: String) throws(ReplayError) {
    let directory = stateDirectory + "/replay"
    let numbers = try PosixFile.names(in: directory).compactMap(ReplaySegment.number).sorted()
    var found: [ReplaySegment] = []
    var damaged: [String] = []
    let checker = CRC32C()
    for number in numbers {
      let path = directory + "/" + ReplaySegment.fileName(number)
      do throws(ReplayError) {
        found.append(try ReplaySegment.open(path, scan: number == numbers.last, writable: false, checker))
      } catch .damagedHeader {
        damaged.append(path)
      } catch .io(operation: "open", _, errno: ENOENT) {
        // Evicted by the daemon since the names were read.
      }
    }
    segments = found
    damagedSegments = damaged
  }

  /// Records in all segments.
  package var recordCount: Int { segments.reduce(0) { $0 + $1.recordCount } }

  /// The run counter of each session that wrote a segment.
  package var runs: [UInt64: UInt64] {
    var runs: [UInt64: UInt64] = [:]
    for segment in segments {
      if let session = UInt64(segment.header.session, radix: 16) { runs[session] = segment.header.runCounter }
    }
    return runs
  }

  /// Hands every whole record to `body`, oldest first; gives the number of records that were damaged and left out.
  @discardableResult
  package func forEach(_ body: (borrowing StepRecord) -> Void) -> Int {
    var damaged = 0
    var record = StepRecord()
    for segment in segments {
      guard let layout = segment.header.layout else {
        damaged += segment.recordCount
        continue
      }
      damaged += unsafe Self.walk(segment) { bytes in
        guard unsafe layout.decode(bytes, into: &record) else { return false }
        body(record)
        return true
      }
    }
    return damaged
  }

  /// Hands the bytes of each record of `segment` whose checksum is right to `take`; gives the number of the others and
  /// of those that `take` refused. The bytes are valid within the call.
  static func walk(_ segment: ReplaySegment, _ take: (UnsafeRawPointer) -> Bool) -> Int {
    let crc = CRC32C()
    var damaged = 0
    for index in 0..<segment.recordCount {
      let isTaken = unsafe segment.isWhole(index, crc) && take(segment.record(index))
      if !isTaken { damaged += 1 }
    }
    return damaged
  }
}

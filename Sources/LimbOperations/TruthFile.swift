import Glibc
package import LimbTypes

/// A simulator's truth, mapped for reading: scoring alone uses it, the running daemon never does.
///
/// Records are in the order of device ticks; a torn last one is ignored. Bounded memory: nothing is copied.
@safe package final class TruthFile {
  /// What the header says.
  package let header: TruthLayout.Header
  /// Whole records in the file.
  package let count: Int
  private let bytes: UnsafeRawPointer
  private let mapped: Int

  /// Maps the file, or says what is wrong with it.
  package init(path: String) throws(OperationsError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .badTruth(path: path, reason: describe(errno: errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .badTruth(path: path, reason: describe(errno: errno)) }
    let size = Int(status.st_size)
    guard size >= TruthLayout.headerBytes else {
      throw .badTruth(path: path, reason: "\(size) bytes, a header alone has \(TruthLayout.headerBytes)")
    }
    guard let map = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe map != MAP_FAILED else {
      throw .badTruth(path: path, reason: "mmap: " + describe(errno: errno))
    }
    let head = unsafe [UInt8](UnsafeRawBufferPointer(start: map, count: TruthLayout.headerBytes))
    guard let header = TruthLayout.decodeHeader(head) else {
      unsafe munmap(map, size)
      throw .badTruth(path: path, reason: "the header is not that of a truth file of version \(TruthLayout.version)")
    }
    self.header = header
    count = (size - TruthLayout.headerBytes) / TruthLayout.recordBytes
    unsafe bytes = UnsafeRawPointer(map)
    mapped = size
  }

  deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: bytes), mapped) }

  /// Record `index`, 0 ..< count.
  package func record(_ index: Int) -> TruthRecord {
    precondition(index >= 0 && index < count)
    let start = unsafe bytes + TruthLayout.headerBytes + index * TruthLayout.recordBytes
    return unsafe TruthLayout.decodeRecord(
      [UInt8](UnsafeRawBufferPointer(start: start, count: TruthLayout.recordBytes)), at: 0)
  }

  /// The tick of record `index`, without decoding the rest.
  package func tick(_ index: Int) -> UInt64 {
    precondition(index >= 0 && index < count)
    return unsafe UInt64(
      littleEndian: bytes.loadUnaligned(
        fromByteOffset: TruthLayout.headerBytes + index * TruthLayout.recordBytes, as: UInt64.self))
  }

  /// The first record at or after `tick`; `count` if there is none.
  package func index(atOrAfter tick: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self.tick(middle) < tick { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

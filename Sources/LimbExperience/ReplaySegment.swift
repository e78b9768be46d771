internal import Glibc
internal import LimbLink
internal import LimbTypes
internal import Synchronization

/// One segment file, mapped for reading. The store's writer appends to the newest through its descriptor; whoever holds
/// a reference may read the records below `recordCount` from any thread, also after the file was evicted: the map lives
/// as long as the object.
///
/// An I/O error under the map would raise SIGBUS. Space is reserved at creation and files are cut only to what was
/// written, so this takes a failing disk or somebody else's hand on the file.
@safe package final class ReplaySegment: @unchecked Sendable {
  /// What the file says about itself.
  package let header: SegmentHeader
  /// Path of the file, which may be gone by now.
  package let path: String
  private let stride: Int
  private let records: UnsafeRawPointer
  private let map: UnsafeMutableRawPointer
  private let mappedBytes: Int
  private let count: Atomic<Int>
  /// Open while the segment may grow, −1 afterwards. Writer only.
  private var descriptor: Int32

  /// Maps `descriptor`, which the segment takes over: it is closed at once unless the segment `grows`, since a store may have more
  /// segments than a process may have files open. `recordCount` records are whole.
  init(header: SegmentHeader, path: String, descriptor: Int32, recordCount: Int, grows: Bool) throws(ReplayError) {
    let bytes = header.headerBytes + header.capacityRecords * header.recordBytes
    let address = unsafe mmap(nil, bytes, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      let reason = errno
      close(descriptor)
      throw .io(operation: "map", path: path, errno: reason)
    }
    self.header = header
    self.path = path
    stride = header.recordBytes
    unsafe records = UnsafeRawPointer(address) + header.headerBytes
    unsafe map = address
    mappedBytes = bytes
    count = Atomic(recordCount)
    if !grows { close(descriptor) }
    self.descriptor = grows ? descriptor : -1
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    unsafe munmap(map, mappedBytes)
  }

  /// Takes the map out of locked memory.
  func unlock() { _ = unsafe munlock(map, mappedBytes) }

  /// Whole records that may be read. Grows while the segment is the newest.
  package var recordCount: Int { count.load(ordering: .acquiring) }

  /// Room left for records.
  var remaining: Int { header.capacityRecords - count.load(ordering: .relaxed) }

  /// The bytes of record `index`; the caller keeps `index` below `recordCount` and the segment alive.
  package func record(_ index: Int) -> UnsafeRawPointer {
    unsafe records + index * stride
  }

  /// True if record `index` has its length and its checksum right. The caller keeps `index` below the capacity and
  /// within the file.
  func isWhole(_ index: Int, _ crc: borrowing CRC32C) -> Bool {
    unsafe Self.isWhole(record(index).assumingMemoryBound(to: UInt8.self), stride, crc)
  }

  private static func isWhole(_ bytes: UnsafePointer<UInt8>, _ stride: Int, _ crc: borrowing CRC32C) -> Bool {
    let start = StepRecordLayout.Offset.sequence
    guard unsafe Int(LittleEndian.read32(bytes)) == stride else { return false }
    return unsafe LittleEndian.read32(bytes + StepRecordLayout.Offset.checksum)
      == crc.checksum(bytes + start, count: stride - start)
  }

  /// Appends encoded records and makes them readable. Writer only; on an error nothing became readable.
  func append(_ bytes: UnsafeRawPointer, records: Int) throws(ReplayError) {
    let index = count.load(ordering: .relaxed)
    try unsafe PosixFile.write(
      descriptor, bytes, count: records * header.recordBytes,
      at: header.headerBytes + index * header.recordBytes, path: path)
    count.store(index + records, ordering: .releasing)
  }

  /// Bytes of the file behind the header, while it is open.
  func recordedBytes() throws(ReplayError) -> Int {
    max(0, try PosixFile.size(descriptor, path: path) - header.headerBytes)
  }

  /// How many of the `count` bytes behind the last record were ever written: those up to the last one that is not 0.
  func tornBytes(in count: Int) -> Int {
    let bytes = unsafe record(recordCount)
    var torn = min(count, remaining * header.recordBytes)
    while torn > 0, unsafe bytes.load(fromByteOffset: torn - 1, as: UInt8.self) == 0 { torn -= 1 }
    return torn
  }

  /// Brings what was appended to the disk. Writer only.
  func sync() throws(ReplayError) {
    if descriptor >= 0 { try PosixFile.sync(descriptor, path: path) }
  }

  /// No more records: cuts the file to what was written, syncs and closes it. Reading goes on. Writer only.
  func seal() throws(ReplayError) {
    guard descriptor >= 0 else { return }
    let bytes = header.headerBytes + recordCount * header.recordBytes
    if try PosixFile.size(descriptor, path: path) > bytes {
      try PosixFile.truncate(descriptor, count: bytes, path: path)
    }
    try PosixFile.sync(descriptor, path: path)
    close(descriptor)
    descriptor = -1
  }
}

extension ReplaySegment {
  /// `segment-00000012.limb`
  static func fileName(_ number: UInt64) -> String {
    let digits = String(number)
    return "segment-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".limb"
  }

  /// The number in a segment's file name, nil for any other name.
  static func number(_ name: String) -> UInt64? {
    guard name.hasPrefix("segment-"), name.hasSuffix(".limb") else { return nil }
    let digits = name.dropFirst(8).dropLast(5)
    guard digits.count >= 8, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return UInt64(digits)
  }

  /// Makes a file with its header and all its space. It appears under its name whole or not at all: it is written
  /// under another name and renamed.
  static func create(
    _ header: SegmentHeader, in directory: String, _ crc: borrowing CRC32C
  ) throws(ReplayError) -> ReplaySegment {
    let path = directory + "/" + fileName(header.segment)
    let unfinished = path + ".unfinished"
    let block = try header.encoded(crc)
    let descriptor = try PosixFile.open(unfinished, O_RDWR | O_CREAT | O_TRUNC)
    do throws(ReplayError) {
      try PosixFile.reserve(
        descriptor, count: header.headerBytes + header.capacityRecords * header.recordBytes, path: path)
      try unsafe block.withUnsafeBufferPointer { bytes throws(ReplayError) in
        try unsafe PosixFile.write(descriptor, bytes.baseAddress!, count: bytes.count, at: 0, path: path)
      }
      try PosixFile.sync(descriptor, path: path)
      if unsafe rename(unfinished, path) != 0 { throw .io(operation: "rename", path: path, errno: errno) }
      try PosixFile.syncDirectory(directory)
    } catch {
      close(descriptor)
      unsafe unlink(unfinished)
      throw error
    }
    return try ReplaySegment(header: header, path: path, descriptor: descriptor, recordCount: 0, grows: true)
  }

  /// Opens a file for reading. `scan` looks at every record for the last whole one, as after a crash; without it the
  /// size of the file is believed if a record of the right length stands at its end.
  static func open(
    _ path: String, scan: Bool, writable: Bool, _ crc: borrowing CRC32C
  ) throws(ReplayError) -> ReplaySegment {
    let descriptor = try PosixFile.open(path, writable ? O_RDWR : O_RDONLY)
    defer { close(descriptor) }
    let block = try PosixFile.read(descriptor, count: SegmentHeader.bytes, at: 0, path: path)
    guard let header = SegmentHeader(block, crc) else { throw .damagedHeader(path: path) }
    guard header.formatVersion <= StepRecordLayout.formatVersion else {
      throw .unknownFormat(path: path, expected: StepRecordLayout.formatVersion, actual: header.formatVersion)
    }
    let records = try wholeRecords(descriptor, header, scan: scan, path, crc)
    return try ReplaySegment(
      header: header, path: path, descriptor: try PosixFile.duplicate(descriptor, path: path), recordCount: records,
      grows: writable)
  }

  /// Records up to the last whole one. Before that one, damaged records keep their place and are never served.
  ///
  /// Read from the file and not through a map: the daemon whose store this is may start just now and cut the file to
  /// what was written, and a map gives SIGBUS behind the new end, where a read comes back short.
  private static func wholeRecords(
    _ descriptor: Int32, _ header: SegmentHeader, scan: Bool, _ path: String, _ crc: borrowing CRC32C
  ) throws(ReplayError) -> Int {
    let stride = header.recordBytes
    let inFile = (try PosixFile.size(descriptor, path: path) - header.headerBytes) / stride
    var records = min(max(inFile, 0), header.capacityRecords)
    var isLast = true
    while records > 0 {
      let first = max(0, records - recordsPerRead)
      let bytes = try PosixFile.read(
        descriptor, count: (records - first) * stride, at: header.headerBytes + first * stride, path: path)
      records = first + bytes.count / stride
      while records > first {
        let isThere = unsafe bytes.withUnsafeBufferPointer { buffer in
          let record = unsafe buffer.baseAddress! + (records - 1 - first) * stride
          if isLast, !scan, unsafe Int(LittleEndian.read32(record)) == stride { return true }
          return unsafe isWhole(record, stride, crc)
        }
        if isThere { return records }
        isLast = false
        records -= 1
      }
    }
    return 0
  }

  /// A block that is read at once: the one at the end first, since it mostly holds the answer.
  private static var recordsPerRead: Int { 64 }
}

internal import Glibc
internal import LimbLink

/// One file of a session log.
package struct SessionPart: Sendable, Equatable {
  /// Run counter of the session.
  package let run: UInt64
  /// Which part of the run's log, from 0.
  package let part: Int

  /// `session-00000012-000.limblog`; sorted names are in the order of time.
  package var fileName: String {
    func padded(_ digits: String, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "session-\(padded(String(run), 8))-\(padded(String(part), 3)).limblog"
  }

  /// A part by its numbers.
  package init(run: UInt64, part: Int) {
    self.run = run
    self.part = part
  }

  /// Nil for a name that is no part's.
  package init?(fileName: String) {
    guard fileName.hasPrefix("session-"), fileName.hasSuffix(".limblog") else { return nil }
    let numbers = fileName.dropFirst(8).dropLast(8).split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, let run = UInt64(numbers[0]), let part = Int(numbers[1]), part >= 0 else { return nil }
    self.init(run: run, part: part)
  }
}

extension SessionLog {
  /// The parts in a folder of sessions, oldest first.
  package static func parts(in directory: String) -> [SessionPart] {
    SessionFile.names(in: directory).compactMap { SessionPart(fileName: $0) }
      .sorted { ($0.run, $0.part) < ($1.run, $1.part) }
  }
}

/// What is done to old logs when a new one begins.
package enum SessionRecovery {
  /// Cuts the torn tail off the newest part in `directory`, if a crash has left one; returns how many bytes. Older
  /// parts were whole when the part after them began.
  package static func mendLast(in directory: String) throws(SessionError) -> Int {
    guard let last = SessionLog.parts(in: directory).last else { return 0 }
    return try mend(directory + "/" + last.fileName)
  }

  /// Cuts `path` behind its last whole entry and returns how many bytes went. A file without a whole header is removed.
  package static func mend(_ path: String) throws(SessionError) -> Int {
    let descriptor = try SessionFile.open(path, O_RDWR)
    defer { close(descriptor) }
    let size = try SessionFile.size(descriptor, path: path)
    let bytes = try SessionFile.read(descriptor, count: size, at: 0, path: path)
    let crc = CRC32C()
    var scan = FrameScan(place: SessionFrame.magic.count)
    var end = 0
    if bytes.starts(with: SessionFrame.magic) {
      while let frame = scan.next(bytes, crc) { end = frame.payload.upperBound }
    }
    if end == 0 {
      if unsafe unlink(path) != 0 { throw .system("remove", path) }
    } else if end < bytes.count {
      if ftruncate(descriptor, off_t(end)) != 0 { throw .system("truncate", path) }
      try SessionFile.sync(descriptor, path: path)
    }
    return bytes.count - end
  }

  /// Removes the oldest parts until all together are within `budget`; the one being written stays.
  static func keepWithin(_ budget: Int, in directory: String, sparing: String) {
    var parts = SessionLog.parts(in: directory).map { directory + "/" + $0.fileName }.map { ($0, size($0)) }
    var total = parts.reduce(0) { $0 + $1.1 }
    while total > budget, let (oldest, bytes) = parts.first, oldest != sparing {
      unsafe unlink(oldest)
      total -= bytes
      parts.removeFirst()
    }
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}

/// Goes from frame to frame, over damaged bytes to the next whole one.
struct FrameScan {
  var place: Int
  /// Bytes that belonged to no whole frame so far.
  var skippedBytes = 0

  init(place: Int) { self.place = place }

  mutating func next(_ bytes: [UInt8], _ crc: borrowing CRC32C) -> (kind: SessionEntryKind, payload: Range<Int>)? {
    var start = place
    while start + SessionFrame.overhead <= bytes.count {
      if let frame = SessionFrame.read(bytes, at: start, crc) {
        skippedBytes += start - place
        place = frame.payload.upperBound
        return frame
      }
      start += 1
    }
    return nil
  }
}

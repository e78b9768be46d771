internal import Glibc
internal import LimbLink
internal import LimbTypes

/// Reads a session back, part by part, over damage: what cannot be read is skipped and shows as damaged bytes and as
/// gaps in the counters. Not for the control thread.
package struct SessionReader: ~Copyable {
  /// Which counter a gap was seen in.
  package enum Counter: String, Sendable { case iteration, event, step, part }

  /// Entries missing: the counter went from `after` to `before`. A counter that went back shows so too.
  package struct Gap: Sendable, Equatable {
    /// Which of the numberings has the gap.
    package let counter: Counter
    /// The last number before the gap.
    package let after: UInt64
    /// The first number after it.
    package let before: UInt64
  }

  private var paths: [String]
  private var bytes: [UInt8] = []
  private var scan = FrameScan(place: 0)
  private var path = ""
  private var layout: StepRecordLayout?
  private var lastOf: [Counter: UInt64] = [:]
  private let crc = CRC32C()
  private var damagedBefore = 0
  /// Gaps so far.
  package private(set) var gaps: [Gap] = []
  /// Bytes in which no whole entry was found, those of a torn tail included.
  package var damagedBytes: Int { damagedBefore + scan.skippedBytes }
  /// True once the closing entry was read.
  package private(set) var wasClosedInOrder = false

  /// Reads one file.
  package init(path: String) { paths = [path] }

  /// Reads all parts of a run.
  package init(sessionsDirectory: String, run: UInt64) throws(SessionError) {
    paths = SessionLog.parts(in: sessionsDirectory).filter { $0.run == run }
      .map { sessionsDirectory + "/" + $0.fileName }
    if paths.isEmpty { throw .noSuchRun(directory: sessionsDirectory, run: run) }
  }

  /// The next entry, nil at the end. Throws if a part cannot be opened, is no session log, or lacks its header.
  package mutating func next() throws(SessionError) -> SessionEntry? {
    while true {
      if let frame = scan.next(bytes, crc) {
        if let entry = decode(frame.kind, bytes[frame.payload]) {
          note(entry)
          return entry
        }
        damagedBefore += frame.payload.count + SessionFrame.overhead
        continue
      }
      guard !paths.isEmpty else {
        finishPart()
        return nil
      }
      try openPart()
    }
  }

  private mutating func finishPart() {
    damagedBefore += scan.skippedBytes + max(0, bytes.count - scan.place)
    bytes = []
    scan = FrameScan(place: 0)
  }

  private mutating func openPart() throws(SessionError) {
    finishPart()
    path = paths.removeFirst()
    let descriptor = try SessionFile.open(path, O_RDONLY)
    defer { close(descriptor) }
    bytes = try SessionFile.read(
      descriptor, count: SessionFile.size(descriptor, path: path), at: 0, path: path)
    guard bytes.starts(with: SessionFrame.magic) else { throw .notASession(path: path) }
    scan = FrameScan(place: SessionFrame.magic.count)
    guard let first = SessionFrame.read(bytes, at: scan.place, crc), first.kind == .header,
      let header = SessionHeader(json: Array(bytes[first.payload]))
    else { throw .damagedHeader(path: path) }
    guard header.formatVersion <= SessionHeader.version else {
      throw .unknownVersion(path: path, expected: SessionHeader.version, actual: header.formatVersion)
    }
    layout = header.layout
  }

  private func decode(_ kind: SessionEntryKind, _ payload: ArraySlice<UInt8>) -> SessionEntry? {
    var reader = EntryReader(payload)
    switch kind {
    case .header: return SessionHeader(json: Array(payload)).map { .header($0) }
    case .tick: return reader.tick().map { .tick($0) }
    case .event: return reader.event().map { .event($0) }
    case .step: return step(payload).map { .step($0) }
    case .keyFrame:
      guard let iteration = reader.take(UInt64.self), let tick = reader.take(UInt64.self) else { return nil }
      return .keyFrame(iteration: iteration, tick: tick, bytes: reader.rest)
    case .policy:
      guard let version = reader.take(UInt64.self), let tick = reader.take(UInt64.self),
        let hash = reader.take(UInt64.self)
      else { return nil }
      return .policy(version: version, tick: tick, parameterHash: hash, bytes: reader.rest)
    case .end:
      guard let ticks = reader.take(UInt64.self), let events = reader.take(UInt64.self),
        let steps = reader.take(UInt64.self)
      else { return nil }
      return .end(ticks: ticks, events: events, steps: steps)
    }
  }

  private func step(_ payload: ArraySlice<UInt8>) -> StepRecord? {
    guard let layout, payload.count == layout.stride else { return nil }
    var record = StepRecord()
    let isWhole = unsafe payload.withUnsafeBytes { unsafe layout.decode($0.baseAddress!, into: &record) }
    return isWhole ? record : nil
  }

  private mutating func note(_ entry: SessionEntry) {
    switch entry {
    case .header(let header): note(.part, UInt64(header.part))
    case .tick(let record): note(.iteration, record.iteration)
    case .event(let event): note(.event, event.sequence)
    case .step(let record): note(.step, record.sequence)
    case .keyFrame, .policy: break
    case .end: wasClosedInOrder = true
    }
  }

  private mutating func note(_ counter: Counter, _ value: UInt64) {
    if let last = lastOf[counter], value != last &+ 1 {
      gaps.append(Gap(counter: counter, after: last, before: value))
    }
    lastOf[counter] = value
  }
}

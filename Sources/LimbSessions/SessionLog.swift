internal import Glibc
internal import LimbLink
package import LimbTypes

/// How a session log is kept.
package struct SessionLimits: Sendable, Equatable {
  /// A part that has grown to this is followed by the next, bytes.
  package var partBytes = 64 << 20
  /// All sessions together; beyond it the oldest parts are removed when a part begins, bytes.
  package var budgetBytes = 4 << 30
  /// Longest time between two syncs, milliseconds; with the sync under way it bounds what a power cut can take.
  package var syncMilliseconds = 500
  /// Entries are gathered up to this before they are written, bytes; a kill takes at most these.
  package var bufferBytes = 64 << 10

  /// The daemon's defaults.
  package init() {}
}

/// Everything that went into control and came out of it, as framed entries in
/// `DIR/sessions/session-RRRRRRRR-PPP.limblog` (run counter, part). One thread (the recorder's); not for the control
/// thread.
///
/// When the disk is full, entries are dropped and counted and a later flush tries again; the counters in the entries
/// show the gap. Same entries, header and limits give the same bytes.
package struct SessionLog: ~Copyable {
  /// The folder `sessions` of the state directory.
  package let directory: String
  /// When it syncs and where it begins a new part.
  package let limits: SessionLimits
  private var header: SessionHeader
  private let layout: StepRecordLayout
  private let crc = CRC32C()
  private var descriptor: Int32 = -1
  private var path = ""
  /// Bytes of the part that are written and whole.
  private var writtenBytes = 0
  private var buffer = EntryWriter()
  private var bufferedEntries: UInt64 = 0
  private var isDirty = false
  private var lastSync: Instant?
  private var ticks: UInt64 = 0
  private var events: UInt64 = 0
  private var steps: UInt64 = 0
  /// Entries that could not be written.
  package private(set) var droppedEntries: UInt64 = 0

  /// Begins the session of a run, after the torn tail of the last run's log has been cut off. `header.part` is ignored.
  /// Traps if the header's widths are no layout.
  package init(
    stateDirectory: String, header: SessionHeader, limits: SessionLimits = SessionLimits()
  ) throws(SessionError) {
    guard let layout = header.layout else { preconditionFailure("the header has the widths of a layout") }
    directory = stateDirectory + "/sessions"
    self.header = header
    self.limits = limits
    self.layout = layout
    buffer.bytes.reserveCapacity(limits.bufferBytes + (64 << 10))
    try SessionFile.makeDirectory(directory)
    _ = try SessionRecovery.mendLast(in: directory)
    self.header.part = 0
    try beginPart()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends one control iteration.
  package mutating func append(_ record: borrowing TickRecord) throws(SessionError) {
    ticks += 1
    let start = buffer.begin(.tick)
    buffer.put(record)
    try end(start)
  }

  /// Appends one event.
  package mutating func append(_ event: ControlEvent) throws(SessionError) {
    events += 1
    let start = buffer.begin(.event)
    buffer.put(event)
    try end(start)
  }

  /// Appends one step record, in the bytes of `StepRecordLayout` with the checksum left 0 (the frame has one).
  package mutating func append(_ record: StepRecord) throws(SessionError) {
    steps += 1
    let start = buffer.begin(.step)
    let place = buffer.bytes.count
    buffer.bytes.append(contentsOf: repeatElement(0, count: layout.stride))
    let layout = layout
    unsafe buffer.bytes.withUnsafeMutableBytes { unsafe layout.encode(record, into: $0.baseAddress! + place) }
    try end(start)
  }

  /// Appends the whole state of the step after `iteration`, in the caller's own bytes.
  package mutating func appendKeyFrame(iteration: UInt64, tick: UInt64, bytes: [UInt8]) throws(SessionError) {
    let start = buffer.begin(.keyFrame)
    buffer.put(iteration)
    buffer.put(tick)
    buffer.bytes.append(contentsOf: bytes)
    try end(start)
  }

  /// Appends the adoption of a policy version; `bytes` are its numbers in the caller's format, empty if they are kept
  /// elsewhere under `parameterHash`.
  package mutating func appendPolicy(
    version: UInt64, tick: UInt64, parameterHash: UInt64, bytes: [UInt8] = []
  ) throws(SessionError) {
    let start = buffer.begin(.policy)
    buffer.put(version)
    buffer.put(tick)
    buffer.put(parameterHash)
    buffer.bytes.append(contentsOf: bytes)
    try end(start)
  }

  /// Writes what was gathered, and syncs if `limits.syncMilliseconds` have passed since the last sync. The caller calls
  /// it at least that often, with its own clock. True if it synced.
  @discardableResult
  package mutating func syncIfDue(now: Instant) throws(SessionError) -> Bool {
    let since = lastSync ?? now
    if lastSync == nil { lastSync = now }
    guard now.nanoseconds(since: since) >= Int64(limits.syncMilliseconds) * 1_000_000 else { return false }
    lastSync = now
    try flush()
    guard isDirty else { return false }
    try SessionFile.sync(descriptor, path: path)
    isDirty = false
    return true
  }

  /// Writes what was gathered. On an error it is dropped and counted, and the file ends with the last whole entry.
  package mutating func flush() throws(SessionError) {
    guard !buffer.bytes.isEmpty else { return }
    let entries = bufferedEntries
    defer {
      buffer.bytes.removeAll(keepingCapacity: true)
      bufferedEntries = 0
    }
    do throws(SessionError) {
      if descriptor < 0 { try beginPart() }
      try SessionFile.write(descriptor, buffer.bytes, at: writtenBytes, path: path)
      writtenBytes += buffer.bytes.count
      isDirty = true
    } catch {
      droppedEntries += entries
      if descriptor >= 0 { _ = ftruncate(descriptor, off_t(writtenBytes)) }
      throw error
    }
    if writtenBytes >= limits.partBytes { try nextPart() }
  }

  /// Writes the closing entry and syncs. Nothing may be appended afterwards.
  package mutating func finish() throws(SessionError) {
    let start = buffer.begin(.end)
    buffer.put(ticks)
    buffer.put(events)
    buffer.put(steps)
    try end(start)
    try flush()
    try SessionFile.sync(descriptor, path: path)
    isDirty = false
  }

  private mutating func end(_ start: Int) throws(SessionError) {
    buffer.end(start, crc)
    bufferedEntries += 1
    if buffer.bytes.count >= limits.bufferBytes { try flush() }
  }

  private mutating func nextPart() throws(SessionError) {
    try SessionFile.sync(descriptor, path: path)
    isDirty = false
    close(descriptor)
    descriptor = -1
    header.part += 1
    try beginPart()
  }

  /// Makes the next part's file. Its header is written at once, so that what is gathered follows it.
  private mutating func beginPart() throws(SessionError) {
    var first = EntryWriter(bytes: SessionFrame.magic)
    let start = first.begin(.header)
    first.bytes.append(contentsOf: header.encoded())
    first.end(start, crc)
    let next = directory + "/" + SessionPart(run: header.runCounter, part: header.part).fileName
    let fresh = try SessionFile.open(next, O_RDWR | O_CREAT | O_TRUNC)
    do throws(SessionError) { try SessionFile.write(fresh, first.bytes, at: 0, path: next) } catch {
      close(fresh)
      unsafe unlink(next)
      throw error
    }
    descriptor = fresh
    path = next
    writtenBytes = first.bytes.count
    isDirty = true
    try SessionFile.syncDirectory(directory)
    SessionRecovery.keepWithin(limits.budgetBytes, in: directory, sparing: next)
  }
}

package import LimbRealtime
package import LimbTypes

/// The last moments of control: every byte that came and went, and every event, of the last two and a half seconds (promise S8).
///
/// In real time it lies in shared memory that outlives a crash; the next start collects it. Control writes, and never waits; any
/// thread may copy what is there. Its elements are this build's values: what another build left cannot be read.
@safe package struct BlackBox: ~Copyable, @unchecked Sendable {
  /// How far back it goes at least.
  package static let seconds = 2.5

  private enum Place {
    static let magic = 0
    static let tickBytes = 8
    static let eventBytes = 12
    static let tickSlots = 16
    static let eventSlots = 20
    static let headerBytes = 24
    static let header = 64
  }
  /// "LIMBBOX" and the version of this layout.
  private static let magic: UInt64 = 0x0158_4F42_424D_494C
  private static let eventSlots = 1024

  /// What was in it.
  package struct Contents: Sendable {
    /// What its maker said of itself.
    package var header: [UInt8] = []
    /// Oldest first.
    package var ticks: [TickRecord] = []
    /// Oldest first.
    package var events: [ControlEvent] = []
  }

  private let memory: SharedMemoryFile
  private let ticks: RecentRing<TickRecord>
  private let events: RecentRing<ControlEvent>

  /// - Parameters:
  ///   - rateHertz: Control iterations a second.
  ///   - header: Who runs, for whoever finds it; the caller's own bytes.
  ///   - path: A name that outlives the process, which must be free; nil: memory of this process.
  package init(rateHertz: Double, header: [UInt8], path: String?) throws(RealtimeError) {
    let slots = max(64, Int((rateHertz * Self.seconds).rounded(.up)))
    let start = Self.ringStart(header.count)
    let byteCount = start + RecentRing<TickRecord>.bytes(slots: slots) + RecentRing<ControlEvent>.bytes(slots: Self.eventSlots)
    memory =
      if let path { try SharedMemoryFile(path: path, byteCount: byteCount) } else { SharedMemoryFile(byteCount: byteCount) }
    let base = unsafe memory.base
    unsafe header.withUnsafeBytes {
      unsafe (base + Place.header).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
    }
    unsafe base.storeBytes(of: UInt32(RecentRing<TickRecord>.slotBytes), toByteOffset: Place.tickBytes, as: UInt32.self)
    unsafe base.storeBytes(of: UInt32(RecentRing<ControlEvent>.slotBytes), toByteOffset: Place.eventBytes, as: UInt32.self)
    unsafe base.storeBytes(of: UInt32(slots), toByteOffset: Place.tickSlots, as: UInt32.self)
    unsafe base.storeBytes(of: UInt32(Self.eventSlots), toByteOffset: Place.eventSlots, as: UInt32.self)
    unsafe base.storeBytes(of: UInt32(header.count), toByteOffset: Place.headerBytes, as: UInt32.self)
    unsafe base.storeBytes(of: Self.magic, toByteOffset: Place.magic, as: UInt64.self)
    unsafe ticks = RecentRing(memory: base + start, slots: slots)
    unsafe events = RecentRing(memory: base + start + RecentRing<TickRecord>.bytes(slots: slots), slots: Self.eventSlots)
  }

  /// In memory of this process, without a header.
  init(rateHertz: Double) {
    do { try self.init(rateHertz: rateHertz, header: [], path: nil) } catch { preconditionFailure("only a name can be refused") }
  }

  /// Control: an iteration that is over.
  @_noLocks func note(_ record: borrowing TickRecord) { ticks.note(copy record) }
  /// Control: something that happened.
  @_noLocks func note(_ event: ControlEvent) { events.note(event) }

  /// What is in it now, without the header. Any thread; allocates.
  package func contents() -> Contents { Contents(ticks: ticks.newest(), events: events.newest()) }

  /// At an end in order: nothing is left to be found.
  package func discard() { memory.removeName() }

  /// Takes the name of what was collected away.
  package static func remove(_ path: String) { SharedMemoryFile(orphan: path)?.removeName() }

  private static func ringStart(_ headerBytes: Int) -> Int { (Place.header + headerBytes + 4095) / 4096 * 4096 }

  /// What a run that ended without closing left under `path`; it stays until `remove`. Nil if there is nothing, or if that run lives.
  ///
  /// - Parameter isReadable: Asked with the header whether this build may read the rest.
  package static func collect(_ path: String, isReadable: ([UInt8]) -> Bool) -> Contents? {
    guard let memory = SharedMemoryFile(orphan: path) else { return nil }
    let base = unsafe memory.base
    func number(_ place: Int) -> Int { unsafe Int(base.load(fromByteOffset: place, as: UInt32.self)) }
    guard memory.byteCount >= 4096, unsafe base.load(as: UInt64.self) == magic else { return nil }
    let (tickSlots, eventSlots, headerBytes) = (number(Place.tickSlots), number(Place.eventSlots), number(Place.headerBytes))
    let start = ringStart(headerBytes)
    guard number(Place.tickBytes) == RecentRing<TickRecord>.slotBytes,
      number(Place.eventBytes) == RecentRing<ControlEvent>.slotBytes,
      tickSlots > 0, eventSlots > 0,
      start + RecentRing<TickRecord>.bytes(slots: tickSlots) + RecentRing<ControlEvent>.bytes(slots: eventSlots)
        <= memory.byteCount
    else { return nil }
    var contents = unsafe Contents(header: [UInt8](UnsafeRawBufferPointer(start: base + Place.header, count: headerBytes)))
    guard isReadable(contents.header) else { return contents }
    contents.ticks = unsafe RecentRing<TickRecord>(memory: base + start, slots: tickSlots).newest()
    contents.events = unsafe RecentRing<ControlEvent>(
      memory: base + start + RecentRing<TickRecord>.bytes(slots: tickSlots), slots: eventSlots
    ).newest()
    return contents
  }
}

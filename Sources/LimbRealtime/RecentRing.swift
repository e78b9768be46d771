public import Synchronization

/// The newest elements of a stream, over and over, in memory that the caller gives: shared memory, for what must outlive its
/// process.
///
/// One writer thread, which never waits and is never refused: the oldest element is overwritten. Any thread, and any process that
/// has the memory, may copy what is there: a slot's number is 0 while the slot is written, and a copy counts only if the number
/// was the same before and after. The memory begins with the count of all elements so far, on a cache line of its own.
@safe public struct RecentRing<E: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let base: UnsafeMutableRawPointer
  /// How many elements it keeps.
  public let slots: Int
  @usableFromInline let stride: Int

  /// Bytes of one slot: number and element, whole cache lines.
  public static var slotBytes: Int { (16 + MemoryLayout<E>.size + 63) / 64 * 64 }
  /// Bytes that `slots` of them take.
  public static func bytes(slots: Int) -> Int { 64 + slots * slotBytes }

  /// Over `bytes(slots:)` bytes, aligned to 64, that are zero or hold such a ring already; they stay the caller's.
  public init(memory: UnsafeMutableRawPointer, slots: Int) {
    precondition(slots > 0, "a ring needs at least one slot")
    unsafe base = memory
    self.slots = slots
    stride = Self.slotBytes
  }

  /// A word of the memory that is read and written whole.
  @inlinable func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// How many elements were ever noted.
  @inlinable public var noted: UInt64 { unsafe word(0).pointee.load(ordering: .acquiring) }

  /// Writer: keeps a copy of `element` in the place of the oldest.
  @inlinable public func note(_ element: E) {
    let number = unsafe word(0).pointee.load(ordering: .relaxed)
    let slot = 64 + Int(truncatingIfNeeded: number % UInt64(truncatingIfNeeded: slots)) * stride
    unsafe word(slot).pointee.store(0, ordering: .relaxed)
    // Nobody may see a byte of the new element under the old number.
    atomicMemoryFence(ordering: .acquiringAndReleasing)
    unsafe (base + slot + 16).assumingMemoryBound(to: E.self).pointee = element
    unsafe word(slot).pointee.store(number &+ 1, ordering: .releasing)
    unsafe word(0).pointee.store(number &+ 1, ordering: .releasing)
  }

  /// Copies of what is there, oldest first, without any that were overwritten meanwhile or never finished. Allocates.
  public func newest() -> [E] {
    let end = noted
    var found: [E] = []
    found.reserveCapacity(slots)
    for number in (end > UInt64(slots) ? end - UInt64(slots) : 0)..<end {
      let slot = 64 + Int(number % UInt64(slots)) * stride
      guard unsafe word(slot).pointee.load(ordering: .acquiring) == number + 1 else { continue }
      let copy = unsafe (base + slot + 16).assumingMemoryBound(to: E.self).pointee
      atomicMemoryFence(ordering: .acquiring)
      guard unsafe word(slot).pointee.load(ordering: .relaxed) == number + 1 else { continue }
      found.append(copy)
    }
    return found
  }
}

public import Synchronization

/// A queue of fixed capacity between exactly one producer thread and exactly one consumer thread.
///
/// Neither side ever waits: a full ring refuses the newest element and the producer counts the loss; an empty ring
/// answers `nil` or `false`. All memory is allocated and touched at creation. `push` belongs to the producer alone and
/// `pop` to the consumer alone; `count` may be read by both and is a snapshot.
///
/// Head and tail are positions that only grow (64 bits do not wrap in a robot's life). The producer publishes an
/// element by storing the tail with release ordering, the consumer gives a slot back by storing the head with release
/// ordering; each reads the other's position with acquire ordering. They live on cache lines of their own.
@safe public struct SPSCRing<E: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let slots: UnsafeMutablePointer<E>
  @usableFromInline let mask: Int
  @usableFromInline let head = Atomic<Int>(0)
  @usableFromInline let headLine = InlineArray<15, Int>(repeating: 0)
  @usableFromInline let tail = Atomic<Int>(0)
  @usableFromInline let tailLine = InlineArray<15, Int>(repeating: 0)

  /// A ring of at least `capacity` slots (rounded up to a power of two), filled with copies of `element` so that every
  /// page is present before the control thread starts. Allocates; call it before arming.
  public init(capacity: Int, filledWith element: E) {
    precondition(capacity > 0, "a ring needs at least one slot")
    var size = 1
    while size < capacity { size *= 2 }
    unsafe slots = UnsafeMutablePointer<E>.allocate(capacity: size)
    unsafe slots.initialize(repeating: element, count: size)
    mask = size - 1
  }

  deinit { unsafe slots.deallocate() }

  /// How many elements fit.
  @inlinable public var capacity: Int { mask + 1 }

  /// How many elements wait. A snapshot: the other side may have moved on.
  @inlinable public var count: Int {
    let first = head.load(ordering: .acquiring)
    return tail.load(ordering: .acquiring) - first
  }

  /// Producer: appends a copy of `element`. Returns `false`, and changes nothing, when the ring is full.
  @inlinable public func push(_ element: E) -> Bool {
    let position = tail.load(ordering: .relaxed)
    if position - head.load(ordering: .acquiring) > mask { return false }
    unsafe slots[position & mask] = element
    tail.store(position + 1, ordering: .releasing)
    return true
  }

  /// Consumer: moves the oldest element into `element`. Returns `false`, and changes nothing, when the ring is empty.
  @inlinable public func pop(into element: inout E) -> Bool {
    let position = head.load(ordering: .relaxed)
    if position == tail.load(ordering: .acquiring) { return false }
    element = unsafe slots[position & mask]
    head.store(position + 1, ordering: .releasing)
    return true
  }

  /// Consumer: removes and returns the oldest element; `nil` when the ring is empty.
  @inlinable public func pop() -> E? {
    let position = head.load(ordering: .relaxed)
    if position == tail.load(ordering: .acquiring) { return nil }
    let element = unsafe slots[position & mask]
    head.store(position + 1, ordering: .releasing)
    return element
  }
}

public import Synchronization

/// The newest value from one writer thread for one reader thread; older values that nobody took are overwritten.
///
/// Three slots change owners and are never copied between threads half-written: the writer owns one, the reader owns
/// one, the third waits in `middle` with a mark that says whether it is fresh. Publishing and taking are one exchange
/// each: acquire to see what the other side wrote to the slot received, release to show what this side wrote to the
/// slot given away.
@safe public struct LatestValue<T: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let slots: UnsafeMutablePointer<T>
  @usableFromInline let writerSlot = Atomic<Int>(0)  // read and written by the writer alone
  @usableFromInline let middle = Atomic<Int>(1)
  @usableFromInline let readerSlot = Atomic<Int>(2)  // read and written by the reader alone

  /// A cell whose reader sees `initial` until the first value is published. Allocates.
  public init(_ initial: T) {
    unsafe slots = UnsafeMutablePointer<T>.allocate(capacity: 3)
    unsafe slots.initialize(repeating: initial, count: 3)
  }

  deinit { unsafe slots.deallocate() }

  /// Writer: makes `value` the newest one.
  @inlinable public func publish(_ value: T) {
    let mine = writerSlot.load(ordering: .relaxed)
    unsafe slots[mine] = value
    let received = middle.exchange(mine | 4, ordering: .acquiringAndReleasing)
    writerSlot.store(received & 3, ordering: .relaxed)
  }

  /// Reader: takes the newest value if there is one that it has not seen. Returns whether there was.
  @inlinable public func refresh() -> Bool {
    if middle.load(ordering: .relaxed) & 4 == 0 { return false }
    let mine = readerSlot.load(ordering: .relaxed)
    let received = middle.exchange(mine, ordering: .acquiringAndReleasing)
    readerSlot.store(received & 3, ordering: .relaxed)
    return true
  }

  /// Reader: the value taken last.
  @inlinable public var value: T { unsafe slots[readerSlot.load(ordering: .relaxed)] }

  /// Reader: takes the newest value if there is one, and returns the value taken last.
  @inlinable public func latest() -> T {
    _ = refresh()
    return value
  }
}

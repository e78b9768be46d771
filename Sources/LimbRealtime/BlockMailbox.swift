import Synchronization

/// The newest block of floats (a policy's parameters) and its version, from one writer thread to one reader thread.
///
/// Four blocks, allocated and touched at creation, change owners by index: the writer fills one, one waits in the
/// middle, the reader uses one and keeps the one it used before, so that it can go back when the newer one proves bad.
/// Nothing is copied, counted or freed on the reader's side, and neither side ever waits. A block that was published
/// and not taken is overwritten by the next.
@safe package struct BlockMailbox: ~Copyable, @unchecked Sendable {
  private let memory: UnsafeMutablePointer<Float>
  private let versions: UnsafeMutablePointer<UInt64>
  /// Floats in one block.
  package let blockCount: Int
  private let stride: Int
  private let middle = Atomic<Int>(1)  // block index, plus 4 when it is fresh
  private let writer = Atomic<Int>(0)  // touched by the writer alone
  private let current = Atomic<Int>(2)  // touched by the reader alone
  private let previous = Atomic<Int>(3)  // touched by the reader alone

  /// Four blocks of `blockCount` zeros with version 0. Allocates; call it before arming.
  package init(blockCount: Int) {
    precondition(blockCount > 0, "a block holds at least one number")
    self.blockCount = blockCount
    stride = (blockCount + 15) / 16 * 16  // every block starts on a cache line
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * stride * MemoryLayout<Float>.stride, alignment: 64)
    unsafe memory = bytes.initializeMemory(as: Float.self, repeating: 0, count: 4 * stride)
    unsafe versions = UnsafeMutablePointer<UInt64>.allocate(capacity: 4)
    unsafe versions.initialize(repeating: 0, count: 4)
  }

  deinit {
    unsafe memory.deallocate()
    unsafe versions.deallocate()
  }

  /// Writer: fills its block by `fill` (given a pointer to `blockCount` floats with arbitrary old contents, every one
  /// of which it must write) and makes it the newest one.
  package func publish(version: UInt64, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
    let mine = writer.load(ordering: .relaxed)
    unsafe fill(memory + mine * stride)
    unsafe versions[mine] = version
    writer.store(middle.exchange(mine | 4, ordering: .acquiringAndReleasing) & 3, ordering: .relaxed)
  }

  /// Writer: copies `blockCount` floats from `block` and makes them the newest ones.
  package func publish(version: UInt64, copying block: UnsafePointer<Float>) {
    unsafe publish(version: version) { unsafe $0.update(from: block, count: blockCount) }
  }

  /// Either side: whether a block waits that the reader has not taken.
  @_noLocks package func hasNewer() -> Bool { middle.load(ordering: .acquiring) & 4 != 0 }

  /// Reader: takes the newest block, if there is one; the one used until now becomes the previous one, and the one
  /// before goes back to the writer. Returns whether there was one.
  @_noLocks package func takeNewest() -> Bool {
    if middle.load(ordering: .relaxed) & 4 == 0 { return false }
    let spare = previous.load(ordering: .relaxed)
    let received = middle.exchange(spare, ordering: .acquiringAndReleasing) & 3
    previous.store(current.load(ordering: .relaxed), ordering: .relaxed)
    current.store(received, ordering: .relaxed)
    return true
  }

  /// Reader: goes back to the block used before the current one (again: forward). The refused one is the next to be
  /// given back to the writer.
  @_noLocks package func revert() {
    let refused = current.load(ordering: .relaxed)
    current.store(previous.load(ordering: .relaxed), ordering: .relaxed)
    previous.store(refused, ordering: .relaxed)
  }

  /// Reader: the block in use, `blockCount` floats, valid until the second `takeNewest` from now.
  @_noLocks package func block() -> UnsafePointer<Float> {
    unsafe UnsafePointer(memory + current.load(ordering: .relaxed) * stride)
  }

  /// Reader: the version of the block in use; 0 before the first.
  @_noLocks package func version() -> UInt64 { unsafe versions[current.load(ordering: .relaxed)] }

  /// Reader: the version of the block used before; 0 when there was none.
  @_noLocks package func previousVersion() -> UInt64 { unsafe versions[previous.load(ordering: .relaxed)] }
}

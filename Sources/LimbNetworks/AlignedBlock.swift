/// One contiguous, zeroed, 64-byte-aligned block of numbers with a single owner.
///
/// Parameters, gradients, moments and activations each live in one block, so that a whole network is copied, checked,
/// optimised and published by one pass over memory. Allocates when created and frees when destroyed; nothing between.
@safe package struct AlignedBlock<Element: BitwiseCopyable & AdditiveArithmetic>: ~Copyable, @unchecked Sendable {
  /// First number. Valid as long as the block.
  package let base: UnsafeMutablePointer<Element>
  /// How many numbers.
  package let count: Int

  /// `count` zeros. Traps if `count` is negative.
  package init(count: Int) {
    precondition(count >= 0, "a block cannot hold \(count) numbers")
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    unsafe base = bytes.initializeMemory(as: Element.self, repeating: .zero, count: count)
  }

  deinit { unsafe base.deallocate() }

  /// Overwrites this block with another of the same size.
  package func copy(from other: borrowing AlignedBlock<Element>) {
    precondition(other.count == count, "a block of \(count) cannot take \(other.count)")
    unsafe base.update(from: other.base, count: count)
  }

  /// All zeros again.
  package func clear() { unsafe base.update(repeating: .zero, count: count) }
}

/// `count` rounded up to a multiple of 16, so that the next tensor of Floats starts on a cache line.
package func roundedToCacheLine(_ count: Int) -> Int { (count + 15) / 16 * 16 }

/// A batch of transitions in the form a learner takes them: row-major blocks of Float, 64-byte aligned, owned here and
/// filled by `ReplaySampler`.
///
/// Made once per learner; filling allocates nothing. One thread at a time may use it.
@safe package struct TransitionBatch: ~Copyable, @unchecked Sendable {
  /// Rows, B.
  package let batchSize: Int
  /// Numbers in a network's observation input: frame width × history.
  package let inputWidth: Int
  /// Action dimensions, A.
  package let actionWidth: Int

  /// [B × inputWidth] observations as the network reads them (scaled, clipped), oldest frame first, newest last.
  package let observations: UnsafeMutablePointer<Float>
  /// [B × A] squashed actions, tanh u.
  package let actions: UnsafeMutablePointer<Float>
  /// [B × A] actions before squashing, u.
  package let preSquash: UnsafeMutablePointer<Float>
  /// [B] sums of the discounted rewards of the window, at most n terms.
  package let rewards: UnsafeMutablePointer<Float>
  /// [B] what the value of the next observation is multiplied with: γᵏ, or 0 if the window ended in a termination.
  package let discounts: UnsafeMutablePointer<Float>
  /// [B × inputWidth] observations at the end of the window, as `observations`.
  package let nextObservations: UnsafeMutablePointer<Float>
  /// [B] log-density of the law that the action was drawn from; NaN where it is unknown.
  package let logDensities: UnsafeMutablePointer<Float>
  /// [B] sequence number of the record whose action it is; for tests and for tracing a bad batch.
  package let sequences: UnsafeMutablePointer<UInt64>

  /// [inputWidth] for the sampler: an input before it is mirrored.
  let scratch: UnsafeMutablePointer<Float>

  private let block: UnsafeMutableRawPointer

  /// Allocates the buffers, all zero. Traps if a width is not positive.
  package init(batchSize: Int, inputWidth: Int, actionWidth: Int) {
    precondition(batchSize > 0 && inputWidth > 0 && actionWidth > 0, "widths of a batch are positive")
    self.batchSize = batchSize
    self.inputWidth = inputWidth
    self.actionWidth = actionWidth
    func aligned(_ floats: Int) -> Int { (floats * 4 + 63) / 64 * 64 }
    let wide = aligned(batchSize * inputWidth)
    let action = aligned(batchSize * actionWidth)
    let scalar = aligned(batchSize)
    let sequenceBytes = aligned(2 * batchSize)
    let bytes = 2 * wide + 2 * action + 3 * scalar + sequenceBytes + aligned(inputWidth)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    func floats(_ offset: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
      unsafe (memory + offset).bindMemory(to: Float.self, capacity: count)
    }
    unsafe block = memory
    unsafe observations = floats(0, batchSize * inputWidth)
    unsafe nextObservations = floats(wide, batchSize * inputWidth)
    unsafe actions = floats(2 * wide, batchSize * actionWidth)
    unsafe preSquash = floats(2 * wide + action, batchSize * actionWidth)
    let scalars = 2 * wide + 2 * action
    unsafe rewards = floats(scalars, batchSize)
    unsafe discounts = floats(scalars + scalar, batchSize)
    unsafe logDensities = floats(scalars + 2 * scalar, batchSize)
    unsafe scratch = floats(scalars + 3 * scalar + sequenceBytes, inputWidth)
    unsafe sequences = (memory + scalars + 3 * scalar).bindMemory(to: UInt64.self, capacity: batchSize)
  }

  deinit { unsafe block.deallocate() }
}

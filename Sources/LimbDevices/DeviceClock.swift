internal import LimbTypes

/// Unwraps the device's 16-bit tick and 32-bit microseconds to 64 bits, in step across a reset of the device, which
/// begins both anew: ticks then go on just above the last one, and time goes on by what the host's clock says has
/// passed.
struct DeviceClock: BitwiseCopyable, Sendable {
  private(set) var tick: UInt64 = 0
  private(set) var microseconds: UInt64 = 0
  private var lastStamp: UInt32 = 0
  private var lastSeenAt = Instant()
  private var hasFrame = false
  private var isFresh = true

  @_noLocks init() {}

  /// A new handshake: the next frame may come from a device that was reset.
  @_noLocks mutating func beginSession() { isFresh = true }

  /// The next frame, in the order of the decoder: its sequence number is newer than the last, or the session is new.
  @_noLocks mutating func advance(sequence: UInt16, stamp: UInt32, at now: Instant) {
    if !hasFrame {
      tick = UInt64(sequence)
      microseconds = UInt64(stamp)
    } else {
      var step = UInt64(sequence &- UInt16(truncatingIfNeeded: tick))
      if step == 0 { step = 65536 }
      tick += step
      var passed = UInt64(stamp &- lastStamp)
      if isFresh {
        let elapsed = UInt64(max(now.nanoseconds(since: lastSeenAt), 0)) / 1000
        let tolerance = 1_000_000 + elapsed / 1000
        let difference = passed > elapsed ? passed - elapsed : elapsed - passed
        if difference > tolerance { passed = elapsed }
      }
      microseconds += passed
    }
    lastStamp = stamp
    lastSeenAt = now
    hasFrame = true
    isFresh = false
  }
}

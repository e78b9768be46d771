internal import CRealtime
package import LimbTypes
internal import Synchronization

/// The one clock of the daemon: the machine's monotonic clock, or one that moves only when told.
///
/// A copyable handle; all copies show the same time. Under a manual clock (tests, lockstep) nobody waits: sleeping
/// moves the clock to the deadline, waiting for a descriptor only looks at it.
@safe package struct TimeSource: @unchecked Sendable {
  /// `nil`: the machine's clock. The cell of a manual clock lives as long as the process (eight bytes a clock), so that
  /// handles need no owner and the control path no reference counting.
  private let manualNanoseconds: UnsafeMutablePointer<Atomic<UInt64>>?

  private init(_ cell: UnsafeMutablePointer<Atomic<UInt64>>?) { unsafe manualNanoseconds = cell }

  /// CLOCK_MONOTONIC.
  package static func monotonic() -> TimeSource { unsafe TimeSource(nil) }

  /// A clock that stands still at `startingAtNanoseconds` until it is set.
  package static func manual(startingAtNanoseconds start: UInt64 = 0) -> TimeSource {
    let cell = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: 1)
    unsafe cell.initialize(to: Atomic(start))
    return unsafe TimeSource(cell)
  }

  /// Whether the clock moves only when told.
  @_noLocks package func isManual() -> Bool { unsafe manualNanoseconds != nil }

  /// The time now, in nanoseconds.
  @_noLocks package func nowNanoseconds() -> UInt64 {
    if let cell = unsafe manualNanoseconds { return unsafe cell.pointee.load(ordering: .acquiring) }
    return limb_monotonic_ns()
  }

  /// The time now.
  @_noLocks package func now() -> Instant { Instant(nanoseconds: nowNanoseconds()) }

  /// Sleeps until the absolute instant; returns at once when it has passed. A manual clock is moved there instead.
  @_noLocks package func sleep(until deadline: Instant) { sleep(untilNanoseconds: deadline.nanoseconds) }

  /// Sets a manual clock; it may also be set back. The machine's clock ignores it and answers `false`.
  @_noLocks @discardableResult package func set(nanoseconds: UInt64) -> Bool {
    guard let cell = unsafe manualNanoseconds else { return false }
    unsafe cell.pointee.store(nanoseconds, ordering: .releasing)
    return true
  }

  /// Moves a manual clock forward. The machine's clock ignores it and answers `false`.
  @_noLocks @discardableResult package func advance(byNanoseconds step: UInt64) -> Bool {
    set(nanoseconds: nowNanoseconds() + step)
  }

  /// Sleeps until the absolute instant; returns at once when it has passed. A manual clock is moved there instead.
  @_noLocks package func sleep(untilNanoseconds deadline: UInt64) {
    if unsafe manualNanoseconds == nil {
      _ = limb_sleep_until_ns(deadline)
    } else if deadline > nowNanoseconds() {
      set(nanoseconds: deadline)
    }
  }

  /// Waits until `descriptor` can be read or the absolute instant has come. A manual clock only looks.
  @_noLocks package func wait(readable descriptor: Int32, untilNanoseconds deadline: UInt64) -> DescriptorState {
    wait(descriptor, wanted: Int32(LIMB_FD_READABLE), untilNanoseconds: deadline)
  }

  /// Waits until `descriptor` can be written or the absolute instant has come. A manual clock only looks.
  @_noLocks package func wait(writable descriptor: Int32, untilNanoseconds deadline: UInt64) -> DescriptorState {
    wait(descriptor, wanted: Int32(LIMB_FD_WRITABLE), untilNanoseconds: deadline)
  }

  @_noLocks private func wait(
    _ descriptor: Int32, wanted: Int32, untilNanoseconds deadline: UInt64
  ) -> DescriptorState {
    let result = limb_fd_wait_until_ns(descriptor, wanted, isManual() ? 0 : deadline)
    if result < 0 { return .failed(errno: -result) }
    if result & wanted != 0 { return .ready }
    return result & Int32(LIMB_FD_HANGUP) != 0 ? .hangUp : .notReady
  }
}

/// What a wait for a descriptor ended with.
package enum DescriptorState: Equatable, BitwiseCopyable, Sendable {
  /// It can be read (or written) now. After a hang-up the bytes still in it come first.
  case ready
  /// The deadline came first.
  case notReady
  /// The other end is gone, or the descriptor is in error, and nothing is left to read.
  case hangUp
  case failed(errno: Int32)
}

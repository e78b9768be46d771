/// A point on the host's monotonic clock, or on the manual clock of a test or a lockstep run.
///
/// Unit: nanoseconds since an arbitrary origin that stays fixed for one process. Wraps after 584 years.
/// Any thread may use it; it is a plain value.
package struct Instant: Comparable, Hashable, BitwiseCopyable, Sendable {
  /// Nanoseconds since the clock's origin.
  package var nanoseconds: UInt64

  /// Makes an instant from its distance to the clock's origin.
  @_noLocks package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// The clock's origin.
  @_noLocks package init() { nanoseconds = 0 }

  /// Earlier. This and the next four are spelt out, since the standard ones are generic, which the control path
  /// forbids.
  @_noLocks package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  /// The same nanosecond.
  @_noLocks package static func == (a: Instant, b: Instant) -> Bool { a.nanoseconds == b.nanoseconds }
  /// Not later.
  @_noLocks package static func <= (a: Instant, b: Instant) -> Bool { a.nanoseconds <= b.nanoseconds }
  /// Not earlier.
  @_noLocks package static func >= (a: Instant, b: Instant) -> Bool { a.nanoseconds >= b.nanoseconds }
  /// Later.
  @_noLocks package static func > (a: Instant, b: Instant) -> Bool { a.nanoseconds > b.nanoseconds }

  /// This instant moved later by `nanoseconds` (earlier if negative). Wraps at the ends of the range.
  @_noLocks package func adding(nanoseconds delta: Int64) -> Instant {
    Instant(nanoseconds: nanoseconds &+ UInt64(bitPattern: delta))
  }

  /// Signed nanoseconds from `earlier` to this instant; negative if `earlier` is in fact later.
  @_noLocks package func nanoseconds(since earlier: Instant) -> Int64 {
    Int64(bitPattern: nanoseconds &- earlier.nanoseconds)
  }

  /// Seconds from `earlier` to this instant, negative if `earlier` is later.
  @_noLocks package func seconds(since earlier: Instant) -> Double {
    Double(nanoseconds(since: earlier)) * 1e-9
  }
}

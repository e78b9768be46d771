/// What the kernel did to a thread once it was warm: differences of `ThreadUsage`, one a window of a second.
///
/// A thread's counters begin with its birth: the touching of its stack alone is 64 faults. So the first window that is
/// looked at after `warmUpIterations`, and all before it, only move the base line. A plain value; belongs to the thread
/// that it counts.
package struct UsageWatch: BitwiseCopyable, Sendable {
  /// A thread is warm after so many iterations and the end of the window in which they fell.
  package static var warmUpIterations: UInt64 { @_noLocks get { 200 } }
  private static var windowNanoseconds: UInt64 { @_noLocks get { 1_000_000_000 } }

  /// Whether faults and switches count by now.
  package private(set) var isWarm = false
  private var base = ThreadUsage(minorFaults: 0, majorFaults: 0, voluntarySwitches: 0, involuntarySwitches: 0)
  private var sinceNanoseconds: UInt64 = 0
  private var hasBegun = false

  /// A watch that has seen no iteration yet.
  @_noLocks package init() {}

  /// True once a second, and never at the first call: `take` is due.
  @_noLocks package mutating func isDue(atNanoseconds now: UInt64) -> Bool {
    guard hasBegun else {
      hasBegun = true
      sinceNanoseconds = now
      return false
    }
    guard now > sinceNanoseconds, now - sinceNanoseconds > UsageWatch.windowNanoseconds else { return false }
    sinceNanoseconds = now
    return true
  }

  /// Ends a window: what happened in it, all zero while the thread is not warm.
  @_noLocks package mutating func take(_ present: ThreadUsage, iterations: UInt64) -> ThreadUsage {
    let before = base
    base = present
    guard isWarm else {
      isWarm = iterations > UsageWatch.warmUpIterations
      return ThreadUsage(minorFaults: 0, majorFaults: 0, voluntarySwitches: 0, involuntarySwitches: 0)
    }
    return ThreadUsage(
      minorFaults: present.minorFaults - before.minorFaults, majorFaults: present.majorFaults - before.majorFaults,
      voluntarySwitches: present.voluntarySwitches - before.voluntarySwitches,
      involuntarySwitches: present.involuntarySwitches - before.involuntarySwitches)
  }
}

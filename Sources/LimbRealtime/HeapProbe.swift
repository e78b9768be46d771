internal import CRealtime

/// Counts the heap calls (the malloc family, `free` included) of the calling thread, the Swift runtime's among them.
/// Threads that did not arm it are not counted. The proof behind "no heap call on the control path after warm-up".
package enum HeapProbe {
  /// Whether this build can count: false in sanitizer builds and without glibc. Then every count is 0.
  package static var isAvailable: Bool { limb_heap_probe_available() != 0 }

  /// Starts counting this thread's heap calls from zero.
  @_noLocks package static func arm() { limb_heap_probe_arm() }

  /// Heap calls of this thread since `arm`.
  @_noLocks package static func count() -> UInt64 { limb_heap_probe_count() }

  /// Stops counting and returns the heap calls since `arm`.
  @_noLocks package static func disarm() -> UInt64 { limb_heap_probe_disarm() }

  /// The heap calls that `body` makes on this thread. Run it once before: first use of a type allocates metadata.
  package static func heapCalls(in body: () -> Void) -> UInt64 {
    limb_heap_probe_arm()
    body()
    return limb_heap_probe_disarm()
  }
}

/// What the kernel did to the calling thread since it started: non-zero growth after warm-up is a warning.
package struct ThreadUsage: BitwiseCopyable, Sendable {
  /// Page faults served without I/O.
  package var minorFaults: Int64
  /// Page faults that waited for I/O.
  package var majorFaults: Int64
  /// Times the thread gave the processor up by itself (it slept or waited).
  package var voluntarySwitches: Int64
  /// Times the processor was taken away from it.
  package var involuntarySwitches: Int64

  /// The counters of the calling thread now. One system call.
  @_noLocks package static func current() -> ThreadUsage {
    let usage = limb_thread_usage()
    return ThreadUsage(
      minorFaults: usage.minor_faults, majorFaults: usage.major_faults, voluntarySwitches: usage.voluntary_switches,
      involuntarySwitches: usage.involuntary_switches)
  }

  /// Counts as the kernel gave them, since the thread began.
  @_noLocks package init(
    minorFaults: Int64, majorFaults: Int64, voluntarySwitches: Int64, involuntarySwitches: Int64
  ) {
    self.minorFaults = minorFaults
    self.majorFaults = majorFaults
    self.voluntarySwitches = voluntarySwitches
    self.involuntarySwitches = involuntarySwitches
  }
}

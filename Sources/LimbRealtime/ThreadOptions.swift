internal import CRealtime

/// On which processors a thread may run.
package enum Affinity: Equatable, Sendable {
  /// Wherever the starting thread may run.
  case inherited
  /// Only there.
  case pinned(processor: Int)
  /// Wherever the starting thread may run, but not there (refused where nothing else is left).
  case avoiding(processor: Int)

  var mode: Int32 {
    switch self {
    case .inherited: Int32(LIMB_AFFINITY_INHERIT)
    case .pinned: Int32(LIMB_AFFINITY_PIN)
    case .avoiding: Int32(LIMB_AFFINITY_AVOID)
    }
  }

  var processor: Int32 {
    switch self {
    case .inherited: 0
    case .pinned(let processor), .avoiding(let processor): Int32(clamping: processor)
    }
  }
}

/// What is asked of the kernel for a new thread.
package struct ThreadOptions: Sendable {
  /// Shown by `top -H`; the first 15 bytes count.
  package var name: String
  /// SCHED_FIFO priority 1…99, or 0 for normal scheduling.
  package var priority: Int32
  /// Nice value −20…19 used under normal scheduling (also when FIFO was refused).
  package var nice: Int32
  /// Which processors the thread may use.
  package var affinity: Affinity
  /// Size of the stack in bytes.
  package var stackBytes: Int
  /// How much of the stack to touch before the body runs, at most half of it.
  package var prefaultBytes: Int
  /// Whether a refused FIFO priority prevents the thread; otherwise it runs with normal scheduling and says so.
  package var requiresRealtime: Bool
  /// Whether a refused affinity prevents the thread.
  package var requiresAffinity: Bool

  /// A normal thread unless told otherwise: 512 KiB of stack, nothing required.
  package init(
    name: String, priority: Int32 = 0, nice: Int32 = 0, affinity: Affinity = .inherited, stackBytes: Int = 512 * 1024,
    prefaultBytes: Int = 0, requiresRealtime: Bool = false, requiresAffinity: Bool = false
  ) {
    self.name = name
    self.priority = priority
    self.nice = nice
    self.affinity = affinity
    self.stackBytes = stackBytes
    self.prefaultBytes = prefaultBytes
    self.requiresRealtime = requiresRealtime
    self.requiresAffinity = requiresAffinity
  }
}

/// What a thread was granted of what it asked for.
package struct ThreadGrant: Equatable, Sendable {
  /// One item asked of the kernel.
  package enum Outcome: Equatable, Sendable {
    case notAsked
    case granted
    /// The errno of the refusal.
    case refused(errno: Int32)
  }

  /// Kernel thread id.
  package let threadID: Int32
  /// SCHED_FIFO. Refused with EPERM: grant `LimitRTPRIO=` in the unit, or CAP_SYS_NICE.
  package let realtime: Outcome
  /// Processor affinity. Refused with EINVAL: no such processor, or none left.
  package let affinity: Outcome
  /// The nice value, asked for under normal scheduling only.
  package let nice: Outcome

  init(_ report: limb_thread_report, _ options: ThreadOptions) {
    threadID = report.thread_id
    realtime = options.priority == 0 ? .notAsked : ThreadGrant.outcome(report.schedule_errno)
    affinity = options.affinity == .inherited ? .notAsked : ThreadGrant.outcome(report.affinity_errno)
    nice = realtime == .granted || options.nice == 0 ? .notAsked : ThreadGrant.outcome(report.nice_errno)
  }

  private static func outcome(_ errno: Int32) -> Outcome { errno == 0 ? .granted : .refused(errno: errno) }
}

/// What concerns the whole process.
package enum RealtimeProcess {
  /// Locks all memory mapped now, as far as it was ever touched (`mlockall(MCL_CURRENT | MCL_ONFAULT)`): call it once,
  /// after control's memory and stacks exist and have been touched. Later mappings are not locked; maps of a replay
  /// store that is open already are to be released again (`ReplayStore.unlockMaps`).
  package static func lockCurrentMemory() throws(RealtimeError) {
    let result = limb_lock_current_memory()
    if result != 0 { throw .memoryNotLocked(errno: result) }
  }

  /// Unlocks everything again.
  package static func unlockMemory() { _ = limb_unlock_memory() }

  /// Processors the calling thread may run on.
  package static var processorCount: Int { Int(limb_processor_count()) }
}

internal import CRealtime

/// A thread with the scheduling, processor and stack that a robot's loop needs, and an account of what was granted.
///
/// The body runs once, on the new thread; `join` waits for its end and must be called exactly once.
package struct RealtimeThread: ~Copyable {
  /// What the kernel granted.
  package let grant: ThreadGrant
  private let handle: UInt64

  /// Starts a thread and returns when its scheduling is settled. Throws, without having run the body, when the thread
  /// could not be made or when something that `options` require was refused.
  package static func start(
    _ options: ThreadOptions, _ body: @escaping @Sendable () -> Void
  ) throws(RealtimeError) -> RealtimeThread {
    let context = unsafe Unmanaged.passRetained(ThreadBody(body))
    var report = limb_thread_report()
    var handle: UInt64 = 0
    let result = unsafe options.name.withCString { name in
      unsafe limb_thread_start(
        name, options.affinity.mode, options.affinity.processor, options.priority, options.nice, options.stackBytes,
        min(options.prefaultBytes, options.stackBytes / 2), options.requiresRealtime ? 1 : 0,
        options.requiresAffinity ? 1 : 0, { unsafe Unmanaged<ThreadBody>.fromOpaque($0!).takeRetainedValue().run() },
        context.toOpaque(), &report, &handle)
    }
    if result != 0 {
      unsafe context.release()
      throw .threadNotCreated(name: options.name, errno: result)
    }
    let grant = ThreadGrant(report, options)
    if report.body_started == 0 {
      _ = limb_thread_join(handle)
      unsafe context.release()
      throw .refused(name: options.name, grant: grant)
    }
    return RealtimeThread(grant: grant, handle: handle)
  }

  private init(grant: ThreadGrant, handle: UInt64) {
    self.grant = grant
    self.handle = handle
  }

  /// Waits for the body to return.
  package consuming func join() { _ = limb_thread_join(handle) }
}

private final class ThreadBody: Sendable {
  private let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  func run() { body() }
}

/// What went wrong with threads or memory.
package enum RealtimeError: Error, Equatable {
  /// The kernel made no thread (EAGAIN: too many; EINVAL: stack too small).
  case threadNotCreated(name: String, errno: Int32)
  /// Something required was refused; `grant` says what.
  case refused(name: String, grant: ThreadGrant)
  /// `mlockall` was refused (ENOMEM: over RLIMIT_MEMLOCK; EPERM).
  case memoryNotLocked(errno: Int32)
  /// A named block of memory could not be made.
  case sharedMemory(path: String, operation: String, errno: Int32)
}

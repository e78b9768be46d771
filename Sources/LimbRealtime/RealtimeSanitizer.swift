internal import CRealtime

/// Marks what must neither block nor allocate for LLVM's RealtimeSanitizer; nothing in builds without it. The second proof,
/// beside the compiler's `@_noLocks`, that the control step calls nothing it may not.
package enum RealtimeSanitizer {
  /// Whether this build has it (`scripts/sanitize realtime`).
  package static var isActive: Bool { limb_realtime_sanitizer_active() != 0 }

  /// From here on, on this thread, a call that may block or allocate ends the process. Nests.
  @_noLocks package static func enter() { limb_realtime_enter() }

  /// The end of what `enter` began.
  @_noLocks package static func exit() { limb_realtime_exit() }
}

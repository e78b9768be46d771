internal import CRealtime

/// A thread that does its part of one piece of work after another, while its owner does the other part.
///
/// The two meet at a gate before and after each piece: whoever comes first spins for some microseconds and then sleeps,
/// so that a piece may be as short as a matrix product and a pause as long as a night. Allocates nothing after creation.
/// Ends with its owner's last reference.
@safe package final class SecondWorker: @unchecked Sendable {
  /// What both threads see. The owner alone writes `context`, and only while the worker waits.
  @safe private final class Meeting: @unchecked Sendable {
    let asked = unsafe limb_gate_make()!
    let answered = unsafe limb_gate_make()!
    let part: @Sendable (UnsafeMutableRawPointer) -> Void
    var context: UnsafeMutableRawPointer?

    init(_ part: @escaping @Sendable (UnsafeMutableRawPointer) -> Void) { unsafe self.part = part }

    deinit {
      unsafe limb_gate_free(asked)
      unsafe limb_gate_free(answered)
    }

    func work() {
      var seen: UInt32 = 0
      while true {
        seen = unsafe limb_gate_wait(asked, seen)
        guard let context = unsafe context else { return }
        unsafe part(context)
        unsafe limb_gate_pass(answered)
      }
    }
  }

  private let meeting: Meeting
  private var thread: RealtimeThread?
  private var done: UInt32 = 0

  /// Starts the thread. `part` is what it does with the context of each piece of work.
  package init(
    _ options: ThreadOptions, part: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) throws(RealtimeError) {
    let meeting = unsafe Meeting(part)
    self.meeting = meeting
    thread = try RealtimeThread.start(options) { meeting.work() }
  }

  /// Has the thread do its part of the work on `context`, does `own` meanwhile, and returns when both are done. One thread
  /// at a time may call it.
  package func share(_ context: UnsafeMutableRawPointer, _ own: () -> Void) {
    unsafe meeting.context = context
    unsafe limb_gate_pass(meeting.asked)
    own()
    done = unsafe limb_gate_wait(meeting.answered, done)
  }

  deinit {
    unsafe meeting.context = nil
    unsafe limb_gate_pass(meeting.asked)
    thread.take()?.join()
  }
}

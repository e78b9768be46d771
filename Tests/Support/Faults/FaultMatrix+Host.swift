/// limbd itself, its computer and its disk.
extension FaultMatrix {
  private static let cut = "every step; the one under way is not learned from"
  private static let all = "everything"
  private static let written = "everything acknowledged (`written_steps`)"

  static let host: [FaultRow] = [
    FaultRow(
      "control-hangs", "the control thread stands still", .injected, .limp, within: 51, logged: "SAFE_STOP, missed_deadlines",
      kept: cut, back: "`clear`, `arm`"),
    FaultRow(
      "control-late", "`overrun_limit_ticks` deadlines missed in a row", .injected, .limp, within: 5,
      logged: "SAFE_STOP overrun", kept: cut, back: "`arm`"),
    FaultRow(
      "recorder-stalls", "nobody empties control's rings for 10 s", .injected, .walks, within: 0,
      logged: "steps_dropped, ticks_dropped in status", kept: "what was acknowledged; the gap is visible", back: "nothing"),
    FaultRow(
      "policy-nan-offered", "the learner offers a policy with NaN", .injected, .walks, within: 0,
      logged: "refused_policies in status", kept: all, back: "nothing: the policy in use stays"),
    FaultRow(
      "policy-nan-once", "the policy in use turns to NaN", .injected, .walks, within: 0,
      logged: "action_refused", kept: "every step; that one is not learned from", back: "nothing: the policy before it is back"),
    FaultRow(
      "policy-nan-twice", "and again in the same episode", .injected, .limp, within: 30, logged: "SAFE_STOP non_finite_action",
      kept: cut, back: "`arm`"),
    FaultRow(
      "estop-socket", "`limbd estop`", .injected, .limp, within: 2, logged: "ESTOP emergency_stop_requested", kept: cut,
      back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-rings-full", "`limbd estop` while nobody empties the rings", .injected, .limp, within: 2,
      logged: "ESTOP emergency_stop_requested", kept: "what was acknowledged", back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-line-dead", "`limbd estop` while the line swallows everything", .injected, .limp, within: 51,
      logged: "ESTOP emergency_stop_requested", kept: cut, back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-socket-crowded", "`limbd estop` while a hundred clients crowd the socket", .wall, .limp,
      logged: "ESTOP emergency_stop_requested", kept: written, back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-control-held", "`limbd estop` while the control thread is held", .wall, .limp,
      logged: "written by the emergency line", kept: written, back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-recorder-held", "`limbd estop` while the recorder's thread is held", .wall, .limp,
      logged: "ESTOP emergency_stop_requested", kept: written, back: "`clear --estop`, `arm`"),
    FaultRow(
      "control-held", "control's thread is held for 2 s", .wall, .alone, logged: "late_wakes; no watchdog datagram",
      kept: written, back: "`clear`, `arm`"),
    FaultRow(
      "learner-held", "the learner's thread is held", .wall, .walks, logged: "updates_total stands still", kept: written,
      back: "nothing"),
    FaultRow(
      "learner-nan", "a learner whose numbers run away", .wall, .walks, logged: "the learner is frozen", kept: written,
      back: "mend the profile, restart"),
    FaultRow(
      "recorder-held", "the recorder's thread is held for 3 s", .wall, .walks, logged: "nothing: rings hold it", kept: written,
      back: "nothing"),
    FaultRow(
      "client-hangs", "a client asks for status and never reads", .wall, .walks, logged: "nothing", kept: written, back: "nothing"),
    FaultRow(
      "clock-jump", "the computer's date jumps by a year and back", .wall, .walks, logged: "nothing", kept: written,
      back: "nothing"),
    FaultRow(
      "daemon-stopped", "SIGSTOP of limbd for 1 s, SIGCONT", .wall, .alone, logged: "late_wakes", kept: written,
      back: "`clear`, `arm`"),
    FaultRow(
      "daemon-killed", "SIGKILL of limbd in mid-stride", .wall, .alone, logged: "the black box, at the next start",
      kept: written, back: "start it, `clear`, `arm`"),
    FaultRow(
      "daemon-terminated", "SIGTERM of limbd in mid-stride", .wall, .stays, logged: "shutdown_requested",
      kept: "everything, files closed in order", back: "start it, `arm`"),
    FaultRow(
      "two-daemons", "a second daemon on the same robot", .wall, .walks, logged: "the port is busy, and who holds it",
      kept: written, back: "end one"),
    FaultRow(
      "port-stolen", "another process takes the port while the cable is out", .wall, .alone,
      logged: "the port is busy, and who holds it", kept: written, back: "end it, `clear`, `arm`"),
  ]

  static let storage: [FaultRow] = [
    FaultRow(
      "disk-full", "no space for replay or log", .lockstep, .walks, within: 0, logged: "disk full, once",
      kept: "what was written; the rest is counted", back: "make space"),
    FaultRow(
      "disk-gone", "an I/O error under the replay's memory map (SIGBUS)", .wall, .alone, logged: "the signal, at the next start",
      kept: "what the disk still has", back: "mend the disk, start, `clear`, `arm`"),
    FaultRow(
      "directory-gone", "the state directory is removed", .wall, .walks, logged: "nothing: open files stay", kept: "nothing: somebody deleted it",
      back: "restart"),
  ]
}

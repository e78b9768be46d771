/// limbd itself, its computer and its disk.
extension FaultMatrix {
  private static let cut = "every step; the one under way is not learned from"
  private static let all = "everything"
  private static let written = "everything acknowledged (`written_steps`)"

  static let host: [FaultRow] = [
    FaultRow(
      "control-hangs", "the control thread stands still", .injected, .limp, within: 51,
      kept: cut, back: "`clear`, `arm`"),
    FaultRow(
      "control-late", "`overrun_limit_ticks` deadlines missed in a row", .injected, .limp, within: 5, kept: cut, back: "`arm`"),
    FaultRow(
      "recorder-stalls", "nobody empties control's rings for 10 s", .injected, .walks, within: 0, kept: "what was acknowledged; the gap is visible", back: "nothing"),
    FaultRow(
      "policy-nan-offered", "the learner offers a policy with NaN", .injected, .walks, within: 0, kept: all, back: "nothing: the policy in use stays"),
    FaultRow(
      "policy-nan-once", "the policy in use turns to NaN", .injected, .walks, within: 0, kept: "every step; that one is not learned from", back: "nothing: the policy before it is back"),
    FaultRow(
      "policy-nan-twice", "and again in the same episode", .injected, .limp, within: 30,
      kept: cut, back: "`arm`"),
    FaultRow(
      "estop-socket", "`limbd estop`", .injected, .limp, within: 2, kept: cut,
      back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-rings-full", "`limbd estop` while nobody empties the rings", .injected, .limp, within: 2, kept: "what was acknowledged", back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-line-dead", "`limbd estop` while the line swallows everything", .injected, .limp, within: 51, kept: cut, back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-socket-crowded", "`limbd estop` while a hundred clients crowd the socket", .wall, .limp, kept: written, back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-control-held", "`limbd estop` while the control thread is held", .wall, .limp, kept: written, back: "`clear --estop`, `arm`"),
    FaultRow(
      "estop-recorder-held", "`limbd estop` while the recorder's thread is held", .wall, .limp, kept: written, back: "`clear --estop`, `arm`"),
    FaultRow(
      "control-held", "control's thread is held for 2 s", .wall, .alone,
      kept: written, back: "`clear`, `arm`"),
    FaultRow(
      "learner-held", "the learner's thread is held", .wall, .walks, kept: written,
      back: "nothing"),
    FaultRow(
      "learner-nan", "a learner whose numbers run away", .wall, .walks, kept: written,
      back: "mend the profile, restart"),
    FaultRow(
      "recorder-held", "the recorder's thread is held for 3 s", .wall, .walks, kept: written,
      back: "nothing"),
    FaultRow(
      "client-hangs", "a client asks for status and never reads", .wall, .walks, kept: written, back: "nothing"),
    FaultRow(
      "clock-jump", "the computer's date jumps by a year and back", .wall, .walks, kept: written,
      back: "nothing"),
    FaultRow(
      "daemon-stopped", "SIGSTOP of limbd for 1 s, SIGCONT", .wall, .alone, kept: written,
      back: "`clear`, `arm`"),
    FaultRow(
      "daemon-killed", "SIGKILL of limbd in mid-stride", .wall, .alone,
      kept: written, back: "start it, `clear`, `arm`"),
    FaultRow(
      "daemon-terminated", "SIGTERM of limbd in mid-stride", .wall, .rests,
      kept: "everything, files closed in order", back: "start it, `arm`"),
    FaultRow(
      "two-daemons", "a second daemon on the same robot", .wall, .walks,
      kept: written, back: "end one"),
    FaultRow(
      "port-stolen", "another process takes the port while the cable is out", .wall, .alone, kept: written, back: "end it, `clear`, `arm`"),
  ]

  static let storage: [FaultRow] = [
    FaultRow(
      "disk-full", "no space for replay or log", .lockstep, .walks, within: 0,
      kept: "what was written; the rest is counted", back: "make space"),
    FaultRow(
      "disk-gone", "an I/O error under the replay's memory map (SIGBUS)", .wall, .alone,
      kept: "what the disk still has", back: "mend the disk, start, `clear`, `arm`"),
    FaultRow(
      "directory-gone", "the state directory is removed", .wall, .walks, kept: "nothing: somebody deleted it",
      back: "restart"),
  ]
}

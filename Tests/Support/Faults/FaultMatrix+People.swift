/// Falls, people, and arms that must not drop.
extension FaultMatrix {
  private static let cut = "every step; the one under way is not learned from"
  private static let all = "everything"

  static let people: [FaultRow] = [
    FaultRow(
      "fall", "the robot falls", .injected, .limp, within: 2, kept: "everything, as a death",
      back: "nothing: it gets up"),
    FaultRow(
      "falls-repeated", "more falls in a minute than `max_falls_per_minute`", .injected, .limp, within: 2, kept: "everything", back: "`arm`"),
    FaultRow(
      "stand-up-fails", "every attempt to stand up fails", .injected, .limp, within: 2,
      kept: all, back: "set it on its feet, `arm`"),
    FaultRow(
      "person-holds", "the button on the robot is pressed", .injected, .rests,
      kept: cut, back: "`resume`"),
    FaultRow(
      "person-tips-ramp", "somebody tips the robot over while it ramps up", .injected, .limp, within: 2,
      kept: all, back: "set it down, `arm`"),
    FaultRow(
      "arm-lying", "`arm` while the robot lies on its side", .injected, .limp, within: 0, kept: all,
      back: "set it on its feet"),
    FaultRow(
      "disarm-stride", "`disarm` in mid-stride", .injected, .rests, kept: all,
      back: "`arm`"),
    FaultRow(
      "shutdown-stride", "the end of the run in mid-stride", .injected, .rests,
      kept: all, back: "start it, `arm`"),
  ]

  static let arms: [FaultRow] = [
    FaultRow(
      "arm-frames-lost", "an arm's frames lost for good", .injected, .holds, within: 51, kept: cut,
      back: "`clear`, `arm`"),
    FaultRow(
      "arm-battery", "an arm's supply below `voltage_min_v` [1]", .injected, .holds, within: 300,
      kept: cut, back: "charge, `clear`, `resume`"),
    FaultRow(
      "arm-estop", "`limbd estop` of an arm", .injected, .holds, within: 2, kept: cut,
      back: "`clear --estop`, `arm`"),
    FaultRow(
      "arm-park-blocked", "an arm that cannot reach its park pose on `disarm`", .injected, .holds, kept: all, back: "free it, `clear`, `resume`, `disarm`"),
  ]
}

/// The wire, what is measured over it, and the board at its far end.
extension FaultMatrix {
  private static let irregular = "every step; those with a missing frame are marked and not learned from"
  private static let cut = "every step; the one under way is not learned from"
  private static let all = "everything"

  static let line: [FaultRow] = [
    FaultRow(
      "frame-lost", "one sensor frame lost", .injected, .walks, within: 1, kept: irregular,
      back: "nothing"),
    FaultRow(
      "frames-lost-burst", "25 frames in a row lost (50 ms)", .injected, .walks, within: 1,
      kept: irregular, back: "nothing"),
    FaultRow(
      "frames-lost", "frames lost for good", .injected, .limp, within: 51, kept: cut,
      back: "`clear`, `arm`"),
    FaultRow(
      "commands-lost", "commands lost for good, frames come", .injected, .limp, within: 51, kept: cut, back: "`clear`, `arm`"),
    FaultRow(
      "frames-corrupted", "a byte of each of 25 frames changed", .injected, .walks, within: 1,
      kept: irregular, back: "nothing"),
    FaultRow(
      "frames-duplicated", "every frame twice, for a second", .injected, .walks, within: 0,
      kept: all, back: "nothing"),
    FaultRow(
      "frames-reordered", "neighbouring frames swapped, for a second", .injected, .walks, within: 1, kept: irregular, back: "nothing"),
    FaultRow(
      "frames-delayed", "every frame 20 ms late, for a second", .injected, .walks, within: 1,
      kept: irregular, back: "nothing"),
    FaultRow(
      "frames-stale", "every frame 120 ms late: older than a command may live", .injected, .limp, within: 51, kept: cut, back: "`clear`, `arm`"),
    FaultRow(
      "garbage-flood", "1 KiB of random bytes before every frame, for a second", .injected, .walks, within: 1, kept: all, back: "nothing"),
    FaultRow(
      "frame-oversize", "2,000 bytes without an end before each of 25 frames", .injected, .walks, within: 1, kept: irregular, back: "nothing"),
    FaultRow(
      "frames-cut", "the second half of each of 25 frames missing", .injected, .walks, within: 1, kept: irregular, back: "nothing"),
    FaultRow(
      "unplug", "the cable is pulled", .injected, .limp, within: 51, kept: cut,
      back: "plug it in, `clear`, `arm`"),
  ]

  static let sensors: [FaultRow] = [
    FaultRow(
      "imu-stuck", "the IMU stands still", .injected, .limp, within: 98, kept: cut,
      back: "`clear`, `arm`"),
    FaultRow(
      "imu-nonsense", "an attitude that is no rotation: the zeros of an IMU without supply", .injected, .limp, within: 81, kept: cut, back: "`clear`, `arm`"),
    FaultRow(
      "encoder-frozen", "one joint's angle and velocity stand still, for two seconds", .injected, .walks, within: 0, kept: all, back: "nothing"),
    FaultRow(
      "encoder-jump", "one joint's angle jumps by 1 rad for a frame", .injected, .walks, within: 1, kept: irregular, back: "nothing"),
    FaultRow(
      "encoder-slipped", "one joint's angle jumps by 0.3 rad and stays there", .injected, .limp, within: 81, kept: cut, back: "mend it, calibrate, `clear`, `arm`"),
    FaultRow(
      "encoder-lost", "one joint's angle is no number", .injected, .limp, within: 81,
      kept: cut, back: "mend it, `clear`, `arm`"),
    FaultRow(
      "motor-warm", "a motor above `temperature_max_c` [0]", .injected, .rests, kept: all,
      back: "let it cool, `resume`"),
    FaultRow(
      "motor-hot", "a motor above `temperature_max_c` [1]", .injected, .limp, within: 255,
      kept: cut, back: "let it cool, `arm`"),
    FaultRow(
      "motor-device-hot", "a motor above the device's own limit", .injected, .limp, within: 100,
      kept: cut, back: "let it cool, `clear`, `arm`"),
    FaultRow(
      "temperature-lost", "a temperature sensor fails", .injected, .limp, within: 150, kept: cut,
      back: "mend it, `clear`, `arm`"),
    FaultRow(
      "battery-low", "supply below `voltage_min_v` [0]", .injected, .rests, kept: all,
      back: "charge, `resume`"),
    FaultRow(
      "battery-empty", "supply below `voltage_min_v` [1]", .injected, .limp, within: 255,
      kept: cut, back: "charge, `arm`"),
  ]

  static let device: [FaultRow] = [
    FaultRow(
      "estop-device", "the robot's own e-stop input", .injected, .limp, within: 3,
      kept: cut, back: "release it, `clear --estop`, `arm`"),
    FaultRow(
      "firmware-reset", "the firmware begins anew in mid-stride", .injected, .limp, within: 1, kept: cut, back: "`arm`"),
    FaultRow(
      "firmware-upgraded", "another firmware version answers after a restart", .injected, .limp, within: 51, kept: cut, back: "`clear`, `arm`"),
    FaultRow(
      "driver-fault", "the board reports a motor driver's fault", .injected, .limp, within: 30,
      kept: cut, back: "mend it, `clear`, `arm`"),
    FaultRow(
      "wrong-robot", "another robot on the cable after a replug", .injected, .limp, within: 51, kept: cut, back: "plug the right one in, `clear`, `arm`"),
    FaultRow(
      "battery-swap", "power gone, the same robot back after 20 s", .injected, .limp, within: 51,
      kept: cut, back: "`arm`: the run goes on where it was"),
    FaultRow(
      "stray-arming", "the device is armed though limbd is not", .injected, .limp, within: 100,
      kept: all, back: "`arm`"),
  ]
}

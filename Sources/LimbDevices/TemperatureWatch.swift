/// Notices a robot whose hottest motor is no longer known: what limbd's own over-temperature stop would then be worth
/// nothing (SPEC §8.1, temperature sensors). Control thread; for robots whose profile has `motor_temperature`.
struct TemperatureWatch: BitwiseCopyable, Sendable {
  private var hasBeenPlausible = false
  private var isMissing = false
  private var missingSinceMicroseconds: UInt64 = 0

  /// Nothing has been seen yet.
  @_noLocks init() {}

  /// True for a temperature that a motor can have; −128 is "not measured". What is above 127 °C saturates there.
  @_noLocks static func isPlausible(_ celsius: Int8) -> Bool { celsius >= -40 }

  /// True once a temperature that was plausible before has been implausible for 100 ms of device time, until it is
  /// plausible again. Takes the field of every SENSOR in turn. A device that has not measured yet is not at fault; it
  /// cannot be armed.
  @_noLocks mutating func isLost(_ celsius: Int8, atMicroseconds now: UInt64) -> Bool {
    if TemperatureWatch.isPlausible(celsius) {
      hasBeenPlausible = true
      isMissing = false
      return false
    }
    guard hasBeenPlausible else { return false }
    if !isMissing {
      isMissing = true
      missingSinceMicroseconds = now
    }
    return now &- missingSinceMicroseconds >= 100_000
  }
}

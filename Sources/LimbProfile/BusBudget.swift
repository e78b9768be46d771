/// What the cyclic frames take of the serial line. 8N1: ten bits a byte; each direction has a line of its own.
package struct BusBudget: Sendable, Equatable {
  /// One direction.
  package struct Direction: Sendable, Equatable {
    /// Bytes of a frame on the wire at worst: stuffing and both delimiters included.
    package let bytes: Int
    /// Bits a second.
    package let bitsPerSecond: Int
    /// Part of the line's speed, 1 is all of it.
    package let share: Double

    /// The share in per cent, rounded up: what is said is never less than what is.
    package var percent: Int { Int((share * 100).rounded(.up)) }
  }

  /// Device to host.
  package let sensor: Direction
  /// Host to device.
  package let command: Direction
  /// The highest rate limb-link offers that stays within 70 % in both directions, Hz; 0 if none does.
  package let highestRateHertz: Int

  /// Frame sizes by `firmware-protocol/SPEC.md` §4.
  package init(_ profile: RobotProfile) {
    let joints = profile.joints.count
    let gripper = profile.joints.contains { $0.kind == .slide } ? 4 : 0
    let sensorPayload =
      profile.robot.kind == .quadruped
      ? 52 + 8 * joints + 2 * profile.kinematics.legs.count : 30 + 8 * joints + gripper
    let sensorBytes = BusBudget.encoded(payloadBytes: sensorPayload)
    let commandBytes = BusBudget.encoded(payloadBytes: 10 + 10 * joints)
    let baud = profile.link.baud
    func direction(_ bytes: Int) -> Direction {
      let bits = bytes * 10 * profile.control.rateHertz
      return Direction(bytes: bytes, bitsPerSecond: bits, share: Double(bits) / Double(baud))
    }
    sensor = direction(sensorBytes)
    command = direction(commandBytes)
    let largest = Double(max(sensorBytes, commandBytes) * 10)
    let divisor = (1...20).first { largest * (1000 / Double($0)) <= 0.7 * Double(baud) }
    highestRateHertz = divisor.map { Int((1000 / Double($0)).rounded()) } ?? 0
  }

  /// Header 8, CRC 4, one byte of stuffing for each 254, two delimiters.
  static func encoded(payloadBytes: Int) -> Int {
    let decoded = payloadBytes + 12
    return decoded + (decoded + 253) / 254 + 2
  }

  /// Two lines for people.
  package var text: String {
    func line(_ name: String, _ direction: Direction) -> String {
      "\(name): \(direction.bytes) bytes a frame, \(direction.bitsPerSecond) bit/s, \(direction.percent) % of the line"
    }
    return line("sensor frames", sensor) + "\n" + line("command frames", command)
      + "\nhighest rate within 70 %: \(highestRateHertz) Hz"
  }
}

import CLimbLink
import LimbTestSupport
import Testing

/// Whatever comes over the line, the device stays safe and says what it saw.
struct GarbageTests {
  @Test("Random bytes never arm, move or stop a disarmed device", arguments: 1...8)
  func noiseMovesNothing(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let device = Device()
    device.gravityNewtonMetres = 0
    device.step()
    device.greet()
    for _ in 0..<400 {
      device.receive((0..<Int(random.next() % 97)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 24) })
      device.step()
    }
    #expect(device.state == LIMB_STATE_DISARMED)
    #expect(!device.output.motors_enabled)
    #expect(device.angles.allSatisfy { $0 == 0.3 })
    let link = device.linkCounters
    #expect(link.frames == 1)
    #expect(link.cobs + link.short_frame + link.crc + link.unknown_type > 40)
  }

  @Test("A line that flips bits, drops and doubles bytes only loses commands", arguments: 1...8)
  func corruptedCommandsAreLostNotMisread(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let device = Device()
    device.gravityNewtonMetres = 0
    #expect(device.greetAndArm() == LIMB_OK)
    let still = device.angles
    for _ in 0..<1500 {
      device.step()
      if !device.output.cyclic { continue }
      device.receive(random.damage(Self.violentCommand(answering: device.sensorSequence)))
      device.answer(targets: still)
    }
    #expect(device.state == LIMB_STATE_ARMED)
    #expect(zip(device.angles, still).allSatisfy { abs($0 - $1) < 0.001 })
    #expect(device.linkCounters.crc + device.linkCounters.cobs > 300)
  }
}

extension GarbageTests {
  /// Would move joint 0 by three radians if it were ever taken.
  private static func violentCommand(answering sequence: UInt16) -> [UInt8] {
    var command = limb_command()
    command.n_joints = UInt8(Device.joints)
    command.mode = UInt8(LIMB_MODE_RUN)
    command.ttl_ms = 100
    command.session = Device.session
    command.sensor_seq = sequence
    command.joints.0.q = 12_000
    command.joints.0.kp = 6400
    var message = limb_message()
    message.header.type = UInt8(LIMB_COMMAND.rawValue)
    unsafe message.body.command = command
    return Device.encode(message)
  }
}

extension SplitMix64 {
  /// Always changes something between the delimiters.
  mutating func damage(_ frame: [UInt8]) -> [UInt8] {
    var frame = frame
    let at = 1 + Int(next() % UInt64(frame.count - 2))
    switch next() % 4 {
    case 0: frame[at] ^= 1 << UInt8(next() % 8)
    case 1: frame.removeSubrange(at..<min(at + 3, frame.count - 1))
    case 2: frame.insert(UInt8(truncatingIfNeeded: next() | 1), at: at)
    default: frame[at] = frame[at] == 0xA5 ? 0x5A : 0xA5
    }
    return frame
  }
}

import CLimbLink
import Glibc
import LimbDevices
import LimbLink
import LimbProfile
import LimbTypes
import Testing

@Test("a robot that is what the profile says is linked, identified and streams")
func links() throws {
  let bench = Bench(try profile())
  #expect(bench.phase == .greeting)
  bench.run(milliseconds: 50)
  #expect(bench.phase == .linked)
  #expect(bench.driver.identity.uuidText == "00112233445566778899aabbccddeeff")
  #expect(bench.driver.caps.rateHertz == 500)
  #expect(bench.frames.count > 15)
  #expect(bench.driver.status.state == 2)
  #expect(bench.driver.statistics.received.rejected == 0)
  #expect(bench.driver.statistics.received.sequenceGap == 0)
}

@Test("HELLO is repeated until somebody answers, and one lost answer costs a tenth of a second")
func repeatsHello() throws {
  let bench = Bench(try profile())
  for _ in 0..<450 {
    bench.nowNanoseconds += 1_000_000
    bench.iterate()
  }
  #expect(bench.driver.statistics.bytesOut == 5 * 29, "at 1, 101, 201, 301 and 401 ms")
  // The device boots: what it was sent before its first control tick is lost, the next HELLO is answered.
  bench.run(milliseconds: 60)
  #expect(bench.phase == .linked)
  #expect(bench.driver.statistics.handshakes == 1)
}

/// Wrong robots: what the firmware is made to be, and the sentence that names it.
private let wrongRobots: [(@Sendable (inout limb_firmware_config) -> Void, String)] = [
  ({ $0.on_link_loss = UInt8(LIMB_STOP_HOLD.rawValue) }, "safety.on_link_loss is damp, the device does hold"),
  ({ $0.on_estop = UInt8(LIMB_STOP_LIMP.rawValue) }, "safety.on_estop is damp, the device does limp"),
  ({ $0.n_joints = 7 }, "joints: the device has 7, the profile 8"),
  ({ $0.ttl_max_ms = 80 }, "control.command_ttl_ms is 100, the device's bound is 80"),
  ({ $0.max_rate_hz = 250 }, "control.rate_hz is 500, the device grants 250"),
  ({ $0.sensors = 0x0002 }, "robot.sensors: the device lacks imu"),
  ({ $0.n_feet = 2 }, "kinematics.legs: foot sensor 2 is beyond the device's 2"),
  (
    {
      var joint = $0.joint(5)
      joint.tau_max = 2
      $0.set(5, joint)
    }, "rear_left_knee: torque_max_nm is 3.5, the device allows 2.0"
  ),
  (
    {
      var joint = $0.joint(0)
      joint.kp_max = 10
      joint.kd_max = 0.5
      $0.set(0, joint)
    }, "front_left_hip: kp is 40.0, the device allows 10.0"
  ),
  (
    {
      var joint = $0.joint(1)
      joint.q_max = 1
      $0.set(1, joint)
    }, "front_left_knee: position_rad reaches 2.4, the device allows only 1.0"
  ),
  (
    {
      var joint = $0.joint(2)
      joint.slew_max = 9
      $0.set(2, joint)
    }, "front_right_hip: safety.slew_rad_s is 18.0, the device allows 9.0"
  ),
]

@Test("a wrong robot is refused by name, with what was found and what was expected", arguments: wrongRobots.indices)
func wrongRobot(index: Int) throws {
  let (change, sentence) = wrongRobots[index]
  let robot = try profile()
  let bench = Bench(robot, change: change)
  bench.run(milliseconds: 50)
  #expect(bench.phase == .mismatched)
  let sentences = bench.driver.mismatches.descriptions(jointNames: robot.joints.map(\.name))
  #expect(sentences.contains { $0.hasPrefix(sentence) }, "\(sentences)")
  bench.driver.send(bench.idle(SensorFrame()))
  #expect(bench.driver.statistics.commands == 0 && bench.frames.isEmpty, "nothing is commanded or believed")
}

@Test("another board than the profile names is refused")
func wrongBoard() throws {
  let uuid = "00112233445566778899aabbccddeeff"
  func named(_ uuid: String) throws -> RobotProfile {
    try profile([("link:", "driver: limb-link", "driver: limb-link, uuid: \(uuid)")])
  }
  let right = try named(uuid)
  let wrong = try named(String(uuid.dropLast(2)) + "00")
  try #require(right.link.deviceUUID == uuid)
  let good = Bench(right)
  good.run(milliseconds: 20)
  #expect(good.phase == .linked)
  let bad = Bench(wrong)
  bad.run(milliseconds: 20)
  #expect(bad.phase == .mismatched)
  #expect(bad.driver.mismatches[0].kind.rawValue == MismatchKind.uuid.rawValue)
}

@Test("a device of another major version is named as such, whether it accepts HELLO or not", arguments: [UInt8(0), 13])
func wrongVersion(result: UInt8) throws {
  let robot = try profile()
  let bench = Bench(robot)
  bench.robot.rewrite = { frame, _ in
    frame[0] = 0x23
    if frame[1] == 2 { frame[8 + 10] = result }
  }
  bench.run(milliseconds: 50)
  #expect(bench.phase == .mismatched)
  let sentences = bench.driver.mismatches.descriptions(jointNames: [])
  #expect(sentences == ["the device speaks limb-link 2.3, limbd 1.0"])
  #expect(bench.driver.mismatches[0].path(in: robot) == "link.driver")
}

@Test("a device whose CAPS has another layout is named after a second; a single damaged CAPS is not")
func wrongSchema() throws {
  let bench = Bench(try profile())
  var damaged = 1
  bench.robot.rewrite = { frame, hash in
    guard frame[1] == 3, damaged > 0 else { return }
    damaged -= 1
    hash ^= 1
  }
  bench.run(milliseconds: 300)
  #expect(bench.phase == .linked)

  let other = Bench(try profile())
  other.robot.rewrite = { frame, hash in if frame[1] == 3 { hash ^= 1 } }
  other.run(milliseconds: 500)
  #expect(other.phase != .mismatched && other.phase != .linked)
  other.run(milliseconds: 700)
  #expect(other.driver.mismatches.count == 1)
  #expect(other.driver.mismatches.descriptions(jointNames: [])[0].contains("never passes its checksum"))
}

@Test("every difference is kept and has a place in the profile, however many there are")
func allDifferences() throws {
  let robot = try profile()
  let bench = Bench(robot) { config in
    for index in 0..<8 {
      var joint = config.joint(index)
      joint.q_max = (joint.q_min + joint.q_max) / 2
      joint.kp_max = 1
      joint.kd_max = 0.1
      joint.tau_max = 1
      config.set(index, joint)
    }
  }
  bench.run(milliseconds: 50)
  #expect(bench.phase == .mismatched && bench.driver.mismatches.count == 32)
  let places = (0..<32).map { bench.driver.mismatches[$0].path(in: robot) }
  #expect(Set(places).count == 32)
  for key in ["position_rad", "kp", "kd", "torque_max_nm"] { #expect(places.contains("joints[7].\(key)")) }
  let told = bench.driver.mismatches.descriptions(jointNames: robot.joints.map(\.name))
  #expect(told.count == 17 && told.last == "and 16 more")
}

@Test("the device's parameters are listed one by one, and an index beyond the last is refused")
func listsParameters() throws {
  let bench = Bench(try profile())
  bench.run(milliseconds: 50)
  var ids: [UInt16] = []
  for index in 0..<20 {
    bench.driver.requestParameter(at: UInt16(index))
    bench.run(milliseconds: 20)
    let answer = try #require(bench.takeParameterAnswer())
    guard answer.isAccepted else {
      #expect(answer.result == 14 && index == Int(bench.driver.parameterValue.count))
      break
    }
    ids.append(bench.driver.parameterValue.id)
  }
  #expect(ids.contains(2) && ids.count >= 5)
  // Being asked for a parameter that is not there does not mean that it takes no episodes.
  bench.driver.announceEpisode(3)
  bench.run(milliseconds: 20)
  #expect(bench.takeParameterAnswer() != nil)
}

@Test("lockstep must be granted where it is asked for")
func lockstepGrant() throws {
  let refused = Bench(try profile(), wantsLockstep: true)
  refused.run(milliseconds: 20)
  #expect(refused.phase == .mismatched && !refused.isLockstep)
  let granted = Bench(try profile(), wantsLockstep: true, change: { $0.grants_lockstep = true })
  granted.run(milliseconds: 20)
  #expect(granted.isLockstep)
}

@Test("ticks and device time go on past the wraps of their counters, and past a reset of the device")
func unwraps() throws {
  let bench = Bench(try profile())
  bench.run(milliseconds: 5000)
  #expect(bench.frames.count > 2400)
  for (earlier, later) in zip(bench.frames, bench.frames.dropFirst()) {
    #expect(later.tick == earlier.tick + 1)
    #expect(later.deviceTimeMicroseconds == earlier.deviceTimeMicroseconds + 2000)
  }
  #expect(bench.frame.tick > 65536 && bench.frame.deviceTimeMicroseconds > 1 << 32)

  let before = bench.frame
  var config = unsafe bench.robot.firmware.pointee.config
  config.first_cyclic_seq = 7
  _ = unsafe limb_firmware_init(bench.robot.firmware, &config)
  bench.frames = []
  bench.run(milliseconds: 1000)
  #expect(bench.phase == .linked && bench.driver.statistics.handshakes == 2)
  let after = try #require(bench.frames.first)
  #expect(after.tick > before.tick && after.tick & 0xFFFF == 7)
  #expect(after.deviceTimeMicroseconds - before.deviceTimeMicroseconds < 1_000_000)
}

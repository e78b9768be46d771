import CLimbLink
import LimbProfile
import LimbTypes
import Testing

@testable import LimbSimulator

@Suite struct SimulatedRobotTests {
  @Test("Greeted, armed and driven over the wire, the robot stands up and trots forward")
  func trot() throws {
    let host = try TestHost("quad8-sim", seed: 1)
    #expect(host.arm())
    host.standUp()
    #expect(!host.isHeld)
    for _ in 0..<500 { host.step(host.nominal) }
    let trot = ScriptedTrot()
    let start = host.exact.basePositionMeters
    let began = host.seconds
    for _ in 0..<4000 { host.step(trot.targets(seconds: host.seconds - began, nominal: host.nominal)) }
    let end = host.exact
    print("trot over the wire: \((end.basePositionMeters.x - start.x) / 8) m/s")
    #expect(end.basePositionMeters.x - start.x > 2.4)
    #expect(end.flags & 1 == 0)
    #expect(host.counters.crc == 0 && host.counters.seq_gap == 0)
  }

  @Test("The cyclic counter starts ten seconds before it wraps, and wraps without a gap")
  func wrap() throws {
    let host = try TestHost("quad8-sim", seed: 1)
    host.greet()
    for _ in 0..<(11 * host.profile.control.rateHertz) { host.step(host.nominal, mode: LIMB_MODE_OFF) }
    #expect(Int(host.sequences[0]) >= 65536 - 10 * host.profile.control.rateHertz)
    #expect(host.sequences.contains(0))
    #expect(host.counters.seq_gap == 0)
    #expect(host.tick > 65535)
  }

  @Test("The same seed and the same commands leave byte-identical truth")
  func determinism() throws {
    func run(_ seed: UInt64) throws -> [UInt8] {
      let host = try TestHost("quad8-sim", seed: seed, faults: ["corrupt@2s:for=5s:rate=0.1"])
      _ = host.arm()
      host.standUp()
      host.announce(episode: 4)
      let trot = ScriptedTrot()
      for _ in 0..<1000 { host.step(trot.targets(seconds: host.seconds, nominal: host.nominal)) }
      return host.truth
    }
    let first = try run(5)
    #expect(first.count > 100 * TruthLayout.recordBytes)
    #expect(try run(5) == first)
    #expect(try run(6) != first)
  }

  @Test("An announced episode reaches the plant and the truth")
  func episode() throws {
    let host = try TestHost("quad8-sim", seed: 2)
    host.greet()
    for _ in 0..<20 { host.step(host.nominal, mode: LIMB_MODE_OFF) }
    host.announce(episode: 41)
    for _ in 0..<40 { host.step(host.nominal, mode: LIMB_MODE_OFF) }
    #expect(host.episode == 41)
    let last = TruthLayout.decodeRecord(host.truth, at: host.truth.count - TruthLayout.recordBytes)
    #expect(last.episode == 41)
    let draw = EpisodeDraw(host.profile.simulation!, jointCount: 8, seed: 2, episode: 41)
    #expect(host.draw == draw)
  }

  @Test(
    "Each fault of the line shows in the counters that it should",
    arguments: [
      ("drop@0.5s:for=0.2s", "gap"), ("corrupt@0.5s:for=0.2s", "crc"), ("duplicate@0.5s:for=0.2s", "repeat"),
      ("garbage@0.5s:bytes=20:every=0.02s", "junk"), ("delay@0.5s:ms=50:for=0.2s", "none"),
      ("unplug@0.5s:for=0.2s", "gap"),
    ])
  func lineFaults(spec: String, counter: String) throws {
    let host = try TestHost("quad8-sim", seed: 3, faults: [spec])
    host.greet()
    for _ in 0..<600 { host.step(host.nominal, mode: LIMB_MODE_OFF) }
    let c = host.counters
    switch counter {
    case "gap": #expect(c.seq_gap > 50 && c.crc == 0)
    case "crc": #expect(c.crc + c.cobs + c.bad_length + c.short_frame + c.oversize + c.unknown_type > 20)
    case "repeat": #expect(c.seq_repeat > 50)
    case "junk": #expect(c.crc + c.cobs + c.bad_length + c.short_frame + c.unknown_type + c.oversize > 20)
    default: #expect(c.crc == 0 && c.seq_gap == 0)
    }
    #expect(host.sensorCount > 350)
  }

  @Test("Faults of the body show in the frames")
  func bodyFaults() throws {
    let host = try TestHost(
      "quad8-sim", seed: 3,
      faults: [
        "frozen-imu@1s:for=1s", "brown-out@3s:v=12.7:for=0.05s", "button@4s:for=0.2s", "estop-button@5s:for=0.2s",
        "over-temperature@6.5s:joint=rear_left_knee:c=75:for=0.05s",
      ])
    host.greet()
    var frozen = 0
    var lastImu: UInt16 = 0
    var low: UInt16 = .max
    var button = false
    var stopped = false
    var hottest: (Int8, UInt8) = (0, 0)
    for _ in 0..<3500 {
      host.step(host.nominal, mode: LIMB_MODE_OFF)
      guard let sensor = host.sensor else { continue }
      if sensor.imu.imu_seq == lastImu { frozen += 1 }
      lastImu = sensor.imu.imu_seq
      low = min(low, sensor.voltage_mv)
      button = button || UInt32(sensor.flags) & UInt32(LIMB_FLAG_BUTTON) != 0
      stopped = stopped || sensor.state == UInt8(LIMB_STATE_ESTOP.rawValue)
      if sensor.temperature_max_c > hottest.0 { hottest = (sensor.temperature_max_c, sensor.hottest_joint) }
    }
    #expect(frozen > 450 && frozen < 550)
    #expect(low == 12_700)
    #expect(button && stopped)
    #expect(hottest == (75, 5))
  }

  @Test("A joint bent outside its range is brought in by the device at ramp speed, whatever the host asks")
  func inward() throws {
    let host = try TestHost("quad8-sim", seed: 3)
    #expect(host.arm())
    let high = host.profile.joints[1].positionRadians.upperBound
    host.robot.plant.bend(1, to: high + 0.09)
    for _ in 0..<5 { host.step(host.nominal, mode: LIMB_MODE_OFF) }  // sensing takes its time
    let caps = try #require(host.caps)
    let step = host.profile.safety.rampRadiansPerSecond * Double(host.robot.frameMilliseconds) / 1000
    var applied = host.angles[1]
    #expect(applied > high + 0.05)
    var frames = 0
    while host.angles[1] > high, frames < 2000 {
      host.step(host.nominal)
      let next = Double(try #require(host.sensor).joints.1.applied) / Double(caps.scales.q_per_rad)
      let follows = UInt32(try #require(host.sensor).action) == LIMB_ACTION_FOLLOW.rawValue
      if follows, host.angles[1] > high {
        #expect(next >= applied - step - 2 / 4096, "frame \(frames)")
      }
      applied = next
      frames += 1
    }
    #expect(host.angles[1] <= high && frames > 10)
    for _ in 0..<500 { host.step(host.nominal) }
    #expect(abs(host.angles[1] - host.nominal[1]) < 0.3, "inside it moves on at the device's own slew")
  }

  @Test("A jammed joint does not follow its target, and does again when it is freed")
  func stuckJoint() throws {
    let host = try TestHost("quad8-sim", seed: 3, faults: ["stuck-joint@4s:joint=front_left_hip:for=2s"])
    #expect(host.arm())
    while host.seconds < 4.1 { host.step(host.nominal, power: 0.1) }
    let before = host.angles
    var bent = host.nominal
    for joint in 0..<4 { bent[joint] += joint % 2 == 0 ? -0.3 : 0.3 }
    for _ in 0..<500 { host.step(bent, power: 0.3) }
    #expect(abs(host.angles[0] - before[0]) < 0.02)
    #expect(abs(host.angles[2] - before[2]) > 0.15)
    while host.seconds < 7 { host.step(bent, power: 0.3) }
    #expect(abs(host.angles[0] - before[0]) > 0.15)
  }

  @Test("After a reset the firmware waits for a new HELLO and its motors are off")
  func firmwareReset() throws {
    let host = try TestHost("quad8-sim", seed: 3, faults: ["firmware-reset@3s"])
    #expect(host.arm())
    while host.seconds < 2.9 { host.step(host.nominal) }
    let count = host.sensorCount
    for _ in 0..<200 { host.robot.advance() }
    host.collect()
    #expect(host.sensorCount < count + 60)
    host.greet()
    for _ in 0..<50 { host.step(host.nominal, mode: LIMB_MODE_OFF) }
    #expect(host.state == UInt8(LIMB_STATE_DISARMED.rawValue))
  }

  @Test("Before the first HELLO of a lockstep host device time stands still; the grant is in CAPS")
  func lockstepGrant() throws {
    let host = try TestHost("quad8-sim", seed: 1, lockstep: true)
    #expect(!host.isLockstep)
    host.greet()
    #expect(host.isLockstep)
    #expect(host.caps.map { UInt32($0.session_flags) & UInt32(LIMB_CAPS_LOCKSTEP) != 0 } == true)
    #expect(host.now == 0)
    let plain = try TestHost("quad8-sim", seed: 1)
    plain.greet()
    #expect(!plain.isLockstep)
  }

  @Test("A TICK_DONE is noted and never reaches the firmware")
  func tickDone() throws {
    let host = try TestHost("quad8-sim", seed: 1, lockstep: true)
    host.greet()
    host.robot.advance()
    host.send(LIMB_TICK_DONE) { unsafe $0.body.tick_done = limb_tick_done(n: 1 << 40) }
    #expect(host.lastTickDone == 1 << 40)
  }

  @Test("Latency delays answers by what the episode drew")
  func latency() throws {
    let host = try TestHost("quad8-sim", seed: 9)
    let expected = host.draw.latencyMilliseconds
    host.greet()
    var ages: [Double] = []
    for _ in 0..<300 {
      host.step(host.nominal, mode: LIMB_MODE_OFF)
      if let age = host.sensor?.cmd_age_100us, age != .max { ages.append(Double(age) / 10) }
    }
    // A frame waits for the next exchange of this host, every 2 ms, both ways.
    let mean = ages.reduce(0, +) / Double(max(1, ages.count))
    #expect(ages.count > 200)
    #expect(mean > expected - 2 && mean < expected + 8)
  }
}

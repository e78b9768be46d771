import CLimbLink
import LimbProfile
import LimbTestSupport
import LimbTypes

@testable import LimbSimulator

/// The least a host needs: greets, arms and commands a simulated robot over its bytes, with the C codec.
final class TestHost {
  var robot: SimulatedRobot
  let profile: RobotProfile
  private var decoder = limb_decoder()
  private var cyclic: UInt16 = 0
  private var service: UInt16 = 0
  private let session: UInt16 = 77
  /// Newest of each.
  var sensor: limb_sensor?
  var sensorSequence: UInt16 = 0
  var caps: limb_caps?
  var acknowledgements: [limb_ack] = []
  var sequences: [UInt16] = []
  var sensorCount = 0
  var truth: [UInt8] = []

  init(
    _ name: String, seed: UInt64, faults: [String] = [], lockstep: Bool = false
  ) throws {
    let (profile, model) = try Repository.profile(name)
    self.profile = profile
    robot = try SimulatedRobot(
      profile: profile, modelPath: model, seed: seed,
      faults: FaultSchedule(parsing: faults, jointNames: profile.joints.map(\.name)),
      grantsLockstep: lockstep, recordsTruth: true)
    unsafe limb_decoder_init(&decoder)
  }

  var isHeld: Bool { robot.plant.isHeld }
  var episode: UInt32 { robot.plant.episode }
  var draw: EpisodeDraw { robot.plant.draw }
  var exact: TruthRecord { robot.plant.truth(tick: 0, deviceTimeMicroseconds: 0) }
  var isLockstep: Bool { robot.hasGrantedLockstep }
  var tick: UInt64 { robot.tick }
  var now: UInt64 { robot.now }
  var lastTickDone: UInt64? { robot.lastTickDone }

  var counters: limb_counters { decoder.counters }
  var seconds: Double { Double(robot.now) / 1e6 }

  func send(_ type: limb_type, _ fill: (inout limb_message) -> Void) {
    var message = limb_message()
    message.header.type = UInt8(type.rawValue)
    if type == LIMB_COMMAND {
      cyclic &+= 1
      message.header.seq = cyclic
    } else {
      service &+= 1
      message.header.seq = service
    }
    fill(&message)
    var bytes = [UInt8](repeating: 0, count: Int(LIMB_MAX_ENCODED))
    let count = unsafe limb_encode(&message, &bytes, bytes.count)
    precondition(count > 0)
    robot.receive(bytes[..<count])
    collect()
  }

  func collect() {
    let bytes = robot.takeOutput()
    for record in robot.takeTruth() { TruthLayout.encode(record, to: &truth) }
    var offset = 0
    var message = limb_message()
    var delivered = false
    unsafe bytes.withUnsafeBufferPointer { buffer in
      while offset < buffer.count {
        offset += unsafe limb_decoder_push(
          &decoder, buffer.baseAddress! + offset, buffer.count - offset, &message, &delivered)
        if delivered { take(message) }
      }
    }
  }

  private func take(_ message: limb_message) {
    switch UInt32(message.header.type) {
    case LIMB_SENSOR_QUAD.rawValue, LIMB_SENSOR_ARM.rawValue:
      unsafe sensor = message.body.sensor
      sensorSequence = message.header.seq
      sequences.append(message.header.seq)
      sensorCount += 1
    case LIMB_CAPS.rawValue: unsafe caps = message.body.caps
    case LIMB_ACK.rawValue: unsafe acknowledgements.append(message.body.ack)
    default: break
    }
  }

  func greet() {
    send(LIMB_HELLO) {
      unsafe $0.body.hello = limb_hello(
        magic: UInt32(LIMB_MAGIC), session: session, rate_hz: UInt16(profile.control.rateHertz), nonce: 1, flags: 1)
    }
  }

  func announce(episode: UInt32) {
    send(LIMB_PARAM) {
      unsafe $0.body.param = limb_param(
        request: 9, session: session, op: UInt8(LIMB_PARAM_SET), value_type: UInt8(LIMB_PARAM_TYPE_U32), id: 1,
        value: episode)
    }
  }

  /// Joint angles of the newest frame, radians.
  var angles: [Double] {
    guard var sensor, let caps else { return [] }
    return unsafe withUnsafeBytes(of: &sensor.joints) { raw in
      let joints = unsafe raw.bindMemory(to: limb_sensor_joint.self)
      return (0..<profile.jointCount).map { Double(unsafe joints[$0].q) / Double(caps.scales.q_per_rad) }
    }
  }

  var state: UInt8 { sensor?.state ?? 255 }

  func command(_ targets: [Double], mode: Int32, power: Double = 1) {
    guard let caps else { return }
    send(LIMB_COMMAND) { message in
      var command = limb_command()
      command.n_joints = UInt8(profile.jointCount)
      command.mode = UInt8(mode)
      command.ttl_ms = UInt16(profile.control.commandTimeToLiveMilliseconds)
      command.sensor_seq = sensorSequence
      command.session = session
      unsafe withUnsafeMutableBytes(of: &command.joints) { raw in
        let joints = unsafe raw.bindMemory(to: limb_command_joint.self)
        for (index, joint) in profile.joints.enumerated() {
          unsafe joints[index].q = limb_to_i16(Float(targets[index]), caps.scales.q_per_rad)
          unsafe joints[index].kp = limb_to_u16(Float(power * joint.kp), caps.scales.kp_per_nm_rad)
          unsafe joints[index].kd = limb_to_u16(Float(joint.kd), caps.scales.kd_per_nm_s_rad)
        }
      }
      unsafe message.body.command = command
    }
  }

  /// One SENSOR period, then one command.
  func step(_ targets: [Double], mode: Int32 = LIMB_MODE_RUN, power: Double = 1) {
    for _ in 0..<robot.frameMilliseconds { robot.advance() }
    collect()
    if sensor != nil { command(mode == LIMB_MODE_OFF ? angles : targets, mode: mode, power: power) }
  }

  /// Greets, sends mode-OFF commands, arms. True if the device says that it is armed.
  func arm() -> Bool {
    greet()
    for _ in 0..<60 { step(angles, mode: LIMB_MODE_OFF) }
    send(LIMB_ARM) {
      unsafe $0.body.arm = limb_arm(request: 5, session: session, caps_crc: caps?.caps_crc ?? 0)
    }
    for _ in 0..<20 where state != UInt8(LIMB_STATE_ARMED.rawValue) { step(angles, mode: LIMB_MODE_OFF) }
    return state == UInt8(LIMB_STATE_ARMED.rawValue)
  }

  var nominal: [Double] { profile.joints.map(\.nominalRadians) }

  /// From wherever the joints are to the stance at 2 rad/s, until the person lets go.
  func standUp() {
    var targets = angles
    for _ in 0..<4000 where robot.plant.isHeld {
      for joint in targets.indices {
        targets[joint] += min(max(nominal[joint] - targets[joint], -0.004), 0.004)
      }
      step(targets)
    }
  }
}

import CLimbLink
import Foundation
import LimbDevices
import LimbProfile
import LimbTestSupport
import LimbTypes
import Testing

/// The shipped eight-motor profile, with changes to its text: in the first line that holds `line` and `old`, `old`
/// becomes `new`.
func profile(_ changes: [(line: String, old: String, new: String)] = []) throws -> RobotProfile {
  let text = try Repository.text("configs/quad8-sim.yaml")
  var lines = text.components(separatedBy: "\n")
  for (line, old, new) in changes {
    let index = try #require(lines.firstIndex { $0.contains(line) && $0.contains(old) }, "\(line), \(old)")
    lines[index] = lines[index].replacingOccurrences(of: old, with: new)
  }
  return try RobotProfile.load(yaml: lines.joined(separator: "\n"), file: "quad8-sim.yaml")
}

/// Signs, zeros, gears and device numbers that differ from the trivial, and an IMU turned to the left.
func crookedProfile() throws -> RobotProfile {
  let text = { (index: Int) in "index: \(index), direction: 1, zero_rad: 0," }
  return try profile([
    ("name: front_left_hip", text(0), "index: 3, direction: -1, zero_rad: 0.3,"),
    ("name: front_right_knee", text(3), "index: 0, direction: 1, zero_rad: -0.2,"),
    ("name: rear_left_hip", text(4), "index: 4, gear_ratio: 2, direction: -1, zero_rad: 0.1,"),
    ("imu:", "mounting_rpy_deg: [0, 0, 0]", "mounting_rpy_deg: [0, 0, 90]"),
  ])
}

/// A driver and a firmware robot on the two ends of a socket pair, and a clock that moves when told.
final class Bench {
  var driver: LimbLinkDriver
  let robot: FirmwareRobot
  let plan: DriverPlan
  var nowNanoseconds: UInt64 = 5_000_000_000
  var frame = SensorFrame()
  var frames: [SensorFrame] = []
  let hostDescriptor: Int32

  init(
    _ profile: RobotProfile, robotProfile: RobotProfile? = nil, wantsLockstep: Bool = false,
    handover: PortHandover? = nil, change: (inout limb_firmware_config) -> Void = { _ in }
  ) {
    var ends: [Int32] = [-1, -1]
    let result = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
    precondition(result == 0)
    hostDescriptor = ends[0]
    plan = DriverPlan(profile)
    robot = FirmwareRobot(descriptor: ends[1], profile: robotProfile ?? profile, change: change)
    driver = LimbLinkDriver(
      plan: plan, session: 0x1234, nonce: 99, wantsLockstep: wantsLockstep, handover: handover)
    if handover == nil { driver.attach(Transport(descriptor: ends[0])) }
  }

  deinit {
    close(hostDescriptor)
    close(robot.descriptor)
  }

  var phase: LinkPhase { driver.phase }
  var isLockstep: Bool { driver.isLockstep }

  /// The answer to arm, disarm or clear, if one has come.
  func takeAnswer() -> ServiceAnswer? {
    var answer = ServiceAnswer()
    return driver.takeAnswer(&answer) ? answer : nil
  }

  func takeParameterAnswer() -> ServiceAnswer? {
    var answer = ServiceAnswer()
    return driver.takeParameterAnswer(&answer) ? answer : nil
  }

  /// Milliseconds of device and host; `command` answers each newest frame.
  func run(milliseconds: Int, command: ((SensorFrame) -> JointCommand?)? = nil) {
    for _ in 0..<milliseconds {
      nowNanoseconds += 1_000_000
      robot.step(atMicroseconds: nowNanoseconds / 1000)
      iterate(command: command)
    }
  }

  /// One iteration of the host.
  func iterate(command: ((SensorFrame) -> JointCommand?)? = nil) {
    driver.beginIteration(at: Instant(nanoseconds: nowNanoseconds))
    driver.receive()
    var isFresh = false
    while driver.nextFrame(into: &frame) {
      frames.append(frame)
      isFresh = true
    }
    driver.serve()
    if isFresh, let answer = command?(frame) { driver.send(answer) }
  }

  /// A command with motors off that says where the joints are.
  func idle(_ frame: SensorFrame) -> JointCommand {
    var command = JointCommand()
    command.answersTick = frame.tick
    command.timeToLiveMilliseconds = 100
    command.targets.positionRadians = frame.jointPositionRadians
    return command
  }

  /// A command to go to `target`.
  func move(_ frame: SensorFrame, to target: JointVector) -> JointCommand {
    var command = idle(frame)
    command.mode = .run
    command.targets.positionRadians = target
    command.targets.stiffness = JointVector(repeating: 20)
    command.targets.damping = JointVector(repeating: 0.5)
    return command
  }

  /// Links, sends commands with motors off, arms.
  func arm() -> ServiceAnswer {
    run(milliseconds: 100, command: idle)
    driver.requestArm()
    for _ in 0..<20 {
      run(milliseconds: 1, command: idle)
      if let answer = takeAnswer() { return answer }
    }
    var none = ServiceAnswer()
    none.timedOut = true
    return none
  }
}

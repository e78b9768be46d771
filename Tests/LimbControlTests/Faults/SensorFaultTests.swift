import CLimbLink
@testable import LimbControl
import LimbTestSupport
import LimbTypes
import Testing

/// What the robot measures, on the injected clock.
@Suite(.serialized) struct SensorFaultTests {
  @Test("a fault of a sensor, a motor or the battery is outlived, or stops the robot in time, and nothing is lost", arguments: faults)
  func fault(_ fault: InjectedFault) throws { try fault.run() }

  /// A quadruped whose device puts up with more heat than limbd.
  static func tolerant() throws -> ControlBench {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", [quick[1]]), change: { $0.mode = .uniform }, firmware: { $0.fault_debounce_ms = 60_000 })
    try bench.walk()
    bench.advance(110)
    return bench
  }

  /// A quadruped whose episodes last a second: what waits for their end comes.
  @Sendable static func shortWalk() throws -> ControlBench { try walking() }

  static let faults: [InjectedFault] = [
    InjectedFault(
      name: "imu-stuck", begins: { $0.robot.isImuFrozen = true }, lifted: { $0.robot.isImuFrozen = false },
      path: [.coast, .safeStop, .disarmed], cause: .staleSensors),
    InjectedFault(
      name: "imu-nonsense", begins: { $0.robot.senses = { $0.quaternion = (0, 0, 0, 0) } }, lifted: { $0.robot.senses = nil },
      path: [.coast, .safeStop, .disarmed], cause: .staleSensors),
    InjectedFault(
      name: "encoder-frozen", begins: { $0.robot.senses = frozen($0) }, lasts: 1000, lifted: { $0.robot.senses = nil },
      path: [], back: .nothing),
    InjectedFault(
      name: "encoder-jump", begins: { $0.robot.senses = { FirmwareRobot.add(&$0.q, 2, 1) } }, lasts: 1,
      lifted: { $0.robot.senses = nil }, path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "encoder-slipped", begins: { $0.robot.senses = { FirmwareRobot.add(&$0.q, 2, 0.3) } },
      lifted: { $0.robot.senses = nil }, path: [.coast, .safeStop, .disarmed], cause: .staleSensors),
    InjectedFault(
      name: "encoder-lost", begins: { $0.robot.senses = { FirmwareRobot.set(&$0.q, 2, .nan) } },
      lifted: { $0.robot.senses = nil }, path: [.fault], cause: .deviceFault),
    InjectedFault(
      name: "motor-warm", bench: shortWalk, begins: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 75) },
      lifted: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 30) }, path: [.paused], cause: .timeLimit, back: .resume),
    InjectedFault(
      name: "motor-hot", bench: { try tolerant() }, begins: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 82) },
      lifted: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 30) }, path: [.safeStop], cause: .deviceFault,
      back: .arm),
    InjectedFault(
      name: "motor-device-hot", begins: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 120) },
      lifted: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 30) }, path: [.fault], cause: .deviceFault),
    InjectedFault(
      name: "temperature-lost", begins: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, .nan) },
      lifted: { FirmwareRobot.set(&$0.robot.sample.temperature_c, 2, 30) }, path: [.fault], cause: .deviceFault),
    InjectedFault(
      name: "battery-low", bench: shortWalk, begins: { $0.robot.sample.voltage_v = 13.8 },
      lifted: { $0.robot.sample.voltage_v = 15 }, path: [.paused], cause: .timeLimit, back: .resume),
    InjectedFault(
      name: "battery-empty", begins: { $0.robot.sample.voltage_v = 13.3 }, lifted: { $0.robot.sample.voltage_v = 15 },
      path: [.safeStop], cause: .deviceFault, back: .arm),
  ]

  /// Joint 2 reads what it reads now, for ever.
  private static func frozen(_ bench: ControlBench) -> (inout limb_firmware_sample) -> Void {
    let angle = bench.robot.positions[2]
    return {
      FirmwareRobot.set(&$0.q, 2, angle)
      FirmwareRobot.set(&$0.dq, 2, 0)
    }
  }
}

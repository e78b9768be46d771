import CLimbLink
@testable import LimbControl
import LimbDevices
import LimbTestSupport
import LimbTypes
import Testing

/// The board, on the injected clock.
@Suite(.serialized) struct DeviceFaultTests {
  @Test("a fault of the board stops the robot in time, nothing is lost, and only a person goes on", arguments: faults)
  func fault(_ fault: InjectedFault) throws { try fault.run() }

  static let faults: [InjectedFault] = [
    InjectedFault(
      name: "estop-device", begins: { $0.robot.sample.estop_input = true }, lifted: { $0.robot.sample.estop_input = false },
      path: [.emergencyStop], cause: .emergencyStop, back: .clearEmergencyStopAndArm),
    InjectedFault(
      name: "firmware-reset", bench: LineFaultTests.striding, begins: { $0.robot.reset() },
      path: [.coast, .safeStop], cause: .staleSensors, back: .arm),
    InjectedFault(
      name: "firmware-upgraded", bench: LineFaultTests.striding,
      begins: {
        $0.unplug()
        $0.robot.become { $0.firmware_version = (9, 9, 9) }
      }, lifted: { $0.replug() }, path: [.link], cause: .linkLoss, back: .arm),
    InjectedFault(
      name: "driver-fault", begins: { $0.robot.sample.driver_fault = UInt32(LIMB_FAULT_DRIVER) },
      lifted: { $0.robot.sample.driver_fault = 0 }, path: [.fault], cause: .deviceFault),
    InjectedFault(
      name: "battery-swap", bench: LineFaultTests.striding,
      begins: {
        $0.unplug()
        $0.robot.reset()
      }, lifted: { $0.replug() }, path: [.link], cause: .linkLoss, back: .arm),
  ]

  @Test("another robot on the cable after a replug is named, not linked and never armed; the right one goes on")
  func wrongRobot() throws {
    let fault = InjectedFault(
      name: "wrong-robot", bench: LineFaultTests.striding, begins: { $0.unplug() },
      lifted: { bench in
        bench.robot.become { $0.n_joints = 7 }
        bench.replug()
        bench.turn(1000)
        #expect(bench.state == .link, "a robot of seven joints is linked")
        #expect(bench.loop.driver.mismatches.count > 0, "the difference has no name")
        let arm = bench.ask(.arm)
        bench.turn(100)
        #expect(bench.reply(arm)?.result != .done && bench.reply(arm) != nil)
        bench.unplug()
        bench.turn(600)
        bench.robot.become { $0.n_joints = 8 }
        bench.replug()
      }, path: [.link], cause: .linkLoss, back: .arm)
    try fault.run()
  }

  @Test("a device that is armed though limbd is not is disarmed again and logged")
  func strayArming() throws {
    let fault = InjectedFault(
      name: "stray-arming",
      bench: {
        let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
        bench.advance(300)
        return bench
      },
      begins: { bench in
        bench.loop.driver.requestArm()
        bench.advance(until: { bench.robot.state == 3 }, limit: 10)
      },
      lifted: { bench in
        #expect(bench.robot.state == 2 && !bench.robot.output.motors_enabled, "still armed")
        let told = bench.events.filter { $0.kind == .fault && $0.b == TransitionReason.strayArming.number }
        #expect(told.count == 1)
      }, path: [], back: .arm)
    try fault.run(in: .disarmed)
  }
}

import CLimbLink
@testable import LimbControl
import LimbTestSupport
import LimbTypes
import Testing

/// Falls and people, and arms, on the injected clock.
@Suite(.serialized) struct PeopleFaultTests {
  @Test("what a person or a fall does to the robot leaves it safe in time, and nothing is lost", arguments: people)
  func person(_ fault: InjectedFault) throws { try fault.run() }

  @Test("an arm keeps its pose through a fault, and nothing is lost", arguments: arms)
  func arm(_ fault: InjectedFault) throws { try fault.run() }

  static let people: [InjectedFault] = [
    InjectedFault(
      name: "fall", begins: { $0.robot.rollRadians = 1 }, lifted: { $0.robot.rollRadians = 0 }, path: [.fallen], cause: .fall,
      back: .nothing),
    InjectedFault(
      name: "falls-repeated",
      bench: {
        let bench = try walkingOn([("attempts: 3", "attempts: 3, max_falls_per_minute: 2")])
        for _ in 0..<2 {
          bench.robot.rollRadians = 1
          bench.advance(until: { bench.state != .episode })
          bench.robot.rollRadians = 0
          bench.advance(until: { bench.state == .episode })
        }
        return bench
      }, begins: { $0.robot.rollRadians = 1 }, lifted: { $0.robot.rollRadians = 0 }, path: [.fallen, .safeStop],
      cause: .fall, back: .arm),
    InjectedFault(
      name: "person-holds", begins: { $0.robot.sample.button = true }, lifted: { $0.robot.sample.button = false },
      path: [.paused], cause: .handOnRobot, back: .resume),
    InjectedFault(
      name: "disarm-stride", begins: { _ = $0.ask(.disarm) }, path: [.safeStop, .disarmed], cause: .disarm, back: .arm),
    InjectedFault(
      name: "shutdown-stride", begins: { _ = $0.ask(.shutdown) }, path: [.safeStop, .disarmed], cause: .shutdown,
      back: .restart),
  ]

  static let arms: [InjectedFault] = [
    InjectedFault(
      name: "arm-frames-lost", bench: { try reaching() }, begins: { $0.losesFrames = true }, lifted: { $0.losesFrames = false },
      path: [.coast, .safeStop], cause: .staleSensors),
    InjectedFault(
      name: "arm-battery", bench: { try reaching() }, begins: { $0.robot.sample.voltage_v = 10.3 },
      lifted: { $0.robot.sample.voltage_v = 12 }, path: [.hold], cause: .deviceFault, back: .clearAndResume),
    InjectedFault(
      name: "arm-estop", bench: { try reaching() }, begins: { $0.board.raiseEmergencyStop() }, path: [.emergencyStop],
      cause: .emergencyStop, back: .clearEmergencyStopAndArm),
    InjectedFault(
      name: "arm-park-blocked", bench: { try reaching() },
      begins: {
        $0.robot.stuckJoint = 1
        _ = $0.ask(.disarm)
      }, lifted: { $0.robot.stuckJoint = nil }, path: [.safeStop, .hold], cause: .disarm, back: .clearAndResume),
  ]

  @Test("a robot whose stand-up fails again and again stops without stiffness")
  func standUpFails() throws {
    let fault = InjectedFault(
      name: "stand-up-fails",
      bench: {
        let bench = try walkingOn([("attempts: 3", "attempts: 1")])
        bench.robot.rollRadians = 1
        bench.advance(until: { bench.state == .fallen })
        bench.robot.rollRadians = 0
        bench.advance(until: { bench.state == .stand })
        bench.advance(500)
        return bench
      }, begins: { $0.robot.rollRadians = 1 }, lifted: { $0.robot.rollRadians = 0 }, path: [.safeStop],
      back: .arm)
    try fault.run(in: .stand)
  }

  @Test("a robot that somebody tips over while it ramps up stops without stiffness")
  func tipped() throws {
    let fault = InjectedFault(
      name: "person-tips-ramp",
      bench: {
        let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
        bench.robot.positions[1] += 0.5
        bench.advance(20)
        bench.ask(.arm)
        bench.advance(until: { bench.state == .ramp })
        bench.advance(20)
        return bench
      }, begins: { $0.robot.rollRadians = 1.2 }, lifted: { $0.robot.rollRadians = 0 }, path: [.safeStop],
      back: .arm)
    try fault.run(in: .ramp)
  }

  @Test("a robot that lies on its side when it is armed gets no stiffness before it is righted")
  func lying() throws {
    let fault = InjectedFault(
      name: "arm-lying",
      bench: {
        let bench = try ControlBench(shippedProfile("quad8-sim.yaml", [quick[1]]))
        bench.robot.rollRadians = 1.4
        bench.advance(20)
        bench.ask(.arm)
        bench.advance(until: { bench.state == .check })
        return bench
      }, begins: { bench in bench.advance(until: { bench.state == .fallen }) }, lifted: { $0.robot.rollRadians = 0 },
      path: [.fallen], back: .nothing)
    try fault.run(in: .check)
  }
}

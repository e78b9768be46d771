import CLimbLink
@testable import LimbControl
import LimbTestSupport
import LimbTypes
import Testing

/// limbd's own threads and its policy, on the injected clock.
@Suite(.serialized) struct HostFaultTests {
  @Test("a fault of limbd's own is outlived, or stops the robot in time, and is counted", arguments: faults)
  func fault(_ fault: InjectedFault) throws { try fault.run() }

  /// Walking by a published policy, which is adopted at every step.
  @Sendable static func learned() throws -> ControlBench {
    let often = [("adopt_every_steps: 20", "adopt_every_steps: 1"), quick[1]]
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", often))
    bench.publish(version: 1) { _ in 0.01 }
    try bench.walk()
    bench.publish(version: 2) { _ in 0.02 }
    bench.advance(until: { bench.loop.step.state.counters.adoptedPolicies == 2 })
    return bench
  }

  static let faults: [InjectedFault] = [
    InjectedFault(
      name: "control-hangs", bench: LineFaultTests.striding, begins: { $0.hangingTicks = 100 },
      path: [.safeStop, .disarmed], cause: .linkLoss),
    InjectedFault(
      name: "control-late", begins: { $0.loop.overruns = 1000 }, lifted: { $0.loop.overruns = 0 }, path: [.safeStop],
      cause: .staleSensors, back: .arm),
    InjectedFault(
      name: "recorder-stalls", begins: { $0.isRecorderStalled = true }, lasts: 5000, lifted: { $0.isRecorderStalled = false },
      path: [], back: .nothing, losesRecords: true),
    InjectedFault(
      name: "policy-nan-offered", bench: learned, begins: { $0.publish(version: 3) { $0 == 40 ? .nan : 0.01 } }, lasts: 200,
      path: [], back: .nothing),
    InjectedFault(
      name: "policy-nan-once", bench: learned, begins: { $0.corruptPolicy() }, lasts: 60, path: [], back: .nothing),
    InjectedFault(
      name: "policy-nan-twice",
      bench: {
        let bench = try learned()
        bench.corruptPolicy()
        bench.advance(60)
        return bench
      }, begins: { $0.corruptPolicy() }, path: [.safeStop], cause: .nonFiniteAction, back: .arm),
    InjectedFault(
      name: "estop-socket", begins: { $0.board.raiseEmergencyStop() }, path: [.emergencyStop], cause: .emergencyStop,
      back: .clearEmergencyStopAndArm),
    InjectedFault(
      name: "estop-rings-full",
      bench: {
        let bench = try walkingOn()
        bench.isRecorderStalled = true
        bench.advance(5000)
        return bench
      }, begins: { $0.board.raiseEmergencyStop() }, lifted: { $0.isRecorderStalled = false }, path: [.emergencyStop],
      back: .clearEmergencyStopAndArm, losesRecords: true),
    InjectedFault(
      name: "estop-line-dead",
      begins: {
        $0.lostTypes = nil
        $0.board.raiseEmergencyStop()
      }, lifted: { $0.lostTypes = [] }, path: [.emergencyStop], cause: .emergencyStop, back: .clearEmergencyStopAndArm),
  ]
}

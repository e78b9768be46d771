import CLimbLink
import LimbControl
import LimbProfile
import LimbTypes
import Testing

/// A table-top arm: it must neither drop nor jump.
@Suite(.serialized) struct ArmTests {
  @Test("each episode has a goal of its own inside the box, the same for the same seed, and hand signals beside it")
  func goals() throws {
    let bench = try reaching()
    bench.advance(until: { bench.steps.filter { $0.kind == .close }.count == 3 })
    let box = try #require(bench.profile.task.goal)
    var goals: [Vector3] = []
    for episode in UInt32(1)...3 {
      let records = bench.steps.filter { $0.episode == episode && $0.kind != .context }
      let goal = records[0].signals.goalPositionMeters
      #expect(records.allSatisfy { $0.signals.goalPositionMeters == goal })
      for axis in 0..<3 {
        #expect(Double(goal[axis]) >= box.boxMinimumMeters[axis] && Double(goal[axis]) <= box.boxMaximumMeters[axis])
      }
      #expect(length(records[5].signals.handPositionMeters) > 0.1)
      goals.append(goal)
    }
    #expect(goals[0] != goals[1] && goals[1] != goals[2])
    let again = try reaching()
    #expect(again.steps.last?.signals.goalPositionMeters == goals[0])
  }

  @Test("stale sensors leave the arm to the device's HOLD; limbd shows HOLD, clear keeps holding, arm takes over")
  func holdOnLinkLoss() throws {
    let bench = try reaching()
    bench.losesFrames = true
    bench.advance(200)
    bench.losesFrames = false
    bench.advance(300)
    #expect(bench.robot.state == 6, "HOLD, not \(bench.robot.state)")
    #expect(bench.state == .hold, "\(bench.state) \(bench.path)")
    let held = bench.robot.positions
    let clear = bench.ask(.clear)
    bench.advance(200)
    #expect(bench.reply(clear)?.result == .done && bench.state == .disarmed && bench.robot.state == 6)
    #expect(zip(bench.robot.positions, held).allSatisfy { abs($0 - $1) < 0.02 }, "it sagged")
    bench.ask(.arm)
    let took = bench.advance(until: { bench.state == .episode })
    #expect(took != nil, "\(bench.path) \(bench.board.status().armRefusal)")
  }

  @Test("shutdown parks the arm and then lets go")
  func parks() throws {
    let bench = try reaching()
    let id = bench.ask(.shutdown)
    bench.advance(until: { bench.state == .disarmed })
    #expect(bench.reply(id)?.result == .done && bench.robot.state == 2)
    #expect(bench.distanceToPark < 0.05, "\(bench.robot.positions)")
  }

  @Test("a low battery holds the arm where it is instead of dropping it; disarm releases")
  func holdsOnFault() throws {
    let bench = try reaching()
    bench.robot.sample.voltage_v = 10.3
    bench.advance(until: { bench.state == .hold }, limit: 600)
    #expect(bench.state == .hold)
    bench.advance(500)
    #expect(bench.robot.joint_control(1).kp > 0, "it holds")
    bench.robot.sample.voltage_v = 12
    let disarm = bench.ask(.disarm)
    bench.advance(200)
    #expect(bench.reply(disarm)?.result == .done && bench.state == .disarmed && bench.robot.state == 2)
  }

  @Test("the end of limbd does not drop an arm in HOLD: no DISARM is sent, and the device may hold on by itself")
  func shutdownInHold() throws {
    let bench = try reaching()
    bench.robot.sample.voltage_v = 10.3
    bench.advance(until: { bench.state == .hold }, limit: 600)
    let id = bench.ask(.shutdown)
    bench.advance(300)
    #expect(bench.reply(id)?.result == .done && bench.state == .hold)
    #expect(bench.board.status().isShutDown && bench.board.status().leftInStopAction)
    #expect(bench.robot.joint_control(1).kp > 0, "it still holds")
  }
}

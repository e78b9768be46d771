import CLimbLink
@testable import LimbControl
import LimbTypes
import Testing

/// An e-stop is neither swallowed nor spent into a line that nobody hears.
@Suite(.serialized) struct EmergencyTests {
  /// ESTOP and CLEAR of SPEC §4.
  let emergencyStopType: UInt8 = 0x31
  let clearType: UInt8 = 0x35

  func standing() throws -> ControlBench {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick), lockstep: false, change: { $0.mode = .zero })
    for _ in 0..<50 { bench.passTime() }
    bench.ask(.arm)
    for _ in 0..<4000 where bench.state != .episode { bench.passTime() }
    try #require(bench.state == .episode, "\(bench.path)")
    return bench
  }

  @Test("raised while the line is down, it is told to the device when a new line comes")
  func relinked() throws {
    let bench = try standing()
    bench.unplug()
    for _ in 0..<200 { bench.passTime() }
    #expect(bench.state == .link && bench.robot.state == 5)
    bench.board.raiseEmergencyStop()
    for _ in 0..<200 { bench.passTime() }
    #expect(bench.state == .emergencyStop && bench.board.isEmergencyStopAcknowledged)
    #expect(bench.robot.state != 9)
    bench.replug()
    for _ in 0..<100 { bench.passTime() }
    #expect(bench.robot.state == 9 && bench.state == .emergencyStop, "\(bench.robot.state)")
    let clear = bench.ask(.clearEmergencyStop)
    for _ in 0..<50 { bench.passTime() }
    #expect(bench.reply(clear)?.result == .done && bench.robot.state == 2)
  }

  @Test("a line that goes while a clear is under way answers it and wedges nothing: told again, cleared again")
  func lineLostDuringClear() throws {
    let bench = try standing()
    bench.board.raiseEmergencyStop()
    for _ in 0..<20 { bench.passTime() }
    try #require(bench.robot.state == 9)
    bench.lostTypes = [clearType]
    let clear = bench.ask(.clearEmergencyStop)
    for _ in 0..<2 { bench.passTime() }
    #expect(bench.reply(clear) == nil)
    bench.unplug()
    for _ in 0..<200 { bench.passTime() }
    #expect(bench.reply(clear)?.result == .interrupted && bench.state == .emergencyStop)
    bench.robot.reset()
    bench.lostTypes = []
    bench.replug()
    for _ in 0..<100 { bench.passTime() }
    #expect(bench.robot.state == 9 && bench.state == .emergencyStop, "told on the new line, not \(bench.robot.state)")
    let again = bench.ask(.clearEmergencyStop)
    for _ in 0..<50 { bench.passTime() }
    #expect(bench.reply(again)?.result == .done && bench.robot.state == 2)
  }

  @Test("a line that takes it and delivers it to nobody counts for nothing", arguments: [100, 700])
  func deafLine(ticks: Int) throws {
    let bench = try standing()
    bench.lostTypes = nil
    bench.board.raiseEmergencyStop()
    for _ in 0..<ticks { bench.passTime(delivers: false) }
    #expect(bench.state == .emergencyStop && bench.robot.state != 9)
    bench.lostTypes = []
    for _ in 0..<20 { bench.passTime() }
    #expect(bench.robot.state == 9)
  }

  @Test("a device whose frames show no e-stop is told again until it has heard")
  func unheard() throws {
    let bench = try walking()
    bench.lostTypes = [emergencyStopType]
    bench.board.raiseEmergencyStop()
    bench.advance(20)
    #expect(bench.state == .emergencyStop && bench.robot.state == 3)
    bench.lostTypes = []
    bench.advance(2)
    #expect(bench.robot.state == 9)
    let record = bench.ticks.count
    bench.advance(20)
    #expect(bench.ticks[(record + 3)...].allSatisfy { !sends($0, emergencyStopType) }, "silence once it has heard")
  }

  /// Whether a tick's bytes hold a message of this type.
  func sends(_ tick: TickRecord, _ type: UInt8) -> Bool {
    let bytes = (0..<Int(tick.bytesOutCount)).map { tick.bytesOut[$0] }
    return bytes.split(separator: 0).contains { $0.count > 2 && $0[$0.startIndex + 2] == type }
  }

  @Test("raised while `clear --estop` is under way, it wins: the state stays, and the clear is not repeated behind it")
  func raisedDuringClear() throws {
    let bench = try walking()
    bench.board.raiseEmergencyStop()
    bench.advance(20)
    bench.lostTypes = [clearType]
    let clear = bench.ask(.clearEmergencyStop)
    bench.advance(5)
    bench.board.raiseEmergencyStop()
    bench.advance(1)
    #expect(bench.board.isEmergencyStopAcknowledged)
    bench.lostTypes = []
    bench.advance(300)
    #expect(bench.reply(clear)?.result == .interrupted)
    #expect(bench.state == .emergencyStop && bench.robot.state == 9)
    let again = bench.ask(.clearEmergencyStop)
    bench.advance(10)
    #expect(bench.reply(again)?.result == .done && bench.state == .disarmed && bench.robot.state == 2)
  }

  @Test("raised in the very tick in which the device's answer to the clear is read, it wins")
  func raisedAtTheAnswer() throws {
    for wait in 0..<4 {
      let bench = try walking()
      bench.board.raiseEmergencyStop()
      bench.advance(20)
      bench.ask(.clearEmergencyStop)
      bench.advance(wait)
      bench.board.raiseEmergencyStop()
      bench.advance(10)
      #expect(bench.state == .emergencyStop && bench.robot.state == 9, "raised \(wait) ticks after the request")
      #expect(bench.board.isEmergencyStopAcknowledged)
    }
  }

  @Test("raised after somebody asked to lift the one before, it stays, also where no device is there to be asked")
  func raisedAfterTheClear() throws {
    let bench = try walking()
    bench.board.raiseEmergencyStop()
    bench.advance(20)
    bench.losesFrames = true
    bench.advance(1500)
    let early = bench.ask(.clearEmergencyStop)
    bench.board.raiseEmergencyStop()
    bench.advance(5)
    #expect(bench.reply(early)?.result == .interrupted)
    #expect(bench.state == .emergencyStop && bench.board.isEmergencyStopAcknowledged)
    let late = bench.ask(.clearEmergencyStop)
    bench.advance(5)
    #expect(bench.reply(late)?.result == .done && bench.state == .link)
  }

  @Test("a clear whose answer is lost leaves limbd and device both stopped")
  func lostAnswer() throws {
    let bench = try walking()
    bench.board.raiseEmergencyStop()
    bench.advance(20)
    let clear = bench.ask(.clearEmergencyStop)
    bench.advance(1)
    bench.losesFrames = true
    bench.advance(200)
    bench.losesFrames = false
    bench.advance(20)
    #expect(bench.reply(clear)?.result == .deviceSilent)
    #expect(bench.state == .emergencyStop && bench.robot.state == 9)
  }
}

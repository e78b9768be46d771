import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbSessions

@Suite("The first arming in a session log")
struct FirstArmingTests {
  private let directory = TemporaryDirectory()

  private func transition(_ sequence: UInt64, _ from: SupervisorCode, _ to: SupervisorCode) -> ControlEvent {
    var event = ControlEvent()
    event.sequence = sequence
    event.tick = sequence * 100
    event.a = from.number
    event.b = to.number
    return event
  }

  private func log(_ events: [ControlEvent], run: UInt64 = 1) throws -> UInt64? {
    var log = try SessionLog(stateDirectory: directory.path, header: testHeader(run: run))
    for event in events { try log.append(event) }
    try log.finish()
    return try SessionReader.firstArmedTick(sessionsDirectory: directory.path + "/sessions", run: run)
  }

  @Test("it is the first way out of CHECK into a state with power, upright or lying")
  func found() throws {
    let before = [transition(0, .link, .disarmed), transition(1, .disarmed, .check), transition(2, .check, .disarmed)]
    let again = [transition(4, .ramp, .disarmed), transition(5, .disarmed, .check), transition(6, .check, .ramp)]
    #expect(try log(before + [transition(3, .check, .ramp)] + again) == 300)
    #expect(try log(before + [transition(3, .check, .fallen)] + again, run: 2) == 300)
  }

  @Test("a run that never armed has none")
  func never() throws {
    #expect(try log([transition(0, .link, .disarmed), transition(1, .disarmed, .link)]) == nil)
  }

  @Test("an event that is missing before it leaves the answer open")
  func gap() throws {
    #expect(try log([transition(0, .link, .disarmed), transition(2, .check, .ramp)]) == nil)
  }
}

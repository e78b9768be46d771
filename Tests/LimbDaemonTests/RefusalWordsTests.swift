import LimbControl
import LimbProfile
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbDaemon

@Suite("Refusals in words")
struct RefusalWordsTests {
  private func words() throws -> RefusalWords { 
    RefusalWords(try RobotProfile.load(yaml: Repository.text("configs/quad8-sim.yaml")))
   }

  @Test("found and expected stand beside each other, and joints have names")
  func numbers() throws {
    let words = try words()
    func say(_ result: RequestResult, _ detail: Int64) -> String {
      words.sentence(result, detail: detail, state: .disarmed)
    }
    #expect(say(.voltage, 9210).hasPrefix("voltage: the supply has 9.2 V"))
    #expect(say(.voltage, -1) == "voltage: the supply is not measured")
    #expect(say(.temperature, -128) == "temperature: the motors' temperature is not measured")
    #expect(say(.jointOutsideRange, 0).contains("joint front_left_hip is outside position_rad, -2.3 to 0.5"), "\(say(.jointOutsideRange, 0))")
    #expect(say(.deviceLatched, 9).contains("state emergency_stop; limbd clear"))
    #expect(say(.linkLoss, 25).contains("25 of 1000 frames"))
    #expect(say(.deviceRefused, 7 | 3 << 8) == "device_refused: joint 3 of the device is not where the last command with motors off says")
  }

  @Test("what a state does not allow is told with the way out of that state")
  func states() throws {
    let words = try words()
    func say(_ state: SupervisorCode) -> String { words.sentence(.wrongState, detail: 0, state: state) }
    #expect(say(.emergencyStop).hasSuffix("limbd clear --estop"))
    #expect(say(.disarmed).hasSuffix("it is not armed"))
    #expect(say(.episode).contains("armed already"))
    let ramp = words.sentence(.wrongState, detail: Int64(SupervisorCode.ramp.rawValue), state: .disarmed)
    #expect(ramp.contains("in state \(SupervisorCode.ramp.name)") && ramp.hasSuffix("armed already: limbd disarm ends"), "\(ramp)")
    #expect(say(.link) == "wrong_state: not possible in state \(SupervisorCode.link.name)")
  }

  @Test("every result has words of its own", arguments: RequestResult.allCases)
  func all(_ result: RequestResult) throws {
    let said = try words().sentence(result, detail: 3, state: .link)
    #expect(said.hasPrefix("\(result.name): ") && said.utf8.count > "\(result.name): ".utf8.count, "\(said)")
    let others = try RequestResult.allCases.filter { $0 != result }.map { other in
      String(try words().sentence(other, detail: 3, state: .link).dropFirst("\(other.name): ".count))
    }
    #expect(!others.contains(String(said.dropFirst("\(result.name): ".count))))
  }
}

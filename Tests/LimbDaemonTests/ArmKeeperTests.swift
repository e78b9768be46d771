import LimbTypes
import Testing

@testable import LimbControl
@testable import LimbDaemon

@Suite("Arming under run --arm")
struct ArmKeeperTests {
  private let board = ControlBoard(ControlBoardSizes(policyParameters: 8))
  private var ready: ControlStatus {
    var status = ControlStatus()
    status.isLinked = true
    status.state = .disarmed
    return status
  }

  /// Looks for ten seconds while control refuses every request; gives how many came.
  private func requests(rearms: Bool, answers: Bool = true, with result: RequestResult = .jointOutsideRange) -> Int {
    var keeper = ArmKeeper(desk: RequestDesk(board: board), isWanted: true, rearms: rearms)
    var count = 0
    for second in 0..<40 {
      keeper.look(ready, at: UInt64(second) * 1_000_000_000)
      var request = ControlRequest(id: 0, .arm)
      while board.takeRequest(&request) {
        count += 1
        if answers { board.reply(RequestReply(id: request.id, result)) }
      }
    }
    if answers, result != .done { #expect(keeper.refusal?.result == result) }
    return count
  }

  @Test("a real robot that refused is not asked again; nor is one that never answered")
  func real() {
    #expect(requests(rearms: false) == 1)
    #expect(requests(rearms: false, answers: false) == 1)
  }

  @Test("a real robot that was armed and stopped before anybody looked is not armed again")
  func stoppedAtOnce() { #expect(requests(rearms: false, with: .done) == 1) }

  @Test("a real robot that a person armed while nobody looked here, and that stopped again, is not armed from here")
  func armedByHand() {
    var keeper = ArmKeeper(desk: RequestDesk(board: board), isWanted: true, rearms: false)
    var status = ready
    status.isLinked = false
    keeper.look(status, at: 0)
    status.isLinked = true
    status.counters.armings = 1
    for second in 1..<4 { keeper.look(status, at: UInt64(second) * 1_000_000_000) }
    var request = ControlRequest(id: 0, .arm)
    #expect(!board.takeRequest(&request))
  }

  @Test("a simulated robot is asked until it can be armed")
  func simulated() { #expect(requests(rearms: true) > 10) }
}

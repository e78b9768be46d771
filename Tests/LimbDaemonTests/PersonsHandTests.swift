import Glibc
import LimbOperations
import LimbTestSupport
import LimbTypes
import Synchronization
import Testing

@testable import LimbControl
@testable import LimbDaemon

@Suite("A person takes over from run --arm")
struct PersonsHandTests {
  private let board = ControlBoard(ControlBoardSizes(policyParameters: 8))

  private func status(_ state: SupervisorCode) -> ControlStatus {
    var status = ControlStatus()
    status.isLinked = true
    status.state = state
    return status
  }

  /// What was asked for until now.
  private func asked() -> [ControlRequestKind] {
    var kinds: [ControlRequestKind] = []
    var request = LimbControl.ControlRequest(id: 0, .arm)
    while board.takeRequest(&request) { kinds.append(request.kind) }
    return kinds
  }

  @Test("a robot that was armed and stands disarmed is armed again by itself only if no person took over", arguments: [false, true])
  func armedBefore(takesOver: Bool) {
    let hand = PersonsHand()
    var keeper = ArmKeeper(desk: RequestDesk(board: board), isWanted: true, rearms: true, hand: hand)
    keeper.look(status(.episode), at: 0)
    if takesOver { hand.takeOver() }
    for second in 1..<40 { keeper.look(status(.disarmed), at: UInt64(second) * 1_000_000_000) }
    #expect(asked().isEmpty == takesOver)
    #expect(keeper.rearmed == (takesOver ? 0 : 1))
  }

  @Test("a simulated robot that a person took over and armed again is looked after again; before that it is not")
  func givesBack() {
    let hand = PersonsHand()
    var keeper = ArmKeeper(desk: RequestDesk(board: board), isWanted: true, rearms: true, hand: hand)
    keeper.look(status(.episode), at: 0)
    hand.takeOver()
    for second in 1..<20 { keeper.look(status(.disarmed), at: UInt64(second) * 1_000_000_000) }
    hand.giveBack(through: hand.newest)
    keeper.look(status(.disarmed), at: 20_000_000_000)
    #expect(asked().isEmpty, "this status may be older than what he did")
    keeper.look(status(.ramp), at: 21_000_000_000)
    #expect(asked().isEmpty)
    for second in 22..<40 { keeper.look(status(.disarmed), at: UInt64(second) * 1_000_000_000) }
    #expect(!asked().isEmpty)
  }

  @Test("a real robot stays a person's, and is never armed, unless his clear surely changed nothing", arguments: RequestResult.allCases)
  func settled(_ result: RequestResult) {
    let hand = PersonsHand()
    var keeper = ArmKeeper(desk: RequestDesk(board: board), isWanted: true, rearms: false, hand: hand)
    let grip = hand.reach()
    keeper.look(status(.disarmed), at: 0)
    #expect(asked().isEmpty)
    hand.settle(grip, result)
    for second in 1..<20 { keeper.look(status(.disarmed), at: UInt64(second) * 1_000_000_000) }
    #expect(asked().count == (result.leavesAllAsItWas ? 1 : 0))
    #expect(![.done, .deviceSilent, .interrupted, .deviceRefused, .notLinked].contains(result) || !result.leavesAllAsItWas)
  }

  /// Whether he holds the robot.
  private func holds(_ hand: PersonsHand) -> Bool {
    var holds = false
    hand.look { holds = $0 }
    return holds
  }

  @Test("an arming that is granted gives back nothing that another person has taken since it was asked for")
  func takenSince() {
    let hand = PersonsHand()
    hand.takeOver()
    let asked = hand.newest
    hand.takeOver()
    hand.giveBack(through: asked)
    #expect(holds(hand))
    hand.giveBack(through: hand.newest)
    #expect(!holds(hand))
  }

  @Test("a clear that is refused while an arming is pending keeps nothing of what the arming gives back; one that is done does")
  func clearedMeanwhile() {
    for result in [RequestResult.wrongState, .done] {
      let hand = PersonsHand()
      hand.takeOver()
      let asked = hand.newest
      let grip = hand.reach()
      hand.giveBack(through: asked)
      #expect(holds(hand), "its answer is awaited")
      hand.settle(grip, result)
      #expect(holds(hand) == (result == .done))
    }
  }

  @Test("a refused clear takes nothing, and gives nothing back either")
  func undone() {
    let hand = PersonsHand()
    hand.settle(hand.reach(), .wrongState)
    #expect(!holds(hand))
    hand.takeOver()
    hand.settle(hand.reach(), .wrongState)
    #expect(holds(hand))
  }

  @Test("an answer is heard though nobody waits for it any more, and once")
  func heard() {
    let desk = RequestDesk(board: board)
    let results = Mutex<[RequestResult]>([])
    let id = desk.ask(.clear) { result in results.withLock { $0.append(result) } }
    #expect(id != nil)
    desk.tell()
    #expect(results.withLock { $0 } == [])
    board.reply(RequestReply(id: id ?? 0, .deviceSilent))
    desk.tell()
    desk.tell()
    #expect(results.withLock { $0 } == [.deviceSilent])
  }

  @Test("an arming that still waits for the robot is given up", arguments: [false, true])
  func waiting(rearms: Bool) {
    let hand = PersonsHand()
    var keeper = ArmKeeper(desk: RequestDesk(board: board), isWanted: true, rearms: rearms, hand: hand)
    keeper.look(status(.link), at: 0)
    hand.takeOver()
    keeper.look(status(.disarmed), at: 1)
    #expect(asked().isEmpty)
  }
}

extension Trials {
  @Suite("A person's word")
  struct PersonsWord {
    @Test("a disarm while no robot answers is refused, and the port is named")
    func disarmWithoutRobot() throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let terminal = try DeafTerminal()
      let daemon = try scratch.start(["run", scratch.realProfile(port: terminal.path), "--state", state])
      let client = Client(state: state)
      #expect(client.waits { $0["state"]?.string == "LINK" }, "\(daemon.errors)")
      let answer = try ControlClient.ask(.disarm, path: client.path, timeoutMilliseconds: 10_000)
      #expect(answer.contains("not_linked: no robot answers on \(terminal.path)"), "\(answer)")
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
    }

    @Test("a disarm over the control socket is not undone by run --arm; arm arms again")
    func disarm() throws {
      let scratch = try Scratch()
      let state = scratch.path("s")
      let daemon = try scratch.start(["run", scratch.smallProfile(), "--state", state, "--policy", "zero", "--arm"])
      let client = Client(state: state)
      #expect(client.waits { $0["state"]?.string == "RUN/EPISODE" }, "\(daemon.errors)")
      // A starved machine may have stopped the robot just now, and disarming what is disarmed is refused: it counts all
      // the same.
      _ = try ControlClient.ask(.disarm, path: client.path, timeoutMilliseconds: 30_000)
      #expect(client.waits { $0["state"]?.string == "DISARMED" }, "\(client.state()) \(daemon.errors)")
      let armings = client.counter("armings")
      let iterations = client.counter("iterations")
      #expect(client.waits { ($0["counters"]?["iterations"]?.number ?? 0) > iterations + 400 }, "\(daemon.errors)")
      #expect(client.state() == "DISARMED" && client.counter("armings") == armings)
      #expect(client.arms(), "\(client.state()) \(daemon.errors)")
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
    }
  }
}

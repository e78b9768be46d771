import CLimbLink
@testable import LimbControl
import LimbTestSupport
import LimbTypes
import Testing

/// A fault that is put into the control loop and the real firmware on one clock, and what must come of it; a row of the
/// fault matrix.
struct InjectedFault: CustomTestStringConvertible, Sendable {
  /// The name of its row.
  let name: String
  /// The robot that it meets, in an episode.
  var bench: @Sendable () throws -> ControlBench = { try walkingOn() }
  /// Begins it.
  var begins: @Sendable (ControlBench) -> Void
  /// Ticks that it lasts; nil: until a person lifts it.
  var lasts: Int?
  /// Ends it.
  var lifted: @Sendable (ControlBench) -> Void = { _ in }
  /// The states entered from its beginning until the robot has been safe for 100 ticks, each once where they alternate.
  var path: [SupervisorCode]
  /// What ends the episode; nil: nothing.
  var cause: EndCause?
  /// The way back for a person, up to the next episode.
  var back: Back = .clearAndArm
  /// Records may be missing, and are counted.
  var losesRecords = false

  /// What a person does.
  enum Back: Sendable { case nothing, restart, arm, clearAndArm, clearEmergencyStopAndArm, resume, clearAndResume }

  var row: FaultRow { FaultMatrix.row(name) }
  var testDescription: String { row.fault }
}

extension InjectedFault {
  /// Lives through it, expects what its row says, and reports what was measured. It begins in `state`.
  func run(in state: SupervisorCode = .episode) throws {
    let bench = try bench()
    try #require(bench.state == state, "not in \(state) to begin with: \(bench.path)")
    bench.path = []
    let told = FaultLog(bench)
    bench.robot.largestJump = 0
    begins(bench)
    let ticks = row.safe == .walks ? outlives(bench) : stops(bench)
    let entered = FaultPath.short(bench.path)
    expectSafeFor100(bench)
    let later = FaultPath.short(bench.path)
    #expect(later == path, "\(name): \(later) after \(ticks) ticks, \(entered) when safe")
    if let bound = row.ticks { #expect(ticks <= bound, "\(name): safe after \(ticks) ticks, \(bound) were promised") }
    expectKept(bench)
    let logged = told.words(bench)
    #expect(!logged.isEmpty || row.safe == .walks, "\(name) left no word")
    if lasts == nil { lifted(bench) }
    expectWayBack(bench)
    // Through fault, stop, clear, arming and resuming: 18 rad/s of slew, and two counts of 1/4096 rad on the wire.
    #expect(bench.robot.largestJump <= 0.0365, "a target jumped by \(bench.robot.largestJump) rad")
    FaultMatrix.report(name, ticks: ticks, path: path.map { "\($0.name)" }, logged: logged)
  }

  /// Of a fault that the robot lives through: ticks from its end until the policy acts.
  private func outlives(_ bench: ControlBench) -> Int {
    for _ in 0..<(lasts ?? 0) { bench.turn() }
    lifted(bench)
    return bench.turns(limit: 1000) { bench.state == .episode } ?? 1000
  }

  /// Of a fault that stops the robot: ticks from its beginning until it is safe.
  private func stops(_ bench: ControlBench) -> Int {
    var count = 0
    while !isSafe(bench), count < 4000 {
      bench.turn()
      count += 1
      if let lasts, count == lasts { lifted(bench) }
    }
    return count
  }

  /// Whether the robot is what the row calls safe.
  func isSafe(_ bench: ControlBench) -> Bool {
    let robot = bench.robot
    switch row.safe {
    case .limp, .alone: return !robot.hasStiffness
    case .rests: return (bench.state == .paused || bench.state == .disarmed) && !robot.hasStiffness
    case .holds:
      // A pose is kept by limbd's commands, or by the device itself.
      let isKept = [.hold, .emergencyStop, .safeStop].contains(bench.state) && robot.hasStiffness
      return isKept && (robot.action == 3 || bench.state == .hold)
    case .walks: return bench.state == .episode
    case .stays: return !robot.output.motors_enabled
    }
  }

  private func expectSafeFor100(_ bench: ControlBench) {
    let pose = bench.robot.positions
    for tick in 0..<100 {
      bench.turn()
      if !isSafe(bench) {
        Issue.record("\(name): no longer safe \(tick + 1) ticks later, in \(bench.state)")
        return
      }
      if row.safe == .holds {
        let sag = zip(bench.robot.positions, pose).map { abs($0 - $1) }.max() ?? 0
        #expect(sag < 0.02, "it sags by \(sag) rad")
      }
    }
  }

  /// Nothing is lost that was lived through, and the last episode ends for the cause that it ended for.
  private func expectKept(_ bench: ControlBench) {
    let counters = bench.loop.step.state.counters
    if losesRecords {
      #expect(counters.stepsDropped + counters.ticksDropped > 0)
    } else {
      #expect(counters.stepsDropped == 0 && counters.ticksDropped == 0 && counters.eventsDropped == 0)
      for (first, second) in zip(bench.steps, bench.steps.dropFirst()) where first.episode == second.episode {
        #expect(second.index == first.index + 1, "a step between \(first.index) and \(second.index) is missing")
      }
    }
    let closes = bench.steps.filter { $0.kind == .close }
    if let cause { #expect(closes.last?.endCause == cause, "\(String(describing: closes.last?.endCause))") }
    if let close = closes.last, close.endCause.consequence == .truncatedDropped {
      #expect(!close.flags.contains(.regular), "what was cut short is learned from")
    }
  }

  private func expectWayBack(_ bench: ControlBench) {
    if back == .restart { return }
    if back != .nothing {
      // Nothing goes on by itself.
      let armings = bench.loop.step.state.counters.armings
      bench.turn(1000)
      #expect(bench.state != .episode && bench.loop.step.state.counters.armings == armings, "\(name) went on by itself")
    }
    switch back {
    case .nothing, .restart: break
    case .arm: bench.persuades(.arm)
    case .clearAndArm:
      bench.persuades(.clear)
      bench.persuades(.arm)
    case .clearEmergencyStopAndArm:
      bench.persuades(.clearEmergencyStop)
      bench.persuades(.arm)
    case .resume: bench.persuades(.resume)
    case .clearAndResume:
      bench.persuades(.clear)
      bench.persuades(.resume)
    }
    #expect(bench.turns(limit: 20_000) { bench.state == .episode } != nil, "no way back: \(bench.path), \(bench.state)")
  }
}

/// What control said of a fault: reasons of transitions, other events, and which of its counters grew.
struct FaultLog {
  private let firstEvent: Int
  private let before: ControlCounters

  /// Begins to listen.
  init(_ bench: ControlBench) {
    firstEvent = bench.events.count
    before = bench.loop.step.state.counters
  }

  private static let counters: [(String, @Sendable (ControlCounters) -> UInt64)] = [
    ("late_frames", { $0.lateFrames }), ("invalid_frames", { $0.invalidFrames }), ("frames_lost", { $0.lostFrames }),
    ("frames_damaged", { $0.damagedFrames }), ("coasted_ticks", { $0.coastedTicks }),
    ("steps_dropped", { $0.stepsDropped }), ("ticks_dropped", { $0.ticksDropped }),
    ("refused_policies", { $0.refusedPolicies }), ("refused_actions", { $0.refusedActions }),
    ("safe_stops", { $0.safeStops }), ("emergency_stops", { $0.emergencyStops }),
  ]

  /// In the words of log and status, each once.
  func words(_ bench: ControlBench) -> [String] {
    var words: [String] = []
    for event in bench.events[firstEvent...] {
      switch event.kind {
      case .transition:
        // COAST and its end repeat themselves.
        if let reason = TransitionReason(rawValue: UInt8(event.value)), reason != .frameFresh { words.append("\(reason.name)") }
      case .fault: words.append("fault 0x" + String(event.a, radix: 16))
      case .actionRefused: words.append("action_refused")
      default: break
      }
    }
    let now = bench.loop.step.state.counters
    for (name, count) in Self.counters where count(now) > count(before) { words.append(name) }
    return words.enumerated().filter { !words[..<$0.offset].contains($0.element) }.map(\.element)
  }
}

/// The shipped quadruped some steps into an episode that lasts longer than any fault.
func walkingOn(_ changes: [(String, String)] = []) throws -> ControlBench {
  let bench = try ControlBench(
    shippedProfile("quad8-sim.yaml", [quick[1]] + changes), change: { $0.mode = .uniform })
  try bench.walk()
  bench.advance(110)
  return bench
}

/// States in the order of a fault.
enum FaultPath {
  /// A path without what repeats: COAST, EPISODE, COAST, EPISODE is COAST, EPISODE.
  static func short(_ path: [SupervisorCode]) -> [SupervisorCode] {
    var short: [SupervisorCode] = []
    for state in path where !(short.count >= 2 && short[short.count - 2] == state && [.coast, .episode].contains(state)) {
      if short.last != state { short.append(state) }
    }
    return short
  }
}

extension ControlBench {
  /// One tick, whichever clock the loop has.
  func turn(_ count: Int = 1) {
    for _ in 0..<count {
      let before = state
      isLockstep ? advance() : passTime(iterates: hangingTicks == 0)
      // Nobody empties the ring that would tell.
      if isRecorderStalled, state != before { path.append(state) }
      hangingTicks = max(0, hangingTicks - 1)
    }
  }

  /// Ticks until `done`; nil: not within the limit.
  func turns(limit: Int, until done: () -> Bool) -> Int? {
    for count in 0...limit {
      if done() { return count }
      turn()
    }
    return nil
  }

  /// Asks, and waits for the answer, which must be `done`.
  func persuades(_ kind: ControlRequestKind) {
    let id = ask(kind)
    _ = turns(limit: 2000) { reply(id) != nil }
    #expect(reply(id)?.result == .done, "\(kind): \(String(describing: reply(id)?.result)) in \(state)")
  }
}

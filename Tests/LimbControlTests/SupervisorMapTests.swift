import Foundation
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbControl

/// All that the supervisor can do, found by trying every transition in every state: what the picture in docs/safety.md shows.
struct SupervisorMap {
  /// One transition that changes the state.
  struct Edge: Hashable, Comparable {
    let name: String
    let from: SupervisorCode
    let to: SupervisorCode

    static func < (a: Edge, b: Edge) -> Bool { (a.name, a.from.rawValue, a.to.rawValue) < (b.name, b.from.rawValue, b.to.rawValue) }
  }

  private static let now = Instant(nanoseconds: 1_000_000_000)

  /// Every state, with every payload that a transition looks at.
  static let states: [SupervisorState] = {
    let stops: [SupervisorState] = [false, true].flatMap { latch in
      [StopMotion.park, .damp, .silence].map { .safeStop($0, reason: .tilt, since: now, latch: latch) }
    }
    let activities: [Activity] = [
      .episode, .fallen(since: now, attempt: 1), .wait(since: now, attempt: 1), .stand(gentle: true, since: now, attempt: 1),
      .stand(gentle: false, since: now, attempt: 0), .paused(since: now),
    ]
    var origins: [SupervisorState.CoastOrigin] = [.ramp(since: now), .hold(reason: .tilt, since: now)]
    origins += activities.map { .run($0) }
    for latch in [false, true] {
      origins += [StopMotion.park, .damp].map { .safeStop($0, reason: .tilt, since: now, latch: latch) }
    }
    let simple: [SupervisorState] = [
      .boot, .link(since: now), .disarmed(since: now), .check(since: now), .ramp(since: now), .hold(reason: .tilt, since: now),
      .fault(reason: .tilt, code: 0), .emergencyStop(since: now),
    ]
    return simple + activities.map { .run($0) } + stops + origins.map { .coast(origin: $0, since: now) }
  }()

  /// Every transition by its function's name.
  static let transitions: [(name: String, run: @Sendable (inout Supervisor) throws -> Void)] = [
    ("start", { try $0.start(at: now) }), ("link", { try $0.link(at: now) }), ("unlink", { try $0.unlink(at: now) }),
    ("requestArm", { try $0.requestArm(at: now) }), ("refuseArm", { try $0.refuseArm(at: now) }), ("armed", { try $0.armed(at: now) }),
    ("armedLying", { try $0.armedLying(at: now) }), ("rampDone", { try $0.rampDone(at: now) }),
    ("beginEpisode", { try $0.beginEpisode() }), ("fall", { try $0.fall(at: now) }), ("righted", { try $0.righted(at: now) }),
    ("tippedOver", { try $0.tippedOver(at: now) }), ("standUp", { try $0.standUp(at: now) }),
    ("standUpFailed", { try $0.standUpFailed(at: now) }), ("returnToStance", { try $0.returnToStance(at: now, .timeLimit) }),
    ("pause", { try $0.pause(at: now, .pauseRequested) }), ("resume", { try $0.resume(at: now) }), ("coast", { try $0.coast(at: now) }),
    ("frameReturned", { try $0.frameReturned() }),
    ("safeStop", { try $0.safeStop(at: now, .silence, .linkLost, latch: true) }),
    ("hold", { try $0.hold(at: now, .tilt) }), ("stopDone", { try $0.stopDone(at: now) }), ("fault", { try $0.fault(.deviceFault, code: 1) }),
    ("emergencyStop", { $0.emergencyStop(at: now, .emergencyStopRequested) }), ("clear", { try $0.clear(at: now, isLinked: true) }),
    ("clear, no device", { try $0.clear(at: now, isLinked: false) }), ("clearOwnHold", { try $0.clearOwnHold(at: now) }),
    ("clearEmergencyStop", { try $0.clearEmergencyStop(at: now, isLinked: true) }),
    ("clearEmergencyStop, no device", { try $0.clearEmergencyStop(at: now, isLinked: false) }),
  ]

  /// What was found; and where a transition that is none threw something else, or changed something.
  let edges: Set<Edge>
  let faults: [String]

  init() {
    var edges: Set<Edge> = []
    var faults: [String] = []
    for state in Self.states {
      for (name, run) in Self.transitions {
        var supervisor = Supervisor()
        supervisor.go(state, .none)
        var dropped = Transition()
        _ = supervisor.drain(&dropped)
        let before = "\(supervisor.state)"
        do {
          try run(&supervisor)
          if supervisor.code != state.code { edges.insert(Edge(name: name, from: state.code, to: supervisor.code)) }
        } catch {
          guard case SupervisorError.illegal(let place, _) = error, place == state.code, "\(supervisor.state)" == before,
            supervisor.queued == 0
          else {
            faults.append("\(name) in \(state): \(error), then \(supervisor.state)")
            continue
          }
        }
      }
    }
    self.edges = edges
    self.faults = faults
  }
}

@Suite("The supervisor's map")
struct SupervisorMapTests {
  private let map = SupervisorMap()

  @Test("a transition that a state does not have throws where and what, and changes nothing")
  func illegal() {
    #expect(map.faults.isEmpty, "\(map.faults)")
  }

  @Test("every state is tried, can be reached from BOOT, and is left by some transition")
  func complete() {
    #expect(Set(SupervisorMap.states.map(\.code)) == Set(SupervisorCode.allCases))
    var reached: Set<SupervisorCode> = [.boot]
    while true {
      let more = reached.union(map.edges.filter { reached.contains($0.from) }.map(\.to))
      if more == reached { break }
      reached = more
    }
    #expect(reached == Set(SupervisorCode.allCases))
    #expect(Set(map.edges.map(\.from)) == Set(SupervisorCode.allCases))
  }

  @Test("nothing but a person's act or arming leads to power: to RAMP only from CHECK, and from no latched state to any that moves")
  func power() {
    let powered: Set<SupervisorCode> = [.ramp, .episode, .fallen, .wait, .stand, .paused, .coast, .safeStop, .hold]
    let intoPower = map.edges.filter { powered.contains($0.to) && !powered.contains($0.from) }
    #expect(Set(intoPower.map(\.name)) == ["armed", "armedLying"] && Set(intoPower.map(\.from)) == [.check])
    // A hold that is limbd's own goes on paused, and only because a person cleared it.
    let fromStop = map.edges.filter { [.safeStop, .hold, .fault, .emergencyStop].contains($0.from) && powered.contains($0.to) }
    let moving = fromStop.filter { ![.safeStop, .hold, .coast].contains($0.to) }
    #expect(Set(moving.map(\.name)) == ["clearOwnHold"], "\(moving.sorted())")
  }

  @Test("severity falls only by a person's clear, by the end of a safe stop, or where the device is gone")
  func severity() {
    func severity(_ code: SupervisorCode) -> Int {
      switch code {
      case .safeStop, .hold: 1
      case .fault: 2
      case .emergencyStop: 3
      default: 0
      }
    }
    let falling = map.edges.filter { severity($0.to) < severity($0.from) }
    #expect(
      Set(falling.map(\.name)) == [
        "clear", "clear, no device", "clearOwnHold", "clearEmergencyStop", "clearEmergencyStop, no device", "stopDone", "unlink", "coast",
      ], "\(falling.sorted())")
    // Coasting is an interruption: the stop goes on behind it, graver or not at all.
    #expect(falling.filter { $0.name == "coast" }.allSatisfy { $0.to == .coast })
  }

  @Test("the picture in the documentation shows this map: LIMBD_WRITE_PICTURES=1 draws it anew")
  func picture() throws {
    let drawn = SupervisorPicture(map.edges).svg
    let path = Repository.path("docs/supervisor.svg")
    if ProcessInfo.processInfo.environment["LIMBD_WRITE_PICTURES"] != nil { try drawn.write(toFile: path, atomically: true, encoding: .utf8) }
    #expect(try Repository.text("docs/supervisor.svg") == drawn, "docs/supervisor.svg is of another supervisor")
  }
}

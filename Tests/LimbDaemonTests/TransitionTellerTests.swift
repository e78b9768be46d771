import LimbControl
import LimbTypes
import Testing

@testable import LimbDaemon

@Suite("Words for changes of state")
struct TransitionTellerTests {
  @Test("a change is told at once, the routine of a run not at all")
  func routine() {
    var teller = TransitionTeller()
    #expect(teller.look(.link, .started, at: 0) == ["LINK (started)"])
    #expect(teller.look(.link, .started, at: 5) == [])
    #expect(teller.look(.disarmed, .linked, at: 10) == ["DISARMED (linked)"])
    #expect(teller.look(.check, .armRequested, at: 20) == ["CHECK (arm_requested)"])
    for (index, state) in [SupervisorCode.ramp, .stand, .episode, .coast, .episode, .fallen].enumerated() {
      #expect(teller.look(state, .done, at: 30 + Int64(index)) == [])
    }
    #expect(teller.finish() == [])
  }

  @Test("on a bad line each state is told once a second at most, and no change goes uncounted")
  func flood() {
    var teller = TransitionTeller()
    var lines: [(at: Int64, text: String)] = []
    // A stop and a coast in turn, every 4 ms for 10 s; then quiet.
    for count in 0..<2500 {
      let state: SupervisorCode = count % 2 == 0 ? .safeStop : .coast
      let now = Int64(count) * 4
      lines += teller.look(state, count % 2 == 0 ? .frameFresh : .frameMissing, at: now).map { (now, $0) }
    }
    lines += teller.look(.coast, .frameMissing, at: 11_500).map { (11_500, $0) }
    for kind in ["SAFE_STOP", "COAST"] {
      let times = lines.filter { $0.text.hasPrefix(kind) }
      #expect(times.count >= 10 && times.count <= 12, "\(times)")
      for (earlier, later) in zip(times, times.dropFirst()) { #expect(later.at - earlier.at >= 1000) }
      #expect(times.map { entered($0.text) }.reduce(0, +) == 1250)
    }
    #expect(teller.finish() == [])
  }

  @Test("what was not told yet is told at the end")
  func end() {
    var teller = TransitionTeller()
    for at in 0..<3 {
      _ = teller.look(.safeStop, .frameFresh, at: Int64(2 * at))
      _ = teller.look(.coast, .frameMissing, at: Int64(2 * at) + 1)
    }
    #expect(teller.finish() == ["COAST (frame_missing, 2 times)", "SAFE_STOP (frame_fresh, 2 times)"])
  }

  /// How many entries into its state a line speaks of.
  private func entered(_ line: String) -> Int {
    guard let comma = line.firstIndex(of: ",") else { return 1 }
    return Int(line[comma...].filter(\.isNumber)) ?? 0
  }
}

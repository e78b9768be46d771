import LimbControl
import LimbOperations
import Testing

@testable import LimbDaemon

@Suite("The watch over control's service")
struct ServiceWatchTests {
  private func status(_ watch: ServiceWatch) throws -> JSONReader {
    var object = JSONObject()
    watch.describe(into: &object)
    return try #require(JSONReader(object.text))
  }

  @Test("a second's difference is told for a second, its sum and its worst for a minute, and then forgotten")
  func seconds() throws {
    let watch = ServiceWatch()
    var counters = ControlCounters()
    // What was counted before the first look is nobody's second.
    counters.lateWakes = 1000
    var now: Int64 = 5000
    func second(_ change: (inout ControlCounters) -> Void = { _ in }) {
      change(&counters)
      // Operations looks far more often than once a second.
      for _ in 0..<50 {
        watch.look(counters, atMilliseconds: now)
        now += 20
      }
    }
    second()
    second()
    #expect(try status(watch)["per_second"]?["late_wakes"]?.number == 0)
    second { $0.lateWakes += 3 }
    second { $0.lateWakes += 2; $0.stepsDropped += 1; $0.ticksDropped += 4; $0.eventsDropped += 2 }
    // The sample of a second is taken as the next one begins.
    second()
    let busy = try status(watch)
    #expect(busy["last_minute"]?["late_wakes"]?.number == 5)
    #expect(busy["worst_second"]?["late_wakes"]?.number == 3)
    #expect(busy["last_minute"]?["ring_drops"]?.number == 7)
    #expect(watch.troubles() == "late_wakes 5, ring_drops 7")
    second()
    #expect(try status(watch)["per_second"]?["late_wakes"]?.number == 0)
    for _ in 0..<61 { second() }
    #expect(try status(watch)["last_minute"]?["late_wakes"]?.number == 0)
    #expect(watch.troubles().isEmpty)
  }

  @Test("being preempted is counted and is no trouble by itself")
  func preempted() throws {
    let watch = ServiceWatch()
    var counters = ControlCounters()
    watch.look(counters, atMilliseconds: 0)
    counters.involuntarySwitches = 9
    watch.look(counters, atMilliseconds: 1000)
    #expect(try status(watch)["per_second"]?["involuntary_switches"]?.number == 9)
    #expect(watch.troubles().isEmpty)
  }
}

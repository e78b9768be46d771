internal import LimbControl
internal import LimbOperations
internal import Synchronization

/// How control's service was in the last second and in the last minute, from counters that only grow.
///
/// `look` is the operations thread's, once a turn; everybody may ask.
final class ServiceWatch: Sendable {
  /// What is watched: its name in `status --json`, and where it is counted.
  private struct Watched {
    let name: String
    let count: @Sendable (ControlCounters) -> UInt64
  }

  private static let watched = [
    Watched(name: "late_wakes") { $0.lateWakes },
    Watched(name: "long_reads") { $0.longReads },
    Watched(name: "long_steps") { $0.longSteps },
    Watched(name: "long_writes") { $0.longWrites },
    Watched(name: "missed_deadlines") { $0.missedDeadlines },
    Watched(name: "coasted_ticks") { $0.coastedTicks },
    Watched(name: "frames_lost") { $0.lostFrames },
    Watched(name: "frames_damaged") { $0.damagedFrames },
    Watched(name: "heap_calls") { $0.heapCalls },
    Watched(name: "page_faults") { $0.pageFaults },
    Watched(name: "involuntary_switches") { $0.involuntarySwitches },
    Watched(name: "ring_drops") { $0.stepsDropped &+ $0.ticksDropped &+ $0.eventsDropped },
  ]

  private struct History {
    var counts: [UInt64] = []
    var since: Int64 = 0
    /// The differences of up to 60 seconds, the newest last.
    var seconds: [[UInt64]] = []
  }

  private let history = Mutex(History())

  /// Takes a sample if a second is over; milliseconds of any clock that does not go back. After a stall of several
  /// seconds what happened in it counts as one.
  func look(_ counters: ControlCounters, atMilliseconds now: Int64) {
    history.withLock { history in
      guard history.counts.isEmpty || now - history.since >= 1000 else { return }
      let counts = Self.watched.map { $0.count(counters) }
      if !history.counts.isEmpty {
        history.seconds.append(zip(counts, history.counts).map { $0 &- $1 })
        if history.seconds.count > 60 { history.seconds.removeFirst() }
      }
      history.counts = counts
      history.since = now
    }
  }

  /// `per_second`: the newest whole second. `worst_second`, `last_minute`: the most of any second, and the sum, of the last
  /// sixty.
  func describe(into object: inout JSONObject) {
    let seconds = history.withLock { $0.seconds }
    object.set("per_second", json { index in seconds.last?[index] ?? 0 })
    object.set("worst_second", json { index in seconds.map { $0[index] }.max() ?? 0 })
    object.set("last_minute", json { index in seconds.reduce(0) { $0 &+ $1[index] } })
  }

  /// What the last minute had of troubles, for a person: `late_wakes 3, missed_deadlines 1`; empty if it had none. Being
  /// preempted is none by itself.
  func troubles() -> String {
    let seconds = history.withLock { $0.seconds }
    return Self.watched.enumerated().compactMap { index, watched in
      let sum = seconds.reduce(0) { $0 &+ $1[index] }
      return sum == 0 || watched.name == "involuntary_switches" ? nil : "\(watched.name) \(sum)"
    }.joined(separator: ", ")
  }

  private func json(_ value: (Int) -> UInt64) -> JSONObject {
    var object = JSONObject()
    for (index, watched) in Self.watched.enumerated() { object.set(watched.name, value(index)) }
    return object
  }
}

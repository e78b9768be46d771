internal import LimbTypes

/// Device time since the robot was first armed, resets and warm-up included, over all runs of a state directory: the time on
/// the robot that a result cost. Built from step records, which begin some seconds after the arming, and from the tick at
/// which each run armed.
struct RobotClock {
  private struct Span {
    var leadSeconds: Double
    var seconds = 0.0
    var lastMicroseconds: UInt64
  }

  private var spans: [UInt64: Span] = [:]
  /// Length of a device tick, seconds.
  private let tickSeconds: Double
  /// True while the arming of every run was known: otherwise such a run counts from its first record.
  private(set) var knowsEveryArming = true

  init(tickSeconds: Double) { self.tickSeconds = tickSeconds }

  /// Whether a record of the session was seen.
  func knows(_ session: UInt64) -> Bool { spans[session] != nil }

  /// The first record of a session, and the tick at which its run first armed.
  mutating func begin(_ record: borrowing StepRecord, armedTick: UInt64?) {
    var lead = 0.0
    if let armedTick, armedTick <= record.tick {
      lead = Double(record.tick - armedTick) * tickSeconds
    } else {
      knowsEveryArming = false
    }
    spans[record.session] = Span(leadSeconds: lead, lastMicroseconds: record.deviceTimeMicroseconds)
  }

  /// A later record of a session that has begun.
  mutating func advance(to record: borrowing StepRecord) {
    guard var span = spans[record.session] else { return }
    let now = record.deviceTimeMicroseconds
    // A device that was reset in the run counts anew.
    span.seconds += Double(now >= span.lastMicroseconds ? now - span.lastMicroseconds : now) * 1e-6
    span.lastMicroseconds = now
    spans[record.session] = span
  }

  /// What has passed, seconds.
  var seconds: Double { spans.values.reduce(0) { $0 + $1.leadSeconds + $1.seconds } }
}

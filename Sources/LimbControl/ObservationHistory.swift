package import LimbTask
package import LimbTypes

/// The most frames that an observation's history may have.
package var historyCapacity: Int { @_noLocks get { 16 } }

/// The last frames of observation terms at policy rate, for the network's input and for the context of an episode.
package struct ObservationHistory: BitwiseCopyable, Sendable {
  /// One frame and when it was.
  package struct Entry: BitwiseCopyable, Sendable {
    /// The terms in raw units.
    package var frame = ObservationFrame()
    /// The device tick at which it was made.
    package var tick: UInt64 = 0
    /// The device's clock at that tick.
    package var deviceTimeMicroseconds: UInt64 = 0
    /// The interval that led to it had no coast, no missed step, and full power.
    package var isRegular = false

    /// An empty frame of no time.
    @_noLocks package init() {}
  }

  private var entries = InlineArray<16, Entry>(repeating: Entry())
  private var next = 0
  /// Frames since the last `clear`, at most `historyCapacity`.
  package private(set) var count = 0
  /// How many of the newest frames are regular without a gap.
  package private(set) var regularCount = 0

  /// No frames: the policy sees zeros.
  @_noLocks package init() {}

  /// Forgets all frames: the robot was disarmed, or a step was wholly missed.
  @_noLocks package mutating func clear() {
    count = 0
    regularCount = 0
  }

  /// Appends the newest frame; the oldest goes when all places are taken.
  @_noLocks package mutating func push(_ entry: Entry) {
    entries[next] = entry
    next = (next + 1) % historyCapacity
    if count < historyCapacity { count += 1 }
    regularCount = entry.isRegular ? (regularCount < historyCapacity ? regularCount + 1 : regularCount) : 0
  }

  /// The frame `age` steps back: 0 is the newest. Traps unless 0 ≤ age < count.
  @_noLocks package func entry(age: Int) -> Entry {
    precondition(age >= 0 && age < count, "no such frame")
    return entries[(next + 2 * historyCapacity - 1 - age) % historyCapacity]
  }

  /// Writes the network's input: `plan.history` scaled frames, oldest first. Where fewer frames exist (never in an
  /// episode) the oldest one stands in. `input` has `plan.inputWidth` places. False if there is no frame at all.
  @_noLocks package func fill(_ plan: ObservationPlan, into input: UnsafeMutablePointer<Float>) -> Bool {
    guard count > 0 else { return false }
    for place in 0..<plan.history {
      let age = plan.history - 1 - place
      let index = (next + 2 * historyCapacity - 1 - (age < count ? age : count - 1)) % historyCapacity
      unsafe plan.scale(frame: entries[index].frame, into: input + place * plan.frameWidth)
    }
    return true
  }
}

/// How much later a control loop wakes than a bare thread of the same priority on the same processor, wake by wake.
struct WakeComparison: Equatable {
  /// One wake-up.
  struct Wake: Equatable {
    /// What the thread slept towards, nanoseconds of one clock.
    let deadlineNanoseconds: UInt64
    /// How much later it ran.
    let lateNanoseconds: UInt64
    /// True if what was to be done by the next deadline was done after it.
    let missed: Bool
  }

  /// The median, over equal stretches of the common time, of the loop's 99th percentile less the bare thread's, microseconds. Nil if a
  /// stretch has fewer than a hundred wake-ups of either.
  let addedP99Microseconds: Double?
  /// Deadlines that the loop missed.
  let missed: Int
  /// Those of them within 10 ms of which the bare thread missed none: the machine was not to blame.
  let missedAlone: Int

  /// - Parameters:
  ///   - loop: in the order of time, like `bare`.
  ///   - blocks: Stretches that the common time is cut into.
  init(loop: [Wake], bare: [Wake], blocks: Int = 20) {
    let misses = loop.filter(\.missed)
    let excuses = bare.filter(\.missed).map(\.deadlineNanoseconds)
    missed = misses.count
    missedAlone = misses.count { miss in
      !excuses.contains { max($0, miss.deadlineNanoseconds) - min($0, miss.deadlineNanoseconds) <= 10_000_000 }
    }
    guard let first = loop.first, let last = loop.last, let bareFirst = bare.first, let bareLast = bare.last else {
      addedP99Microseconds = nil
      return
    }
    let start = max(first.deadlineNanoseconds, bareFirst.deadlineNanoseconds)
    let end = min(last.deadlineNanoseconds, bareLast.deadlineNanoseconds)
    let length = end > start ? (end - start) / UInt64(blocks) : 0
    func percentile(_ wakes: [Wake], _ from: UInt64) -> Double? {
      let late = wakes.filter { $0.deadlineNanoseconds >= from && $0.deadlineNanoseconds < from + length }.map(\.lateNanoseconds)
        .sorted()
      return late.count < 100 ? nil : Double(late[(late.count * 99 + 99) / 100 - 1])
    }
    var added: [Double] = []
    for block in 0..<blocks {
      let from = start + UInt64(block) * length
      guard let ours = percentile(loop, from), let theirs = percentile(bare, from) else {
        addedP99Microseconds = nil
        return
      }
      added.append((ours - theirs) / 1000)
    }
    added.sort()
    addedP99Microseconds = (added[(blocks - 1) / 2] + added[blocks / 2]) / 2
  }

  /// Rates that people run robots at, control iterations a second.
  static let usualRates = [50, 100, 200, 250, 500, 1000]

  /// The highest usual rate at which waking and computing take half a period but once in a thousand times; nil: none does.
  static func verdictHertz(wakeP999Nanoseconds: UInt64, computeP999Nanoseconds: UInt64) -> Int? {
    let taken = wakeP999Nanoseconds + computeP999Nanoseconds
    return usualRates.last { UInt64(1_000_000_000 / $0) >= 2 * taken }
  }
}

/// Counts durations in buckets of constant relative width: exact below 16 ns, then 16 buckets an octave up to 17 s, so
/// a quantile is at most 6.25 % above the truth and never below it. A plain value of 4 KiB: it can be copied to another
/// thread through a `LatestValue`. Recording is a shift, a mask and an add.
package struct LatencyHistogram: BitwiseCopyable, Sendable {
  /// Buckets: 16 exact ones, then 30 octaves of 16.
  package static let bucketCount = 496
  private var buckets = InlineArray<496, UInt64>(repeating: 0)
  /// Durations recorded.
  package private(set) var count: UInt64 = 0
  /// The longest duration recorded, exact; 0 when there is none.
  package private(set) var maximumNanoseconds: UInt64 = 0
  /// The sum of all durations, for means.
  package private(set) var totalNanoseconds: UInt64 = 0

  /// An empty histogram.
  @_noLocks package init() {}

  /// Adds one duration. Longer than 17 s counts in the last bucket (the maximum stays exact).
  @_noLocks package mutating func record(nanoseconds: UInt64) {
    buckets[LatencyHistogram.bucket(of: nanoseconds)] &+= 1
    count &+= 1
    totalNanoseconds &+= nanoseconds
    if nanoseconds > maximumNanoseconds { maximumNanoseconds = nanoseconds }
  }

  /// The shortest bucket edge that at least the fraction `quantile` (0…1) of the recorded durations do not exceed;
  /// never above the maximum. 0 when nothing was recorded.
  @_noLocks package func nanoseconds(atQuantile quantile: Double) -> UInt64 {
    if count == 0 { return 0 }
    let share = min(max(quantile, 0), 1) * Double(count)
    var wanted = UInt64(share)
    if Double(wanted) < share { wanted += 1 }
    if wanted == 0 { wanted = 1 }
    var seen: UInt64 = 0
    var index = 0
    while index < LatencyHistogram.bucketCount {
      seen &+= buckets[index]
      if seen >= wanted { return min(LatencyHistogram.upperEdge(of: index), maximumNanoseconds) }
      index += 1
    }
    return maximumNanoseconds
  }

  /// The median.
  package var p50: UInt64 { nanoseconds(atQuantile: 0.5) }
  /// 99 of 100 durations are at most this long.
  package var p99: UInt64 { nanoseconds(atQuantile: 0.99) }
  /// 999 of 1000 durations are at most this long.
  package var p999: UInt64 { nanoseconds(atQuantile: 0.999) }
  /// The mean; 0 when nothing was recorded.
  package var meanNanoseconds: Double { count == 0 ? 0 : Double(totalNanoseconds) / Double(count) }

  /// Adds all that `other` recorded.
  package mutating func merge(_ other: LatencyHistogram) {
    for index in 0..<LatencyHistogram.bucketCount { buckets[index] &+= other.buckets[index] }
    count &+= other.count
    totalNanoseconds &+= other.totalNanoseconds
    maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
  }

  /// Which bucket a duration belongs to.
  @_noLocks static func bucket(of nanoseconds: UInt64) -> Int {
    if nanoseconds < 16 { return Int(nanoseconds) }
    let octave = 63 - nanoseconds.leadingZeroBitCount  // ≥ 4
    let within = Int((nanoseconds >> UInt64(octave - 4)) & 15)
    return min(16 + (octave - 4) * 16 + within, bucketCount - 1)
  }

  /// The longest duration that belongs to a bucket.
  @_noLocks static func upperEdge(of bucket: Int) -> UInt64 {
    if bucket < 16 { return UInt64(bucket) }
    let octave = (bucket - 16) / 16
    let within = (bucket - 16) % 16
    return (UInt64(17 + within) << UInt64(octave)) - 1
  }
}

import Testing

@testable import LimbRealtime

@Suite("LatencyHistogram") struct LatencyHistogramTests {
  @Test("Buckets tile the durations: each edge belongs to its bucket and the next nanosecond to the next")
  func tiling() {
    for bucket in 0..<LatencyHistogram.bucketCount - 1 {
      let edge = LatencyHistogram.upperEdge(of: bucket)
      #expect(LatencyHistogram.bucket(of: edge) == bucket)
      #expect(LatencyHistogram.bucket(of: edge + 1) == bucket + 1)
    }
    #expect(LatencyHistogram.bucket(of: .max) == LatencyHistogram.bucketCount - 1)
  }

  @Test("Quantiles are never below the truth and at most 6.25 % above it", arguments: [0.5, 0.9, 0.99, 0.999, 1])
  func quantiles(quantile: Double) {
    var histogram = LatencyHistogram()
    var durations: [UInt64] = []
    var state: UInt64 = 7
    for _ in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      durations.append((state >> 33) % (1 << ((state >> 20) % 30)) + 1)
    }
    for duration in durations { histogram.record(nanoseconds: duration) }
    durations.sort()
    let truth = durations[max(Int((quantile * 5000).rounded(.up)) - 1, 0)]
    let answer = histogram.nanoseconds(atQuantile: quantile)
    #expect(answer >= truth)
    #expect(Double(answer) <= Double(truth) * 1.0625 + 1)
    #expect(histogram.maximumNanoseconds == durations.last)
  }

  @Test("An empty histogram answers zero; one duration is every quantile")
  func few() {
    var histogram = LatencyHistogram()
    #expect(histogram.p50 == 0)
    #expect(histogram.meanNanoseconds == 0)
    histogram.record(nanoseconds: 1_000_003)
    #expect(histogram.p50 == 1_000_003)
    #expect(histogram.p999 == 1_000_003)
    histogram.record(nanoseconds: .max)
    #expect(histogram.maximumNanoseconds == .max)
  }

  @Test("Merging equals recording everything in one")
  func merging() {
    var left = LatencyHistogram()
    var right = LatencyHistogram()
    var both = LatencyHistogram()
    for number in 0..<1000 as Range<UInt64> {
      let duration = number * number
      if number % 3 == 0 { left.record(nanoseconds: duration) } else { right.record(nanoseconds: duration) }
      both.record(nanoseconds: duration)
    }
    left.merge(right)
    #expect(left.count == both.count)
    #expect(left.meanNanoseconds == both.meanNanoseconds)
    for quantile in [0.01, 0.25, 0.5, 0.75, 0.99, 1] {
      #expect(left.nanoseconds(atQuantile: quantile) == both.nanoseconds(atQuantile: quantile))
    }
  }

  @Test("Recording makes no heap call")
  func noHeap() {
    var histogram = LatencyHistogram()
    let once = { for number in 0..<1000 { histogram.record(nanoseconds: UInt64(number) * 977) } }
    once()
    #expect(HeapProbe.heapCalls(in: once) == 0)
  }
}

import Testing

@testable import LimbDaemon

@Suite("The loop's wakes beside a bare thread's")
struct WakeComparisonTests {
  /// A wake a millisecond; `late` by index, microseconds.
  private func wakes(_ count: Int, shift: UInt64 = 0, missed: Set<Int> = [], _ late: (Int) -> UInt64) -> [WakeComparison.Wake] {
    (0..<count).map {
      WakeComparison.Wake(
        deadlineNanoseconds: 1_000_000_000 + UInt64($0) * 1_000_000 + shift, lateNanoseconds: late($0) * 1000,
        missed: missed.contains($0))
    }
  }

  @Test("what the loop adds is the median over stretches of the difference of 99th percentiles")
  func added() {
    // Two in a hundred are late: by 30 µs more than the bare thread's, but in one stretch of twenty, where a machine was stalled.
    let loop = wakes(20_000) { $0 % 50 == 0 ? ($0 < 1000 ? 9000 : 80) : 10 }
    let bare = wakes(20_000, shift: 500_000) { $0 % 50 == 0 ? 50 : 10 }
    let found = WakeComparison(loop: loop, bare: bare)
    #expect(found.addedP99Microseconds == 30 && found.missed == 0)
    #expect(WakeComparison(loop: bare, bare: loop).addedP99Microseconds == -30)
  }

  @Test("one late wake in a hundred and one does not reach the percentile; too few wakes give none")
  func few() {
    let loop = wakes(4040) { $0 % 101 == 0 ? 900 : 10 }
    #expect(WakeComparison(loop: loop, bare: wakes(4040) { _ in 10 }, blocks: 2).addedP99Microseconds == 0)
    #expect(WakeComparison(loop: wakes(150) { _ in 10 }, bare: wakes(150) { _ in 10 }, blocks: 2).addedP99Microseconds == nil)
    #expect(WakeComparison(loop: [], bare: wakes(10) { _ in 1 }).addedP99Microseconds == nil)
  }

  @Test("a missed deadline is the machine's where the bare thread missed one within ten milliseconds")
  func missed() {
    let loop = wakes(3000, missed: [100, 1000, 2000]) { _ in 10 }
    let bare = wakes(3000, missed: [110, 1011, 1989]) { _ in 10 }
    let found = WakeComparison(loop: loop, bare: bare)
    #expect(found.missed == 3 && found.missedAlone == 2)
  }

  @Test(
    "the verdict is the highest usual rate whose period is twice what waking and computing take",
    arguments: [(200, 50, 1000), (500, 0, 1000), (500, 1, 500), (4900, 100, 100), (9999, 2, nil)] as [(UInt64, UInt64, Int?)])
  func verdict(_ wake: UInt64, _ compute: UInt64, _ hertz: Int?) {
    #expect(WakeComparison.verdictHertz(wakeP999Nanoseconds: wake * 1000, computeP999Nanoseconds: compute * 1000) == hertz)
  }
}

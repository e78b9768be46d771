import LimbRealtime
import Testing

private final class Box {
  var numbers: [Int]
  init(_ count: Int) { numbers = [Int](repeating: 1, count: count) }
}

@inline(never) private func allocate(_ count: Int) -> Int { Box(count).numbers.reduce(0, +) }

@Suite("HeapProbe", .enabled(if: HeapProbe.isAvailable)) struct HeapProbeTests {
  @Test("The probe counts what allocates: an object and its array cost at least four calls")
  func counts() {
    _ = allocate(10)
    var sum = 0
    let calls = HeapProbe.heapCalls { sum = allocate(100) }
    #expect(sum == 100)
    #expect(calls >= 4)
  }

  @Test("The probe counts nothing where nothing allocates, and nothing after it was disarmed")
  func silent() {
    var sum = 0
    #expect(HeapProbe.heapCalls { for number in 0..<1000 { sum &+= number } } == 0)
    let before = HeapProbe.count()
    _ = allocate(10)
    #expect(HeapProbe.count() == before)
  }

  @Test("Only the thread that armed the probe is counted")
  func otherThreads() throws {
    var calls: UInt64 = 0
    let other = try RealtimeThread.start(ThreadOptions(name: "other")) { for _ in 0..<2000 { _ = allocate(10) } }
    calls = HeapProbe.heapCalls { for _ in 0..<100 { _ = HeapProbe.count() } }
    other.join()
    #expect(calls == 0)
  }
}

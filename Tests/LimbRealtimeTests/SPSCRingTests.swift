import LimbRealtime
import Testing

private struct Wide: BitwiseCopyable, Sendable {
  var first: UInt64
  var body: InlineArray<30, UInt64>
  var last: UInt64

  @_noLocks init(_ number: UInt64) {
    first = number
    body = InlineArray(repeating: number)
    last = number
  }
}

/// Shared by two threads: what a composition root would hold.
private final class Shared: Sendable {
  let ring: SPSCRing<Wide>
  init(capacity: Int) { ring = SPSCRing(capacity: capacity, filledWith: Wide(0)) }

  @_noLocks func offer(_ number: UInt64) -> Bool { ring.push(Wide(number)) }

  @_noLocks func take(_ element: inout Wide) -> Bool { ring.pop(into: &element) }
}

@Suite("SPSCRing") struct SPSCRingTests {
  @Test("A ring gives back what was pushed, in order, and refuses what does not fit")
  func order() {
    let ring = SPSCRing<Int>(capacity: 5, filledWith: 0)
    #expect(ring.capacity == 8)
    #expect(ring.pop() == nil)
    for number in 0..<8 { #expect(ring.push(number) == true) }
    #expect(ring.push(8) == false)
    #expect(ring.count == 8)
    for number in 0..<3 { #expect(ring.pop() == number) }
    for number in 8..<11 { #expect(ring.push(number) == true) }
    var element = -1
    for number in 3..<11 {
      #expect(ring.pop(into: &element) == true)
      #expect(element == number)
    }
    #expect(ring.pop(into: &element) == false)
    #expect(element == 10)
    #expect(ring.count == 0)
  }

  @Test("Two threads: every accepted element arrives whole, once and in order", arguments: [1, 2, 64])
  func twoThreads(capacity: Int) throws {
    let shared = Shared(capacity: capacity)
    let total: UInt64 = 20_000
    let producer = try RealtimeThread.start(ThreadOptions(name: "producer")) {
      var number: UInt64 = 1
      while number <= total { if shared.offer(number) { number += 1 } }
    }
    var expected: UInt64 = 1
    var torn = 0
    var element = Wide(0)
    while expected <= total {
      guard shared.take(&element) else { continue }
      if element.first != expected || element.last != expected || element.body[15] != expected { torn += 1 }
      expected += 1
    }
    producer.join()
    #expect(torn == 0)
    #expect(shared.ring.count == 0)
  }

  @Test("Push and pop make no heap call")
  func noHeap() {
    let shared = Shared(capacity: 16)
    var element = Wide(0)
    let once = {
      for number in 0..<100 {
        _ = shared.offer(UInt64(number))
        _ = shared.take(&element)
      }
    }
    once()
    #expect(HeapProbe.heapCalls(in: once) == 0)
  }
}

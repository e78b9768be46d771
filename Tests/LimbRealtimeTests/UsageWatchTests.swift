import CRealtime
import Glibc
import LimbRealtime
import Synchronization
import Testing

@Suite("Faults after warm-up") struct UsageWatchTests {
  private func usage(faults: Int64, switches: Int64 = 0) -> ThreadUsage {
    ThreadUsage(minorFaults: faults, majorFaults: 0, voluntarySwitches: 0, involuntarySwitches: switches)
  }

  @Test("a window ends once a second, and the first call only begins one")
  func windows() {
    var watch = UsageWatch()
    let due = [5, 1_000_000_005, 1_000_000_006, 1_500_000_000, 2_000_000_007].map {
      watch.isDue(atNanoseconds: $0)
    }
    #expect(due == [false, false, true, false, true])
  }

  @Test("what happened in the window of the warm-up does not count, all that happens later does")
  func warmUp() {
    var watch = UsageWatch()
    // A fast robot is past its warm-up iterations within the first second, in which the stack was touched.
    #expect(watch.take(usage(faults: 65, switches: 3), iterations: 450).minorFaults == 0)
    #expect(watch.isWarm)
    let later = watch.take(usage(faults: 67, switches: 4), iterations: 950)
    #expect(later.minorFaults == 2 && later.involuntarySwitches == 1)
    #expect(watch.take(usage(faults: 67, switches: 4), iterations: 1450).minorFaults == 0)
  }

  @Test("a robot that stays away for minutes does not make the thread warm")
  func slow() {
    var watch = UsageWatch()
    for window in 1...9 {
      #expect(watch.take(usage(faults: 10 * Int64(window)), iterations: UInt64(20 * window)).minorFaults == 0)
      #expect(!watch.isWarm)
    }
  }

  @Test("memory mapped and never touched before the lock does not fault after it, on any thread")
  func locked() throws {
    let pages = 256
    let memory = Region(pages: pages)
    do throws(RealtimeError) {
      try RealtimeProcess.lockCurrentMemory()
    } catch {
      // Without the right to lock, memory has still been touched, and nothing here presses it out again.
      guard case .memoryNotLocked = error else { throw error }
    }
    defer { RealtimeProcess.unlockMemory() }
    let faults = Count()
    let thread = try RealtimeThread.start(ThreadOptions(name: "toucher", prefaultBytes: 64 << 10)) {
      let before = ThreadUsage.current().minorFaults
      memory.touch()
      faults.value.store(ThreadUsage.current().minorFaults - before, ordering: .relaxed)
    }
    thread.join()
    // The thread is younger than the lock and may touch a page or two of its own; the region alone would be 256.
    #expect((0..<8).contains(faults.value.load(ordering: .relaxed)))
  }
}

private final class Count: Sendable {
  let value = Atomic<Int64>(-1)
}

/// Fresh pages that nobody has touched.
@safe private final class Region: @unchecked Sendable {
  private let bytes: Int
  private let memory: UnsafeMutableRawPointer

  init(pages: Int) {
    bytes = pages * 4096
    unsafe memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    _ = unsafe madvise(memory, bytes, MADV_NOHUGEPAGE)
  }

  deinit { unsafe munmap(memory, bytes) }

  func touch() {
    for page in stride(from: 0, to: bytes, by: 4096) {
      unsafe memory.storeBytes(of: 1, toByteOffset: page, as: UInt8.self)
    }
  }
}

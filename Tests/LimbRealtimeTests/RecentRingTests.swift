import Glibc
import LimbRealtime
import Synchronization
import Testing

private struct Wide: BitwiseCopyable, Sendable, Equatable {
  var first: UInt64
  var body: InlineArray<30, UInt64>
  var last: UInt64

  @_noLocks init(_ number: UInt64) {
    first = number
    body = InlineArray(repeating: number)
    last = number
  }

  static func == (a: Wide, b: Wide) -> Bool {
    a.first == b.first && a.last == b.last && (0..<30).allSatisfy { a.body[$0] == b.body[$0] }
  }
}

/// Zeroed memory with a ring in it, freed with this object.
@safe private final class Shared: Sendable {
  nonisolated(unsafe) let memory: UnsafeMutableRawPointer
  let ring: RecentRing<Wide>

  init(slots: Int) {
    let bytes = RecentRing<Wide>.bytes(slots: slots)
    unsafe memory = .allocate(byteCount: bytes, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    unsafe ring = RecentRing(memory: memory, slots: slots)
  }

  deinit { unsafe memory.deallocate() }

  @_noLocks func note(_ number: UInt64) { ring.note(Wide(number)) }
}

@Suite("RecentRing") struct RecentRingTests {
  @Test("it keeps the newest, oldest first, from the first element on")
  func newest() {
    let shared = Shared(slots: 5)
    #expect(shared.ring.newest().isEmpty)
    for number: UInt64 in 0..<3 { shared.note(number) }
    #expect(shared.ring.newest() == (0..<3).map { Wide($0) })
    for number: UInt64 in 3..<23 { shared.note(number) }
    #expect(shared.ring.newest() == (18..<23).map { Wide($0) } && shared.ring.noted == 23)
  }

  @Test("a writer that died in the middle of an element leaves it out, and the others in")
  func tornElement() {
    let shared = Shared(slots: 5)
    for number: UInt64 in 0..<7 { shared.note(number) }
    // What `note` does first: the number of the oldest slot goes, some bytes come.
    let slot = 64 + 2 * RecentRing<Wide>.slotBytes
    unsafe (shared.memory + slot).storeBytes(of: 0, as: UInt64.self)
    unsafe (shared.memory + slot + 16).storeBytes(of: 99, as: UInt64.self)
    let found = unsafe RecentRing<Wide>(memory: shared.memory, slots: 5).newest()
    #expect(found == (3..<7).map { Wide($0) })
  }

  @Test("a reader beside the writer gets whole elements in order, and at the end the newest")
  func twoThreads() throws {
    let shared = Shared(slots: 64)
    let total: UInt64 = 100_000
    let writer = try RealtimeThread.start(ThreadOptions(name: "writer")) {
      for number in 1...total { shared.note(number) }
    }
    var looks = 0
    repeat {
      let found = shared.ring.newest()
      looks += 1
      #expect(found.allSatisfy { $0 == Wide($0.first) })
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.first < $1.first })
    } while shared.ring.noted < total
    writer.join()
    #expect(shared.ring.newest() == (total - 63...total).map { Wide($0) } && looks > 1)
  }
}

@Suite("SharedMemoryFile") struct SharedMemoryFileTests {
  private let path = "/dev/shm/limbd-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  @Test("what its maker wrote outlives it under its name, for the next one alone, until the name goes")
  func outlives() throws {
    do {
      let memory = try SharedMemoryFile(path: path, byteCount: 5000)
      #expect(memory.byteCount == 8192)
      unsafe memory.base.storeBytes(of: 77, toByteOffset: 8184, as: UInt64.self)
      let isTaken = SharedMemoryFile(orphan: path) == nil
      #expect(isTaken, "its maker lives")
    }
    let second = try #require(throws: RealtimeError.self) { _ = try SharedMemoryFile(path: path, byteCount: 100) }
    #expect(second == .sharedMemory(path: path, operation: "open", errno: EEXIST))
    guard let orphan = SharedMemoryFile(orphan: path) else {
      Issue.record("nothing under \(path)")
      return
    }
    let (bytes, word) = unsafe (orphan.byteCount, orphan.base.load(fromByteOffset: 8184, as: UInt64.self))
    #expect(bytes == 8192 && word == 77)
    orphan.removeName()
    let isGone = SharedMemoryFile(orphan: path) == nil
    #expect(isGone)
  }

  @Test("a link in its place is followed by nobody")
  func link() throws {
    #expect(unsafe symlink("/etc/passwd", path) == 0)
    defer { unsafe unlink(path) }
    #expect(throws: RealtimeError.self) { _ = try SharedMemoryFile(path: path, byteCount: 100) }
    let isNothing = SharedMemoryFile(orphan: path) == nil
    #expect(isNothing)
  }

  @Test("memory without a name is zero")
  func nameless() {
    let memory = SharedMemoryFile(byteCount: 4097)
    let (bytes, last) = unsafe (memory.byteCount, memory.base.load(fromByteOffset: 8191, as: UInt8.self))
    #expect(bytes == 8192 && last == 0)
  }
}

import CRealtime
import Glibc
import LimbRealtime
import Synchronization
import Testing

private final class Seen: Sendable {
  let ran = Atomic<Int>(0)
  let cpu = Atomic<Int>(-1)
  let threadID = Atomic<Int>(0)
}

@Suite("RealtimeThread") struct RealtimeThreadTests {
  @Test("The body runs once, on another thread, on the processor asked for")
  func pinned() throws {
    let seen = Seen()
    let options = ThreadOptions(
      name: "a name longer than fifteen bytes", nice: 5, affinity: .pinned(processor: Int(limb_current_cpu())),
      prefaultBytes: 128 * 1024, requiresAffinity: true)
    let thread = try RealtimeThread.start(options) {
      seen.ran.add(1, ordering: .relaxed)
      seen.cpu.store(Int(limb_current_cpu()), ordering: .relaxed)
      seen.threadID.store(Int(limb_thread_id()), ordering: .relaxed)
    }
    let grant = thread.grant
    thread.join()
    #expect(seen.ran.load(ordering: .relaxed) == 1)
    if case .pinned(let processor) = options.affinity { #expect(seen.cpu.load(ordering: .relaxed) == processor) }
    #expect(grant.affinity == .granted)
    #expect(grant.realtime == .notAsked)
    #expect(grant.nice == .granted)
    #expect(Int(grant.threadID) == seen.threadID.load(ordering: .relaxed))
    #expect(grant.threadID != limb_thread_id())
  }

  @Test("A refused wish is reported and the body runs; a refused need throws and the body does not")
  func refused() throws {
    let seen = Seen()
    var options = ThreadOptions(name: "wish", affinity: .pinned(processor: 1_000_000))
    let thread = try RealtimeThread.start(options) { seen.ran.add(1, ordering: .relaxed) }
    #expect(thread.grant.affinity == .refused(errno: EINVAL))
    thread.join()
    #expect(seen.ran.load(ordering: .relaxed) == 1)
    options.requiresAffinity = true
    do {
      let never = try RealtimeThread.start(options) { seen.ran.add(1, ordering: .relaxed) }
      never.join()
      Issue.record("a thread that needs a processor that does not exist was started")
    } catch {
      guard case .refused(let name, let grant) = error else { throw error }
      #expect(name == "wish")
      #expect(grant.affinity == .refused(errno: EINVAL))
    }
    #expect(seen.ran.load(ordering: .relaxed) == 1)
  }

  @Test("SCHED_FIFO is granted or refused, and the grant says which in agreement with the kernel")
  func realtime() throws {
    let policy = Seen()
    let thread = try RealtimeThread.start(ThreadOptions(name: "fifo", priority: 10)) {
      policy.ran.store(Int(sched_getscheduler(0)), ordering: .relaxed)
    }
    let grant = thread.grant
    thread.join()
    let granted = policy.ran.load(ordering: .relaxed) == Int(SCHED_FIFO)
    #expect(grant.realtime == (granted ? .granted : .refused(errno: EPERM)))
  }

  @Test("A stack too small for a thread is a typed error")
  func noThread() {
    #expect(throws: RealtimeError.threadNotCreated(name: "tiny", errno: EINVAL)) {
      let thread = try RealtimeThread.start(ThreadOptions(name: "tiny", stackBytes: 1000)) {}
      thread.join()
    }
  }

  @Test("Thread counters belong to the calling thread and only grow")
  func usage() {
    let before = ThreadUsage.current()
    limb_touch(64)
    let after = ThreadUsage.current()
    #expect(after.minorFaults >= before.minorFaults + 64)
    #expect(after.voluntarySwitches >= before.voluntarySwitches)
  }
}

/// Maps and touches fresh pages: each is one fault.
private func limb_touch(_ pages: Int) {
  let bytes = pages * 4096
  let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
  _ = unsafe madvise(memory, bytes, MADV_NOHUGEPAGE)
  for page in 0..<pages { unsafe memory.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self) }
  unsafe munmap(memory, bytes)
}

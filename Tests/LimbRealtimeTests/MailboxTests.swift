import LimbRealtime
import Synchronization
import Testing

private final class SharedMailbox: Sendable {
  let mailbox: BlockMailbox
  let done = Atomic<Bool>(false)
  init(_ count: Int) { mailbox = BlockMailbox(blockCount: count) }
}

private struct Pair: BitwiseCopyable, Sendable {
  var number: UInt64
  var copy: InlineArray<24, UInt64>
}

private final class SharedValue: Sendable {
  let cell = LatestValue(Pair(number: 0, copy: InlineArray(repeating: 0)))
}

@Suite("BlockMailbox and LatestValue") struct MailboxTests {
  @Test("The reader keeps its block until it takes a newer one, and takes only the newest")
  func newest() {
    let mailbox = BlockMailbox(blockCount: 20)
    #expect(mailbox.takeNewest() == false)
    #expect(mailbox.version() == 0)
    for version in 1...3 as ClosedRange<UInt64> { fill(mailbox, version) }
    #expect(mailbox.version() == 0)
    #expect(mailbox.hasNewer() == true)
    #expect(mailbox.takeNewest() == true)
    #expect(mailbox.hasNewer() == false)
    #expect(mailbox.takeNewest() == false)
    #expect(mailbox.version() == 3)
    for index in 0..<20 { #expect(unsafe mailbox.block()[index] == 3) }
  }

  @Test("A refused block gives way to the one before, which later publications leave alone")
  func revert() {
    let mailbox = BlockMailbox(blockCount: 4)
    fill(mailbox, 1)
    #expect(mailbox.takeNewest() == true)
    fill(mailbox, 2)
    #expect(mailbox.takeNewest() == true)
    mailbox.revert()
    #expect(mailbox.version() == 1)
    #expect(mailbox.previousVersion() == 2)
    for version in 3...9 as ClosedRange<UInt64> { fill(mailbox, version) }
    #expect(unsafe mailbox.block()[3] == 1)
    #expect(mailbox.takeNewest() == true)
    #expect(mailbox.version() == 9)
    #expect(mailbox.previousVersion() == 1)
    for version in 10...15 as ClosedRange<UInt64> { fill(mailbox, version) }
    mailbox.revert()
    #expect(unsafe mailbox.block()[0] == 1)
  }

  @Test("Two threads: every block taken is whole, matches its version, and versions only rise")
  func twoThreads() throws {
    let shared = SharedMailbox(256)
    let writer = try RealtimeThread.start(ThreadOptions(name: "writer")) {
      for version in 1...4000 as ClosedRange<UInt64> { fill(shared.mailbox, version) }
      shared.done.store(true, ordering: .releasing)
    }
    var torn = 0
    var last: UInt64 = 0
    var backwards = 0
    var finished = false
    while !finished {
      finished = shared.done.load(ordering: .acquiring)
      guard shared.mailbox.takeNewest() else { continue }
      let version = shared.mailbox.version()
      if version <= last { backwards += 1 }
      last = version
      for index in 0..<256 where unsafe shared.mailbox.block()[index] != Float(version) { torn += 1 }
    }
    writer.join()
    #expect(torn == 0)
    #expect(backwards == 0)
    #expect(last == 4000)
  }

  @Test("Two threads: every latest value is whole and never older than the one before")
  func latestValue() throws {
    let shared = SharedValue()
    let writer = try RealtimeThread.start(ThreadOptions(name: "writer")) {
      for number in 1...20_000 as ClosedRange<UInt64> {
        shared.cell.publish(Pair(number: number, copy: InlineArray(repeating: number)))
      }
    }
    var wrong = 0
    var last: UInt64 = 0
    while last < 20_000 {
      let pair = shared.cell.latest()
      if pair.number < last || pair.copy[0] != pair.number || pair.copy[23] != pair.number { wrong += 1 }
      last = pair.number
    }
    writer.join()
    #expect(wrong == 0)
    #expect(shared.cell.refresh() == false)
  }
}

private func fill(_ mailbox: borrowing BlockMailbox, _ version: UInt64) {
  let count = mailbox.blockCount
  unsafe mailbox.publish(version: version) { block in
    for index in 0..<count { unsafe block[index] = Float(version) }
  }
}

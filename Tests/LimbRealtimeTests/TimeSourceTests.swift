import CRealtime
import Glibc
import LimbRealtime
import Testing

@Suite("TimeSource") struct TimeSourceTests {
  @Test("The machine's clock only grows and sleeps at least until the instant")
  func monotonic() {
    let time = TimeSource.monotonic()
    #expect(!time.isManual())
    let start = time.nowNanoseconds()
    time.sleep(untilNanoseconds: start + 2_000_000)
    #expect(time.nowNanoseconds() >= start + 2_000_000)
    time.sleep(untilNanoseconds: 0)
    #expect(!time.set(nanoseconds: 5))
    #expect(time.nowNanoseconds() > start)
  }

  @Test("A manual clock stands still, moves for all its copies, and sleeping moves it")
  func manual() {
    let time = TimeSource.manual(startingAtNanoseconds: 100)
    let copy = time
    #expect(time.isManual())
    #expect(time.nowNanoseconds() == 100)
    #expect(copy.set(nanoseconds: 250))
    #expect(time.nowNanoseconds() == 250)
    time.advance(byNanoseconds: 50)
    #expect(copy.nowNanoseconds() == 300)
    time.sleep(untilNanoseconds: 1000)
    #expect(copy.nowNanoseconds() == 1000)
    time.sleep(untilNanoseconds: 10)
    #expect(copy.nowNanoseconds() == 1000)
  }

  @Test("Waiting tells bytes, deadline, hang-up and error apart")
  func waiting() {
    var ends: [Int32] = [0, 0]
    #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    #expect(limb_fd_set_nonblocking(ends[0]) == 0)
    let time = TimeSource.monotonic()
    #expect(time.wait(readable: ends[0], untilNanoseconds: time.nowNanoseconds() + 1_000_000) == .notReady)
    var byte: UInt8 = 7
    #expect(unsafe limb_fd_read(ends[0], &byte, 1) == -Int64(EAGAIN))
    #expect(unsafe limb_fd_write(ends[1], &byte, 1) == 1)
    #expect(time.wait(readable: ends[0], untilNanoseconds: .max / 2) == .ready)
    #expect(TimeSource.manual().wait(readable: ends[0], untilNanoseconds: .max / 2) == .ready)
    #expect(unsafe limb_fd_read(ends[0], &byte, 1) == 1)
    #expect(TimeSource.manual().wait(readable: ends[0], untilNanoseconds: .max / 2) == .notReady)
    #expect(time.wait(writable: ends[0], untilNanoseconds: 0) == .ready)
    close(ends[1])
    #expect(time.wait(readable: ends[0], untilNanoseconds: .max / 2) == .ready)  // the end of the stream is readable
    #expect(unsafe limb_fd_read(ends[0], &byte, 1) == 0)
    close(ends[0])
    #expect(time.wait(readable: ends[0], untilNanoseconds: .max / 2) == .hangUp)
  }
}

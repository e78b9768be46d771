import Foundation
import Glibc
import LimbOperations
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbDaemon

@Suite("systemd's watchdog")
struct WatchdogTests {
  @Test("it is fed four times an interval while control turns, and not at all while it does not")
  func feeds() throws {
    let scratch = try Scratch()
    let socket = try DatagramSocket(path: scratch.path("notify"))
    let environment = ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000"]
    var feeder = WatchdogFeeder(SystemdNotifier(environment: environment, pid: getpid()))
    /// Looks every 20 ms for two seconds; how often that fed it.
    func meals(from milliseconds: UInt64, _ iterations: (UInt64) -> UInt64) -> Int {
      var count = 0
      for now in stride(from: milliseconds, to: milliseconds + 2000, by: 20) {
        feeder.look(iterations: iterations(now), at: Instant(nanoseconds: now * 1_000_000))
        while socket.receive() == "WATCHDOG=1\n" { count += 1 }
      }
      return count
    }
    #expect(meals(from: 1000) { $0 } == 20)
    #expect(meals(from: 3000) { _ in 2980 } <= 1, "what control did last may still count once")
    #expect(meals(from: 5000) { _ in 2980 } == 0)
    #expect(meals(from: 7000) { $0 } == 20)
  }
}

extension Trials {
  @Suite("Watchdog")
  struct Watchdog {
    @Test("it is fed while the thread that writes episode lines hangs on a disk that takes nothing")
    func stalledDisk() throws {
      let scratch = try Scratch()
      let socket = try DatagramSocket(path: scratch.path("notify"))
      let disk = try FullPipe(path: scratch.path("lines"))
      let state = scratch.path("s")
      let daemon = try scratch.start(
        ["run", scratch.smallProfile(), "--state", state, "--policy", "zero", "--arm", "--json-lines", disk.path],
        environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000"])
      let client = Client(state: state)
      #expect(client.waits { $0["state"]?.string == "RUN/EPISODE" }, "\(daemon.errors)")
      disk.fill()
      // This ends the episode, whose line hangs. Operations can then not even see that the run is to end.
      _ = try ControlClient.ask(.disarm, path: client.path, timeoutMilliseconds: 30_000)
      let iterations = client.counter("iterations")
      #expect(client.waits { ($0["counters"]?["iterations"]?.number ?? 0) > iterations + 400 }, "\(daemon.errors)")
      while socket.receive() != nil {}
      daemon.signal(SIGTERM)
      var heard: [String] = []
      let fed = eventually {
        if let message = socket.receive() { heard.append(message) }
        return heard.count { $0.contains("WATCHDOG=1") } >= 6
      }
      #expect(fed, "\(heard) \(daemon.errors)")
      #expect(!heard.contains { $0.contains("STOPPING=1") }, "operations did not hang: nothing was tried")
      #expect(eventually {
        disk.drain()
        return !daemon.process.isRunning
      })
      #expect(daemon.end() == 0, "\(daemon.errors)")
      while let message = socket.receive() { heard.append(message) }
      #expect(heard.contains { $0.contains("STOPPING=1") }, "\(heard)")
    }
  }
}

/// A named pipe that this test alone reads: while it is full, who writes to it waits, as for a disk that hangs.
private final class FullPipe {
  let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    try #require(unsafe mkfifo(path, 0o600) == 0)
    descriptor = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    try #require(descriptor >= 0)
  }

  deinit { close(descriptor) }

  /// Writes until not one byte more goes in.
  func fill() {
    for size in [4096, 1] {
      let bytes = [UInt8](repeating: 0x0A, count: size)
      while unsafe write(descriptor, bytes, size) > 0 {}
    }
  }

  func drain() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
  }
}

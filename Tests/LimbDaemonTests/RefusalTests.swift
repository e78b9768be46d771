import Foundation
import Glibc
import LimbLink
import LimbOperations
import Synchronization
import Testing

extension Trials {
  /// A device that answers, and refuses.
  @Suite("Refused HELLO")
  struct Refusals {
    @Test("a device that another host has armed is told once, with what to do, and asked again until it is free")
    func busyDevice() throws {
      let scratch = try Scratch()
      let board = try BusyBoard()
      let daemon = try scratch.start(["run", scratch.realProfile(port: board.path), "--state", scratch.path("s")])
      #expect(eventually { daemon.errors.contains("another host has the robot armed") }, "\(daemon.errors)")
      let line = try #require(daemon.errors.split(separator: "\n").first { $0.contains("another host") })
      #expect(line.contains("error: \(board.path): the device refuses this run") && line.contains("Disarm it"), "\(line)")
      let heard = board.greetings
      #expect(eventually { board.greetings >= heard + 3 }, "it asks again: \(daemon.errors)")
      #expect(daemon.errors.components(separatedBy: "another host").count == 2, "it is told once: \(daemon.errors)")
      let client = Client(state: scratch.path("s"))
      #expect(client.status()?["linked"]?.bool == false)
      #expect(try scratch.run(["arm", "--socket", client.path]).code == 1)
      #expect(board.others == 0, "a device of somebody else gets nothing but HELLO")
      daemon.signal(SIGTERM)
      #expect(daemon.end() == 0, "\(daemon.errors)")
    }
  }
}

/// The far end of a line whose device another host has armed: it answers every HELLO with result 12 (SPEC §6).
final class BusyBoard: Sendable {
  private let terminal: DeafTerminal
  private let stop = Atomic<Bool>(false)
  private let hellos = Atomic<Int>(0)
  private let strangers = Atomic<Int>(0)

  var path: String { terminal.path }
  /// HELLOs so far.
  var greetings: Int { hellos.load(ordering: .relaxed) }
  /// Messages of any other kind so far.
  var others: Int { strangers.load(ordering: .relaxed) }

  init() throws {
    terminal = try DeafTerminal()
    Thread { [weak self] in
      var decoder = FrameDecoder()
      var encoder = FrameEncoder()
      while self?.turn(&decoder, &encoder) == true {}
    }.start()
  }

  deinit { stop.store(true, ordering: .relaxed) }

  private func turn(_ decoder: inout FrameDecoder, _ encoder: inout FrameEncoder) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var poller = pollfd(fd: terminal.master, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&poller, 1, 20)
    // While nobody has the line open, read fails at once.
    let count = poller.revents & Int16(POLLIN) != 0 ? unsafe read(terminal.master, &bytes, bytes.count) : 0
    if count <= 0 { usleep(5000) }
    var offset = 0
    while unsafe decoder.consume(bytes, count: max(count, 0), offset: &offset) {
      if case .hello(let hello) = decoder.message { answer(hello, &encoder) } else { strangers.add(1, ordering: .relaxed) }
    }
    return !stop.load(ordering: .relaxed)
  }

  private func answer(_ hello: HelloMessage, _ encoder: inout FrameEncoder) {
    hellos.add(1, ordering: .relaxed)
    var refusal = HelloAckMessage()
    refusal.session = hello.session
    refusal.nonce = hello.nonce
    refusal.result = 12
    refusal.state = 3
    var bytes = [UInt8](repeating: 0, count: LinkLimits.encodedBytes)
    let count = unsafe bytes.withUnsafeMutableBufferPointer {
      unsafe encoder.encode(.helloAck(refusal), microseconds: 0, into: $0.baseAddress!, capacity: $0.count)
    }
    _ = unsafe write(terminal.master, bytes, count)
  }
}

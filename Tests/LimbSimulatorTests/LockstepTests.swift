import CLimbLink
import Glibc
import LimbTestSupport
import Testing

@testable import LimbSimulator

/// The real executable behind its pseudo-terminal.
@Suite(.serialized) struct LockstepTests {
  final class Peer {
    let port: String
    let pid: pid_t
    private let output: Int32
    private var lifetime: Int32
    private(set) var descriptor: Int32 = -1
    private var decoder = limb_decoder()
    private var unread: [UInt8] = []
    var ticks: [UInt64] = []
    var times: [UInt64] = []
    var frames = 0
    private let folder = TemporaryDirectory()

    init(_ arguments: [String]) throws {
      port = folder.path + "/port"
      var pipes: [Int32] = [0, 0, 0, 0]
      _ = unsafe pipes.withUnsafeMutableBufferPointer { unsafe (pipe($0.baseAddress!), pipe($0.baseAddress! + 2)) }
      let program = Repository.simulator
      let profile = Repository.root + "/configs/quad8-sim.yaml"
      let all = [program, profile, "--port", port, "--lifetime-fd", "\(pipes[0])"] + arguments
      var words: [UnsafeMutablePointer<CChar>?] = unsafe all.map { unsafe strdup($0) }
      unsafe words.append(nil)
      var actions = unsafe posix_spawn_file_actions_t()
      unsafe posix_spawn_file_actions_init(&actions)
      unsafe posix_spawn_file_actions_adddup2(&actions, pipes[3], 1)
      unsafe posix_spawn_file_actions_addclose(&actions, pipes[1])
      unsafe posix_spawn_file_actions_addclose(&actions, pipes[2])
      var child = pid_t()
      let result = unsafe posix_spawn(&child, program, &actions, nil, &words, environ)
      #expect(result == 0, "\(program)")
      pid = child
      close(pipes[0])
      close(pipes[3])
      lifetime = pipes[1]
      output = pipes[2]
      unsafe limb_decoder_init(&decoder)
      var line: [UInt8] = [UInt8](repeating: 0, count: 512)
      let count = unsafe read(output, &line, 512)
      #expect(String(decoding: line.prefix(max(0, count)), as: UTF8.self) == "ready \(port)\n")
      descriptor = unsafe open(port, O_RDWR | O_NOCTTY)
    }

    func hangUp() {
      close(descriptor)
      descriptor = -1
    }

    func finish() -> Int32 {
      var status: Int32 = 0
      _ = unsafe waitpid(pid, &status, 0)
      return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }

    func send(_ type: limb_type, _ fill: (inout limb_message) -> Void) {
      var message = limb_message()
      message.header.type = UInt8(type.rawValue)
      fill(&message)
      var bytes = [UInt8](repeating: 0, count: Int(LIMB_MAX_ENCODED))
      let count = unsafe limb_encode(&message, &bytes, bytes.count)
      _ = unsafe write(descriptor, bytes, count)
    }

    func hello(lockstep: Bool) {
      send(LIMB_HELLO) {
        unsafe $0.body.hello = limb_hello(
          magic: UInt32(LIMB_MAGIC), session: 3, rate_hz: 500, nonce: 8, flags: lockstep ? 1 : 0)
      }
    }

    /// Reads until a TICK; answers it. False at the end of the line.
    func answerTick() -> Bool {
      var message = limb_message()
      var delivered = false
      while true {
        while !unread.isEmpty {
          let used = unsafe unread.withUnsafeBufferPointer {
            unsafe limb_decoder_push(&decoder, $0.baseAddress!, $0.count, &message, &delivered)
          }
          unread.removeFirst(used)
          guard delivered else { continue }
          if UInt32(message.header.type) == LIMB_SENSOR_QUAD.rawValue { frames += 1 }
          if UInt32(message.header.type) == LIMB_TICK.rawValue {
            unsafe ticks.append(message.body.tick.n)
            unsafe times.append(message.body.tick.device_time_us)
            let number = ticks[ticks.count - 1]
            send(LIMB_TICK_DONE) { unsafe $0.body.tick_done = limb_tick_done(n: number) }
            return true
          }
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        if count <= 0 { return false }
        unread += buffer[..<count]
      }
    }

    /// Ends the simulator as the end of its parent would.
    func endLifetime() {
      if lifetime >= 0 { close(lifetime) }
      lifetime = -1
    }

    deinit {
      endLifetime()
      close(output)
      if descriptor >= 0 { close(descriptor) }
    }
  }

  @Test("Every tick is numbered and timed without a gap; the end of the peer ends the simulator with an error")
  func barrier() throws {
    let peer = try Peer(["--lockstep"])
    peer.hello(lockstep: true)
    let start = ContinuousClock.now
    for _ in 0..<3000 { #expect(peer.answerTick()) }
    let seconds = Double((ContinuousClock.now - start).components.attoseconds) * 1e-18
      + Double((ContinuousClock.now - start).components.seconds)
    print("lockstep: \(6 / seconds) times real time")
    let numbers = peer.ticks
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 })
    #expect(numbers.first == 65536 - 5000)
    #expect(zip(peer.times, peer.times.dropFirst()).allSatisfy { $1 == $0 + 2000 })
    #expect(peer.frames > 2980)
    peer.hangUp()
    #expect(peer.finish() == 69)
    #expect(unsafe access(peer.port, F_OK) != 0)
  }

  @Test("An unplug silences the line and TICK goes on")
  func unplugInLockstep() throws {
    let peer = try Peer(["--lockstep", "--fault", "unplug@1s:for=0.5s"])
    peer.hello(lockstep: true)
    for _ in 0..<1000 { #expect(peer.answerTick()) }
    #expect(peer.ticks.count == 1000)
    #expect(peer.frames > 700 && peer.frames < 760)
    peer.endLifetime()
    #expect(peer.finish() == 0)
  }

  @Test("The same seed makes the same truth file, byte for byte")
  func sameTruth() throws {
    func run(_ seed: Int) throws -> [UInt8] {
      let folder = TemporaryDirectory()
      let file = folder.path + "/truth"
      let peer = try Peer(["--lockstep", "--seed", "\(seed)", "--truth", file])
      peer.hello(lockstep: true)
      for _ in 0..<500 { #expect(peer.answerTick()) }
      peer.endLifetime()
      #expect(peer.finish() == 0)
      let descriptor = unsafe open(file, O_RDONLY)
      defer { close(descriptor) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      let count = unsafe read(descriptor, &bytes, bytes.count)
      // One more tick may or may not be under way when the lifetime ends: the answered ones count.
      return Array(bytes[..<min(max(0, count), 1024 + 499 * 164)])
    }
    let first = try run(4)
    #expect(first.count > 400 * 164)
    #expect(try run(4) == first)
    #expect(try run(5) != first)
  }

  @Test("A fault that cannot be understood and a missing profile are told with their own exit codes")
  func mistakes() throws {
    func exit(_ arguments: [String]) throws -> Int32 {
      let all = [Repository.simulator] + arguments
      var words: [UnsafeMutablePointer<CChar>?] = unsafe all.map { unsafe strdup($0) }
      unsafe words.append(nil)
      var child = pid_t()
      _ = unsafe posix_spawn(&child, words[0]!, nil, nil, &words, environ)
      var status: Int32 = 0
      _ = unsafe waitpid(child, &status, 0)
      return status >> 8 & 0xff
    }
    let profile = Repository.root + "/configs/quad8-sim.yaml"
    #expect(try exit([profile, "--port", "/tmp/limbd-sim-none", "--fault", "melt@3s"]) == 64)
    #expect(try exit(["/nonexistent.yaml", "--port", "/tmp/limbd-sim-none"]) == 78)
    #expect(try exit([profile, "--port", "/nonexistent/port"]) == 74)
    #expect(try exit([profile, "--port", "/tmp"]) == 74)
  }
}

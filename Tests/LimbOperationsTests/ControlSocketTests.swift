import Glibc
import LimbTestSupport
import Testing

@testable import LimbOperations

/// A server on a socket of its own, on a thread of its own, that answers "arm" with ok and refuses "pause".
@safe final class RunningServer {
  let path: String
  private let server: ControlServer
  private let finished: UnsafeMutablePointer<sem_t>

  init(name: String) throws {
    path = "/tmp/limbd-test-\(getpid())-\(name).sock"
    let server = try ControlServer(path: path)
    self.server = server
    let finished = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    unsafe sem_init(finished, 0, 0)
    unsafe self.finished = unsafe finished
    nonisolated(unsafe) let shared = server
    nonisolated(unsafe) let done = unsafe finished
    detach {
      var patience = 50
      unsafe shared.run { request in
        switch request {
        case .pause: return .now(.refused("not \"running\"\n"))
        case .disarm: return .later { nil }
        case .arm:
          return .later {
            patience -= 1
            return patience > 0 ? nil : .ok
          }
        default: return .now(.ok)
        }
      }
      _ = unsafe sem_post(done)
    }
  }

  func stop() {
    server.stop()
    _ = unsafe sem_wait(finished)
  }
}

/// Runs `body` on a new thread.
func detach(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
  _ = unsafe pthread_create(
    &thread, nil,
    { argument in
      unsafe Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, box)
}

@Suite("Control socket")
struct ControlSocketTests {
  @Test("a request gets its answer, and a refusal says why in valid JSON")
  func answers() throws {
    let server = try RunningServer(name: "answers")
    defer { server.stop() }
    #expect(try ControlClient.ask(.arm, path: server.path) == "{\"ok\":true}")
    #expect(try ControlClient.ask(.pause, path: server.path) == "{\"ok\":false,\"error\":\"not \\\"running\\\"\\n\"}")
  }

  @Test("a second daemon on the same socket is refused, a dead socket file is replaced")
  func exclusive() throws {
    let server = try RunningServer(name: "exclusive")
    #expect(throws: OperationsError.alreadyRunning(path: server.path)) { try ControlServer(path: server.path) }
    server.stop()
    let again = try RunningServer(name: "exclusive")
    #expect(try ControlClient.ask(.status, path: again.path) == "{\"ok\":true}")
    again.stop()
  }

  @Test("a file that is no socket is left alone, with an error")
  func notASocket() throws {
    let folder = TemporaryDirectory()
    let path = folder.path + "/mine"
    let file = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
    #expect(unsafe write(file, "mine", 4) == 4)
    close(file)
    #expect(throws: OperationsError.socket(call: "replace", path: path, errno: ENOTSOCK)) {
      try ControlServer(path: path)
    }
    var information = stat()
    #expect(unsafe stat(path, &information) == 0 && information.st_size == 4)
  }

  @Test("nobody listening is said as such")
  func notRunning() {
    let path = "/tmp/limbd-test-\(getpid())-nobody.sock"
    #expect(throws: OperationsError.notRunning(path: path)) { try ControlClient.ask(.status, path: path) }
  }

  @Test("a request that never ends is cut off and does not hold up the e-stop")
  func endless() throws {
    let server = try RunningServer(name: "endless")
    defer { server.stop() }
    let flood = try ControlClient.connect(path: server.path)
    defer { close(flood) }
    let garbage = [UInt8](repeating: 65, count: 5000)
    _ = unsafe send(flood, garbage, garbage.count, Int32(MSG_NOSIGNAL))
    #expect(try ControlClient.ask(.emergencyStop, path: server.path) == "{\"ok\":true}")
  }

  @Test("an answer that takes its time comes in the end, and holds up nobody else, an e-stop least of all")
  func slowAnswers() throws {
    let server = try RunningServer(name: "slow")
    defer { server.stop() }
    // This one waits for ever.
    let stuck = try ControlClient.connect(path: server.path)
    defer { close(stuck) }
    let lines = Array("disarm\nstatus\n".utf8)
    _ = unsafe send(stuck, lines, lines.count, Int32(MSG_NOSIGNAL))
    #expect(try ControlClient.ask(.arm, path: server.path) == "{\"ok\":true}")
    #expect(try ControlClient.ask(.emergencyStop, path: server.path) == "{\"ok\":true}")
    // What it asked behind that has to wait.
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(unsafe recv(stuck, &bytes, bytes.count, Int32(MSG_DONTWAIT)) < 0)
  }

  @Test("an e-stop overtakes what its own client waits for, and every request still has its answer, in order")
  func overtaking() throws {
    let server = try RunningServer(name: "overtaking")
    defer { server.stop() }
    let client = try ControlClient.connect(path: server.path)
    defer { close(client) }
    for part in ["disarm\n", "status\nest", "op\nstatus\n"] {
      _ = unsafe send(client, part, part.utf8.count, Int32(MSG_NOSIGNAL))
      usleep(20_000)
    }
    let late = "{\"ok\":false,\"error\":\"an e-stop came behind it\"}\n"
    let expected = late + late + "{\"ok\":true}\n{\"ok\":true}\n"
    var heard: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 200)
    while heard.count < expected.utf8.count {
      let count = unsafe recv(client, &bytes, bytes.count, 0)
      guard count > 0 else { break }
      heard += bytes[..<count]
    }
    #expect(String(decoding: heard, as: UTF8.self) == expected)
  }

  @Test("a crowd of silent clients keeps no e-stop out: the longest silent is told and goes, who waits for an answer stays")
  func crowd() throws {
    let server = try RunningServer(name: "crowd")
    defer { server.stop() }
    let waiting = try ControlClient.connect(path: server.path)
    _ = unsafe send(waiting, "disarm\n", 7, Int32(MSG_NOSIGNAL))
    var inside = [Int32]()
    for _ in 0..<4 * ControlServer.clientLimit { inside.append(try ControlClient.connect(path: server.path)) }
    defer { for descriptor in inside + [waiting] { close(descriptor) } }
    #expect(try ControlClient.ask(.emergencyStop, path: server.path) == "{\"ok\":true}")
    var bytes = [UInt8](repeating: 0, count: 200)
    let told = unsafe recv(inside[0], &bytes, bytes.count, 0)
    #expect(String(decoding: bytes.prefix(max(0, told)), as: UTF8.self).contains("too many clients, at most 16"))
    #expect(unsafe recv(inside[0], &bytes, bytes.count, 0) == 0, "and closed")
    #expect(unsafe recv(waiting, &bytes, bytes.count, Int32(MSG_DONTWAIT)) < 0 && errno == EAGAIN, "still waits")
  }
}

@Suite("Control requests")
struct ControlRequestTests {
  @Test("every request survives the way over the wire", arguments: [
    ControlRequest.status, .arm, .disarm, .pause, .resume, .clear(emergencyStop: false), .clear(emergencyStop: true),
    .emergencyStop, .shutdown, .policy("mean"), .velocity(x: 0.1, y: -3.25e-7, z: 0),
    .label(reward: -0.75, success: 1, revision: 7),
  ])
  func roundTrip(request: ControlRequest) throws { #expect(try ControlRequest(line: request.line) == request) }

  @Test("anything else is named and refused", arguments: [
    "", "ARM", "arm now", "clear everything", "policy dance", "\u{0}", "velocity 1 2", "velocity 1 2 nan", "velocity 1 2 inf",
    "velocity 1 2 3 4", "velocity 21 0 0", "velocity a b c", "label", "label nan", "label 1 2", "label 1 1 -1", "label 1 1 1 1",
  ])
  func unknown(line: String) { #expect(throws: OperationsError.badRequest(line: line)) { try ControlRequest(line: line) } }
}

@Suite("JSON")
struct JSONObjectTests {
  @Test("fields keep their order, strings are escaped, what is not finite is null")
  func object() {
    var object = JSONObject()
    object.set("z", 1)
    object.set("a", "tab\t\"q\" \u{1}")
    object.set("nan", Double.nan)
    object.set("f", Float(0.1))
    #expect(object.text == "{\"z\":1,\"a\":\"tab\\t\\\"q\\\" \\u0001\",\"nan\":null,\"f\":0.1}")
  }

  @Test("fixed rounds half away from zero and keeps leading zeros of the fraction", arguments: [
    (1.005, 1, "1.0"), (-0.04, 1, "0.0"), (2.0625, 3, "2.063"), (-1.5, 0, "-2"), (12.003, 2, "12.00"),
  ])
  func fixedPoint(value: Double, digits: Int, text: String) { #expect(fixed(value, digits) == text) }
}

@Suite("Systemd notifier")
struct SystemdNotifierTests {
  @Test("datagrams arrive at the socket systemd names, and the watchdog interval is read")
  func datagrams() throws {
    let path = "/tmp/limbd-test-\(getpid())-notify.sock"
    let (address, length) = try unixAddress(path)
    let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    _ = unsafe unlink(path)
    #expect(unsafe withSocketAddress(address, length) { unsafe bind(receiver, $0, $1) } == 0)
    defer {
      close(receiver)
      _ = unsafe unlink(path)
    }
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"], pid: 1)
    #expect(notifier.watchdogMicroseconds == 2_000_000)
    notifier.ready(status: "waiting for the robot")
    notifier.watchdog()
    var buffer = [UInt8](repeating: 0, count: 200)
    let first = unsafe recv(receiver, &buffer, 200, Int32(MSG_DONTWAIT))
    #expect(String(decoding: buffer.prefix(max(0, first)), as: UTF8.self) == "READY=1\nSTATUS=waiting for the robot\n")
    let second = unsafe recv(receiver, &buffer, 200, Int32(MSG_DONTWAIT))
    #expect(String(decoding: buffer.prefix(max(0, second)), as: UTF8.self) == "WATCHDOG=1\n")
  }

  @Test("a watchdog meant for another process is ignored, and without a socket nothing happens")
  func notForUs() {
    let notifier = SystemdNotifier(environment: ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "77"], pid: 78)
    #expect(notifier.watchdogMicroseconds == nil)
    #expect(!notifier.isActive)
    notifier.ready(status: "nobody hears this")
  }
}

import Foundation
import Glibc
import LimbDevices
import LimbTestSupport
import LimbTypes
import Synchronization
import Testing

/// Set in the child process alone: the path of a pseudo-terminal that the preloaded interposer makes look like a port.
private let portPath = ProcessInfo.processInfo.environment["LIMBD_TEST_SERIAL_PORT"]

private func run(_ program: String, _ arguments: [String], _ environment: [String: String]) throws -> (Int32, String) {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  process.standardOutput = output
  process.standardError = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}

/// The suite calls itself: `serialPortChild` alone, in a process with the interposer preloaded.
@Test("libserialport opens, configures, reads and writes a line, and sees it go", .enabled(if: portPath == nil))
func serialPort() throws {
  let terminal = PseudoTerminal()
  let directory = TemporaryDirectory()
  let library = directory.path + "/pty_as_port.so"
  let (status, messages) = try run(
    "/usr/bin/env", ["cc", "-shared", "-fPIC", "-o", library, Repository.path("Tests/Support/pty_as_port.c"), "-ldl"], [:])
  try #require(status == 0, "\(messages)")
  let farEnd = FarEnd(terminal)
  farEnd.start()
  defer { farEnd.stop() }
  let executable = try #require(Bundle.main.executablePath)
  var arguments = ["--testing-library", "swift-testing", "--filter", "serialPortChild"]
  if !executable.hasSuffix(".xctest") {
    arguments += CommandLine.arguments.firstIndex(of: "--test-bundle-path").map {
      ["--test-bundle-path", CommandLine.arguments[$0 + 1]]
    } ?? []
  }
  let (result, text) = try run(
    executable, arguments, ["LD_PRELOAD": library, "LIMBD_TEST_SERIAL_PORT": terminal.path])
  #expect(result == 0, "\(text)")
  #expect(text.contains("Test run with 1 test"), "\(text)")
}

/// Sends back what comes, pulls the cable at the byte 0xFF. Only its thread touches the terminal.
private final class FarEnd: Sendable {
  private let terminal: PseudoTerminal
  private let isWanted = Atomic(true)
  private let isRunning = Atomic(false)

  init(_ terminal: PseudoTerminal) { self.terminal = terminal }

  func start() {
    isRunning.store(true, ordering: .sequentiallyConsistent)
    Thread { self.run() }.start()
  }

  func stop() {
    isWanted.store(false, ordering: .sequentiallyConsistent)
    while isRunning.load(ordering: .sequentiallyConsistent) { usleep(1000) }
  }

  private func run() {
    var bytes = [UInt8](repeating: 0, count: 512)
    while isWanted.load(ordering: .sequentiallyConsistent) {
      let count = unsafe read(terminal.master, &bytes, bytes.count)
      if count > 0 && bytes[..<count].contains(0xFF) { break }
      if count > 0 { _ = unsafe write(terminal.master, bytes, count) }
      usleep(1000)
    }
    terminal.unplug()
    isRunning.store(false, ordering: .sequentiallyConsistent)
  }
}

@Test("(child) the line is a serial port of libserialport's", .enabled(if: portPath != nil))
func serialPortChild() throws {
  let path = try #require(portPath)
  let line = try TransportOpener.open(path: path, baud: 2_000_000)
  #expect(line.kind == .serialPort)
  #expect(line.lowLatencyErrno == 0 && line.latencyTimerMilliseconds == nil)
  let transport = line.transport
  let sent = [UInt8](0...254)
  let outcome = unsafe sent.withUnsafeBytes { unsafe transport.write($0.baseAddress!, count: $0.count) }
  guard case .whole = outcome else {
    Issue.record("\(outcome)")
    return
  }
  var back: [UInt8] = []
  for _ in 0..<5000 where back.count < sent.count {
    var bytes = [UInt8](repeating: 0, count: 512)
    let read = unsafe bytes.withUnsafeMutableBytes {
      unsafe transport.read(into: $0.baseAddress!, capacity: $0.count)
    }
    if case .bytes(let count) = read { back += bytes[..<count] }
    if case .gone = read { Issue.record("the line went away") }
    usleep(1000)
  }
  #expect(back == sent)
  let goodbye: [UInt8] = [0xFF]
  _ = unsafe goodbye.withUnsafeBytes { unsafe transport.write($0.baseAddress!, count: $0.count) }
  let isGone = waitForEnd(transport)
  #expect(isGone)
}

private func waitForEnd(_ transport: borrowing Transport) -> Bool {
  for _ in 0..<5000 {
    var bytes = [UInt8](repeating: 0, count: 16)
    let read = unsafe bytes.withUnsafeMutableBytes {
      unsafe transport.read(into: $0.baseAddress!, capacity: $0.count)
    }
    if case .gone = read { return true }
    usleep(1000)
  }
  return false
}

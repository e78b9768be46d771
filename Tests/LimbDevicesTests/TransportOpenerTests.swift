import Foundation
import Glibc
import LimbDevices
import LimbTestSupport
import LimbTypes
import Testing

private func opening(_ path: String) -> Result<LineKind, DeviceError> {
  do throws(DeviceError) {
    let line = try TransportOpener.open(path: path, baud: 1_000_000)
    return .success(line.kind)
  } catch {
    return .failure(error)
  }
}

@Test("a pseudo-terminal is opened through a symbolic link, raw, and carries every byte both ways")
func opensPseudoTerminal() throws {
  let terminal = PseudoTerminal()
  let directory = TemporaryDirectory()
  let link = directory.path + "/robot"
  #expect(unsafe symlink(terminal.path, link) == 0)
  let line = try TransportOpener.open(path: link, baud: 2_000_000)
  #expect(line.path == terminal.path && line.kind == .pseudoTerminal)
  let all = [UInt8](0...255)
  let transport = line.transport
  let outcome = unsafe all.withUnsafeBytes { unsafe transport.write($0.baseAddress!, count: $0.count) }
  guard case .whole = outcome else {
    Issue.record("\(outcome)")
    return
  }
  var received: [UInt8] = []
  let hasArrived = waitUntil {
    var bytes = [UInt8](repeating: 0, count: 300)
    let count = unsafe read(terminal.master, &bytes, bytes.count)
    received += bytes.prefix(max(count, 0))
    return received.count == 256
  }
  #expect(hasArrived && received == all)
  #expect(unsafe write(terminal.master, all, all.count) == all.count)
  let isReadable = transport.waitUntilReadable(or: Instant(nanoseconds: .max / 2))
  #expect(isReadable)
  var back: [UInt8] = []
  for _ in 0..<2000 where back.count < 256 {
    back += readAvailable(transport)
    usleep(1000)
  }
  #expect(back == all)
  guard case .nothing = look(transport) else {
    Issue.record("nothing more was sent")
    return
  }
  terminal.unplug()
  guard case .gone = look(transport) else {
    Issue.record("the line is gone")
    return
  }
}

private func look(_ transport: borrowing Transport) -> TransportRead {
  var bytes = [UInt8](repeating: 0, count: 64)
  return unsafe bytes.withUnsafeMutableBytes { unsafe transport.read(into: $0.baseAddress!, capacity: $0.count) }
}

private func readAvailable(_ transport: borrowing Transport) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: 512)
  let outcome = unsafe bytes.withUnsafeMutableBytes {
    unsafe transport.read(into: $0.baseAddress!, capacity: $0.count)
  }
  guard case .bytes(let count) = outcome else { return [] }
  return Array(bytes[..<count])
}

@Test("what is not there, is no line, or may not be opened is told by name")
func namedErrors() throws {
  let directory = TemporaryDirectory()
  #expect(opening("/dev/limbd-has-no-such-port") == .failure(.missing(path: "/dev/limbd-has-no-such-port")))
  let dangling = directory.path + "/dangling"
  unsafe symlink("/dev/limbd-has-no-such-port", dangling)
  #expect(opening(dangling) == .failure(.missing(path: dangling)))
  let file = directory.path + "/file"
  _ = FileManager.default.createFile(atPath: file, contents: Data("no line".utf8))
  #expect(opening(file) == .failure(.notATerminal(path: file)))
  #expect(opening("/dev/null") == .failure(.notATerminal(path: "/dev/null")))
  let denied = DeviceError.permission(path: "/dev/ttyACM0", group: "plugdev")
  #expect(denied.description.contains("usermod -aG plugdev"))
}

@Test("a port that this process has open already is busy, and free again when the line goes out of scope")
func busyInThisProcess() throws {
  let terminal = PseudoTerminal()
  do {
    let line = try TransportOpener.open(path: terminal.path, baud: 115_200)
    #expect(line.kind == .pseudoTerminal)
    guard case .failure(.busy(_, let holder)) = opening(terminal.path) else {
      Issue.record("a second opening must fail")
      return
    }
    #expect(holder.processIdentifier == getpid())
  }
  #expect(opening(terminal.path) == .success(.pseudoTerminal))
}

@Test("a port that another process has locked is busy, and the error names that process and its command")
func busyElsewhere() throws {
  let terminal = PseudoTerminal()
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["flock", "--no-fork", "--exclusive", terminal.path, "sleep", "60"]
  try process.run()
  defer {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
  var found: DeviceError?
  let isBusy = waitUntil {
    if case .failure(let error) = opening(terminal.path) { found = error }
    return found != nil
  }
  #expect(isBusy)
  guard case .busy(let path, let holder)? = found else {
    Issue.record("\(String(describing: found))")
    return
  }
  #expect(path == terminal.path)
  #expect(holder.processIdentifier == process.processIdentifier)
  #expect(holder.command?.contains("sleep 60") == true || holder.command?.contains("flock") == true)
  #expect(found?.description.contains("held by process \(process.processIdentifier)") == true)
}

import Glibc
import Testing

@testable import LimbSimulator

@Suite struct PseudoTerminalTests {
  /// A folder for one test.
  static func folder() -> String {
    var template = Array("/tmp/limbd-sim-test-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { fatalError("mkdtemp: errno \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func target(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 200)
    let count = unsafe readlink(path, &buffer, buffer.count)
    return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func read(_ port: borrowing PseudoTerminal) -> (PseudoTerminal.Reading, [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 1000)
    let reading = unsafe buffer.withUnsafeMutableBufferPointer {
      unsafe port.read(into: $0.baseAddress!, capacity: $0.count)
    }
    if case .bytes(let count) = reading { return (reading, Array(buffer[..<count])) }
    return (reading, [])
  }

  /// Waits for bytes on a descriptor; a terminal hands them over in its own time.
  private static func await(_ descriptor: Int32) -> Int16 {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&poller, 1, 5000)
    return poller.revents
  }

  @Test("all 256 bytes pass both ways unchanged") func isRaw() throws {
    let path = Self.folder() + "/port"
    var port = try PseudoTerminal(path: path)
    let far = unsafe open(path, O_RDWR | O_NOCTTY)
    defer { close(far) }
    let all = (0...255).map { UInt8($0) }
    #expect(unsafe write(far, all, 256) == 256)
    _ = Self.await(port.pollDescriptor)
    #expect(Self.read(port).1 == all)
    port.write(all)
    _ = Self.await(far)
    var received = [UInt8](repeating: 0, count: 300)
    #expect(unsafe Glibc.read(far, &received, 300) == 256)
    #expect(Array(received[..<256]) == all)
    #expect(port.lostBytes == 0)
  }

  @Test("without a peer nobody is there, and what is written then does not reach a later peer") func peers() throws {
    let path = Self.folder() + "/port"
    var port = try PseudoTerminal(path: path)
    #expect(port.hasPeer == false)
    #expect(Self.read(port).0 == .nobody)
    port.write([1, 2, 3])
    #expect(port.lostBytes == 3)
    let far = unsafe open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    #expect(port.hasPeer == true)
    #expect(Self.read(port).0 == .nothing)
    var byte: UInt8 = 0
    #expect(unsafe Glibc.read(far, &byte, 1) == -1)
    close(far)
    #expect(port.hasPeer == false)
    #expect(Self.read(port).0 == .nobody)
    let again = unsafe open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    #expect(port.hasPeer == true)
    close(again)
  }

  @Test("unplugging ends the line and takes the name away; plugging in makes a new one under the same name")
  func replug() throws {
    let path = Self.folder() + "/port"
    var port = try PseudoTerminal(path: path)
    let far = unsafe open(path, O_RDWR | O_NOCTTY)
    port.unplug()
    #expect(port.isPlugged == false)
    #expect(port.hasPeer == false)
    #expect(Self.target(path) == nil)
    #expect(Self.await(far) & Int16(POLLHUP) != 0)
    #expect(Self.read(port).0 == .nobody)
    port.write([1])
    try port.plug()
    #expect(port.isPlugged == true)
    let fresh = unsafe open(path, O_RDWR | O_NOCTTY)
    #expect(fresh >= 0)
    #expect(port.hasPeer == true)
    port.write([42])
    _ = Self.await(fresh)
    var byte: UInt8 = 0
    #expect(unsafe Glibc.read(fresh, &byte, 1) == 1)
    #expect(byte == 42)
    close(far)
    close(fresh)
  }

  @Test("an old symlink is replaced, anything else is left alone, and the name goes with the port") func names() throws {
    let folder = Self.folder()
    let path = folder + "/port"
    #expect(unsafe symlink("/nowhere", path) == 0)
    do {
      let port = try PseudoTerminal(path: path)
      #expect(port.isPlugged == true)
      #expect(Self.target(path)?.hasPrefix("/dev/pts/") == true)
    }
    #expect(Self.target(path) == nil)
    let file = unsafe open(path, O_CREAT | O_WRONLY, 0o644)
    close(file)
    #expect(throws: SimulatorError.occupied(path: path)) { _ = try PseudoTerminal(path: path) }
    var status = stat()
    #expect(unsafe lstat(path, &status) == 0)
    #expect(throws: SimulatorError.self) { _ = try PseudoTerminal(path: folder + "/missing/port") }
  }

  @Test("a name that another simulator took over is not removed") func takenOver() throws {
    let path = Self.folder() + "/port"
    var first = try PseudoTerminal(path: path)
    let second = try PseudoTerminal(path: path)
    let target = Self.target(path)
    first.unplug()
    #expect(Self.target(path) == target)
    #expect(second.isPlugged == true)
  }
}

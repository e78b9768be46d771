import Glibc
import LimbTypes
import Testing

@testable import LimbSimulator

@Suite struct TruthWriterTests {
  private static let header = TruthLayout.Header(
    jointCount: 8, framesPerSecond: 500, standingHeightMeters: 0.3, seed: 7)

  static func contents(_ path: String) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    _ = unsafe fstat(descriptor, &status)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }

  private static func record(_ tick: UInt64) -> TruthRecord {
    var record = TruthRecord()
    record.tick = tick
    record.basePositionMeters = Vector3(Float(tick), 2, 3)
    return record
  }

  @Test("header and records are there after a flush") func flushes() throws {
    let path = PseudoTerminalTests.folder() + "/truth"
    var writer = try TruthWriter(path: path, header: Self.header)
    #expect(TruthLayout.decodeHeader(Self.contents(path)) == Self.header)
    for tick in 0..<3 as Range<UInt64> { try writer.append(Self.record(tick)) }
    #expect(Self.contents(path).count == TruthLayout.headerBytes)
    try writer.flush()
    let bytes = Self.contents(path)
    #expect(bytes.count == TruthLayout.headerBytes + 3 * TruthLayout.recordBytes)
    for index in 0..<3 {
      let read = TruthLayout.decodeRecord(bytes, at: TruthLayout.headerBytes + index * TruthLayout.recordBytes)
      #expect(read.tick == UInt64(index))
      #expect(read.basePositionMeters == Vector3(Float(index), 2, 3))
    }
  }

  @Test("a long run is written in blocks, without a flush") func blocks() throws {
    let path = PseudoTerminalTests.folder() + "/truth"
    var writer = try TruthWriter(path: path, header: Self.header)
    for tick in 0..<1000 as Range<UInt64> { try writer.append(Self.record(tick)) }
    #expect(Self.contents(path).count > 100_000)
    try writer.flush()
    #expect(Self.contents(path).count == TruthLayout.headerBytes + 1000 * TruthLayout.recordBytes)
  }

  @Test("a full disk and a missing folder are errors that name the file") func refusals() throws {
    let path = PseudoTerminalTests.folder() + "/missing/truth"
    #expect(throws: SimulatorError.system(call: "open", path: path, errno: ENOENT)) {
      _ = try TruthWriter(path: path, header: Self.header)
    }
    #expect(throws: SimulatorError.system(call: "write", path: "/dev/full", errno: ENOSPC)) {
      _ = try TruthWriter(path: "/dev/full", header: Self.header)
    }
  }
}

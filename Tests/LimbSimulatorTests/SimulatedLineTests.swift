import Testing

@testable import LimbSimulator

@Suite struct SimulatedLineTests {
  /// Two frames as a firmware sends them in one millisecond.
  private static func traffic(_ millisecond: Int) -> [UInt8] {
    let body = (1...20).map { UInt8(truncatingIfNeeded: $0 + millisecond) | 1 }
    return [0] + body + [0, 0] + body.reversed() + [0]
  }

  private static func run(_ specifications: [String], seed: UInt64 = 1, milliseconds: Int = 400) throws -> [[UInt8]] {
    let schedule = try FaultSchedule(parsing: specifications, jointNames: [])
    var line = SimulatedLine(schedule, to: .host, seed: seed)
    return (0..<milliseconds).map { line.pass(traffic($0), millisecond: UInt64($0)) }
  }

  @Test("without faults for this direction, every byte passes") func transparent() throws {
    let expected = (0..<400).map(Self.traffic)
    #expect(try Self.run([]) == expected)
    #expect(try Self.run(["drop:to=device", "unplug", "button"]) == expected)
    #expect(try Self.run(["drop@300ms"]).prefix(300) == expected.prefix(300))
  }

  @Test("frames vanish in the interval and in no other") func drops() throws {
    let output = try Self.run(["drop@100ms:for=50ms"])
    for millisecond in 0..<400 {
      let expected = (100..<150).contains(millisecond) ? [] : Self.traffic(millisecond)
      #expect(output[millisecond] == expected)
    }
  }

  @Test("a share of the frames vanishes") func dropsSome() throws {
    let output = try Self.run(["drop:rate=0.25"])
    let frames = output.flatMap { $0 }.filter { $0 == 0 }.count / 2
    #expect((540...660).contains(frames))
  }

  @Test("one byte of a frame changes, and never into itself") func corrupts() throws {
    let output = try Self.run(["corrupt"])
    for millisecond in 0..<400 {
      let pairs = zip(output[millisecond], Self.traffic(millisecond))
      #expect(pairs.filter { $0 != $1 }.count == 2)
    }
  }

  @Test("frames come twice, whole") func duplicates() throws {
    let output = try Self.run(["duplicate"])
    let frames = SimulatedLine.frames(in: Self.traffic(7))
    #expect(output[7] == frames[0] + frames[0] + frames[1] + frames[1])
  }

  @Test("delayed frames come late, in order, and none is lost") func delays() throws {
    let output = try Self.run(["delay@100ms:for=50ms:ms=30"])
    #expect((100..<130).allSatisfy { output[$0].isEmpty })
    #expect(output[130] == Self.traffic(100))
    #expect(output.flatMap { $0 } == (0..<400).flatMap(Self.traffic))
  }

  @Test("latency delays every byte alike; when it shrinks nothing overtakes", arguments: [[], ["drop@350ms:for=1ms"]])
  func latency(faults: [String]) throws {
    var line = SimulatedLine(try FaultSchedule(parsing: faults, jointNames: []), to: .host, seed: 1)
    var output: [[UInt8]] = []
    for millisecond in 0..<300 {
      line.latency = millisecond < 100 ? 10 : 3
      output.append(line.pass(Self.traffic(millisecond), millisecond: UInt64(millisecond)))
    }
    #expect(output[..<10].allSatisfy { $0.isEmpty })
    #expect(output[10..<109] == (0..<99).map(Self.traffic)[...])
    #expect(output[109] == (99..<107).flatMap(Self.traffic))
    #expect(output[110..<300] == (107..<297).map(Self.traffic)[...])
  }

  @Test("garbage comes once, before the frames") func garbage() throws {
    let output = try Self.run(["garbage@10ms:bytes=200"])
    #expect(output[10].count == Self.traffic(10).count + 200)
    #expect(output[11] == Self.traffic(11))
  }

  @Test("the same seed gives the same damage, another seed another") func repeatable() throws {
    let faults = ["corrupt:rate=0.3", "drop:rate=0.2", "duplicate:rate=0.1", "garbage@50ms:bytes=30:every=70ms"]
    #expect(try Self.run(faults) == Self.run(faults))
    #expect(try Self.run(faults) != Self.run(faults, seed: 2))
  }
}

import LimbTestSupport
import Testing

@testable import LimbEnvironment

let twoByOne = EnvironmentSpaces(
  name: "two by one", isReseeded: true, episodeSteps: 200, observationLow: [-1, -.infinity],
  observationHigh: [1, .infinity], actionLow: [-2], actionHigh: [3])

let someOutcome = EnvironmentOutcome(
  reward: -0.5, isTerminated: false, isTruncated: true, isIrregular: false, observation: [0.25, 7])

let requests: [EnvironmentRequest] = [
  .hello(version: 1), .reset(seed: nil), .reset(seed: 0x1234_5678_9ABC_DEF0), .step([2.5]), .quit,
]

let answers: [EnvironmentAnswer] = [
  .spaces(twoByOne), .observation([-1, 1e9]), .next(someOutcome), .failure("the motor is hot – 90 °C"),
]

/// The message that begins and ends with `bytes`.
func frame(_ bytes: [UInt8], _ spaces: EnvironmentSpaces? = twoByOne) throws -> EnvironmentFrame {
  var decoder = EnvironmentDecoder(spaces: spaces)
  decoder.append(bytes)
  let frame = try #require(try decoder.next())
  #expect(decoder.bytesLeft == 0)
  return frame
}

/// A message put together by hand.
func message(_ tag: String, _ payload: [UInt8], length: Int? = nil) -> [UInt8] {
  let count = UInt32(length ?? payload.count)
  return Array(tag.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + payload
}

func words(_ numbers: UInt32...) -> [UInt8] { numbers.flatMap { n in (0..<4).map { UInt8(truncatingIfNeeded: n >> (8 * $0)) } } }

@Suite("Environment protocol")
struct CodecTests {
  @Test("every message is read as it was written")
  func roundTrip() throws {
    for request in requests { #expect(try EnvironmentRequest(frame(request.bytes), spaces: twoByOne) == request) }
    for answer in answers { #expect(try EnvironmentAnswer(frame(answer.bytes), spaces: twoByOne) == answer) }
    let greeting = try EnvironmentAnswer(frame(EnvironmentAnswer.spaces(twoByOne).bytes, nil), spaces: nil)
    #expect(greeting == .spaces(twoByOne))
  }

  @Test("the bytes are those of docs/environment-protocol.md")
  func goldenBytes() {
    #expect(EnvironmentRequest.hello(version: 1).bytes == Array("HELO".utf8) + [4, 0, 0, 0, 1, 0, 0, 0])
    #expect(
      EnvironmentRequest.reset(seed: 0x0102_0304_0506_0708).bytes
        == Array("RSET".utf8) + [12, 0, 0, 0, 1, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(EnvironmentRequest.step([1, -2]).bytes == Array("STEP".utf8) + [8, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    #expect(
      EnvironmentAnswer.next(someOutcome).bytes
        == Array("NEXT".utf8) + [16, 0, 0, 0, 0, 0, 0, 0xBF, 2, 0, 0, 0, 0, 0, 0x80, 0x3E, 0, 0, 0xE0, 0x40])
    #expect(EnvironmentAnswer.spaces(twoByOne).bytes.count == 8 + 20 + 8 * 3 + 10)
  }

  @Test("a stream that comes byte by byte gives the same messages")
  func dripFed() throws {
    let stream = answers.flatMap(\.bytes)
    var decoder = EnvironmentDecoder(spaces: twoByOne)
    var found: [EnvironmentAnswer] = []
    for byte in stream {
      decoder.append([byte])
      while let frame = try decoder.next() { found.append(try EnvironmentAnswer(frame, spaces: twoByOne)) }
    }
    #expect(found == answers && decoder.endsInside == nil)
  }

  @Test("a stream that ends inside a message says how much of it came")
  func truncated() throws {
    let bytes = EnvironmentAnswer.next(someOutcome).bytes
    for count in 0..<bytes.count {
      var decoder = EnvironmentDecoder(spaces: twoByOne)
      decoder.append(bytes[..<count])
      #expect(try decoder.next() == nil)
      #expect(decoder.endsInside == (count == 0 ? nil : .cutOff(found: count, expected: count < 8 ? 8 : bytes.count)))
    }
  }

  @Test("any bytes give messages or an error")
  func corrupted() {
    var random = SplitMix64(seed: 3)
    var refused = 0
    let cases = CaseScale.cases(3000)
    for number in 0..<cases {
      var bytes = (answers[number % answers.count]).bytes + requests[number % requests.count].bytes
      for _ in 0...Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      var decoder = EnvironmentDecoder(spaces: number % 2 == 0 ? twoByOne : nil)
      decoder.append(bytes)
      do throws(EnvironmentError) {
        while let frame = try decoder.next() {
          _ = frame.tag.isRequest
            ? try? EnvironmentRequest(frame, spaces: twoByOne) : nil
          _ = frame.tag.isRequest ? nil : try? EnvironmentAnswer(frame, spaces: number % 2 == 0 ? twoByOne : nil)
        }
      } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(refused > cases / 10)
  }

  @Test("a wrong length is told from the head alone, before its bytes could be waited for")
  func wrongLength() {
    for (tag, expected) in [("NEXT", 16), ("OBSV", 8), ("STEP", 4), ("HELO", 4), ("RSET", 12), ("QUIT", 0)] {
      var decoder = EnvironmentDecoder(spaces: twoByOne)
      decoder.append(message(tag, [], length: expected + 4))
      #expect(throws: EnvironmentError.wrongLength(EnvironmentTag(rawValue: tag)!, found: expected + 4, expected: expected)) {
        try decoder.next()
      }
    }
    var decoder = EnvironmentDecoder()
    decoder.append(message("FAIL", [], length: 1 << 30))
    #expect(throws: EnvironmentError.tooLong(.failure, found: 1 << 30, limit: 4 << 20)) { try decoder.next() }
  }

  @Test("text on standard output is shown as it is")
  func text() {
    var decoder = EnvironmentDecoder()
    decoder.append(Array("Hello, world\n".utf8))
    #expect(throws: EnvironmentError.notAMessage(found: Array("Hell".utf8))) { try decoder.next() }
    #expect("\(EnvironmentError.notAMessage(found: Array("Hell".utf8)))".contains("\"Hell\" (48 65 6c 6c)"))
  }

  @Test("a number that is not finite is named with its place", arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(_ bad: Float) throws {
    var outcome = someOutcome
    outcome.observation[1] = bad
    let field = try whyRefused(EnvironmentAnswer.next(outcome).bytes)
    #expect(field == "observation[1]")
    outcome = someOutcome
    outcome.reward = bad
    #expect(try whyRefused(EnvironmentAnswer.next(outcome).bytes) == "reward")
    #expect(try whyRefused(EnvironmentAnswer.observation([bad, 0]).bytes) == "observation[0]")
    let step = try frame(EnvironmentRequest.step([bad]).bytes)
    #expect(throws: EnvironmentError.self) { try EnvironmentRequest(step, spaces: twoByOne) }
  }

  private func whyRefused(_ bytes: [UInt8]) throws -> String? {
    let frame = try frame(bytes)
    do throws(EnvironmentError) {
      _ = try EnvironmentAnswer(frame, spaces: twoByOne)
    } catch {
      if case .notFinite(_, let field, _) = error { return field }
    }
    return nil
  }

  @Test("an action outside of its bounds is refused, one on them is not")
  func bounds() throws {
    for value: Float in [-2, 3] {
      #expect(try EnvironmentRequest(frame(EnvironmentRequest.step([value]).bytes), spaces: twoByOne) == .step([value]))
    }
    let far = try frame(EnvironmentRequest.step([3.5]).bytes)
    #expect(throws: EnvironmentError.outOfBounds(field: "action[0]", found: 3.5, low: -2, high: 3)) {
      try EnvironmentRequest(far, spaces: twoByOne)
    }
  }

  @Test("another version is told before anything else of it is looked at")
  func version() throws {
    let other = try frame(message("SPAC", words(2)), nil)
    #expect(throws: EnvironmentError.otherVersion(found: 2, expected: 1)) { try EnvironmentAnswer(other, spaces: nil) }
  }

  @Test("spaces that make no sense are refused")
  func badSpaces() throws {
    var bad: [[UInt8]] = [
      words(1, 0, 1, 0, 0), words(1, 1, 70_000, 0, 0), words(1, 2, 1, 0, 0) + words(0, 0), words(1, 1), [1, 0],
      words(1, 1, 1, 2, 0) + words(0, 0, 0, 0),
    ]
    for change in 0..<4 {
      var spaces = twoByOne
      switch change {
      case 0: spaces.observationLow[0] = 2
      case 1: spaces.actionHigh[0] = -2
      case 2: spaces.actionLow[0] = -.infinity
      default: spaces.observationHigh[1] = .nan
      }
      bad.append(Array(EnvironmentAnswer.spaces(spaces).bytes.dropFirst(8)))
    }
    for payload in bad {
      let frame = try frame(message("SPAC", payload), nil)
      #expect(throws: EnvironmentError.self) { try EnvironmentAnswer(frame, spaces: nil) }
    }
  }

  @Test("bits without a meaning are refused")
  func flags() throws {
    let next = try frame(message("NEXT", words(0, 8, 0, 0)))
    #expect(throws: EnvironmentError.unknownFlags(.next, found: 8, expected: 7)) {
      try EnvironmentAnswer(next, spaces: twoByOne)
    }
    let reset = try frame(message("RSET", words(2, 0, 0)))
    #expect(throws: EnvironmentError.unknownFlags(.reset, found: 2, expected: 1)) {
      try EnvironmentRequest(reset, spaces: twoByOne)
    }
  }

  @Test("actions of −1 … 1 fill the environment's bounds")
  func scaledActions() {
    #expect(twoByOne.action(unit: [-1]) == [-2])
    #expect(twoByOne.action(unit: [1]) == [3])
    #expect(twoByOne.action(unit: [0]) == [0.5])
  }
}

import Glibc
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbSessions

@Suite("The session log")
struct SessionLogTests {
  let directory = TemporaryDirectory()
  private var sessions: String { directory.path + "/sessions" }

  /// Logs `count` rounds of a tick, now and then an event, a step, a key-frame and a policy.
  private func log(run: UInt64 = 1, rounds: ClosedRange<UInt64> = 1...100, part: Int = 1 << 20, finish: Bool = true) throws {
    var limits = SessionLimits()
    limits.partBytes = part
    limits.bufferBytes = 1000
    var log = try SessionLog(stateDirectory: directory.path, header: testHeader(run: run), limits: limits)
    for round in rounds {
      try log.append(tick(round))
      if round % 10 == 0 { try log.append(event(round / 10)) }
      if round % 25 == 0 { try log.append(step(round / 25)) }
      if round % 50 == 0 { try log.appendKeyFrame(iteration: round, tick: round + 1, bytes: [1, 2, 3, UInt8(round)]) }
      if round == 60 { try log.appendPolicy(version: 4, tick: 60, parameterHash: 99, bytes: [9, 8]) }
    }
    if finish { try log.finish() } else { try log.flush() }
  }

  private func check(_ all: [SessionEntry], rounds: ClosedRange<UInt64>) {
    var next = (tick: rounds.lowerBound, event: (rounds.lowerBound + 9) / 10, step: (rounds.lowerBound + 24) / 25)
    for entry in all {
      switch entry {
      case .tick(let record):
        #expect(same(record, tick(next.tick)))
        next.tick += 1
      case .event(let found):
        let expected = event(next.event)
        #expect(found.sequence == expected.sequence && found.iteration == expected.iteration)
        #expect(found.tick == expected.tick && found.at == expected.at && found.kind == expected.kind)
        #expect(found.a == expected.a && found.b == expected.b && found.value == expected.value)
        next.event += 1
      case .step(let record):
        let expected = step(next.step)
        #expect(record.sequence == expected.sequence && record.observation[2] == expected.observation[2])
        #expect(record.preSquash[1] == expected.preSquash[1])
        next.step += 1
      case .keyFrame(let iteration, let tick, let bytes):
        #expect(tick == iteration + 1 && bytes == [1, 2, 3, UInt8(iteration)])
      case .policy(let version, let tick, let hash, let bytes):
        #expect(version == 4 && tick == 60 && hash == 99 && bytes == [9, 8])
      case .header, .end: break
      }
    }
    #expect(next.tick == rounds.upperBound + 1)
  }

  @Test("everything comes back, over parts too", arguments: [1 << 20, 20_000])
  func roundTrip(part: Int) throws {
    try log(part: part)
    var reader = try SessionReader(sessionsDirectory: sessions, run: 1)
    let all = try entries(&reader)
    check(all, rounds: 1...100)
    let (gaps, damaged, closed) = (reader.gaps, reader.damagedBytes, reader.wasClosedInOrder)
    #expect(gaps.isEmpty && damaged == 0 && closed)
    guard case .header(let header) = all.first else { throw SessionError.notASession(path: "") }
    #expect(header == testHeader())
    guard case .end(let ticks, let events, let steps) = all.last else { throw SessionError.notASession(path: "") }
    #expect(ticks == 100 && events == 10 && steps == 4)
    let parts = SessionLog.parts(in: sessions)
    #expect(part == 20_000 ? parts.count > 3 : parts.count == 1)
    #expect(parts.map(\.part) == Array(0..<parts.count))
  }

  @Test("the same entries give the same bytes")
  func deterministic() throws {
    try log(part: 20_000)
    let other = SessionLogTests()
    try other.log(part: 20_000)
    for part in SessionLog.parts(in: sessions) {
      #expect(try readFile(sessions + "/" + part.fileName) == readFile(other.sessions + "/" + part.fileName))
    }
  }

  @Test("a tail torn at any byte is cut off when the next run begins, and nothing else")
  func tornTail() throws {
    try log(rounds: 1...20, finish: false)
    let path = sessions + "/session-00000001-000.limblog"
    let whole = try readFile(path)
    let frames = frameEnds(whole)
    for cut in stride(from: frames[0], to: whole.count, by: 211) {
      try writeFile(path, Array(whole[..<cut]))
      let kept = frames.last { $0 <= cut }!
      #expect(try SessionRecovery.mend(path) == cut - kept)
      #expect(try readFile(path) == Array(whole[..<kept]))
    }
    try writeFile(path, Array(whole.dropLast(3)))
    try log(run: 2, rounds: 1...5)
    #expect(try readFile(path).count == frames[frames.count - 2])
    #expect(SessionLog.parts(in: sessions).map(\.run) == [1, 2])
  }

  /// Where each frame of a part ends.
  private func frameEnds(_ bytes: [UInt8]) -> [Int] {
    var place = 8
    var ends: [Int] = []
    while place < bytes.count {
      place += 9 + (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
      ends.append(place)
    }
    return ends
  }

  @Test("a file cut within its header is removed: nothing can be read without it")
  func tornHeader() throws {
    try log(rounds: 1...1, finish: false)
    let path = sessions + "/session-00000001-000.limblog"
    let whole = try readFile(path)
    for cut in [0, 5, 8, 100] {
      try writeFile(path, Array(whole[..<cut]))
      #expect(try SessionRecovery.mendLast(in: sessions) == cut)
      #expect(SessionLog.parts(in: sessions).isEmpty)
    }
  }

  @Test("damage costs the entries that it hits, and shows as a gap", arguments: [3, 40, 200, 999, 5000, 12_345])
  func damage(offset: Int) throws {
    try log()
    let path = sessions + "/session-00000001-000.limblog"
    var bytes = try readFile(path)
    let first = frameEnds(bytes)[0]
    bytes[first + offset] ^= 0x40
    try writeFile(path, bytes)
    var reader = SessionReader(path: path)
    let all = try entries(&reader)
    let ticks = all.count { if case .tick = $0 { true } else { false } }
    let events = all.count { if case .event = $0 { true } else { false } }
    let damaged = reader.damagedBytes
    #expect(damaged > 0 && ticks + events >= 109 && ticks + events < 111)
    let gaps = reader.gaps
    #expect(gaps.count <= 1 && (offset > 60 || gaps.isEmpty || gaps[0].counter == .iteration))
    for entry in all {
      if case .tick(let record) = entry { #expect(same(record, tick(record.iteration))) }
    }
  }

  @Test("entries that never came show as a gap in their counter")
  func gap() throws {
    do {
      var log = try SessionLog(stateDirectory: directory.path, header: testHeader())
      for iteration in [1, 2, 5, 6] as [UInt64] { try log.append(tick(iteration)) }
      for sequence in [1, 3] as [UInt64] { try log.append(step(sequence)) }
      try log.flush()
    }
    var reader = try SessionReader(sessionsDirectory: sessions, run: 1)
    _ = try entries(&reader)
    let (gaps, closed) = (reader.gaps, reader.wasClosedInOrder)
    #expect(gaps == [.init(counter: .iteration, after: 2, before: 5), .init(counter: .step, after: 1, before: 3)])
    #expect(!closed)
  }

  @Test("syncs follow the caller's clock; a flush makes entries readable at once")
  func syncing() throws {
    var log = try SessionLog(stateDirectory: directory.path, header: testHeader())
    func at(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
    try log.append(tick(1))
    let early = try log.syncIfDue(now: at(1000))
    let before = try log.syncIfDue(now: at(1499))
    #expect(!early && !before)
    var reader = try SessionReader(sessionsDirectory: sessions, run: 1)
    #expect(try entries(&reader).count == 1)
    let due = try log.syncIfDue(now: at(1500))
    #expect(due)
    reader = try SessionReader(sessionsDirectory: sessions, run: 1)
    #expect(try entries(&reader).count == 2)
  }

  @Test("the oldest parts go when all together exceed the budget; the newest stays")
  func budget() throws {
    var limits = SessionLimits()
    limits.partBytes = 10_000
    limits.bufferBytes = 500
    limits.budgetBytes = 35_000
    var log = try SessionLog(stateDirectory: directory.path, header: testHeader(), limits: limits)
    for iteration in 1...300 as ClosedRange<UInt64> { try log.append(tick(iteration)) }
    try log.finish()
    let parts = SessionLog.parts(in: sessions)
    #expect(parts.count >= 3 && parts.count <= 5 && parts[0].part > 10)
    var reader = try SessionReader(sessionsDirectory: sessions, run: 1)
    let all = try entries(&reader)
    guard case .tick(let last) = all[all.count - 2] else { throw SessionError.notASession(path: "") }
    #expect(last.iteration == 300)
  }

  @Test("what is no session log is refused by name")
  func foreign() throws {
    try SessionFile.makeDirectory(sessions)
    let path = sessions + "/session-00000001-000.limblog"
    try writeFile(path, Array("something else".utf8))
    #expect(throws: SessionError.notASession(path: path)) {
      var reader = SessionReader(path: path)
      _ = try reader.next()
    }
    #expect(throws: SessionError.noSuchRun(directory: sessions, run: 9)) {
      _ = try SessionReader(sessionsDirectory: sessions, run: 9)
    }
  }
}

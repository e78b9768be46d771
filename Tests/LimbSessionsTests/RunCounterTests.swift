import Foundation
import Glibc
import LimbTestSupport
import Testing

@testable import LimbSessions

@Suite("Runs and lines")
struct RunCounterTests {
  let directory = TemporaryDirectory()

  @Test("runs are counted from 1, one by one")
  func counting() throws {
    #expect(try RunCounter.last(stateDirectory: directory.path) == 0)
    for run in 1...12 as ClosedRange<UInt64> {
      #expect(try RunCounter.next(stateDirectory: directory.path) == run)
      #expect(try RunCounter.last(stateDirectory: directory.path) == run)
    }
  }

  @Test("a lost counter goes on behind the sessions that are there")
  func lost() throws {
    var log = try SessionLog(stateDirectory: directory.path, header: testHeader(run: 41))
    try log.finish()
    #expect(try RunCounter.next(stateDirectory: directory.path) == 42)
  }

  @Test("a counter that is no number is an error, not a new beginning", arguments: ["", "12", "x\n", "-1\n"])
  func damaged(text: String) throws {
    let path = directory.path + "/" + RunCounter.fileName
    try writeFile(path, Array(text.utf8))
    #expect(throws: SessionError.damagedCounter(path: path)) {
      _ = try RunCounter.next(stateDirectory: directory.path)
    }
  }

  @Test("in lockstep all names follow from seed and run counter; live they do not repeat")
  func identities() {
    let a = RunIdentity.lockstep(seed: 1, runCounter: 2)
    #expect(a == RunIdentity.lockstep(seed: 1, runCounter: 2))
    #expect(a.session != RunIdentity.lockstep(seed: 1, runCounter: 3).session)
    #expect(a.session != RunIdentity.lockstep(seed: 2, runCounter: 2).session)
    #expect(a.session != 0)
    let live = RunIdentity.live(runCounter: 2)
    #expect(live.session != RunIdentity.live(runCounter: 2).session)
    #expect(live.startedAt.count == 20 && live.startedAt.hasSuffix("Z") && live.bootID.count >= 7)
  }

  @Test("what an earlier run left in a line file stays, and a line that was cut off is ended first")
  func linesOfEarlierRuns() throws {
    let path = directory.path + "/lines"
    try Data("{\"a\":1}\n{\"b\":".utf8).write(to: URL(filePath: path))
    for line in ["{\"c\":1}", "{\"d\":1}"] { try LineFile(path: path).append(line) }
    let text = String(decoding: try readFile(path), as: UTF8.self)
    #expect(text == "{\"a\":1}\n{\"b\":\n{\"c\":1}\n{\"d\":1}\n")
  }

  @Test("lines are appended whole")
  func lines() throws {
    let path = directory.path + "/lines"
    let file = try LineFile(path: path)
    try file.append("{\"event\":\"episode\"}")
    #expect(try readFile(path) == Array("{\"event\":\"episode\"}\n".utf8))
    try file.append("{}")
    #expect(try readFile(path).count == 23)
    #expect(throws: SessionError.io(operation: "open", path: "/nowhere/x", errno: ENOENT)) {
      _ = try LineFile(path: "/nowhere/x")
    }
  }
}

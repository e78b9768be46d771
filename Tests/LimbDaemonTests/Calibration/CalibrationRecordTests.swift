import Foundation
import LimbProfile
import LimbTestSupport
import Testing

@testable import LimbDaemon

@Suite("The record of a calibration")
struct CalibrationRecordTests {
  private func profile(_ changes: [(String, String)] = []) throws -> RobotProfile {
    var text = try Repository.text("configs/quad8-sim.yaml")
    for (old, new) in changes {
      try #require(text.contains(old))
      text = text.replacing(old, with: new, maxReplacements: 1)
    }
    return try RobotProfile.load(yaml: text)
  }

  @Test("the newest line of a device counts, other devices' and broken lines do not, and nothing is overwritten")
  func newest() throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/robot.yaml"
    #expect(CalibrationRecord.newest(uuid: "a1", profilePath: path) == nil)
    let one = try CalibrationRecord(uuid: "a1", profile: profile(), way: .guided, date: "2026-01-01T00:00:00Z")
    try one.append(profilePath: path)
    let changed = try CalibrationRecord(uuid: "a1", profile: profile([("direction: 1", "direction: -1")]), way: .accepted)
    #expect(changed.hash != one.hash)
    try CalibrationRecord(uuid: "b2", profile: profile(), way: .accepted).append(profilePath: path)
    #expect(CalibrationRecord.newest(uuid: "a1", profilePath: path) == one)
    try changed.append(profilePath: path)
    let file = CalibrationRecord.path(profile: path)
    #expect(file == directory.path + "/robot.calibration")
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"uuid\":\"a1\",\"confirms\":".utf8))
    try handle.close()
    #expect(CalibrationRecord.newest(uuid: "a1", profilePath: path) == changed, "a torn line hides none before it")
    #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 4)
  }

  @Test("what is confirmed changes with signs, zeros, gears, numbers and mounting, and with nothing else")
  func hash() throws {
    let base = try profile().calibrationHash
    for change in [("direction: 1", "direction: -1"), ("zero_rad: 0", "zero_rad: 0.01"), ("index: 0", "index: 9")] {
      let text = try Repository.text("configs/quad8-sim.yaml").replacing(change.0, with: change.1, maxReplacements: 1)
      guard let other = try? RobotProfile.load(yaml: text) else { continue }
      #expect(other.calibrationHash != base, "\(change)")
    }
    #expect(try profile([("kp: 40", "kp: 30")]).calibrationHash == base)
    #expect(try profile([("port: \"sim:\"", "port: /dev/ttyACM0")]).calibrationHash == base)
  }
}

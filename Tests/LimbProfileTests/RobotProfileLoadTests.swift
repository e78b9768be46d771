import Testing

@testable import LimbProfile

@Suite struct RobotProfileLoadTests {
  @Test("every mistake of a file is reported at once, in the order of the file")
  func allAtOnce() {
    var yaml = ProfileFixture.patched(ProfileFixture.quadruped, "baud: 1000000", "baud: fast")
    yaml = ProfileFixture.patched(yaml, "coast_ms: 60", "coast_mss: 60")
    yaml = ProfileFixture.patched(yaml, "kp: 20, ", "")
    yaml = ProfileFixture.patched(yaml, "algorithm: sac", "algorithm: sac, batch_size: 1, batch_size: 2")
    let messages = ProfileFixture.messages(yaml)
    let subjects = messages.map { message in
      let parts = message.split(separator: ":")
      return parts[1] + ":" + parts[3].prefix(24)
    }
    #expect(
      subjects == [
        "3: link.baud", "7: joints[0].kp", "28: safety.coast_mss", "41: learning.batch_size",
        "41: found a second \"batch_s",
      ])
  }

  @Test(
    "what is no profile at all is refused with its place",
    arguments: [
      ("", "p.yaml:1:1: found an empty file, expected a profile that begins with \"limbd: 1\""),
      ("# nothing\n", "p.yaml:1:1: found an empty file, expected a profile that begins with \"limbd: 1\""),
      ("- 1\n- 2\n", "p.yaml:1:1: found a list of 2, expected a profile that begins with \"limbd: 1\""),
      ("hello", "p.yaml:1:1: found text \"hello\", expected a profile that begins with \"limbd: 1\""),
      ("a: \"\u{1}\"", "p.yaml:1:5: found the control character U+0001, expected a text file in UTF-8"),
    ])
  func noProfile(yaml: String, expected: String) {
    #expect(ProfileFixture.messages(yaml) == [expected])
  }

  @Test("bytes that are not UTF-8 are refused with line and column")
  func notUTF8() {
    let bytes = Array("limbd: 1\nrobot: {name: \"".utf8) + [0xC3, 0x28]
    #expect(throws: ProfileError.invalid([
      ProfileProblem(
        file: "p.yaml", location: ProfileLocation(line: 2, column: 16), path: "", found: "bytes that are not UTF-8",
        expected: "a text file in UTF-8", suggestion: nil)
    ])) { try RobotProfile.load(bytes: bytes, file: "p.yaml") }
  }

  @Test("a file above the size limit is refused before it is parsed")
  func tooLarge() {
    let bytes = [UInt8](repeating: 0x23, count: RobotProfile.fileLimitBytes + 1)
    #expect(throws: ProfileError.tooLarge(file: "p.yaml", bytes: bytes.count, limitBytes: bytes.count - 1)) {
      try RobotProfile.load(bytes: bytes, file: "p.yaml")
    }
  }

  @Test("more values than a profile can have are refused: aliases cannot blow a file up")
  func tooManyNodes() {
    let yaml = "a: [" + String(repeating: "1,", count: 60_000) + "]"
    #expect(ProfileFixture.messages(yaml).count == 1)
    #expect(ProfileFixture.messages(yaml)[0].contains("more than 50000 values"))
    var bomb = "a0: &a0 [1, 1]\n"
    for level in 1...22 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
    #expect(ProfileFixture.messages(bomb).count > 1)
  }

  @Test("a file of nothing but mistakes gives no more messages than a person can read")
  func manyMistakes() {
    let yaml = (0..<20_000).map { "key\($0): 1\n" }.joined()
    #expect(ProfileFixture.messages(yaml).count == ProfileLog.limit)
    #expect(ProfileFixture.messages(String(repeating: "same: 1\n", count: 20_000)).count == ProfileLog.limit)
  }

  @Test("a path that cannot be read says why")
  func unreadable() {
    #expect(throws: ProfileError.unreadable(file: "/nowhere/p.yaml", reason: "No such file or directory")) {
      try RobotProfile.load(path: "/nowhere/p.yaml")
    }
    #expect(throws: ProfileError.unreadable(file: "/", reason: "it is not a file")) {
      try RobotProfile.load(path: "/")
    }
  }

  @Test("an alias gives the value of its anchor")
  func aliases() throws {
    let yaml = ProfileFixture.patched(
      ProfileFixture.patched(ProfileFixture.quadruped, "kp: 20", "kp: &stiff 25"), "kp: 20", "kp: *stiff")
    let profile = try RobotProfile.load(yaml: yaml)
    #expect(profile.joints.map(\.kp) == [25, 25, 20, 20])
  }

  @Test("values arrive where they belong, with defaults where the file is silent")
  func values() throws {
    let profile = try RobotProfile.load(yaml: ProfileFixture.quadruped)
    #expect(profile.robot.sensors == [.imu, .jointTorque, .busVoltage, .motorTemperature, .footContact])
    #expect(profile.joints[3].direction == -1)
    #expect(profile.kinematics.legs[1].chain.links[0].offsetMeters == SIMD3(0.2, -0.1, 0))
    #expect(profile.symmetry?.permutation == [1, 0, 3, 2])
    #expect(profile.control.stepSeconds == 0.05)
    #expect(profile.safety.voltageMinimumVolts == RobotProfile.TwoStageLimit(warn: 14, stop: 13))
    #expect(profile.observation.terms[1] == RobotProfile.ObservationTerm(kind: .jointVelocity, scale: 0.2, clip: 5))
    #expect(profile.observationFrameWidth == 4 + 4 + 2 + 4 + 4)
    #expect(profile.action.scaleRadians == [0.3, 0.3, 0.3, 0.3])
    #expect(profile.task.reward[0].margin == 0.5)
    #expect(profile.targetEntropyNats == -2)
    #expect(profile.learning.backlogLimitUpdates == 400)
    #expect(profile.replay.segmentSteps == 4096)
  }

  @Test("an arm has no imu, no legs, and a joint that slides")
  func arm() throws {
    let profile = try RobotProfile.load(yaml: ProfileFixture.arm)
    #expect(profile.imu == nil)
    #expect(profile.symmetry == nil)
    #expect(profile.joints.map(\.kind) == [.hinge, .hinge, .slide])
    #expect(profile.action.jointIndices == [0, 1])
    #expect(profile.actionCount == 2)
    #expect(profile.kinematics.arm?.jointIndices == [0, 1])
    #expect(profile.safety.tiltLimitDegrees == nil)
    #expect(profile.task.terminate.isEmpty)
  }

  @Test("a model's path counts from the profile's folder")
  func modelPath() throws {
    let profile = try RobotProfile.load(yaml: ProfileFixture.quadruped)
    #expect(profile.simulationModelPath(profilePath: "/etc/limbd/toy.yaml") == "/etc/limbd/models/toy.xml")
    #expect(profile.simulationModelPath(profilePath: "toy.yaml") == "models/toy.xml")
  }

  @Test("each mistake has a line as compilers write it, with the nearest known value")
  func errorLines() throws {
    let yaml = ProfileFixture.patched(ProfileFixture.quadruped, "kind: quadruped", "kind: quadropd")
    let error = #expect(throws: ProfileError.self) { try RobotProfile.load(yaml: yaml, file: "p.yaml") }
    let lines = try #require(error).errorLines
    #expect(
      lines.first == """
        p.yaml:2:26: error: robot.kind: found text "quadropd", expected quadruped or arm (did you mean "quadruped"?)
        """)
    #expect(lines.allSatisfy { $0.hasPrefix("p.yaml:") && $0.contains(": error: ") })
    #expect(
      ProfileError.unreadable(file: "x.yaml", reason: "no").errorLines == ["x.yaml: error: cannot be read: no"])
  }
}

import LimbTypes
import Testing

@testable import LimbProfile

@Suite struct ProfilePartsTests {
  @Test(
    "edit distance counts insertion, deletion, substitution and swap",
    arguments: [("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3), ("ab", "ba", 1), ("coast", "caost", 1)])
  func distance(a: String, b: String, expected: Int) {
    #expect(NearestWord.distance(a, b) == expected)
    #expect(NearestWord.distance(b, a) == expected)
  }

  @Test("nothing is suggested for a word that is near nothing")
  func noSuggestion() {
    #expect(NearestWord.of("quadropd", among: RobotKind.allCases.map(\.rawValue)) == "quadruped")
    let terms = RewardTermKind.allCases.map(\.rawValue)
    #expect(NearestWord.of("uprigth", among: terms) == "upright")
    #expect(NearestWord.of("forward_speed", among: terms) == "forward_velocity")
    #expect(NearestWord.of("velocity", among: terms) == nil, "two terms share the word")
    #expect(NearestWord.of("zebra", among: ["kp", "kd", "coast_ms"]) == nil)
    #expect(NearestWord.of(String(repeating: "x", count: 10_000), among: ["kp"]) == nil)
  }

  @Test(
    "numbers are decimal and finite",
    arguments: [
      ("1", 1.0), ("-2.5e-1", -0.25), ("+3", 3), ("0x10", nil), ("inf", nil), ("nan", nil), ("1e999", nil),
      ("1_000", nil), ("", nil), ("e", nil), ("1 m", nil),
    ] as [(String, Double?)])
  func numbers(text: String, expected: Double?) {
    #expect(YAMLNode.number(text) == expected)
  }

  @Test("frame sizes follow the specification: header, payload, CRC, stuffing, delimiters")
  func frames() throws {
    let budget = BusBudget(try RobotProfile.load(yaml: ProfileFixture.quadruped))
    // SENSOR_QUAD: 8 + 52 + 4·8 + 4·2 + 4 = 104, stuffed 105, delimited 107. COMMAND: 8 + 10 + 4·10 + 4 = 62 → 65.
    #expect(budget.sensor.bytes == 107)
    #expect(budget.command.bytes == 65)
    #expect(budget.sensor.bitsPerSecond == 535_000)
    #expect(budget.sensor.percent == 54)
    #expect(budget.highestRateHertz == 500)
    // The largest message of the specification: 512 bytes decoded, 515 stuffed, 517 delimited.
    #expect(BusBudget.encoded(payloadBytes: 500) == 517)
  }

  @Test("a chain's tip turns with its joints")
  func tip() throws {
    let profile = try RobotProfile.load(yaml: ProfileFixture.arm)
    let arm = try #require(profile.kinematics.arm)
    let straight = arm.tip(anglesRadians: [0, 0, 0])
    #expect(abs(straight.x - 0.4) < 1e-12 && abs(straight.y) < 1e-12 && abs(straight.z - 0.1) < 1e-12)
    let bent = arm.tip(anglesRadians: [.pi / 2, -.pi / 2, 0])
    #expect(abs(bent.x - 0.2) < 1e-12 && abs(bent.y - 0.2) < 1e-12)
  }

  @Test("the reach search finds what lies inside the annulus of a planar arm, and nothing outside")
  func reach() throws {
    let profile = try RobotProfile.load(yaml: ProfileFixture.arm)
    let arm = try #require(profile.kinematics.arm)
    let search = ReachSearch(profile: profile, chain: arm)
    func cover(_ low: SIMD3<Double>, _ high: SIMD3<Double>) -> ReachSearch.Cover {
      let goal = RobotProfile.Goal(
        boxMinimumMeters: low, boxMaximumMeters: high, toleranceMeters: 0.02, holdSeconds: 0.5)
      return search.cover(goal, perAxis: 4)
    }
    let inside = cover(SIMD3(0.05, -0.25, 0.1), SIMD3(0.28, 0.25, 0.1))
    #expect(inside.reached == inside.tried && inside.tried == 64)
    let beyond = cover(SIMD3(0.41, 0, 0.1), SIMD3(0.5, 0, 0.1))
    #expect(beyond.reached == 0)
    #expect(abs(beyond.worstMissMeters - 0.1) < 0.02)
  }

  @Test("the report names findings, budgets, hashes and every value")
  func report() throws {
    let yaml = ProfileFixture.patched(ProfileFixture.quadruped, "baud: 1000000", "baud: 500000")
    let profile = try RobotProfile.load(yaml: yaml, file: "p.yaml")
    let text = ProfileReport.text(profile, findings: ProfileCheck.findings(of: profile))
    #expect(text.hasPrefix("p.yaml:3:47: error: link.baud: sensor frames of 107 bytes at 500 Hz need 535000 of"))
    #expect(text.contains("\np.yaml: toy, quadruped of 4 joints: 1 error, 0 warnings\n"))
    #expect(text.contains("\n  sensor frames: 107 bytes a frame, 535000 bit/s, 107 % of the line\n"))
    #expect(text.contains("\n  policy input: 36 numbers\n"))
    #expect(text.contains("  reward: \(hexadecimal(profile.hashes.reward))\n"))
    #expect(text.hasSuffix(profile.annotatedText))
    #expect(hexadecimal(0xAB) == "00000000000000ab")
  }

  @Test("the learner's cost is near the published table: 2.13 GFLOP a step for 112 inputs, 8 outputs, 4 updates")
  func cost() throws {
    let yaml = try ProfileFixture.shipped("quad8-sim")
    let budget = LearnerBudget(try RobotProfile.load(yaml: yaml))
    // 88 inputs instead of 112: the first layers shrink.
    #expect(budget.operationsPerStep > 1.6e9 && budget.operationsPerStep < 2.2e9)
    #expect(budget.inputCount == 88)
    #expect(budget.actorParameters == 88 * 256 + 256 + 256 * 256 + 256 + 256 * 16 + 16)
  }
}

import LimbTestSupport
import Testing

@testable import LimbProfile

@Suite struct CanonicalTests {
  static let texts = [ProfileFixture.quadruped, ProfileFixture.arm]

  @Test("the canonical text loads to an equal profile with the same hashes", arguments: texts)
  func roundTrip(yaml: String) throws {
    let profile = try RobotProfile.load(yaml: yaml)
    let again = try RobotProfile.load(yaml: profile.canonicalText)
    #expect(again == profile)
    #expect(again.hashes == profile.hashes)
    #expect(try RobotProfile.load(yaml: profile.annotatedText) == profile)
  }

  @Test("every shipped profile, and one in leg coordinates, loads again from its canonical text", arguments: [
    ("quad8-sim", "", ""), ("quad12-sim", "", ""), ("arm6-sim", "", ""), ("template-real", "", ""),
    ("quad8-sim", "kind: swing_extension", "kind: joint_offset"),
  ])
  func shipped(_ name: String, _ old: String, _ new: String) throws {
    var text = try Repository.text("configs/\(name).yaml")
    if !old.isEmpty {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let profile = try RobotProfile.load(yaml: text)
    #expect(try RobotProfile.load(yaml: profile.canonicalText) == profile)
    #expect(try RobotProfile.load(yaml: profile.annotatedText) == profile)
  }

  @Test("order of keys, comments and spelled-out defaults change no hash")
  func insensitive() throws {
    let profile = try RobotProfile.load(yaml: ProfileFixture.quadruped)
    var yaml = ProfileFixture.patched(ProfileFixture.quadruped, "coast_ms: 60,", "")
    yaml = ProfileFixture.patched(yaml, "policy_every: 25,", "pacing: device, policy_every: 25.0, # why not\n ")
    #expect(try RobotProfile.load(yaml: yaml).hashes == profile.hashes)
  }

  @Test("each part's hash follows its part alone")
  func parts() throws {
    func hashes(_ old: String, _ new: String) throws -> RobotProfile.Hashes {
      try RobotProfile.load(yaml: ProfileFixture.patched(ProfileFixture.quadruped, old, new)).hashes
    }
    let plain = try RobotProfile.load(yaml: ProfileFixture.quadruped).hashes
    let port = try hashes("baud: 1000000", "baud: 2000000")
    #expect(port.whole != plain.whole)
    #expect(port.dynamics == plain.dynamics && port.action == plain.action && port.reward == plain.reward)
    let weight = try hashes("weight: 1,", "weight: 2,")
    #expect(weight.reward != plain.reward)
    #expect(weight.dynamics == plain.dynamics && weight.observation == plain.observation)
    let history = try hashes("history: 2", "history: 3")
    #expect(history.observation != plain.observation)
    #expect(history.action == plain.action && history.reward == plain.reward)
    let gain = try hashes("kp: 20", "kp: 21")
    #expect(gain.dynamics != plain.dynamics && gain.reward == plain.reward)
    #expect(gain.action == plain.action && gain.observation == plain.observation)
    let filter = try hashes("low_pass_hz: 5", "low_pass_hz: 6")
    #expect(filter.dynamics != plain.dynamics && filter.action == plain.action)
    let stance = try hashes("nominal_rad: 0", "nominal_rad: 0.1")
    #expect(stance.action != plain.action && stance.observation != plain.observation)
    let scale = try hashes("scale_rad: 0.3", "scale_rad: 0.4")
    #expect(scale.action != plain.action)
  }

  @Test("the goal's tolerance is part of the reward, its box is not")
  func goal() throws {
    let plain = try RobotProfile.load(yaml: ProfileFixture.arm).hashes.reward
    let near = ProfileFixture.patched(ProfileFixture.arm, "goal: {", "goal: {tolerance_m: 0.01, ")
    #expect(try RobotProfile.load(yaml: near).hashes.reward != plain)
    let elsewhere = ProfileFixture.patched(ProfileFixture.arm, "box_min_m: [0.2,", "box_min_m: [0.25,")
    #expect(try RobotProfile.load(yaml: elsewhere).hashes.reward == plain)
  }

  @Test("FNV-1a gives its published answers")
  func knownHashes() {
    #expect(StableHash.of("") == 0xCBF2_9CE4_8422_2325)
    #expect(StableHash.of("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(StableHash.of("foobar") == 0x8594_4171_F739_67E8)
  }

  @Test("defaults and absent keys are visible in the annotated text")
  func annotated() throws {
    let text = try RobotProfile.load(yaml: ProfileFixture.arm).annotatedText
    #expect(text.contains("  coast_ms: 60  # default\n"))
    #expect(text.contains("# tilt_limit_deg: no imu\n"))
    #expect(text.contains("    kp: 60\n"))
  }

  @Test("text that YAML would read as something else is quoted", arguments: ["on", "12", "-a", "null", "a b"])
  func quoting(text: String) throws {
    #expect(CanonicalMap.spell(text: text).hasPrefix("\""))
  }
}

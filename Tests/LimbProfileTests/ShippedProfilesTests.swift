import LimbTestSupport
import Testing

@testable import LimbProfile

extension ProfileFixture {
  static let shippedNames = ["quad8-sim", "quad12-sim", "arm6-sim", "template-real"]

  static func shippedPath(_ name: String) -> String { Repository.path("configs/\(name).yaml") }

  static func shipped(_ name: String) throws -> String { try Repository.text("configs/\(name).yaml") }

  static func documentation() throws -> String { try Repository.text("docs/profile.md") }
}

@Suite struct ShippedProfilesTests {
  @Test("a shipped profile loads without a single finding", arguments: ProfileFixture.shippedNames)
  func loads(name: String) throws {
    let profile = try RobotProfile.load(path: ProfileFixture.shippedPath(name))
    #expect(ProfileCheck.findings(of: profile).map(\.description) == [])
    #expect(try RobotProfile.load(yaml: profile.canonicalText) == profile)
  }

  @Test("what swing and extension together ask of a hip is held against the slew limit")
  func legSlew() throws {
    let text = ProfileFixture.patched(try ProfileFixture.shipped("quad8-sim"), "low_pass_hz: 2.5", "low_pass_hz: 5")
    let found = ProfileCheck.findings(of: try RobotProfile.load(yaml: text, file: "quad8")).map(\.description)
    // 1.2 rad of swing and, with thighs of 0.1 m, shanks of 0.2 m and knees at 0.8144 rad, 0.694 times as much of extension.
    #expect(found.count == 1 && found[0].contains("18 rad/s is below the 29.115 rad/s that 2.032 rad through"), "\(found)")
  }

  @Test("every key that a profile can have is explained in docs/profile.md", arguments: ProfileFixture.shippedNames)
  func documented(name: String) throws {
    let profile = try RobotProfile.load(path: ProfileFixture.shippedPath(name))
    let documentation = try ProfileFixture.documentation()
    var missing: Set<String> = []
    for line in profile.annotatedText.split(separator: "\n") {
      let text = line.drop { $0 == " " || $0 == "-" || $0 == "#" }
      let key = text.prefix { $0 != ":" }
      if !documentation.contains("`\(key)`") { missing.insert(String(key)) }
    }
    #expect(missing == [])
  }

  @Test("every choice is explained in docs/profile.md")
  func choices() throws {
    let documentation = try ProfileFixture.documentation()
    func missing<Choice: ProfileChoice>(_: Choice.Type) -> [String] {
      Choice.allCases.map(\.rawValue).filter { !documentation.contains("`\($0)`") }
    }
    let all =
      missing(RobotKind.self) + missing(Sensor.self) + missing(JointKind.self) + missing(LinkDriver.self)
      + missing(RealtimeRefusal.self) + missing(VelocitySource.self) + missing(Pacing.self) + missing(StopAction.self)
      + missing(ShutdownAction.self) + missing(BodySide.self) + missing(ObservationTermKind.self)
      + missing(RewardTermKind.self) + missing(RewardCombination.self) + missing(RewardShape.self)
      + missing(SelfInflictedTrip.self) + missing(ActionKind.self) + missing(ResetKind.self)
      + missing(ResetConfirm.self) + missing(LearningAlgorithm.self) + missing(ActorLoss.self)
    #expect(all == [])
  }
}

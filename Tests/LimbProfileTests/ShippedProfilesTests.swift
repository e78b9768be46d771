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

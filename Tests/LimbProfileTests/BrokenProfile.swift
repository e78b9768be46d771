import Testing

@testable import LimbProfile

/// A fixture with one thing changed, and everything that is then said about it.
struct BrokenProfile: Sendable, CustomTestStringConvertible {
  enum Base: Sendable { case quadruped, arm }

  let base: Base
  let old: String
  let new: String
  /// One message a line.
  let expected: String

  init(_ base: Base, _ old: String, _ new: String, _ expected: String) {
    (self.base, self.old, self.new, self.expected) = (base, old, new, expected)
  }

  var yaml: String {
    ProfileFixture.patched(base == .arm ? ProfileFixture.arm : ProfileFixture.quadruped, old, new)
  }

  var testDescription: String { "\(old) → \(new.prefix(60))" }
}

@Suite struct BrokenProfiles {
  @Test(
    "a broken profile is refused with exactly these messages",
    arguments: BrokenProfile.brokenForm + BrokenProfile.brokenBody + BrokenProfile.brokenControl
      + BrokenProfile.brokenTask)
  func refused(profile: BrokenProfile) {
    #expect(ProfileFixture.messages(profile.yaml).joined(separator: "\n") == profile.expected)
  }

  @Test(
    "a questionable profile loads, with exactly these findings",
    arguments: BrokenProfile.questionable1 + BrokenProfile.questionable2)
  func questioned(profile: BrokenProfile) throws {
    #expect(try ProfileFixture.findings(profile.yaml).joined(separator: "\n") == profile.expected)
  }

  @Test("the fixtures themselves are sound", arguments: [ProfileFixture.quadruped, ProfileFixture.arm])
  func sound(yaml: String) throws {
    #expect(try ProfileFixture.findings(yaml) == [])
  }
}

import LimbTestSupport
import Testing

@testable import LimbProfile

@Suite struct ProfileFuzzTests {
  static let tokens = [
    "\t", "{", "}", "[", "]", ": ", ", ", "- ", "&a ", "*a", "!!str ", "\"", "'", "|\n", ">\n", "#", "\n", "---\n",
    "...\n", "~", "null", "true", "1e308", "-1e308", "1e-320", "99999999999999999999", "0", "-0", ".inf", "<<: ", "? ",
    "%YAML 1.1\n", "\u{FEFF}", "é", "\u{0}", "\r",
  ]

  @Test("mutated profiles lead to a profile or to messages, never to a crash", arguments: 0..<8)
  func mutations(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let base = Array((seed % 2 == 0 ? ProfileFixture.quadruped : ProfileFixture.arm).utf8)
    var loaded = 0
    var refused = 0
    for _ in 0..<150 {
      var bytes = base
      for _ in 0...Int.random(in: 0...3, using: &random) { mutate(&bytes, &random) }
      switch outcome(bytes) {
      case .success(let profile):
        loaded += 1
        #expect(ProfileFixture.messages(profile.canonicalText) == [])
        if profile.robot.kind == .quadruped { _ = ProfileCheck.findings(of: profile) }
      case .failure(.invalid(let problems)):
        refused += 1
        #expect(!problems.isEmpty)
        #expect(problems.allSatisfy { $0.location.line >= 1 && $0.location.column >= 1 })
        #expect(problems.allSatisfy { !$0.description.contains("\n") })
      case .failure: refused += 1
      }
    }
    #expect(loaded > 5 && refused > 50)
  }

  @Test("every prefix of a profile leads to messages")
  func truncations() {
    let bytes = Array(ProfileFixture.quadruped.utf8)
    for count in stride(from: 0, to: bytes.count - 200, by: 23) {
      #expect(throws: ProfileError.self) { try RobotProfile.load(bytes: Array(bytes.prefix(count)), file: "p.yaml") }
    }
  }

  private func outcome(_ bytes: [UInt8]) -> Result<RobotProfile, ProfileError> {
    Result { () throws(ProfileError) in try RobotProfile.load(bytes: bytes, file: "p.yaml") }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    let place = Int.random(in: 0..<max(bytes.count, 1), using: &random)
    guard place < bytes.count else { return }
    let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
    switch Int.random(in: 0..<10, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(contentsOf: (Self.tokens.randomElement(using: &random) ?? "").utf8, at: place)
    default: changeDigit(&bytes, from: place, &random)
    }
  }

  /// Numbers are where a profile can be wrong and still load.
  private func changeDigit(_ bytes: inout [UInt8], from place: Int, _ random: inout SplitMix64) {
    guard let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
    bytes[digit] = UInt8.random(in: 0x30...0x39, using: &random)
  }
}

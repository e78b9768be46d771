import Testing

@testable import LimbProfile

/// The shipped profiles, found beside the sources.
enum Shipped {
  static let folder = String(#filePath.split(separator: "/").dropLast(3).joined(separator: "/"))
  static let names = ["quad8-sim", "quad12-sim", "arm6-sim"]
  static func path(_ name: String) -> String { "/\(folder)/configs/\(name).yaml" }
}

@Suite struct ShippedProfiles {
  @Test("a shipped profile loads", arguments: Shipped.names)
  func loads(name: String) throws {
    let profile = try RobotProfile.load(path: Shipped.path(name))
    let again = try RobotProfile.load(yaml: profile.canonicalText)
    #expect(again.canonicalText == profile.canonicalText)
  }
}

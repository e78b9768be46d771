/// What a learner needs that is fed by somebody else's environment: `learning:` and `replay:`.
///
/// A whole profile will do, of which the rest is not looked at again; or a file of `limbd: 1`, `learning:` and, if wanted,
/// `replay:` alone (docs/profile.md).
package struct LearnerProfile: Sendable, Equatable {
  /// The learner.
  package let learning: RobotProfile.Learning
  /// How much is remembered.
  package let replay: RobotProfile.Replay
  /// Whether the file describes a robot too.
  package let hasRobot: Bool

  /// Loads it from a file; every mistake is named with its place.
  package static func load(path: String) throws(ProfileError) -> LearnerProfile {
    try load(bytes: try RobotProfile.read(path), file: path)
  }

  /// Loads it from text already in memory. `file` is the name that messages carry.
  package static func load(yaml: String, file: String = "learner.yaml") throws(ProfileError) -> LearnerProfile {
    try load(bytes: Array(yaml.utf8), file: file)
  }

  private static func load(bytes: [UInt8], file: String) throws(ProfileError) -> LearnerProfile {
    let (root, problems) = try YAMLDocument.parse(bytes, file: file)
    let loader = ProfileLoader(log: ProfileLog(file: file, problems: problems))
    if case .mapping(let entries) = root.content, !entries.contains(where: { $0.key == "robot" }) {
      return try loader.loadLearner(entries)
    }
    let profile = try loader.load(root)
    return LearnerProfile(learning: profile.learning, replay: profile.replay, hasRobot: true)
  }
}

extension ProfileLoader {
  /// A file without a robot.
  func loadLearner(_ entries: [YAMLEntry]) throws(ProfileError) -> LearnerProfile {
    let root = ProfileSection(
      log: log, path: "", location: ProfileLocation(line: 1, column: 1), canonical: CanonicalMap(), entries: entries)
    readVersion(root)
    let learner = LearnerProfile(
      learning: learning(root.section("learning")), replay: replay(root.defaultedSection("replay")), hasRobot: false)
    root.finish()
    guard log.problems.isEmpty else { throw .invalid(sorted(log.problems)) }
    return learner
  }
}

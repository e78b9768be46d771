internal import FoundationEssentials
package import LimbTypes

/// What every part of a session log says first, as JSON: who ran, with what, and how its step records are laid out.
package struct SessionHeader: Sendable, Equatable, Codable {
  static let formatName = "limbd session log"
  package static let version = 1

  package var format = formatName
  package var formatVersion = version
  package var runCounter: UInt64
  /// 0 for the first part of a run.
  package var part: Int = 0
  /// 16 hexadecimal digits.
  package var session: String
  package var bootID: String
  package var startedAt: String
  package var buildID: String
  package var seed: UInt64
  package var isLockstep: Bool
  package var robotUUID: String
  /// The profile as canonical text, and its hashes, 16 hexadecimal digits each.
  package var profile: String
  package var profileHash: String
  package var observationHash: String
  package var actionHash: String
  package var dynamicsHash: String
  package var rewardHash: String
  /// Widths of the step records (`StepRecordLayout`).
  package var joints: Int
  package var actions: Int
  package var feet: Int
  package var observationWidth: Int

  enum CodingKeys: String, CodingKey {
    case format
    case formatVersion = "format_version"
    case runCounter = "run_counter"
    case part, session
    case bootID = "boot_id"
    case startedAt = "started_at"
    case buildID = "build_id"
    case seed
    case isLockstep = "lockstep"
    case robotUUID = "robot_uuid"
    case profile
    case profileHash = "profile_hash"
    case observationHash = "observation_hash"
    case actionHash = "action_hash"
    case dynamicsHash = "dynamics_hash"
    case rewardHash = "reward_hash"
    case joints, actions, feet
    case observationWidth = "observation_width"
  }

}

extension SessionHeader {
  /// The layout of the step records in the log, nil if its widths are out of range.
  package var layout: StepRecordLayout? {
    StepRecordLayout(
      jointCount: joints, actionCount: actions, footCount: feet, observationFrameWidth: observationWidth)
  }

  /// Equal headers give equal bytes: keys are sorted.
  func encoded() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(self) else { preconditionFailure("strings and integers are always JSON") }
    return Array(text)
  }

  init?(json: [UInt8]) {
    guard let header = try? JSONDecoder().decode(SessionHeader.self, from: Data(json)),
      header.format == Self.formatName
    else { return nil }
    self = header
  }
}

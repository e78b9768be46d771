internal import FoundationEssentials
package import LimbTypes

/// What every part of a session log says first, as JSON: who ran, with what, and how its step records are laid out.
package struct SessionHeader: Sendable, Equatable, Codable {
  static let formatName = "limbd session log"
  /// The version that this build writes, and the newest that it reads.
  package static let version = 1

  /// `formatName`; anything else is not a session log.
  package var format = formatName
  /// Version of the entries.
  package var formatVersion = version
  /// Runs of the state directory, this one included: what orders sessions, since robots have no clock battery.
  package var runCounter: UInt64
  /// 0 for the first part of a run.
  package var part: Int = 0
  /// 16 hexadecimal digits.
  package var session: String
  /// The boot of the computer.
  package var bootID: String
  /// Wall-clock time at the start, ISO 8601, for people; 1970-01-01T00:00:00Z in lockstep.
  package var startedAt: String
  /// The build that ran.
  package var buildID: String
  /// Seed of the run.
  package var seed: UInt64
  /// True if device time ran in lockstep.
  package var isLockstep: Bool
  /// The device, 32 hexadecimal digits; empty if it was not known.
  package var robotUUID: String
  /// The profile as canonical text.
  package var profile: String
  /// Of the whole profile, 16 hexadecimal digits, like the next four.
  package var profileHash: String
  /// Of what an observation frame consists of.
  package var observationHash: String
  /// Of how actions become targets.
  package var actionHash: String
  /// Of gains, limits and filter.
  package var dynamicsHash: String
  /// Of the reward.
  package var rewardHash: String
  /// Joints of the robot. This and the next three are the widths of the step records (`StepRecordLayout`).
  package var joints: Int
  /// Action dimensions.
  package var actions: Int
  /// Feet of the robot.
  package var feet: Int
  /// Numbers in one observation frame.
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
  package func encoded() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(self) else { preconditionFailure("strings and integers are always JSON") }
    return Array(text)
  }

  /// Read back; nil for anything else.
  package init?(json: [UInt8]) {
    guard let header = try? JSONDecoder().decode(SessionHeader.self, from: Data(json)),
      header.format == Self.formatName
    else { return nil }
    self = header
  }
}

internal import FoundationEssentials
internal import LimbLink
package import LimbTypes

/// The first `SegmentHeader.bytes` bytes of a segment file: eight bytes of magic, u32 length and u32 CRC-32C of a JSON
/// text, and the text, padded with zeros (`docs/replay-layout.md`). It says everything that a reader needs.
package struct SegmentHeader: Sendable, Equatable, Codable {
  /// Fixed size, so that records stand at multiples of 8 and of a page from the start of the file.
  package static let bytes = 8192
  /// Where the JSON text begins.
  static let textOffset = 16
  /// "LIMBSEG" and a zero.
  static let magic: [UInt8] = [0x4C, 0x49, 0x4D, 0x42, 0x53, 0x45, 0x47, 0x00]
  static let formatName = "limbd replay segment"

  /// A column as JSON; see `StepRecordLayout.Column`.
  package struct Column: Sendable, Equatable, Codable {
    /// Key of the column, as numpy sees it.
    package var name: String
    /// numpy's type, little-endian: `<f4`, `<u8`.
    package var dtype: String
    /// Numbers in it; 1 for a scalar.
    package var count: Int
    /// Byte offset in the record.
    package var offset: Int
    /// Unit of the numbers, empty where there is none.
    package var unit: String
    /// What it speaks of: `envelope`, `key`, `observation`, `outcome` or `choice` (`StepRecordLayout.Half`).
    package var half: String
  }

  /// `formatName`; anything else is not a segment.
  package var format: String
  /// Version of the record layout; a reader refuses a newer one.
  package var formatVersion: Int
  /// Where the first record stands.
  package var headerBytes: Int
  /// From one record to the next.
  package var recordBytes: Int
  /// Records that the file has room for.
  package var capacityRecords: Int
  /// Number of the segment in its store, as in the file's name.
  package var segment: UInt64
  /// Records that the store had written before this segment.
  package var recordsBefore: UInt64
  /// Records of kind `step` among them.
  package var stepsBefore: UInt64
  /// Runs of the state directory, this one included.
  package var runCounter: UInt64
  /// The boot of the computer that wrote it.
  package var bootID: String
  /// 64-bit numbers without a meaning as a quantity are 16 hexadecimal digits.
  package var session: String
  /// The device, 32 hexadecimal digits; empty if it was not known.
  package var robotUUID: String
  /// `robot.name` of the profile.
  package var profile: String
  /// Of the whole profile, 16 hexadecimal digits, like the next four.
  package var profileHash: String
  /// Of what an observation frame consists of.
  package var observationHash: String
  /// Of how actions become targets.
  package var actionHash: String
  /// Of gains, limits and filter.
  package var dynamicsHash: String
  /// Of the reward, for information: rewards are computed anew from signals.
  package var rewardHash: String
  /// Joints of the robot.
  package var joints: Int
  /// Action dimensions.
  package var actions: Int
  /// Feet of the robot.
  package var feet: Int
  /// Numbers in one observation frame.
  package var observationWidth: Int
  /// Every column of a record, in the order of their bytes.
  package var columns: [Column]

  enum CodingKeys: String, CodingKey {
    case format
    case formatVersion = "format_version"
    case headerBytes = "header_bytes"
    case recordBytes = "record_bytes"
    case capacityRecords = "capacity_records"
    case segment
    case recordsBefore = "records_before"
    case stepsBefore = "steps_before"
    case runCounter = "run_counter"
    case bootID = "boot_id"
    case session
    case robotUUID = "robot_uuid"
    case profile
    case profileHash = "profile_hash"
    case observationHash = "observation_hash"
    case actionHash = "action_hash"
    case dynamicsHash = "dynamics_hash"
    case rewardHash = "reward_hash"
    case joints, actions, feet
    case observationWidth = "observation_width"
    case columns
  }

  init(
    layout: StepRecordLayout, identity: ReplayIdentity, capacityRecords: Int, segment: UInt64, recordsBefore: UInt64,
    stepsBefore: UInt64
  ) {
    format = Self.formatName
    formatVersion = StepRecordLayout.formatVersion
    headerBytes = Self.bytes
    recordBytes = layout.stride
    self.capacityRecords = capacityRecords
    self.segment = segment
    self.recordsBefore = recordsBefore
    self.stepsBefore = stepsBefore
    runCounter = identity.runCounter
    bootID = identity.bootID
    session = hexadecimal(identity.session)
    robotUUID = identity.robotUUID
    profile = identity.profileName
    profileHash = hexadecimal(identity.profileHash)
    observationHash = hexadecimal(identity.observationHash)
    actionHash = hexadecimal(identity.actionHash)
    dynamicsHash = hexadecimal(identity.dynamicsHash)
    rewardHash = hexadecimal(identity.rewardHash)
    joints = layout.jointCount
    actions = layout.actionCount
    feet = layout.footCount
    observationWidth = layout.observationFrameWidth
    columns = layout.columns.map {
      Column(
        name: $0.name, dtype: $0.dtype, count: $0.count, offset: $0.offset, unit: $0.unit, half: $0.half.rawValue)
    }
  }

  /// The layout that the widths give, nil if they or the columns are not this build's.
  package var layout: StepRecordLayout? {
    let layout = StepRecordLayout(
      jointCount: joints, actionCount: actions, footCount: feet, observationFrameWidth: observationWidth)
    return layout?.stride == recordBytes ? layout : nil
  }

  /// The header as the `bytes` bytes of a file. Keys are sorted, so equal headers have equal bytes.
  func encoded(_ crc: borrowing CRC32C) throws(ReplayError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(self) else { throw .headerTooLarge(bytes: 0, limit: Self.bytes) }
    let room = Self.bytes - Self.textOffset
    if text.count > room { throw .headerTooLarge(bytes: text.count, limit: room) }
    var block = [UInt8](repeating: 0, count: Self.bytes)
    block.replaceSubrange(0..<8, with: Self.magic)
    block.replaceSubrange(Self.textOffset..<Self.textOffset + text.count, with: text)
    unsafe block.withUnsafeMutableBufferPointer { buffer in
      let start = buffer.baseAddress!
      unsafe LittleEndian.write32(UInt32(text.count), to: start + 8)
      unsafe LittleEndian.write32(crc.checksum(start + Self.textOffset, count: text.count), to: start + 12)
    }
    return block
  }

  /// Reads a header back, nil if a byte of it is wrong.
  init?(_ block: [UInt8], _ crc: borrowing CRC32C) {
    guard block.count == Self.bytes, Array(block[0..<8]) == Self.magic else { return nil }
    var text: [UInt8] = []
    let isWhole = unsafe block.withUnsafeBufferPointer { buffer in
      let start = buffer.baseAddress!
      let count = unsafe Int(LittleEndian.read32(start + 8))
      guard count <= Self.bytes - Self.textOffset else { return false }
      text = unsafe Array(UnsafeBufferPointer(start: start + Self.textOffset, count: count))
      return unsafe crc.checksum(start + Self.textOffset, count: count) == LittleEndian.read32(start + 12)
    }
    guard isWhole, let header = try? JSONDecoder().decode(SegmentHeader.self, from: Data(text)),
      header.format == Self.formatName, header.headerBytes == Self.bytes, header.recordBytes > 0,
      header.capacityRecords > 0
    else { return nil }
    self = header
  }
}

/// The file of the simulator's truth (`limbd-sim --truth`): written for scoring, never read while a robot is driven.
///
/// Little-endian. A header of `headerBytes`, then records of `recordBytes`, one a sensor frame, until the end of the
/// file; a torn last record is to be ignored. The header: magic `LIMBTRTH`, u32 version, u32 header bytes, u32 record
/// bytes, u32 joint count, u32 sensor frames per second, f32 standing height of the trunk in metres, u64 seed, then
/// zero-terminated UTF-8 text that names every field with its type and offset, as numpy would (`names`), zero-filled.
///
/// Record, byte offsets: 0 tick u64 · 8 device time µs u64 · 16 episode u32 · 20 flags u32 (bit 0 trunk touches the
/// ground, bit 1 a person holds the robot) · 24 foot contacts u32 (bit = foot) · 28 position 3×f32 (trunk, m, world) ·
/// 40 velocity 3×f32 (m/s, world) · 52 orientation 4×f32 (w x y z) · 68 angular velocity 3×f32 (rad/s, body) ·
/// 80 hand 3×f32 (m, base frame) · 92 joint angles 18×f32 (rad, profile order).
package enum TruthLayout {
  /// The file's first eight bytes.
  package static let magic: [UInt8] = Array("LIMBTRTH".utf8)
  /// Version of header and record; a reader refuses another.
  package static let version: UInt32 = 1
  /// Length of the header: where the first record stands.
  package static let headerBytes = 1024
  /// Length of a record, for any robot.
  package static let recordBytes = 164

  /// The field list that every file carries.
  package static let names =
    "tick:<u8@0 device_time_us:<u8@8 episode:<u4@16 flags:<u4@20 contacts:<u4@24 position:3<f4@28 velocity:3<f4@40 "
    + "orientation_wxyz:4<f4@52 angular_velocity:3<f4@68 hand:3<f4@80 joint_position:18<f4@92"

  /// What the header says besides the layout.
  package struct Header: Equatable, Sendable {
    /// Joints in use of each record's 18.
    package var jointCount: UInt32
    /// Sensor frames, and so records, a second of device time.
    package var framesPerSecond: UInt32
    /// Height of the trunk over the floor in the stance.
    package var standingHeightMeters: Float
    /// Seed of the simulation.
    package var seed: UInt64

    /// What a header says of one run.
    package init(jointCount: UInt32, framesPerSecond: UInt32, standingHeightMeters: Float, seed: UInt64) {
      self.jointCount = jointCount
      self.framesPerSecond = framesPerSecond
      self.standingHeightMeters = standingHeightMeters
      self.seed = seed
    }
  }

  /// The header's `headerBytes` bytes.
  package static func encode(_ header: Header) -> [UInt8] {
    var bytes = magic
    append(version, to: &bytes)
    append(UInt32(headerBytes), to: &bytes)
    append(UInt32(recordBytes), to: &bytes)
    append(header.jointCount, to: &bytes)
    append(header.framesPerSecond, to: &bytes)
    append(header.standingHeightMeters.bitPattern, to: &bytes)
    append(header.seed, to: &bytes)
    bytes += Array(names.utf8)
    bytes += [UInt8](repeating: 0, count: headerBytes - bytes.count)
    return bytes
  }

  /// The header of a file, or nil if these are not the first bytes of a truth file of this version and layout.
  package static func decodeHeader(_ bytes: [UInt8]) -> Header? {
    guard bytes.count >= headerBytes, Array(bytes[..<8]) == magic, integer(UInt32.self, bytes, 8) == version,
      integer(UInt32.self, bytes, 12) == UInt32(headerBytes), integer(UInt32.self, bytes, 16) == UInt32(recordBytes)
    else { return nil }
    return Header(
      jointCount: integer(UInt32.self, bytes, 20), framesPerSecond: integer(UInt32.self, bytes, 24),
      standingHeightMeters: Float(bitPattern: integer(UInt32.self, bytes, 28)), seed: integer(UInt64.self, bytes, 32))
  }

  /// Appends one record's `recordBytes` bytes.
  package static func encode(_ record: TruthRecord, to bytes: inout [UInt8]) {
    append(record.tick, to: &bytes)
    append(record.deviceTimeMicroseconds, to: &bytes)
    append(record.episode, to: &bytes)
    append(record.flags, to: &bytes)
    append(record.contacts, to: &bytes)
    for vector in [record.basePositionMeters, record.baseVelocityMetersPerSecond] { append(vector, to: &bytes) }
    let q = record.orientation
    for value in [q.w, q.x, q.y, q.z] { append(value.bitPattern, to: &bytes) }
    for vector in [record.angularVelocityRadiansPerSecond, record.handPositionMeters] { append(vector, to: &bytes) }
    for joint in 0..<jointCapacity { append(record.jointPositionRadians[joint].bitPattern, to: &bytes) }
  }

  /// The record that begins at `offset`; traps if fewer than `recordBytes` bytes are there.
  package static func decodeRecord(_ bytes: [UInt8], at offset: Int) -> TruthRecord {
    var record = TruthRecord()
    record.tick = integer(UInt64.self, bytes, offset)
    record.deviceTimeMicroseconds = integer(UInt64.self, bytes, offset + 8)
    record.episode = integer(UInt32.self, bytes, offset + 16)
    record.flags = integer(UInt32.self, bytes, offset + 20)
    record.contacts = integer(UInt32.self, bytes, offset + 24)
    record.basePositionMeters = vector(bytes, offset + 28)
    record.baseVelocityMetersPerSecond = vector(bytes, offset + 40)
    record.orientation = Quaternion(
      w: float(bytes, offset + 52), x: float(bytes, offset + 56), y: float(bytes, offset + 60),
      z: float(bytes, offset + 64))
    record.angularVelocityRadiansPerSecond = vector(bytes, offset + 68)
    record.handPositionMeters = vector(bytes, offset + 80)
    for joint in 0..<jointCapacity { record.jointPositionRadians[joint] = float(bytes, offset + 92 + 4 * joint) }
    return record
  }

  private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: T.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  private static func append(_ vector: Vector3, to bytes: inout [UInt8]) {
    for lane in 0..<3 { append(vector[lane].bitPattern, to: &bytes) }
  }

  private static func integer<T: FixedWidthInteger>(_ type: T.Type, _ bytes: [UInt8], _ offset: Int) -> T {
    var value: T = 0
    for index in 0..<T.bitWidth / 8 { value |= T(truncatingIfNeeded: bytes[offset + index]) << (8 * index) }
    return value
  }

  private static func float(_ bytes: [UInt8], _ offset: Int) -> Float {
    Float(bitPattern: integer(UInt32.self, bytes, offset))
  }

  private static func vector(_ bytes: [UInt8], _ offset: Int) -> Vector3 {
    Vector3(float(bytes, offset), float(bytes, offset + 4), float(bytes, offset + 8))
  }
}

internal import Glibc
internal import LimbOperations
package import LimbProfile
internal import LimbSessions
internal import LimbTypes

/// Which robots a person has confirmed for a profile (promise S9): a line of JSON each in a file beside the profile,
/// `quad8.calibration` beside `quad8.yaml`. The newest line of a device counts.
package struct CalibrationRecord: Sendable, Equatable {
  /// How somebody came to confirm it.
  package enum Way: String, Sendable {
    /// Every look of `limbd calibrate` was passed.
    case guided
    /// A person said so, and limbd looked at nothing (`--accept`).
    case accepted
  }

  /// The device, 32 hexadecimal digits.
  package let uuid: String
  /// What was confirmed: `RobotProfile.calibrationHash`.
  package let hash: UInt64
  /// How.
  package let way: Way
  /// The computer's date then, for people.
  package let date: String

  /// A record of now.
  package init(uuid: String, profile: RobotProfile, way: Way, date: String = RunIdentity.systemDate()) {
    self.uuid = uuid
    hash = profile.calibrationHash
    self.way = way
    self.date = date
  }

  private init?(_ line: Substring) {
    guard let object = JSONReader(String(line)), let uuid = object["uuid"]?.string, let date = object["date"]?.string,
      let hash = object["confirms"]?.string.flatMap({ UInt64($0, radix: 16) }),
      let way = object["way"]?.string.flatMap(Way.init(rawValue:))
    else { return nil }
    self.uuid = uuid
    self.hash = hash
    self.way = way
    self.date = date
  }

  /// Where the records of a profile lie.
  package static func path(profile: String) -> String {
    (profile.hasSuffix(".yaml") ? String(profile.dropLast(5)) : profile) + ".calibration"
  }

  /// The newest record of a device; nil: there is none, or no such file. A line that cannot be read is none.
  package static func newest(uuid: String, profilePath: String) -> CalibrationRecord? {
    guard let text = read(path(profile: profilePath)) else { return nil }
    return text.split(separator: "\n").compactMap(CalibrationRecord.init).last { $0.uuid == uuid }
  }

  /// Adds this record; what stood there stays. Whole or not at all: one append, brought to the disk.
  package func append(profilePath: String) throws(DaemonError) {
    let path = Self.path(profile: profilePath)
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .state(path: path, call: "open", errno: errno) }
    defer { Glibc.close(file) }
    var object = JSONObject()
    object.set("uuid", uuid)
    object.set("confirms", String(hash, radix: 16))
    object.set("way", way.rawValue)
    object.set("date", date)
    let line = object.text + "\n"
    guard unsafe write(file, line, line.utf8.count) == line.utf8.count, fsync(file) == 0 else {
      throw .state(path: path, call: "write", errno: errno)
    }
  }

  /// Throws unless a record could be added now.
  static func requireWritable(profilePath: String) throws(DaemonError) {
    let path = path(profile: profilePath)
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let place = unsafe access(path, F_OK) == 0 ? path : folder
    guard unsafe access(place, W_OK) == 0 else { throw .state(path: place, call: "write to", errno: errno) }
  }

  private static func read(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { Glibc.close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = unsafe Glibc.read(file, &buffer, buffer.count), count > 0, bytes.count < 1 << 20 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

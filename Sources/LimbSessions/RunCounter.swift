internal import Glibc
internal import LimbTypes

/// Counts the runs of a state directory: files are ordered by this number and never by wall time, because robots have
/// no clock battery. Not for the control thread.
package enum RunCounter {
  /// The file in the state directory: one decimal number and a line feed.
  package static let fileName = "run-counter"

  /// The number of the last run, 0 before the first. Without the file (lost, or an older directory) the session logs
  /// are asked.
  package static func last(stateDirectory: String) throws(SessionError) -> UInt64 {
    let logged = SessionLog.parts(in: stateDirectory + "/sessions").last?.run ?? 0
    let path = stateDirectory + "/" + fileName
    guard unsafe access(path, F_OK) == 0 else { return logged }
    let descriptor = try SessionFile.open(path, O_RDONLY)
    defer { close(descriptor) }
    let bytes = try SessionFile.read(descriptor, count: 32, at: 0, path: path)
    guard let text = bytes.last == 10 ? bytes.dropLast() : nil,
      let number = UInt64(String(decoding: text, as: UTF8.self))
    else { throw .damagedCounter(path: path) }
    return max(number, logged)
  }

  /// Counts a new run and returns its number, 1 for the first. On disk before it returns.
  package static func next(stateDirectory: String) throws(SessionError) -> UInt64 {
    try SessionFile.makeDirectory(stateDirectory)
    let number = try last(stateDirectory: stateDirectory) + 1
    try SessionFile.replace(
      stateDirectory + "/" + fileName, with: Array("\(number)\n".utf8), in: stateDirectory)
    return number
  }
}

/// The numbers and words by which a run is known in every file that it writes.
package struct RunIdentity: Sendable, Equatable {
  /// From `RunCounter`.
  package let runCounter: UInt64
  /// The session part of the records' key, never 0.
  package let session: UInt64
  /// The boot that the run belongs to.
  package let bootID: String
  /// ISO 8601 in UTC, for people alone; nothing is ordered by it.
  package let startedAt: String

  /// A run in real time: the session is random, boot and date are the system's.
  package static func live(runCounter: UInt64) -> RunIdentity {
    var random = SystemRandomNumberGenerator()
    return RunIdentity(
      runCounter: runCounter, session: random.next() | 1, bootID: systemBootID(), startedAt: systemDate())
  }

  /// A run in lockstep: everything follows from seed and run counter, so that its files repeat byte for byte (L2).
  package static func lockstep(seed: UInt64, runCounter: UInt64) -> RunIdentity {
    let a = Philox.block(seed: seed, stream: .initialisation, counter: runCounter, lane: 0xFFFF_FFFF)
    let session = UInt64(a.x) << 32 | UInt64(a.y) | 1
    let hexadecimal = String(UInt64(a.z) << 32 | UInt64(a.w), radix: 16)
    return RunIdentity(
      runCounter: runCounter, session: session, bootID: "lockstep-" + hexadecimal, startedAt: "1970-01-01T00:00:00Z")
  }

  private static func systemBootID() -> String {
    let path = "/proc/sys/kernel/random/boot_id"
    guard let descriptor = try? SessionFile.open(path, O_RDONLY) else { return "unknown" }
    defer { close(descriptor) }
    let bytes = (try? SessionFile.read(descriptor, count: 64, at: 0, path: path)) ?? []
    return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// The computer's date, as ISO 8601 in UTC: for people, never for order. Any thread.
  package static func systemDate() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    guard unsafe gmtime_r(&now, &parts) != nil else { return "1970-01-01T00:00:00Z" }
    var text = [CChar](repeating: 0, count: 32)
    let count = unsafe strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

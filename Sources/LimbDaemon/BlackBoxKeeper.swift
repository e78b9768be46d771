internal import Glibc
internal import LimbControl
internal import LimbSessions
internal import LimbTypes

/// Puts what the black box holds into files: half a second after every stop that nobody asked for, and at the next start what a
/// crash left (promise S8). Belongs to the recorder's thread.
struct BlackBoxKeeper {
  /// How long after a stop its file is written, nanoseconds, so that it shows what the robot did then.
  static let nanosecondsAfter: Int64 = 500_000_000
  /// How long before it the file begins.
  static let nanosecondsBefore: Int64 = 2_000_000_000

  /// A stop whose file is still to be written.
  private struct Stop {
    let at: Instant
    let reason: TransitionReason
  }

  private let directory: String
  private let header: SessionHeader
  private let board: ControlBoard
  private var pending: Stop?
  /// What a full disk did not take; tried again every second.
  private var unwritten: (name: String, contents: BlackBox.Contents)?
  private var triedAt: Instant?
  /// The state that a missing frame interrupted.
  private var interrupted: SupervisorCode?
  private var files = 0
  /// Files of one run: a robot that stops over and over would push out those of the accident that began it.
  static let filesOfRun = 20

  init(stateDirectory: String, header: SessionHeader, board: ControlBoard) {
    directory = stateDirectory + "/blackbox"
    self.header = header
    self.board = board
  }

  /// Where the memory of a daemon with this state directory has its name: a folder that lies in memory, and a number that
  /// the same directory always has.
  static func path(stateDirectory: String) -> String? {
    guard let whole = unsafe realpath(stateDirectory, nil) else { return nil }
    defer { unsafe free(whole) }
    // FNV-1a, 64 bits.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in unsafe String(cString: whole).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "/dev/shm/limbd-" + hexadecimal(hash) + ".blackbox"
  }

  /// Files what a run that ended without closing left in memory; a line for a person, nil if there was nothing.
  static func collect(stateDirectory: String, buildID: String) -> String? {
    guard let path = path(stateDirectory: stateDirectory) else { return nil }
    var header: SessionHeader?
    let found = BlackBox.collect(path) { bytes in
      header = SessionHeader(json: bytes)
      return header?.buildID == buildID
    }
    // One that was killed before its first iteration has nothing to tell.
    guard let found, !found.header.isEmpty, !(header?.buildID == buildID && found.ticks.isEmpty) else {
      BlackBox.remove(path)
      return nil
    }
    var isKept = true
    defer { if isKept { BlackBox.remove(path) } }
    guard let header else { return "a black box without a readable header was found in \(path), and is gone" }
    guard header.buildID == buildID else {
      return
        "run \(header.runCounter) ended without closing; its black box is another build's (\(header.buildID)) and cannot be read"
    }
    let name = fileName(run: header.runCounter, number: 0, reason: "crash")
    do throws(SessionError) {
      let file = try SessionExcerpt.write(
        directory: stateDirectory + "/blackbox", name: name, header: header, ticks: found.ticks, events: found.events)
      return "run \(header.runCounter) ended without closing; its last \(found.ticks.count) iterations are in \(file)"
    } catch {
      // It stays where it is: the next start tries again.
      isKept = false
      return "run \(header.runCounter) ended without closing, and its black box could not be kept: \(error)"
    }
  }

  private static func fileName(run: UInt64, number: Int, reason: String) -> String {
    func padded(_ number: some BinaryInteger, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "blackbox-\(padded(run, 8))-\(padded(number, 3))-\(reason)"
  }

  /// Looks at an event. The file of a stop shows those that come within half a second of it, too.
  mutating func look(_ event: ControlEvent) {
    guard event.kind == .transition, let from = SupervisorCode(rawValue: UInt8(truncatingIfNeeded: event.a)),
      let state = SupervisorCode(rawValue: UInt8(truncatingIfNeeded: event.b)),
      let reason = TransitionReason(rawValue: UInt8(event.value))
    else { return }
    if case .coast = state { interrupted = from }
    // A stop that goes on behind a missing frame is no new one.
    var goesOn = false
    if case .coast = from { goesOn = state == interrupted }
    guard pending == nil, [.safeStop, .fault, .emergencyStop, .hold].contains(state), !reason.isAsked, !goesOn,
      files < Self.filesOfRun
    else { return }
    pending = Stop(at: event.at, reason: reason)
  }

  /// Writes the file that is due; all that are pending at the end of a run.
  mutating func work(now: Instant, isLast: Bool = false) throws(SessionError) {
    if unwritten == nil, let stop = pending, isLast || now.nanoseconds(since: stop.at) >= Self.nanosecondsAfter {
      pending = nil
      files += 1
      var contents = board.blackBox()
      func isNear(_ instant: Instant) -> Bool { instant.nanoseconds(since: stop.at) >= -Self.nanosecondsBefore }
      contents.ticks.removeAll { !isNear($0.readAt) }
      contents.events.removeAll { !isNear($0.at) }
      unwritten = (Self.fileName(run: header.runCounter, number: files, reason: "\(stop.reason.name)"), contents)
      triedAt = nil
    }
    guard let (name, contents) = unwritten, isLast || triedAt.map({ now.nanoseconds(since: $0) >= 1_000_000_000 }) ?? true else {
      return
    }
    triedAt = now
    _ = try SessionExcerpt.write(
      directory: directory, name: name, header: header, ticks: contents.ticks, events: contents.events)
    unwritten = nil
  }
}

internal import LimbControl
internal import LimbDevices
internal import LimbExperience
internal import LimbProfile
internal import LimbRealtime
internal import LimbTypes
internal import Logging

/// Turns a lockstep run, tick by tick: `limbd run --lockstep` and `limbd environment` stand on it.
struct LockstepTurns: ~Copyable {
  /// Device time.
  let time = TimeSource.manual()
  /// The very loop that a robot has.
  var loop: ControlLoop
  private let run: RobotRun
  private var keeper: PortKeeper
  private let wall = TimeSource.monotonic()
  private let greetingEnd: Instant

  /// What a turn came to.
  enum Turn {
    /// The handshake is under way.
    case greeting
    /// One tick is over.
    case ticked
    /// The tick stands: an action from outside is owed to `loop.decide`.
    case awaitingAction
    /// A signal came before the link did.
    case stopped
  }

  init(_ run: RobotRun) {
    self.run = run
    loop = run.makeLoop(time: time)
    keeper = PortKeeper(
      path: run.port, baud: run.profile.link.baud, handover: run.handover, emergencyLine: run.emergencyLine)
    greetingEnd = wall.now().adding(nanoseconds: 30_000_000_000)
  }

  /// One iteration.
  mutating func next() throws(DaemonError) -> Turn {
    let port = run.port
    switch loop.iterateLockstep() {
    case .done: return .ticked
    case .awaitingAction: return .awaitingAction
    case .greeting: break
    case .peerGone: throw .peerLost(reason: "\(port): the lockstep peer closed the line")
    case .peerSilent: throw .peerLost(reason: "\(port): the lockstep peer sent nothing for 30 s")
    }
    if case .failed(let error) = keeper.turn() { throw .part(name: "port", reason: "\(error)") }
    if StopSignals.isRequested { return .stopped }
    try run.checkMismatch(loop)
    guard wall.now() < greetingEnd else {
      if case .refused = loop.driver.phase {
        throw .peerLost(reason: "\(port): " + run.describe(refusal: loop.driver.refusal))
      }
      throw .peerLost(reason: "\(port): no lockstep peer has answered within 30 s")
    }
    return .greeting
  }
}

/// The lockstep scheduler (docs/architecture.md, Time): one thread runs tick → recorder → learner's due updates → next
/// tick.
extension RobotRun {
  /// Device time that a wanted end may take: sitting down or parking, and the device's own goodbye.
  var endingNanoseconds: UInt64 { UInt64(max(30, profile.parkSeconds + 5) * 1e9) }

  /// Runs until an end is reached. Nothing is dropped, and the same seed gives the same bytes.
  func runLockstep() throws(DaemonError) -> RunEnd {
    var turns = LockstepTurns(self)
    var arming = ArmKeeper(desk: desk, isWanted: options.arm, rearms: options.arm && profile.link.isSimulated)
    var display = makeDisplay()
    defer { display.finish() }
    payDebt()
    learning.offerFirstPolicy()
    var seenSteps = store.writtenSteps
    var ending: (end: RunEnd, since: UInt64)?
    while true {
      switch try turns.next() {
      case .stopped: return .signal
      // Only `limbd environment` asks for actions from outside.
      case .greeting, .awaitingAction: continue
      case .ticked: break
      }
      let now = turns.time.now()
      recorder.drain(now: now)
      learning.storePolicies()
      if options.learn, store.writtenSteps != seenSteps {
        seenSteps = store.writtenSteps
        _ = learning.work(maximum: .max)
        do throws(DaemonError) { try learning.writeCheckpointIfDue() } catch { learning.note(error) }
      }
      let status = desk.status()
      let episodes = recorder.takeFinished()
      ledger.take(episodes, status, learning.statistics())
      display.show(status, learning.statistics(), ledger.totals, episodes: episodes, loopMicroseconds: nil)
      sayTroubles()
      if let (end, since) = ending {
        if status.isShutDown || now.nanoseconds &- since > endingNanoseconds { return end }
      } else if let end = reasonToEnd(status) {
        arming.giveUp()
        _ = desk.ask(.shutdown)
        ending = (end, now.nanoseconds)
      } else {
        arming.look(status, at: now.nanoseconds)
      }
    }
  }

  /// Pays the updates that an earlier run still owed, before the robot may be armed.
  func payDebt() {
    guard options.learn, learning.owed > 0 else { return }
    log.notice("learner: \(learning.owed) updates owed from before, paid first")
    while learning.owed > 0, learning.work(maximum: 64) > 0 {}
  }

  /// What the recorder and others could not do, told once each.
  func sayTroubles() {
    while let trouble = recorder.takeTrouble() ?? learning.takeTrouble() {
      guard !toldTroubles.contains(trouble) else { continue }
      // A full disk fails every record: each kind of trouble is told once, and counted in the status.
      if toldTroubles.count < 64 { toldTroubles.insert(trouble) }
      log.error("\(trouble)")
    }
  }

  /// A device that is not the profile's robot is named, and nothing is tried with it.
  func checkMismatch(_ loop: borrowing ControlLoop) throws(DaemonError) {
    guard case .mismatched = loop.driver.phase else { return }
    throw .part(name: port, reason: describe(loop.driver.mismatches))
  }

  /// Why the device answered HELLO with a refusal, and what to do, for a person.
  func describe(refusal: UInt8) -> String {
    var answer = ServiceAnswer()
    answer.result = refusal
    return "the device refuses this run: \(answer.reason). Disarm it where it was armed, or switch its power off"
  }

  /// What does not fit, for a person.
  func describe(_ mismatches: LinkMismatches) -> String {
    "not the robot of this profile: "
      + mismatches.descriptions(jointNames: profile.joints.map(\.name)).joined(separator: "; ")
  }
}

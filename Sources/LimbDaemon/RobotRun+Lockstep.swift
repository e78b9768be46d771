internal import LimbControl
internal import LimbDevices
internal import LimbExperience
internal import LimbProfile
internal import LimbRealtime
internal import LimbTypes
internal import Logging

/// The lockstep scheduler (docs/architecture.md, Time): one thread runs tick → recorder → learner's due updates → next
/// tick.
extension RobotRun {
  /// Device time that a wanted end may take: sitting down or parking, and the device's own goodbye.
  private var endingNanoseconds: UInt64 { UInt64(max(30, profile.parkSeconds + 5) * 1e9) }

  /// Runs until an end is reached. Nothing is dropped, and the same seed gives the same bytes.
  func runLockstep() throws(DaemonError) -> RunEnd {
    let time = TimeSource.manual()
    var loop = makeLoop(time: time)
    var keeper = PortKeeper(path: port, baud: profile.link.baud, handover: handover, emergencyLine: emergencyLine)
    var arming = ArmKeeper(desk: desk, isWanted: options.arm, rearms: options.arm && profile.link.isSimulated)
    var display = makeDisplay()
    defer { display.finish() }
    payDebt()
    learning.offerFirstPolicy()
    var seenSteps = store.writtenSteps
    var ending: (end: RunEnd, since: UInt64)?
    let wall = TimeSource.monotonic()
    let greetingEnd = wall.now().adding(nanoseconds: 30_000_000_000)
    while true {
      switch loop.iterateLockstep() {
      case .greeting:
        if case .failed(let error) = keeper.turn() { throw .part(name: "port", reason: "\(error)") }
        if StopSignals.isRequested { return .signal }
        try checkMismatch(loop)
        guard wall.now() < greetingEnd else {
          if case .refused = loop.driver.phase { throw .peerLost(reason: "\(port): " + describe(refusal: loop.driver.refusal)) }
          throw .peerLost(reason: "\(port): no lockstep peer has answered within 30 s")
        }
        continue
      case .peerGone: throw .peerLost(reason: "\(port): the lockstep peer closed the line")
      case .peerSilent: throw .peerLost(reason: "\(port): the lockstep peer sent nothing for 30 s")
      case .done: break
      }
      let now = time.now()
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

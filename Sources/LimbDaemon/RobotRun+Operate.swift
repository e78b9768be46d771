internal import Glibc
internal import LimbControl
internal import LimbDevices
internal import LimbOperations
internal import LimbProfile
internal import LimbRealtime
internal import LimbTypes
internal import Logging

/// The turn of operations in real time: ports, arming, progress, the end.
extension RobotRun {
  private func isDebt(_ refusal: RequestReply) -> Bool {
    if case .learnerInDebt = refusal.result { true } else { false }
  }

  private func isOver(since start: Instant, _ now: Instant) -> Bool {
    options.duration.map { now.seconds(since: start) >= $0 } ?? false
  }

  /// Operations: ports, arming, progress, the end. Gives why the run ended.
  func operate(_ share: RealtimeShare, _ systemd: SystemdNotifier, _ keeper: inout PortKeeper) -> RunEnd {
    var arming = ArmKeeper(
      desk: desk, isWanted: options.arm, rearms: options.arm && profile.link.isSimulated, hand: share.hand)
    var display = makeDisplay()
    var failures = RepeatedMessage()
    var refusals = RepeatedMessage()
    var ending: (end: RunEnd, since: Int64)?
    var hasAskedForEnd = false
    let clock = TimeSource.monotonic()
    let startedAt = clock.now()
    defer { display.finish() }
    var isCalibrated = true
    var lookedAt = startedAt
    while true {
      switch keeper.turn() {
      case .idle: break
      case .opened(let path, _, _, _): log.notice("robot line \(path) open")
      case .failed(let error): if let text = failures.tell("\(error)") { log.warning("\(text); trying again") }
      }
      if share.mismatches.refresh(), let text = failures.tell(describe(share.mismatches.value)) { log.error("\(port): \(text)") }
      if share.refusal.refresh(), let text = failures.tell(describe(refusal: share.refusal.value)) {
        log.error("\(port): \(text); limbd asks again every second")
      }
      let now = clock.now()
      let isNewDevice = share.identity.refresh()
      if isNewDevice || !isCalibrated && now.nanoseconds(since: lookedAt) > 2_000_000_000 {
        lookedAt = now
        isCalibrated = lookForCalibration(share.identity.value, isNew: isNewDevice)
      }
      let status = desk.status()
      let learner = learning.statistics()
      service.look(status.counters, atMilliseconds: Int64(now.nanoseconds / 1_000_000))
      let episodes = recorder.takeFinished()
      ledger.take(episodes, status, learner)
      display.show(
        status, learner, ledger.totals, episodes: episodes, troubles: service.troubles(),
        loopMicroseconds: Double(share.computeHistogram.latest().p99) / 1000)
      sayTroubles()
      let milliseconds = Int64(now.nanoseconds / 1_000_000)
      if let (end, since) = ending {
        // A full queue is emptied within the second; an end that was not handed in would leave the robot walking.
        if !hasAskedForEnd { hasAskedForEnd = desk.ask(.shutdown) != nil }
        if status.isShutDown || milliseconds - since > endingMilliseconds {
          if status.leftInStopAction || !status.isShutDown {
            log.warning("the device was left in its own stop action")
          }
          return end
        }
      } else if let end = reasonToEnd(status) ?? (isOver(since: startedAt, now) ? .duration : nil) {
        // Beside the robot's rest: the last checkpoint and the files.
        systemd.stopping(
          status: "making the robot safe", withinMicroseconds: UInt64(endingMilliseconds + 30_000) * 1000)
        arming.giveUp()
        hasAskedForEnd = desk.ask(.shutdown) != nil
        ending = (end, milliseconds)
      } else {
        desk.tell()
        // Read anew: what was told to a person above may have taken long.
        arming.look(desk.status(), at: clock.now().nanoseconds)
        if let refusal = arming.refusal {
          // The number in it differs every time; the kind of refusal is what is news.
          // That debts are paid first was told at the start.
          if !isDebt(refusal), refusals.tell("\(refusal.result.name)") != nil {
            let words = RefusalWords(profile).sentence(refusal.result, detail: refusal.detail, state: status.state)
            log.warning("arming refused: \(words)")
          }
        } else {
          refusals = RepeatedMessage()
        }
      }
      usleep(20_000)
    }
  }
}

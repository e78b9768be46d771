internal import LimbDevices
internal import LimbRealtime
internal import LimbTypes

/// Waiting for the robot.
extension ControlLoop {
  /// How long an iteration lasts while no frame is expected, nanoseconds: 20 Hz.
  private static var idleNanoseconds: Int64 { @_noLocks get { 50_000_000 } }

  @_noLocks mutating func begin(at now: Instant) {
    driver.beginIteration(at: now)
    hasNewest = false
    record.hadFrame = false
    if !hasBegun {
      hasBegun = true
      deadline = now
      windowSince = now
    }
  }

  /// Until a frame is complete or the deadline has come. While there is no link: until anything has come or the idle
  /// time is over.
  @_noLocks mutating func waitForFrame() {
    record.deadline = deadline
    var isLateNoted = false
    while true {
      guard driver.transport.isOpen else { return time.sleep(untilNanoseconds: deadline.nanoseconds) }
      let isReadable = driver.transport.waitUntilReadable(or: deadline)
      let now = time.now()
      driver.setInstant(now)
      guard isReadable else { return noteWake(now) }
      // Something had come, and nobody looked for it in time.
      if now.nanoseconds(since: deadline) > periodNanoseconds / 2, !isLateNoted {
        isLateNoted = true
        noteWake(now)
      }
      guard driver.receive() else { return }
      takeFrames()
      if hasNewest || now >= deadline || !isLinked { return }
    }
  }

  /// Host-paced: the deadline is the clock; whatever came until then is read.
  @_noLocks mutating func waitForDeadline() {
    record.deadline = deadline
    time.sleep(untilNanoseconds: deadline.nanoseconds)
    let now = time.now()
    noteWake(now)
    driver.setInstant(now)
    driver.receive()
  }

  @_noLocks private mutating func noteWake(_ now: Instant) {
    let late = now.nanoseconds(since: deadline)
    guard late >= 0 else { return }
    wakeHistogram.record(nanoseconds: UInt64(late))
    if late > periodNanoseconds / 2 { step.state.counters.lateWakes &+= 1 }
  }

  /// When the next frame is given up.
  @_noLocks mutating func schedule(_ now: Instant) {
    if isHostPaced, isLinked {
      // Missed deadlines are skipped, never caught up.
      deadline = deadline.adding(nanoseconds: periodNanoseconds)
      if now >= deadline { deadline = now.adding(nanoseconds: periodNanoseconds) }
    } else if !isLinked {
      deadline = now.adding(nanoseconds: ControlLoop.idleNanoseconds)
    } else if record.hadFrame || hasNewest {
      deadline = now.adding(nanoseconds: periodNanoseconds + slackNanoseconds)
    } else {
      // One slot after the other is given up, one period apart.
      deadline = deadline.adding(nanoseconds: periodNanoseconds)
      if now >= deadline { deadline = now.adding(nanoseconds: periodNanoseconds) }
    }
  }

  /// Lockstep: `.done` when a whole tick is there. Before the grant: one round of the handshake a call, on wall time,
  /// for device time stands still; it leaves no record.
  @_noLocks mutating func awaitTick() -> IterationEnd {
    var now = wall.now()
    if !hasBegun { greetedSince = now }
    if !driver.isLockstep {
      if !hasBegun { begin(at: now) }
      driver.setInstant(now)
      driver.serve()
      if driver.transport.isOpen, !driver.receive() { return .peerGone }
      _ = driver.nextFrame(into: &newest)
      if !driver.isLockstep {
        guard now.nanoseconds(since: greetedSince) < ControlLoop.silenceNanoseconds else { return .peerSilent }
        let pause = now.adding(nanoseconds: 20_000_000)
        if driver.transport.isOpen {
          _ = driver.transport.waitUntilReadable(or: pause)
        } else {
          wall.sleep(untilNanoseconds: pause.nanoseconds)
        }
        return .greeting
      }
    } else {
      begin(at: time.now())
    }
    let giveUp = now.adding(nanoseconds: ControlLoop.silenceNanoseconds)
    while true {
      switch driver.receiveTick() {
      case .complete: return .done
      case .gone: return .peerGone
      case .incomplete: break
      }
      now = wall.now()
      guard now < giveUp else { return .peerSilent }
      _ = driver.transport.waitUntilReadable(or: giveUp)
    }
  }

  /// The longest silence of a lockstep peer, wall time.
  private static var silenceNanoseconds: Int64 { @_noLocks get { 30_000_000_000 } }
}

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
      usageAt = now
    }
  }

  /// Until a frame is complete or the deadline has come. While there is no link: until anything has come or the idle
  /// time is over.
  @_noLocks mutating func waitForFrame() {
    record.deadline = deadline
    while true {
      guard driver.transport.isOpen else { return time.sleep(untilNanoseconds: deadline.nanoseconds) }
      let isReadable = driver.transport.waitUntilReadable(or: deadline)
      let now = time.now()
      driver.setInstant(now)
      guard isReadable else { return noteWake(now) }
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

  /// Lockstep: `.done` when a whole tick is there, `.greeting` from time to time until the barrier is granted.
  @_noLocks mutating func awaitTick() -> IterationEnd {
    let giveUp = wall.now().adding(nanoseconds: 30_000_000_000)
    if driver.isLockstep {
      begin(at: time.now())
    } else {
      // Device time stands still until the grant; the handshake runs on wall time and leaves no record of it.
      if !hasBegun { begin(at: wall.now()) }
    }
    while true {
      if driver.isLockstep {
        switch driver.receiveTick() {
        case .complete: return .done
        case .gone: return .peerGone
        case .incomplete: break
        }
      } else {
        driver.setInstant(wall.now())
        driver.serve()
        if driver.transport.isOpen, !driver.receive() { return .peerGone }
        _ = driver.nextFrame(into: &newest)
        if driver.isLockstep { continue }
      }
      let now = wall.now()
      guard now < giveUp else { return .peerSilent }
      guard driver.transport.isOpen else {
        wall.sleep(untilNanoseconds: now.nanoseconds + 5_000_000)
        return .greeting
      }
      let pause: Int64 = driver.isLockstep ? 30_000_000_000 : 50_000_000
      _ = driver.transport.waitUntilReadable(or: now.adding(nanoseconds: pause))
      if !driver.isLockstep { return .greeting }
    }
  }
}

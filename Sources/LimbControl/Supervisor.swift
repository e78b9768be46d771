package import LimbTypes

/// Which state the robot is in, and the only functions that change it: one a transition.
///
/// A plain value: every instant is given. A function called in a state that has no such transition throws and changes
/// nothing. Transitions since the last `drain` wait in a short queue for the event log.
package struct Supervisor: BitwiseCopyable, Sendable {
  /// Where it stands.
  package private(set) var state = SupervisorState.boot
  /// Why it is there: the reason of the newest transition; after a COAST that ended well the reason before it.
  package internal(set) var reason = TransitionReason.none
  /// Why it last left an armed state for a stop, a fault, an e-stop or the loss of the link; what a person is told after the
  /// states behind it have gone by.
  package private(set) var stopReason = TransitionReason.none
  /// `reason` when COAST began.
  var interruptedReason = TransitionReason.none
  var queue = InlineArray<8, Transition>(repeating: Transition())
  var queued = 0

  /// In BOOT.
  @_noLocks package init() {}

  /// The state as records carry it.
  package var code: SupervisorCode { @_noLocks get { state.code } }

  /// BOOT → LINK.
  @_noLocks package mutating func start(at now: Instant) throws(SupervisorError) {
    guard case .boot = state else { throw illegal(.started) }
    go(.link(since: now), .started)
  }

  /// LINK → DISARMED: the handshake succeeded and the device fits the profile.
  @_noLocks package mutating func link(at now: Instant) throws(SupervisorError) {
    guard case .link = state else { throw illegal(.linked) }
    go(.disarmed(since: now), .linked)
  }

  /// The link is gone. Disarmed states go back to LINK; armed ones cannot move the robot any more: LINK too, and the
  /// device stops by itself. Latched states stay latched.
  @_noLocks package mutating func unlink(at now: Instant) throws(SupervisorError) {
    switch state {
    case .disarmed, .check, .ramp, .run, .coast, .safeStop, .hold: go(.link(since: now), .unlinked)
    case .boot, .link, .fault, .emergencyStop: throw illegal(.unlinked)
    }
  }

  /// DISARMED → CHECK.
  @_noLocks package mutating func requestArm(at now: Instant) throws(SupervisorError) {
    guard case .disarmed = state else { throw illegal(.armRequested) }
    go(.check(since: now), .armRequested)
  }

  /// CHECK → DISARMED: a precondition failed, or the person changed their mind.
  @_noLocks package mutating func refuseArm(at now: Instant) throws(SupervisorError) {
    guard case .check = state else { throw illegal(.checkRefused) }
    go(.disarmed(since: now), .checkRefused)
  }

  /// CHECK → RAMP: the device is armed and the robot stands where a ramp makes sense.
  @_noLocks package mutating func armed(at now: Instant) throws(SupervisorError) {
    guard case .check = state else { throw illegal(.armed) }
    go(.ramp(since: now), .armed)
  }

  /// CHECK → FALLEN: the device is armed and the robot lies: it waits without stiffness to be righted.
  @_noLocks package mutating func armedLying(at now: Instant) throws(SupervisorError) {
    guard case .check = state else { throw illegal(.armed) }
    go(.run(.fallen(since: now, attempt: 0)), .armed)
  }

  /// RAMP → STAND: the stance is reached; settle there, then the episode begins.
  @_noLocks package mutating func rampDone(at now: Instant) throws(SupervisorError) {
    guard case .ramp = state else { throw illegal(.ready) }
    go(.run(.stand(gentle: false, since: now, attempt: 0)), .ready)
  }

  /// STAND → EPISODE.
  @_noLocks package mutating func beginEpisode() throws(SupervisorError) {
    guard case .run(.stand) = state else { throw illegal(.episodeBegan) }
    go(.run(.episode), .episodeBegan)
  }

  /// EPISODE → FALLEN: `task.terminate` latched. Not a fault.
  @_noLocks package mutating func fall(at now: Instant) throws(SupervisorError) {
    guard case .run(.episode) = state else { throw illegal(.fell) }
    go(.run(.fallen(since: now, attempt: 0)), .fell)
  }

  /// FALLEN → WAIT: upright and still, a person must confirm.
  @_noLocks package mutating func righted(at now: Instant) throws(SupervisorError) {
    guard case .run(.fallen(_, let attempt)) = state else { throw illegal(.upright) }
    go(.run(.wait(since: now, attempt: attempt)), .upright)
  }

  /// WAIT → FALLEN: no longer upright.
  @_noLocks package mutating func tippedOver(at now: Instant) throws(SupervisorError) {
    guard case .run(.wait(_, let attempt)) = state else { throw illegal(.fell) }
    go(.run(.fallen(since: now, attempt: attempt)), .fell)
  }

  /// FALLEN or WAIT → STAND, from the ground and gently.
  @_noLocks package mutating func standUp(at now: Instant) throws(SupervisorError) {
    switch state {
    case .run(.fallen(_, let attempt)), .run(.wait(_, let attempt)):
      go(.run(.stand(gentle: true, since: now, attempt: attempt + 1)), .confirmed)
    default: throw illegal(.confirmed)
    }
  }

  /// STAND → FALLEN: this attempt failed; another may follow.
  @_noLocks package mutating func standUpFailed(at now: Instant) throws(SupervisorError) {
    guard case .run(.stand(_, _, let attempt)) = state else { throw illegal(.standUpFailed) }
    go(.run(.fallen(since: now, attempt: attempt)), .standUpFailed)
  }

  /// EPISODE → STAND: the episode is over and the robot still stands; back to the stance at full power.
  @_noLocks package mutating func returnToStance(at now: Instant, _ why: TransitionReason) throws(SupervisorError) {
    guard case .run(.episode) = state else { throw illegal(why) }
    go(.run(.stand(gentle: false, since: now, attempt: 0)), why)
  }

  /// Any activity → PAUSED.
  @_noLocks package mutating func pause(at now: Instant, _ why: TransitionReason) throws(SupervisorError) {
    guard case .run = state else { throw illegal(why) }
    go(.run(.paused(since: now)), why)
  }

  /// PAUSED → STAND, gently: the robot sits or lies where the pause left it.
  @_noLocks package mutating func resume(at now: Instant) throws(SupervisorError) {
    guard case .run(.paused) = state else { throw illegal(.resumeRequested) }
    go(.run(.stand(gentle: true, since: now, attempt: 0)), .resumeRequested)
  }

  /// The one place where the state changes; queues the transition for the log (the newest wins if eight already wait).
  @_noLocks mutating func go(_ next: SupervisorState, _ why: TransitionReason) {
    var transition = Transition()
    transition.from = state.code
    transition.to = next.code
    transition.reason = why
    if queued < 8 { queued += 1 }
    queue[queued - 1] = transition
    let isStop = next.severity > state.severity || !next.isArmed && state.severity == 0
    if state.isArmed, isStop, why.number != TransitionReason.frameFresh.number { stopReason = why }
    state = next
    reason = why
  }

  @_noLocks func illegal(_ event: TransitionReason) -> SupervisorError { .illegal(in: state.code, event: event) }
}

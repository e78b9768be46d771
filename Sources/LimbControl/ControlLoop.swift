package import LimbDevices
package import LimbProfile
package import LimbRealtime
package import LimbTypes

/// How an iteration ended.
package enum IterationEnd: UInt8, BitwiseCopyable, Sendable {
  /// One iteration is done.
  case done
  /// Lockstep: the tick stands at a step's edge and an action is awaited from outside: `decide` ends the iteration.
  case awaitingAction
  /// Lockstep: the handshake is under way; nothing ran yet. Call again.
  case greeting
  /// Lockstep: the peer closed the line.
  case peerGone
  /// Lockstep: the peer sent nothing for 30 s of wall time.
  case peerSilent
}

/// The control step with its link and its clock: everything the control thread runs.
///
/// ```
/// let board = ControlBoard(ControlBoardSizes(policyParameters: actor.parameterCount))
/// let step = ControlStep(profile: profile, plan: plan, run: run, policy: PolicyInference(actor), board: board)
/// let driver = LimbLinkDriver(
///   plan: DriverPlan(profile), session: …, nonce: …, wantsLockstep: lockstep, handover: handover)
/// var loop = ControlLoop(step: step, driver: driver, time: time, profile: profile)
///
/// // real time, on the control thread (time = TimeSource.monotonic()):
/// while !wantsToEnd { _ = loop.iterate() }
///
/// // lockstep, one thread (time = TimeSource.manual()): one call is one tick
/// switch loop.iterateLockstep() {
/// case .greeting: turn the port's keeper, call again
/// case .done: recorder.drain(board); learner.payDues(); call again
/// case .peerGone, .peerSilent: the run is over
/// }
/// ```
/// Operations talk to it through the board alone: `board.ask(ControlRequest(id: 7, .arm))`, `board.popReply()`,
/// `board.status()`, `board.raiseEmergencyStop()`, `board.iterations` for the watchdog. A clean end: ask for
/// `.shutdown`, wait for its reply (or `status().isShutDown`), then leave the loop.
///
/// In real time an iteration ends when a frame has been answered or its deadline has passed, so that control iterates
/// at 10 Hz at least in every state, also without a device. Nothing is ever burst: of the frames that wait, the newest
/// gets the one command, the others update the estimator.
package struct ControlLoop: ~Copyable {
  /// The pure step: what control believes and decides.
  package var step: ControlStep
  /// The link to the device; no other thread touches it.
  package var driver: LimbLinkDriver
  /// The clock that the loop sleeps by: monotonic in real time, the simulator's in lockstep.
  package let time: TimeSource
  /// How long compute and I/O took, from the last byte read to the command written, nanoseconds.
  package var computeHistogram = LatencyHistogram()
  /// How late control woke after a deadline that it slept towards, nanoseconds.
  package var wakeHistogram = LatencyHistogram()

  /// Wall time, for the peer's silence in lockstep.
  let wall = TimeSource.monotonic()
  let periodNanoseconds: Int64
  /// How long after its expected arrival a frame is waited for.
  let slackNanoseconds: Int64
  let isHostPaced: Bool
  var input = ControlInput()
  var output = ControlOutput()
  var command = JointCommand()
  var record = TickRecord()
  var newest = SensorFrame()
  var hasNewest = false
  /// When the next frame is given up.
  var deadline = Instant()
  var lastTick: UInt64 = 0
  var hasTick = false
  var lastFrameAt = Instant()
  /// Slots given up since the last frame: its tick and the following so many have been coasted over.
  var coastedSlots: UInt64 = 0
  /// Tick of the newest frame before those slots.
  var answeredTick: UInt64 = 0
  var overruns = 0
  var windowFrames: UInt64 = 0
  var windowLost: UInt64 = 0
  var windowSince = Instant()
  var lossRatio: Float = 0
  /// The last iteration's ESTOP went out whole.
  var wroteEmergencyStop = false
  var usage = UsageWatch()
  var hasBegun = false
  var greetedSince = Instant()

  /// Takes over step and driver. Allocates nothing itself.
  package init(
    step: consuming ControlStep, driver: consuming LimbLinkDriver, time: TimeSource, profile: RobotProfile
  ) {
    self.step = step
    self.driver = driver
    self.time = time
    periodNanoseconds = Int64(profile.control.periodNanoseconds)
    isHostPaced = profile.control.pacing == .host
    // A late frame is better than a coasted tick (which no learner may see), and the device itself goes on with the
    // last target for half its time-to-live: a frame is waited for three periods or 8 ms, but never half the coast
    // limit.
    let patience = max(3 * periodNanoseconds, 8_000_000)
    slackNanoseconds = min(patience, Int64(profile.safety.coastMilliseconds) * 500_000)
  }

  /// The board that the step was made with.
  package var board: ControlBoard { @_noLocks get { step.board } }

  /// Real time: waits for a frame or its deadline, then runs the step once.
  @_noLocks package mutating func iterate() -> IterationEnd {
    begin(at: time.now())
    if isHostPaced, isLinked { waitForDeadline() } else { waitForFrame() }
    record.wokeAt = time.now()
    takeFrames()
    record.readAt = time.now()
    let isLate = noteArrival(record.readAt)
    runStep(record.readAt, isLate: isLate)
    if !hasNewest { coastedSlots += 1 }
    schedule(record.readAt)
    finish()
    return .done
  }

  /// Lockstep: waits for one whole tick of the peer, sets the clock to it, runs the step once, answers, and says so.
  @_noLocks package mutating func iterateLockstep() -> IterationEnd {
    let end = awaitTick()
    guard case .done = end else { return end }
    let now = driver.tickInstant
    time.set(nanoseconds: now.nanoseconds)
    driver.setInstant(now)
    record.wokeAt = now
    record.readAt = now
    record.deadline = now
    takeFrames()
    let isLate = noteArrival(now)
    runStep(now, isLate: isLate)
    if step.isAwaitingAction { return .awaitingAction }
    endLockstepTick()
    return .done
  }

  /// Lockstep: ends the iteration that stopped for an action from outside. False, and it still waits, if a number of it is
  /// not finite.
  @_noLocks package mutating func decide(_ action: ActionVector) -> Bool {
    guard step.decide(action, input, command: &command, output: &output) else { return false }
    perform()
    record.wroteAt = time.now()
    endLockstepTick()
    return true
  }

  @_noLocks private mutating func endLockstepTick() {
    if !hasNewest { coastedSlots += 1 }
    driver.finishTick()
    finish()
  }

  /// The handshake is done and frames flow, or are expected within a second.
  var isLinked: Bool {
    @_noLocks get {
      guard case .linked = driver.phase else { return false }
      return true
    }
  }
}

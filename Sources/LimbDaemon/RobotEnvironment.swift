internal import LimbControl
internal import LimbDevices
internal import LimbEnvironment
internal import LimbExperience
internal import LimbLearning
internal import LimbProfile
internal import LimbRealtime
internal import LimbSessions
internal import LimbTask
internal import LimbTypes

/// The simulated robot as somebody else's environment: the lockstep run of `limbd run`, with actions from outside. One
/// thread.
///
/// An observation is what the profile's policy would see: H frames, scaled and clipped, the oldest first. The reward of a
/// step, and how an episode ended, are computed from the same record that goes to the replay store.
struct RobotEnvironment: ~Copyable {
  private let run: RobotRun
  private var turns: LockstepTurns
  private var arming: ArmKeeper
  /// Frames up to the observation that was given last.
  private var history = ObservationHistory()
  /// Whether the loop stands at a step's edge and waits for an action.
  private var isAtEdge = false
  /// Steps of the running episode.
  private var index = 0

  /// Device time that may go by before an episode begins: falls, attempts to stand up, cooling down.
  private static var resetNanoseconds: UInt64 { 900_000_000_000 }

  init(_ run: RobotRun) {
    self.run = run
    turns = LockstepTurns(run)
    arming = ArmKeeper(desk: run.desk, isWanted: true, rearms: true)
  }

  /// What the profile's policy sees and does. Actions are −1 … 1.
  static func spaces(_ profile: RobotProfile, _ plan: ControlPlan) -> EnvironmentSpaces {
    let clips = profile.observation.terms.flatMap { term in
      [Float](repeating: Float(term.clip), count: profile.width(of: term.kind))
    }
    let bounds = (0..<plan.observation.history).flatMap { _ in clips }
    let one = [Float](repeating: 1, count: plan.actionCount)
    return EnvironmentSpaces(
      name: profile.robot.name, isReseeded: false, episodeSteps: UInt32(clamping: profile.task.episodeSteps),
      observationLow: bounds.map { -$0 }, observationHigh: bounds, actionLow: one.map { -$0 }, actionHigh: one)
  }

  /// Brings the robot to the beginning of an episode, whatever that takes: linking, arming, standing up. An episode that
  /// runs is cut off first, a step later.
  mutating func reset() throws(DaemonError) -> [Float] {
    if isAtEdge, index > 0 {
      // The request that changes who acts ends the episode as a truncation and goes back to the stance.
      _ = run.desk.ask(.policy(.external))
      decide(ActionVector())
    }
    let start = turns.time.now()
    while !isAtEdge || index > 0 {
      try turn()
      guard turns.time.now().nanoseconds &- start.nanoseconds < Self.resetNanoseconds else { throw notReady() }
    }
    _ = run.recorder.takeClose()
    return observation()
  }

  private func notReady() -> DaemonError {
    let status = run.desk.status()
    let seconds = Self.resetNanoseconds / 1_000_000_000
    let words = RefusalWords(run.profile)
    let refusal = status.armRefusal.rawValue == RequestResult.done.rawValue
      ? "" : ", arming refused: " + words.sentence(status.armRefusal, detail: status.armRefusalDetail, state: status.state)
    return .peerLost(
      reason: "no episode began within \(seconds) s of the robot's time: state \(status.state.name), reason "
        + "\(status.reason.name)\(refusal)")
  }

  /// Acts for one step. Traps outside of an episode.
  mutating func step(_ action: [Float]) throws(DaemonError) -> EnvironmentOutcome {
    precondition(isAtEdge && action.count == run.plan.actionCount, "an episode runs, and the action has its width")
    var vector = ActionVector()
    for place in action.indices { vector[place] = action[place] }
    decide(vector)
    while !isAtEdge {
      try turn()
      if let close = run.recorder.takeClose() { return end(close) }
    }
    return outcome(of: turns.loop.step.openRecord)
  }

  /// The robot sits or parks, and everything is closed.
  mutating func close() throws(DaemonError) {
    arming.giveUp()
    _ = run.desk.ask(.shutdown)
    if isAtEdge { decide(ActionVector()) }
    let start = turns.time.now()
    while !run.desk.status().isShutDown, turns.time.now().nanoseconds &- start.nanoseconds < run.endingNanoseconds {
      try turn()
      if isAtEdge { decide(ActionVector()) }
    }
  }

  private mutating func decide(_ action: ActionVector) {
    let isTaken = turns.loop.decide(action)
    precondition(isTaken, "a finite action is taken where one is awaited")
    isAtEdge = false
    index += 1
    keep()
  }

  /// One tick, up to its end or to the edge of a step.
  private mutating func turn() throws(DaemonError) {
    if StopSignals.isRequested { throw .stopped }
    switch try turns.next() {
    case .stopped: throw .stopped
    case .greeting: return
    case .awaitingAction:
      isAtEdge = true
      index = Int(turns.loop.step.state.episode.index)
      history = turns.loop.step.state.history
    case .ticked: keep()
    }
  }

  /// What a run does after every tick.
  private mutating func keep() {
    let now = turns.time.now()
    run.recorder.drain(now: now)
    let status = run.desk.status()
    run.ledger.take(run.recorder.takeFinished(), status, run.learning.statistics())
    run.sayTroubles()
    arming.look(status, at: now.nanoseconds)
  }

  /// The outcome that `record` holds: of the interval that led to it.
  private func outcome(of record: StepRecord) -> EnvironmentOutcome {
    EnvironmentOutcome(
      reward: run.plan.reward.reward(record.signals), isTerminated: record.flags.contains(.terminated),
      isTruncated: record.flags.contains(.truncated), isIrregular: !record.flags.contains(.regular),
      observation: observation())
  }

  private mutating func end(_ close: StepRecord) -> EnvironmentOutcome {
    var entry = ObservationHistory.Entry()
    entry.frame = close.observation
    history.push(entry)
    index = 0
    return outcome(of: close)
  }

  private func observation() -> [Float] {
    let width = run.plan.observation.inputWidth
    return unsafe [Float](unsafeUninitializedCapacity: width) { buffer, count in
      unsafe buffer.initialize(repeating: 0)
      count = width
      if let base = buffer.baseAddress { _ = unsafe history.fill(run.plan.observation, into: base) }
    }
  }
}

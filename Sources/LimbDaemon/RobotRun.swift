internal import LimbControl
internal import LimbDevices
internal import LimbExperience
internal import LimbLearning
internal import LimbNetworks
internal import LimbOperations
internal import LimbProfile
internal import LimbRealtime
internal import LimbSessions
internal import LimbTask
internal import LimbTypes
internal import Logging
internal import Synchronization

/// One run of the daemon: everything it is made of, in the order in which it starts and stops. How it turns is in
/// `+Lockstep` and `+Realtime`. Threads share it; each part says which thread it belongs to.
final class RobotRun: @unchecked Sendable {
  let profile: RobotProfile
  let options: RunOptions
  let plan: ControlPlan
  let identity: RunIdentity
  let state: StateDirectory
  let store: ReplayStore
  let board: ControlBoard
  let desk: RequestDesk
  let recorder: Recorder
  let learning: LearningLine
  /// What another run lived through; nil: none.
  let prior: PriorData?
  let child: SimulatorChild?
  let emergencyLine = EmergencyLine()
  /// The device of the newest handshake; nil: none has answered. Operations writes it.
  let deviceUUID = Mutex<String?>(nil)
  /// How control's service was lately.
  let service = ServiceWatch()
  let handover = PortHandover()
  let log: Logger
  let port: String
  let firstStep: UInt64
  let firstEpisode: UInt32
  let actor: DenseStack
  /// What the control loop measured of itself, once a real-time run is over.
  var loopFigures: LoopFigures?
  /// Lines for `--json-lines`, totals and display: the operations thread.
  var ledger: RunLedger
  /// Troubles with the disk that were told already: the operations thread.
  var toldTroubles: Set<String> = []

  /// Opens, resumes and spawns; nothing turns yet and nothing can move.
  init(profile: RobotProfile, options: RunOptions, log: Logger) throws(DaemonError) {
    self.profile = profile
    self.options = options
    self.log = log
    do throws(TaskError) { plan = try ControlPlan(profile: profile) } catch { throw .part(name: "profile", reason: "\(error)") }
    state = try StateDirectory(path: options.state)
    identity = try Self.identify(options)
    try writeWhole(profile.canonicalText, to: options.state + "/profile.yaml")

    let layout = StepRecordLayout(plan: plan)
    do throws(ReplayError) {
      store = try ReplayStore.open(
        stateDirectory: options.state, layout: layout,
        identity: ReplayIdentity(
          profile: profile, session: identity.session, runCounter: identity.runCounter, bootID: identity.bootID),
        limits: ReplayLimits(profile.replay))
    } catch {
      throw .part(name: "replay store", reason: "\(error)")
    }
    firstStep = store.writtenSteps
    firstEpisode = store.lastEpisode.map { $0 + 1 } ?? 1

    prior = try Self.openPrior(profile, options, layout, log)
    let threads = LearnerThreads(profile, lockstep: options.lockstep)
    if let refusal = threads.refusal { log.notice("\(refusal)") }
    var hyperparameters = Hyperparameters(
      profile: profile, inputWidth: plan.observation.inputWidth, seed: options.seed)
    if options.learn, !options.lockstep { try Self.plan(&hyperparameters, profile, threads.count, log) }
    do throws(LearningError) { try Learner.checkBLAS(hyperparameters) } catch {
      throw .part(name: "linear algebra", reason: "\(error)")
    }
    let learner = Learner(
      hyperparameters,
      identity: LearnerIdentity(
        profileName: profile.robot.name, observationHash: profile.hashes.observation, actionHash: profile.hashes.action,
        rewardHash: profile.hashes.reward),
      threads: threads.count, second: LearnerThreads.options(profile))
    actor = learner.policyStack
    let policies = PolicyArchive(directory: state.policies, actor: actor, identity: learner.identity)
    let header = SessionHeader(
      profile: profile, run: identity, layout: layout, buildID: BuildIdentity.text, seed: options.seed, isLockstep: options.lockstep)
    board = ControlBoard(
      ControlBoardSizes(policyParameters: learner.policyParameterCount), blackBox: try Self.makeBlackBox(profile, options, header, log))
    desk = RequestDesk(board: board)
    // A run that never begins has no last moments.
    let made = board
    var isWhole = false
    defer { if !isWhole { made.discardBlackBox() } }
    var warnings: [String] = []
    learning = try LearningLine(
      learner: learner, profile: profile, plan: plan, store: store, board: board, policies: policies,
      directory: state.checkpoints,
      seed: options.seed, relabels: options.relabel, learns: options.learn, prior: prior, warnings: &warnings)
    for warning in warnings { log.warning("\(warning)") }

    let session: SessionLog
    do throws(SessionError) {
      session = try SessionLog(
        stateDirectory: options.state, header: header)
    } catch {
      throw .part(name: "session log", reason: "\(error)")
    }
    recorder = Recorder(board: board, store: store, log: session, plan: plan, policies: policies,
      blackBox: BlackBoxKeeper(stateDirectory: options.state, header: header, board: board))
    ledger = try RunLedger(
      options: options, robot: profile.robot.name, run: identity.runCounter, firstStep: firstStep,
      firstEpisode: firstEpisode)

    if profile.link.isSimulated {
      let path = options.state + "/port"
      var simulator = SimulatorChild.Options(
        profile: options.profile, port: path, seed: options.seed, lockstep: options.lockstep,
        truth: StateReport.truthPath(directory: options.state, run: identity.runCounter), faults: options.faults)
      if options.policy == .external { simulator.patienceSeconds = nil }
      child = try SimulatorChild(simulator)
      port = path
    } else {
      child = nil
      port = profile.link.port
    }
    isWhole = true
  }

  /// In real time in memory that outlives a crash, once what the last one left is kept. In lockstep, whose runs can be lived through
  /// again, in the process's own.
  private static func makeBlackBox(
    _ profile: RobotProfile, _ options: RunOptions, _ header: SessionHeader, _ log: Logger
  ) throws(DaemonError) -> BlackBox {
    if !options.lockstep, let left = BlackBoxKeeper.collect(stateDirectory: options.state, buildID: BuildIdentity.text) {
      log.warning("\(left)")
    }
    let path = options.lockstep ? nil : BlackBoxKeeper.path(stateDirectory: options.state)
    let rate = Double(profile.control.rateHertz)
    do throws(RealtimeError) { return try BlackBox(rateHertz: rate, header: header.encoded(), path: path) } catch {
      log.warning("the black box will not outlive a crash: \(error)")
    }
    do throws(RealtimeError) { return try BlackBox(rateHertz: rate, header: header.encoded(), path: nil) } catch {
      throw .part(name: "black box", reason: "\(error)")
    }
  }

  private static func openPrior(
    _ profile: RobotProfile, _ options: RunOptions, _ layout: StepRecordLayout, _ log: Logger
  ) throws(DaemonError) -> PriorData? {
    guard options.learn, let path = profile.priorDataPath(profilePath: options.profile) else { return nil }
    do throws(ReplayError) {
      let prior = try PriorData(
        stateDirectory: path, layout: layout,
        identity: ReplayIdentity(profile: profile, session: 0, runCounter: 0, bootID: ""))
      log.notice("prior data: \(prior.recordCount) records of \(path), half of each batch")
      return prior
    } catch {
      throw .part(name: "learning.prior_data", reason: "\(error)")
    }
  }

  /// In real time: fewer updates a step where the machine does not do those that the profile asks for. Never in lockstep, whose
  /// results belong to no machine.
  private static func plan(
    _ hyperparameters: inout Hyperparameters, _ profile: RobotProfile, _ threads: Int, _ log: Logger
  ) throws(DaemonError) {
    let probe = try LearnerProbe.measure(profile, threads: threads)
    guard !probe.fits else { return }
    log.warning("learner: \(probe.text)")
    hyperparameters.updatesPerStep = probe.affordablePerStep
  }

  private static func identify(_ options: RunOptions) throws(DaemonError) -> RunIdentity {
    do throws(SessionError) {
      let counter = try RunCounter.next(stateDirectory: options.state)
      return options.lockstep ? .lockstep(seed: options.seed, runCounter: counter) : .live(runCounter: counter)
    } catch {
      throw .part(name: "run counter", reason: "\(error)")
    }
  }

  /// The control loop on a clock. Called once.
  func makeLoop(time: TimeSource) -> ControlLoop {
    var run = ControlRun(seed: options.seed, session: identity.session)
    run.firstEpisode = firstEpisode
    run.firstRecordSequence = store.firstSequence
    run.firstStep = firstStep
    run.mode = options.policy
    run.warmUpSteps = options.learn && options.policy == .sample && !learning.hasLearned ? UInt64(profile.learning.warmUpSteps) : 0
    run.policyLagSteps = options.lockstep ? UInt64(profile.learning.policyLagSteps) : 1
    let step = ControlStep(profile: profile, plan: plan, run: run, policy: PolicyInference(actor), board: board)
    let driver = LimbLinkDriver(
      plan: DriverPlan(profile), session: UInt16(truncatingIfNeeded: identity.session) | 1,
      nonce: UInt32(truncatingIfNeeded: identity.session >> 16), wantsLockstep: options.lockstep, handover: handover)
    return ControlLoop(step: step, driver: driver, time: time, profile: profile)
  }

  /// What a person will see.
  func makeDisplay() -> ProgressDisplay {
    ProgressDisplay(
      walks: profile.robot.kind == .quadruped, warmUpSteps: options.learn ? profile.learning.warmUpSteps : 0)
  }

  /// Why the run should end now, if it should; asked between two steps.
  func reasonToEnd(_ status: ControlStatus) -> RunEnd? {
    if StopSignals.isRequested { return .signal }
    if let steps = options.steps, status.stepsTotal &- firstStep >= steps { return .steps }
    if let episodes = options.episodes, ledger.totals.episodes >= episodes { return .episodes }
    if options.untilWalking, ledger.watch.isOver { return .walking }
    return nil
  }

  /// After the last turn: a checkpoint, and everything closed in order. A checkpoint that could not be written is an
  /// error, but only after the rest is safe.
  func close(_ end: RunEnd) throws(DaemonError) {
    var failure: DaemonError?
    if options.learn {
      do throws(DaemonError) { try learning.writeCheckpointIfDue(now: true) } catch { failure = error }
    }
    learning.storePolicies()
    recorder.close()
    sayTroubles()
    ledger.finish(why: end.rawValue)
    if let failure { throw failure }
  }
}

/// What the control loop measured of itself.
struct LoopFigures {
  let compute: LatencyHistogram
  let wake: LatencyHistogram
  let counters: ControlCounters
}

/// Why a run ended.
enum RunEnd: String, Sendable {
  case signal
  case steps
  case episodes
  case walking
  case duration
  /// The peer of a lockstep run went away.
  case peer
  /// The learner that was served wants no more.
  case learner

  /// For the end of a sentence.
  var words: String {
    switch self {
    case .signal: "by a signal"
    case .steps: "after the steps asked for"
    case .episodes: "after the episodes asked for"
    case .walking: "after it walked"
    case .duration: "after the time asked for"
    case .peer: "since the robot went away"
    case .learner: "as the learner wished"
    }
  }
}

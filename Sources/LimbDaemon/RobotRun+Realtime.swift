internal import Glibc
internal import LimbControl
internal import LimbDevices
internal import LimbExperience
internal import LimbLearning
internal import LimbOperations
internal import LimbProfile
internal import LimbRealtime
internal import LimbTypes
internal import Logging
internal import Synchronization

/// What the threads of a real-time run share beside the board.
@safe final class RealtimeShare: @unchecked Sendable {
  let stopControl = Atomic<Bool>(false)
  let stopRecorder = Atomic<Bool>(false)
  let stopLearner = Atomic<Bool>(false)
  let computeHistogram = LatestValue(LatencyHistogram())
  let wakeHistogram = LatestValue(LatencyHistogram())
  let mismatches = LatestValue(LinkMismatches())
  let refusal = LatestValue<UInt8>(0)
  /// The device of the newest handshake.
  let identity = LatestValue(DeviceIdentity())
  /// Whether each handshake takes the permission to arm away until operations has found the device's calibration.
  private let needsCalibration: Bool
  private var handshakes: UInt32 = 0
  let hand = PersonsHand()
  /// Control's own, from the moment its thread runs.
  var loop: ControlLoop

  init(loop: consuming ControlLoop, needsCalibration: Bool) {
    self.loop = loop
    self.needsCalibration = needsCalibration
  }

  /// The body of the control thread.
  func control() {
    var count: UInt64 = 0
    while !stopControl.load(ordering: .relaxed) {
      _ = loop.iterate()
      count &+= 1
      if count & 255 == 0 {
        computeHistogram.publish(loop.computeHistogram)
        wakeHistogram.publish(loop.wakeHistogram)
      }
      if loop.driver.statistics.handshakes != handshakes {
        handshakes = loop.driver.statistics.handshakes
        if needsCalibration { loop.step.board.block(.notCalibrated, true) }
        identity.publish(loop.driver.identity)
      }
      if case .mismatched = loop.driver.phase { mismatches.publish(loop.driver.mismatches) }
      if case .refused = loop.driver.phase { refusal.publish(loop.driver.refusal) }
    }
  }
}

/// Real time: control, recorder and learner on threads of their own; this thread is operations.
extension RobotRun {
  /// How long a wanted end may take: sitting down or parking, and the device's own goodbye.
  var endingMilliseconds: Int64 { Int64(max(15, profile.parkSeconds + 5) * 1000) }

  /// Runs until an end is reached.
  func runRealtime() throws(DaemonError) -> RunEnd {
    demandCalibration()
    let share = RealtimeShare(loop: makeLoop(time: .monotonic()), needsCalibration: !profile.link.isSimulated)
    let systemd = SystemdNotifier(environment: ProcessEnvironment.all, pid: getpid())
    let server = try makeServer()
    learning.offerFirstPolicy()
    if options.learn, learning.owed > 0 {
      log.notice("learner: \(learning.owed) updates owed from before, paid before arming")
      board.block(.learnerInDebt, true)
    }
    let threads = try startThreads(share, server)
    log.notice("control socket \(server.path)")
    systemd.ready(status: "waiting for the robot on \(port)")
    let watchdog = try startWatchdog(share, systemd)
    var keeper = PortKeeper(path: port, baud: profile.link.baud, handover: handover, emergencyLine: emergencyLine)
    let end = operate(share, systemd, &keeper)
    share.stopControl.store(true, ordering: .relaxed)
    threads.control.join()
    watchdog.join()
    loopFigures = LoopFigures(
      compute: share.loop.computeHistogram, wake: share.loop.wakeHistogram, counters: desk.status().counters)
    share.stopRecorder.store(true, ordering: .relaxed)
    share.stopLearner.store(true, ordering: .relaxed)
    threads.learner.join()
    threads.recorder.join()
    server.stop()
    threads.operations.join()
    // Until here control may have read and written it, and a client may have asked for an emergency stop.
    keeper.close()
    recorder.drain(now: TimeSource.monotonic().now())
    ledger.take(recorder.takeFinished(), desk.status(), learning.statistics())
    return end
  }

  private struct Threads: ~Copyable {
    let control: RealtimeThread
    let recorder: RealtimeThread
    let learner: RealtimeThread
    let operations: RealtimeThread
  }

  private func makeServer() throws(DaemonError) -> ControlServer {
    do throws(OperationsError) {
      return try ControlServer(path: options.socketPath)
    } catch {
      throw .part(name: "control socket", reason: error.message)
    }
  }

  /// Control first, then memory is locked, then the others: nothing of theirs needs to be locked.
  private func startThreads(_ share: RealtimeShare, _ server: ControlServer) throws(DaemonError) -> Threads {
    let wanted = profile.realtime
    let cpu = wanted.cpu.flatMap { $0 < RealtimeProcess.processorCount ? $0 : nil }
    let affinity = cpu.map { Affinity.pinned(processor: $0) } ?? .inherited
    let elsewhere = cpu.map { Affinity.avoiding(processor: $0) } ?? .inherited
    do throws(RealtimeError) {
      let control = try RealtimeThread.start(
        ThreadOptions(
          name: "limbd-control", priority: Int32(wanted.priority), affinity: affinity, stackBytes: 1 << 20,
          prefaultBytes: 256 << 10)
      ) { share.control() }
      noteRefusals(control.grant)
      lockMemory()
      let time = TimeSource.monotonic()
      let recorderThread = try RealtimeThread.start(ThreadOptions(name: "limbd-recorder", affinity: elsewhere)) {
        while !share.stopRecorder.load(ordering: .relaxed) {
          if !self.recorder.drain(now: time.now()) { usleep(5000) }
        }
      }
      let learnerThread = try RealtimeThread.start(
        ThreadOptions(name: "limbd-learner", nice: 10, affinity: elsewhere, stackBytes: 8 << 20)
      ) { self.learn(share) }
      nonisolated(unsafe) let shared = server
      let operations = try RealtimeThread.start(ThreadOptions(name: "limbd-socket", affinity: elsewhere)) {
        unsafe shared.run { self.answer($0, share) }
      }
      return Threads(control: control, recorder: recorderThread, learner: learnerThread, operations: operations)
    } catch {
      throw .part(name: "threads", reason: "\(error)")
    }
  }

  /// Promise R3: what is refused is said with its remedy, and a real robot cannot be armed unless the profile accepts
  /// it.
  private func noteRefusals(_ grant: ThreadGrant) {
    let refusals = grant.refusals
    guard !refusals.isEmpty else { return }
    for refusal in refusals { log.warning("real time: \(refusal)") }
    if !profile.link.isSimulated, profile.realtime.whenRefused == .refuseToArm { board.block(.realtimeRefused, true) }
  }

  private func lockMemory() {
    do throws(RealtimeError) {
      try RealtimeProcess.lockCurrentMemory()
      store.unlockMaps()
      prior?.unlockMaps()
    } catch {
      log.warning("memory is not locked (\(error)): grant LimitMEMLOCK=infinity")
      if !profile.link.isSimulated, profile.realtime.whenRefused == .refuseToArm { board.block(.realtimeRefused, true) }
    }
  }

  /// The body of the learner thread.
  private func learn(_ share: RealtimeShare) {
    var inDebt = true
    while !share.stopLearner.load(ordering: .relaxed) {
      let done = options.learn ? learning.work(maximum: 8) : 0
      if inDebt, done == 0 || learning.owed == 0 {
        inDebt = false
        board.block(.learnerInDebt, false)
      }
      if options.learn {
        do throws(DaemonError) { try learning.writeCheckpointIfDue() } catch { learning.note(error) }
      }
      learning.storePolicies()
      if done == 0 { usleep(2000) }
    }
  }

  /// A thread that does nothing but feed the watchdog while control turns: a port that takes seconds to open or a disk
  /// that stalls must not make systemd kill a robot in mid-stride (promise R4).
  private func startWatchdog(
    _ share: RealtimeShare, _ systemd: SystemdNotifier
  ) throws(DaemonError) -> RealtimeThread {
    do throws(RealtimeError) {
      return try RealtimeThread.start(ThreadOptions(name: "limbd-watchdog")) {
        var feeder = WatchdogFeeder(systemd)
        let clock = TimeSource.monotonic()
        while !share.stopControl.load(ordering: .relaxed) {
          feeder.look(iterations: self.board.iterations, at: clock.now())
          usleep(20_000)
        }
      }
    } catch {
      throw .part(name: "threads", reason: "\(error)")
    }
  }
}

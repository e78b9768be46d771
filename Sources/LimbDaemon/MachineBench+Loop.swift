internal import Glibc
internal import LimbControl
internal import LimbDevices
internal import Logging
package import LimbOperations
package import LimbProfile
internal import LimbRealtime
internal import LimbSessions
internal import LimbTypes
internal import Synchronization

extension MachineBench {
  /// The whole daemon in real time on the simulated robot, host-paced, learner at work, beside a baseline: a bare timer
  /// thread with control's priority on control's processor, half a period out of phase, that measures what the machine
  /// itself does to a thread that only sleeps and wakes.
  ///
  /// Control runs at `rateHertz`, whatever the profile's rate; policy steps keep theirs. The learner never rests: from the second step on each step earns the most updates that a profile can ask for, on the
  /// networks and batches of this one. Figures of a run whose robot could not be armed, and so taught nothing, are told
  /// as such.
  package static func loop(
    _ profile: RobotProfile, path: String, seconds: Double, rateHertz: Int = 1000
  ) throws(DaemonError) -> JSONObject {
    guard profile.link.isSimulated else { throw .usage("bench loop: needs a profile with port \"sim:\"") }
    let directory = "\(temporaryDirectory())/limbd-bench-loop-\(getpid())"
    defer { removeTree(directory) }
    // A file, because the simulator reads it too.
    let busyPath = directory + "-profile.yaml"
    defer { unsafe unlink(busyPath) }
    guard let model = profile.simulationModelPath(profilePath: path).flatMap(TransportOpener.resolve) else {
      throw .usage("bench loop: the model under simulation.model of \(path) cannot be read")
    }
    let profile = try busy(profile, modelPath: model, rateHertz: rateHertz, at: busyPath)
    var options = RunOptions(profile: busyPath, state: directory)
    options.arm = true
    options.duration = seconds
    var log = Logger(label: "limbd") { _ in DaemonLogHandler(level: .warning, underSystemd: false) }
    log.logLevel = .warning
    StopSignals.install()
    let run = try RobotRun(profile: profile, options: options, log: log)
    let baseline = Baseline(profile, seconds: seconds)
    let thread = try baseline.start()
    _ = try run.runRealtime()
    baseline.stop.store(true, ordering: .relaxed)
    thread.join()
    try run.close(.duration)
    guard let figures = run.loopFigures else { throw .part(name: "bench", reason: "the loop left no figures") }
    if run.ledger.totals.updatesTotal == 0 {
      log.warning("bench loop: no update was done in \(seconds) s: these are the figures of an idle learner")
    }
    var object = JSONObject()
    object.set("rate_hz", profile.control.rateHertz)
    object.set("iterations", figures.counters.iterations)
    object.set("compute_us", quantiles(figures.compute))
    object.set("wake_us", quantiles(figures.wake))
    object.set("baseline_wake_us", quantiles(baseline.histogram))
    let comparison = WakeComparison(loop: try wakes(of: run, profile), bare: baseline.wakes)
    if let added = comparison.addedP99Microseconds { object.set("added_wake_p99_us", added) } else { object.setNull("added_wake_p99_us") }
    object.set("heap_calls", figures.counters.heapCalls)
    object.set("page_faults", figures.counters.pageFaults)
    object.set("missed_deadlines", comparison.missed)
    object.set("missed_deadlines_alone", comparison.missedAlone)
    object.set("overruns", figures.counters.missedDeadlines)
    object.set("coasted_ticks", figures.counters.coastedTicks)
    object.set("involuntary_switches", figures.counters.involuntarySwitches)
    object.set("updates_total", run.ledger.totals.updatesTotal)
    object.set("updates_per_step", run.profile.learning.updatesPerStep)
    let hertz = WakeComparison.verdictHertz(
      wakeP999Nanoseconds: figures.wake.p999, computeP999Nanoseconds: figures.compute.p999)
    object.set(
      "verdict",
      hertz.map { "good for \($0) Hz on this machine: waking and computing take less than half of that period but once in a thousand times" }
        ?? "good for no usual rate: waking and computing take more than 10 ms once in a thousand times; see limbd doctor")
    return object
  }

  /// Every wake-up of control from the first arming on, from the session log: each iteration's deadline, when it woke for it, and
  /// whether its command was out before the next.
  private static func wakes(of run: RobotRun, _ profile: RobotProfile) throws(DaemonError) -> [WakeComparison.Wake] {
    let period = UInt64(profile.control.periodNanoseconds)
    var wakes: [WakeComparison.Wake] = []
    do throws(SessionError) {
      var reader = try SessionReader(sessionsDirectory: run.state.sessions, run: run.identity.runCounter)
      while let entry = try reader.next() {
        guard case .tick(let tick) = entry, !wakes.isEmpty || tick.state == .ramp else { continue }
        let deadline = tick.deadline.nanoseconds
        wakes.append(
          WakeComparison.Wake(
            deadlineNanoseconds: deadline, lateNanoseconds: max(tick.wokeAt.nanoseconds, deadline) - deadline,
            missed: tick.wroteAt.nanoseconds > deadline + period))
      }
    } catch {
      throw .part(name: "session log", reason: "\(error)")
    }
    return wakes
  }

  /// The profile with the host's clock, at a rate, and with more to learn than any computer can: no warm-up, and nothing of what is
  /// owed is ever dropped. Written to `path`.
  private static func busy(
    _ profile: RobotProfile, modelPath: String, rateHertz: Int, at path: String
  ) throws(DaemonError) -> RobotProfile {
    let every = max(1, Int((Double(rateHertz) / profile.control.policyRateHertz).rounded()))
    let changes = [
      ("  pacing:", "host"), ("  warm_up_steps:", "1"), ("  updates_per_step:", "64"),
      ("  backlog_limit_updates:", "100000"), ("  rate_hz:", "\(rateHertz)"), ("  policy_every:", "\(every)"),
      ("  model:", "\"\(modelPath)\""),
    ]
    let text = profile.canonicalText.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      changes.first { line.hasPrefix($0.0) }.map { $0.0 + " " + $0.1 } ?? String(line)
    }
    try writeWhole(text.joined(separator: "\n"), to: path)
    do throws(ProfileError) {
      return try RobotProfile.load(path: path)
    } catch {
      throw .part(name: "profile", reason: error.description)
    }
  }

  private static func quantiles(_ histogram: LatencyHistogram) -> JSONObject {
    var object = JSONObject()
    object.set("p50", Double(histogram.p50) / 1000)
    object.set("p99", Double(histogram.p99) / 1000)
    object.set("p999", Double(histogram.p999) / 1000)
    object.set("max", Double(histogram.maximumNanoseconds) / 1000)
    object.set("count", histogram.count)
    return object
  }
}

/// A thread that sleeps to absolute deadlines and notes how late it wakes.
@safe private final class Baseline: @unchecked Sendable {
  let stop = Atomic<Bool>(false)
  private let profile: RobotProfile
  /// Read it after the thread has been joined, like `wakes`.
  private(set) var histogram = LatencyHistogram()
  private(set) var wakes: [WakeComparison.Wake] = []

  init(_ profile: RobotProfile, seconds: Double) {
    self.profile = profile
    // Room for all, so that the thread allocates nothing. A robot takes some seconds to begin and to end.
    wakes.reserveCapacity(Int((seconds + 60) * Double(profile.control.rateHertz)))
  }

  func start() throws(DaemonError) -> RealtimeThread {
    let cpu = profile.realtime.cpu.flatMap { $0 < RealtimeProcess.processorCount ? $0 : nil }
    do throws(RealtimeError) {
      return try RealtimeThread.start(
        ThreadOptions(
          name: "limbd-baseline", priority: Int32(profile.realtime.priority),
          affinity: cpu.map { Affinity.pinned(processor: $0) } ?? .inherited)
      ) { self.body() }
    } catch {
      throw .part(name: "baseline", reason: "\(error)")
    }
  }

  private func body() {
    let clock = TimeSource.monotonic()
    let period = UInt64(profile.control.periodNanoseconds)
    var deadline = clock.nowNanoseconds() + period / 2
    while !stop.load(ordering: .relaxed) {
      deadline += period
      clock.sleep(untilNanoseconds: deadline)
      let now = clock.nowNanoseconds()
      let late = now > deadline ? now - deadline : 0
      histogram.record(nanoseconds: late)
      if wakes.count < wakes.capacity {
        wakes.append(WakeComparison.Wake(deadlineNanoseconds: deadline, lateNanoseconds: late, missed: late > period))
      }
      if now > deadline + period { deadline = now }
    }
  }
}

internal import Glibc
internal import LimbControl
internal import Logging
package import LimbOperations
package import LimbProfile
internal import LimbRealtime
internal import Synchronization

extension MachineBench {
  /// The whole daemon in real time on the simulated robot, host-paced, learner at work, beside a baseline: a bare timer
  /// thread with control's priority on control's processor, half a period out of phase, that measures what the machine
  /// itself does to a thread that only sleeps and wakes.
  ///
  /// The learner never rests: from the second step on each step earns the most updates that a profile can ask for, on the
  /// networks and batches of this one. Figures of a run whose robot could not be armed, and so taught nothing, are told
  /// as such.
  package static func loop(_ profile: RobotProfile, path: String, seconds: Double) throws(DaemonError) -> JSONObject {
    guard profile.link.isSimulated else { throw .usage("bench loop: needs a profile with port \"sim:\"") }
    let directory = "\(temporaryDirectory())/limbd-bench-loop-\(getpid())"
    defer { removeTree(directory) }
    var options = RunOptions(profile: path, state: directory)
    options.arm = true
    options.duration = seconds
    var log = Logger(label: "limbd") { _ in DaemonLogHandler(level: .warning, underSystemd: false) }
    log.logLevel = .warning
    StopSignals.install()
    let run = try RobotRun(profile: try busy(profile), options: options, log: log)
    let baseline = Baseline(profile)
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
    object.set("heap_calls", figures.counters.heapCalls)
    object.set("page_faults", figures.counters.pageFaults)
    object.set("missed_deadlines", figures.counters.missedDeadlines)
    object.set("coasted_ticks", figures.counters.coastedTicks)
    object.set("involuntary_switches", figures.counters.involuntarySwitches)
    object.set("updates_total", run.ledger.totals.updatesTotal)
    object.set("updates_per_step", run.profile.learning.updatesPerStep)
    return object
  }

  /// The profile with the host's clock and with more to learn than any computer can: no warm-up, and nothing of what is
  /// owed is ever dropped.
  private static func busy(_ profile: RobotProfile) throws(DaemonError) -> RobotProfile {
    let changes = [
      ("  pacing:", "host"), ("  warm_up_steps:", "1"), ("  updates_per_step:", "64"),
      ("  backlog_limit_updates:", "100000"),
    ]
    let text = profile.canonicalText.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      changes.first { line.hasPrefix($0.0) }.map { $0.0 + " " + $0.1 } ?? String(line)
    }
    do throws(ProfileError) {
      return try RobotProfile.load(yaml: text.joined(separator: "\n"))
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
  /// Read it after the thread has been joined.
  private(set) var histogram = LatencyHistogram()

  init(_ profile: RobotProfile) { self.profile = profile }

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
      histogram.record(nanoseconds: now > deadline ? now - deadline : 0)
      if now > deadline + period { deadline = now }
    }
  }
}

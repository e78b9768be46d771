internal import Glibc
package import LimbProfile
internal import Logging

/// The environment as a dictionary, read once.
enum ProcessEnvironment {
  static let all: [String: String] = {
    var found: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { found[String(pair[0])] = String(pair[1]) }
      unsafe entry += 1
    }
    return found
  }()
}

/// `limbd run`.
package enum Daemon {
  /// Runs until asked to stop, or until an end that `options` name is reached. Returns after a clean end: robot safe,
  /// checkpoint written, files closed.
  package static func run(profile: RobotProfile, options: RunOptions) throws(DaemonError) {
    let underSystemd = ProcessEnvironment.all["JOURNAL_STREAM"] != nil
    var log = Logger(label: "limbd") { _ in DaemonLogHandler(level: .info, underSystemd: underSystemd) }
    log.logLevel = .info
    try refuse(profile, options, underSystemd: underSystemd)
    StopSignals.install()
    let run = try RobotRun(profile: profile, options: options, log: log)
    for trouble in [run.lostState, run.foreignState] { if let trouble { log.warning("\(trouble)") } }
    if let found = run.foundState { log.notice("\(found)") }
    let end = try options.lockstep ? run.runLockstep() : run.runRealtime()
    try run.close(end)
    let totals = run.ledger.totals
    let ofRun = "\(totals.stepsOfRun) steps and \(totals.episodes) episodes in this run"
    log.notice("ended \(end.words): \(ofRun); \(options.state) holds \(totals.stepsTotal) steps of all runs")
  }

  /// Promise S1: on a real port `--arm` is refused where no person stands behind it.
  private static func refuse(_ profile: RobotProfile, _ options: RunOptions, underSystemd: Bool) throws(DaemonError) {
    if options.lockstep, profile.estimation.velocitySource == .external {
      throw .usage("--lockstep: estimation.velocity is external, and in lockstep there is no control socket to send it to")
    }
    guard !profile.link.isSimulated else { return }
    if options.lockstep { throw .usage("--lockstep: a real robot (port \(profile.link.port)) keeps its own time") }
    guard options.arm else { return }
    if underSystemd { throw .usage("--arm: refused under systemd on a real robot; use: limbd arm") }
    if isatty(0) != 1 { throw .usage("--arm: refused without a terminal on a real robot; use: limbd arm") }
  }
}

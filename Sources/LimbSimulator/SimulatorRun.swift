internal import CRealtime
internal import Glibc
internal import LimbProfile
internal import LimbTypes
package import Synchronization

/// A simulated robot on a pseudo-terminal, from start to end of the process.
///
/// Real time: one millisecond of device time at every absolute deadline; a late millisecond moves all later ones, so
/// device time slips and nothing is caught up. Lockstep: device time moves only between a TICK_DONE and the next TICK.
package struct SimulatorRun: ~Copyable {
  /// Set by a signal handler: the run ends at the next millisecond or wait.
  package static let stopRequested = Atomic<Bool>(false)

  private let options: Options
  private var robot: SimulatedRobot
  private var terminal: PseudoTerminal
  private var truth: TruthWriter?
  private var newestEpisode: UInt32 = 0
  private var incoming = [UInt8](repeating: 0, count: 8192)

  /// Loads the model, starts the firmware, and makes the port.
  package init(_ options: Options) throws(SimulatorError) {
    let robot = try SimulatedRobot(
      profile: options.profile, modelPath: options.modelPath, seed: options.seed, faults: options.faults,
      grantsLockstep: options.isLockstep, recordsTruth: options.truthPath != nil)
    let truth = try Self.makeTruth(options)
    let terminal = try PseudoTerminal(path: options.port)
    self.options = options
    self.robot = robot
    self.truth = truth
    self.terminal = terminal
  }

  private static func makeTruth(_ options: Options) throws(SimulatorError) -> TruthWriter? {
    guard let path = options.truthPath else { return nil }
    let header = TruthLayout.Header(
      jointCount: UInt32(options.profile.jointCount), framesPerSecond: UInt32(options.profile.control.rateHertz),
      standingHeightMeters: Float(options.profile.kinematics.standingHeightMeters), seed: options.seed)
    return try TruthWriter(path: path, header: header)
  }

  /// Runs until the lifetime descriptor or a signal ends it, or the lockstep peer fails.
  package mutating func run() throws(SimulatorError) {
    do throws(SimulatorError) {
      if options.isLockstep { try runLockstep() } else { try runRealTime() }
    } catch {
      storeTruth(flush: true)
      throw error
    }
    storeTruth(flush: true)
  }

  private var mustStop: Bool { Self.stopRequested.load(ordering: .relaxed) }

  private mutating func runRealTime() throws(SimulatorError) {
    var deadline = limb_monotonic_ns()
    while !mustStop {
      if robot.now % 64_000 == 0 && lifetimeEnded() { return }
      if try followPlug() {
        _ = readIntoRobot()
        robot.advance()
        let outgoing = robot.takeOutput()
        if !outgoing.isEmpty { terminal.write(outgoing) }
      } else {
        robot.advance()
        _ = robot.takeOutput()
      }
      storeTruth()
      deadline += 1_000_000
      let now = limb_monotonic_ns()
      if now > deadline { deadline = now } else { _ = limb_sleep_until_ns(deadline) }
    }
  }

  /// Makes the terminal follow an injected unplug; true while plugged.
  private mutating func followPlug() throws(SimulatorError) -> Bool {
    if robot.isUnplugged {
      terminal.unplug()
      return false
    }
    if !terminal.isPlugged { try terminal.plug() }
    return true
  }

  private func lifetimeEnded(withinSeconds seconds: UInt64 = 0) -> Bool {
    guard options.lifetime >= 0 else { return false }
    let deadline = seconds == 0 ? 0 : limb_monotonic_ns() + seconds * 1_000_000_000
    return limb_fd_wait_until_ns(options.lifetime, Int32(LIMB_FD_READABLE), deadline) > 0
  }

  /// The line is closed. A peer that is our parent closes it on its way out: that is an end, not an error.
  private func partWithPeer(_ number: UInt64) throws(SimulatorError) -> Bool {
    if lifetimeEnded(withinSeconds: 1) { return false }
    throw .peerClosed(tick: number)
  }

  private mutating func runLockstep() throws(SimulatorError) {
    guard try greet() else { return }
    var number = robot.tick
    while !mustStop {
      for _ in 0..<robot.frameMilliseconds where robot.advance() { break }
      number += 1
      let bytes = robot.takeOutput() + SimulatedRobot.tickFrame(number: number, deviceTimeMicroseconds: robot.now)
      let deadline = limb_monotonic_ns() + UInt64(options.silenceSeconds) * 1_000_000_000
      let isWritten = writeAll(bytes, untilNanoseconds: deadline)
      storeTruth()
      if !isWritten { return try endLockstep(number) }
      guard try awaitDone(number) else { return }
    }
  }

  /// Device time stands still until a host has been granted the barrier. False if the run is to end.
  private mutating func greet() throws(SimulatorError) -> Bool {
    while !mustStop {
      switch wait(milliseconds: 200) {
      case .lifetimeEnded: return false
      case .nobody: _ = limb_sleep_until_ns(limb_monotonic_ns() + 2_000_000)
      case .timeout: break
      case .readable:
        _ = readIntoRobot()
        let answer = robot.takeOutput()
        if !answer.isEmpty { terminal.write(answer) }
        if robot.hasGrantedLockstep { return true }
      }
    }
    return false
  }

  /// Reads until TICK_DONE(number). False if the run is to end.
  private mutating func awaitDone(_ number: UInt64) throws(SimulatorError) -> Bool {
    var waited = 0
    while robot.lastTickDone != number {
      if mustStop { return false }
      switch wait(milliseconds: 1000) {
      case .lifetimeEnded: return false
      case .nobody:
        try endLockstep(number)
        return false
      case .timeout:
        waited += 1
        if waited >= options.silenceSeconds { throw .peerSilent(tick: number, seconds: options.silenceSeconds) }
      case .readable:
        waited = 0
        if readIntoRobot() == .nobody {
          try endLockstep(number)
          return false
        }
      }
    }
    return true
  }

  /// The peer has closed, or takes nothing any more. A parent that ends closes its line shortly before the lifetime
  /// descriptor: that is a clean end.
  private func endLockstep(_ number: UInt64) throws(SimulatorError) {
    if terminal.hasPeer { throw .peerSilent(tick: number, seconds: options.silenceSeconds) }
    var lifetime = pollfd(fd: options.lifetime, events: Int16(POLLIN), revents: 0)
    if options.lifetime >= 0, unsafe poll(&lifetime, 1, 1000) > 0 { return }
    if !mustStop { throw .peerClosed(tick: number) }
  }

  /// Passes on what has arrived; never waits.
  private mutating func readIntoRobot() -> PseudoTerminal.Reading {
    let reading = unsafe incoming.withUnsafeMutableBufferPointer { buffer in
      unsafe terminal.read(into: buffer.baseAddress!, capacity: buffer.count)
    }
    if case .bytes(let count) = reading { robot.receive(incoming[..<count]) }
    return reading
  }

  /// Writes all of it, waiting for the reader until a monotonic instant; false if time ran out or the peer is gone.
  private func writeAll(_ bytes: [UInt8], untilNanoseconds deadline: UInt64) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      var done = 0
      while done < buffer.count {
        done += unsafe terminal.writeSome(buffer.baseAddress! + done, count: buffer.count - done)
        if done == buffer.count { break }
        let ready = limb_fd_wait_until_ns(terminal.pollDescriptor, Int32(LIMB_FD_WRITABLE), deadline)
        if ready <= 0 || ready & Int32(LIMB_FD_HANGUP) != 0 { return false }
      }
      return true
    }
  }

  /// How a wait ended.
  private enum Wait {
    case readable, nobody, timeout, lifetimeEnded
  }

  /// Until bytes are there, the lifetime descriptor ends, or the time is over.
  private func wait(milliseconds: Int32) -> Wait {
    var items = [
      pollfd(fd: terminal.pollDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: options.lifetime, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe poll(&items, 2, milliseconds) > 0 else { return .timeout }
    if items[1].revents != 0 { return .lifetimeEnded }
    if items[0].revents & Int16(POLLIN) != 0 { return .readable }
    return items[0].revents != 0 ? .nobody : .timeout
  }

  /// Hands over the truth. A disk that takes no more of it ends the truth, said once; the robot goes on.
  private mutating func storeTruth(flush: Bool = false) {
    guard truth != nil else { return }
    do throws(SimulatorError) {
      try appendTruth()
      if flush { try truth!.flush() }
    } catch {
      truth = nil
      robot.stopTruth()
      let line = "limbd-sim: \(error.description); no more truth is written\n"
      _ = unsafe line.withCString { unsafe write(2, $0, strlen($0)) }
    }
  }

  private mutating func appendTruth() throws(SimulatorError) {
    if robot.takeEpisodeEnd() { try truth!.flush() }
    for record in robot.takeTruth() {
      try truth!.append(record)
      if record.episode != newestEpisode {
        newestEpisode = record.episode
        try truth!.flush()
      }
    }
  }
}

import Foundation
import Glibc
import LimbLink
import LimbProfile
import LimbTestSupport
import LimbTypes

@testable import LimbSimulator

/// A lockstep simulator in a thread of its own.
final class LockstepSimulator: @unchecked Sendable {
  let port: String
  let truth: String
  private let finished = DispatchSemaphore(value: 0)
  private var failure: SimulatorError?
  private var lifetime: Int32

  init(_ name: String, seed: UInt64 = 1, faults: [String] = [], silenceSeconds: Int = 30) throws {
    let folder = PseudoTerminalTests.folder()
    port = folder + "/port"
    truth = folder + "/truth"
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { fatalError("pipe: errno \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    lifetime = ends[1]
    let (profile, model) = try Repository.profile(name)
    let options = SimulatorRun.Options(
      profile: profile, modelPath: model, port: port, seed: seed, isLockstep: true, truthPath: truth,
      faults: try FaultSchedule(parsing: faults, jointNames: profile.joints.map(\.name)), lifetime: ends[0],
      silenceSeconds: silenceSeconds)
    let ready = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [self] in
      do throws(SimulatorError) {
        var run = try SimulatorRun(options)
        ready.signal()
        try run.run()
      } catch { failure = error }
      ready.signal()
      finished.signal()
    }
    ready.wait()
  }

  /// Ends its lifetime, as a parent's exit does.
  func endLifetime() {
    if lifetime >= 0 { close(lifetime) }
    lifetime = -1
  }

  /// Waits for its end; nil after a clean one.
  func join() -> SimulatorError? {
    finished.wait()
    return failure
  }

  func truthRecords() -> [TruthRecord] {
    let bytes = TruthWriterTests.contents(truth)
    return stride(from: TruthLayout.headerBytes, to: bytes.count, by: TruthLayout.recordBytes).map {
      TruthLayout.decodeRecord(bytes, at: $0)
    }
  }
}

/// A minimal host on LimbLink: greets, keeps the barrier, arms, and sends joint angles in the device's counts.
@safe final class LockstepHost {
  let descriptor: Int32
  private var encoder = FrameEncoder()
  private var decoder = FrameDecoder()
  private var outgoing: [UInt8] = []
  private var unread: [UInt8] = []
  private let profile: RobotProfile
  private(set) var helloAnswers: [HelloAckMessage] = []
  private(set) var caps: CapsMessage?
  private(set) var acks: [AckMessage] = []
  private(set) var sensor: SensorMessage?
  private(set) var sequences: [UInt16] = []
  private(set) var ticks: [TickMessage] = []
  /// Every byte that came.
  private(set) var received: [UInt8] = []
  var counters: LinkCounters { decoder.counters }
  var state: UInt8 { sensor?.state ?? 0 }

  init(port: String, profile: RobotProfile) {
    descriptor = unsafe open(port, O_RDWR | O_NOCTTY | O_CLOEXEC)
    self.profile = profile
  }

  deinit { close(descriptor) }

  func hello(session: UInt16 = 77, wantsLockstep: Bool = true) {
    var hello = HelloMessage()
    hello.session = session
    hello.nonce = 12345
    hello.rateHertz = UInt16(profile.control.rateHertz)
    hello.flags = wantsLockstep ? 1 : 0
    queue(.hello(hello))
    flush()
  }

  /// Reads until TICK; false if nothing comes for ten seconds or the line is gone. Frames of the tick are taken.
  @discardableResult func awaitTick() -> Bool {
    let count = ticks.count
    while ticks.count == count {
      guard decode() || readMore() else { return false }
    }
    return true
  }

  /// Reads until CAPS have come.
  func awaitCaps() -> CapsMessage? {
    while caps == nil { guard decode() || readMore() else { return nil } }
    return caps
  }

  func finishTick() {
    var done = TickDoneMessage()
    done.number = ticks.last!.number
    queue(.tickDone(done))
    flush()
  }

  /// One tick with a command: mode OFF at measured angles, or RUN towards nominal ones with the profile's gains.
  func step(run: Bool) -> Bool {
    guard awaitTick() else { return false }
    if let sensor, let sequence = sequences.last { queue(.command(command(sensor, sequence, run: run))) }
    finishTick()
    return true
  }

  private func command(_ sensor: SensorMessage, _ sequence: UInt16, run: Bool) -> CommandMessage {
    var command = CommandMessage()
    command.jointCount = sensor.jointCount
    command.mode = run ? 1 : 0
    command.timeToLiveMilliseconds = UInt16(profile.control.commandTimeToLiveMilliseconds)
    command.sensorSequence = sequence
    command.session = 77
    for (index, joint) in profile.joints.enumerated() {
      if run {
        command.joints[index].position = FixedPoint.i16(Float(joint.nominalRadians), perUnit: 4096)
        command.joints[index].stiffness = FixedPoint.u16(Float(joint.kp), perUnit: 64)
        command.joints[index].damping = FixedPoint.u16(Float(joint.kd), perUnit: 1024)
      } else {
        command.joints[index].position = sensor.joints[index].position
      }
    }
    return command
  }

  func requestArm() {
    var arm = ArmMessage()
    arm.request = 1
    arm.session = 77
    arm.capsCRC = caps!.capsCRC
    queue(.arm(arm))
  }

  func announce(episode: UInt32) {
    var set = ParameterMessage()
    set.request = 2
    set.session = 77
    set.operation = 1
    set.id = 1
    set.value = episode
    queue(.parameter(set))
  }

  /// Bytes for the next flush.
  func queue(_ message: Message) {
    var bytes = [UInt8](repeating: 0, count: 600)
    let count = unsafe bytes.withUnsafeMutableBufferPointer {
      unsafe encoder.encode(message, microseconds: 0, into: $0.baseAddress!, capacity: $0.count)
    }
    precondition(count > 0, "the test's message is not valid")
    outgoing += bytes[..<count]
  }

  func queue(raw: [UInt8]) { outgoing += raw }

  func flush() {
    _ = unsafe write(descriptor, outgoing, outgoing.count)
    outgoing = []
  }

  private func decode() -> Bool {
    var offset = 0
    let found = unsafe unread.withUnsafeBufferPointer { buffer in
      buffer.isEmpty ? false : unsafe decoder.consume(buffer.baseAddress!, count: buffer.count, offset: &offset)
    }
    unread.removeFirst(offset)
    guard found else { return false }
    switch decoder.message {
    case .helloAck(let answer): helloAnswers.append(answer)
    case .caps(let message): caps = message
    case .ack(let ack): acks.append(ack)
    case .sensorQuad(let message), .sensorArm(let message):
      sensor = message
      sequences.append(decoder.header.sequence)
    case .tick(let tick): ticks.append(tick)
    default: break
    }
    return true
  }

  private func readMore() -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&poller, 1, 10_000) > 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return false }
    unread += bytes[..<count]
    received += bytes[..<count]
    return true
  }
}

import CLimbLink
import Foundation
@testable import LimbControl
import LimbDevices
import LimbNetworks
import LimbProfile
import LimbRealtime
import LimbTask
import LimbTestSupport
import LimbTypes

/// A shipped profile, with changes to its text.
func shippedProfile(_ file: String = "quad8-sim.yaml", _ changes: [(String, String)] = []) throws -> RobotProfile {
  var text = try Repository.text("configs/" + file)
  for (old, new) in changes {
    precondition(text.contains(old), "the profile has no \(old)")
    text = text.replacingOccurrences(of: old, with: new)
  }
  return try RobotProfile.load(yaml: text, file: file)
}

/// Short episodes and small networks, so that a test lasts seconds.
let quick = [
  ("episode_steps: 500", "episode_steps: 20"), ("hidden: [256, 256]", "hidden: [16, 16]"),
]

/// The shipped quadruped, walking with uniform actions, some steps into an episode.
func walking(_ changes: [(String, String)] = []) throws -> ControlBench {
  let bench = try ControlBench(
    shippedProfile("quad8-sim.yaml", quick + changes), change: { $0.mode = .uniform })
  try bench.walk()
  bench.advance(110)
  return bench
}

/// The control loop and the real firmware on the two ends of a socket pair, tick by tick; time is the device's.
final class ControlBench {
  let profile: RobotProfile
  let plan: ControlPlan
  let board: ControlBoard
  let robot: FirmwareRobot
  let actor: DenseStack
  let time = TimeSource.manual()
  var loop: ControlLoop
  private var hostEnd: Int32
  private var deviceEnd: Int32
  private var tick: UInt64 = 0
  private var toDevice: [UInt8] = []
  private var isUnplugged = false
  /// Message types (SPEC §4) that never reach the device; nil: none of any type does.
  var lostTypes: Set<UInt8>? = []
  private var held: [UInt8] = []
  var steps: [StepRecord] = []
  var events: [ControlEvent] = []
  var replies: [RequestReply] = []
  /// States in the order they were entered.
  var path: [SupervisorCode] = []
  /// Loses the device's bytes of a tick.
  var losesFrames = false
  /// What the wire makes of the device's bytes of a tick.
  var wire: ((inout [UInt8]) -> Void)?
  /// On a clock moved by hand: so many ticks control does not iterate.
  var hangingTicks = 0
  /// The clock of the loop is the device's, tick by tick; else it is moved by hand.
  let isLockstep: Bool
  /// Nobody empties the rings.
  var isRecorderStalled = false
  var ticks: [TickRecord] = []
  private var nextRequest: UInt64 = 1

  init(
    _ profile: RobotProfile, seed: UInt64 = 5, lockstep: Bool = true, change: (inout ControlRun) -> Void = { _ in },
    firmware: (inout limb_firmware_config) -> Void = { _ in }
  ) throws {
    self.profile = profile
    isLockstep = lockstep
    plan = try ControlPlan(profile: profile)
    actor = DenseStack(
      inputWidth: plan.observation.inputWidth, hidden: profile.learning.hidden, outputWidth: 2 * plan.actionCount,
      layerNorm: false, naming: .actor)
    board = ControlBoard(ControlBoardSizes(policyParameters: actor.parameterCount))
    robot = FirmwareRobot(profile: profile, change: firmware)
    var ends: [Int32] = [-1, -1]
    let result = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
    precondition(result == 0)
    hostEnd = ends[0]
    deviceEnd = ends[1]
    var run = ControlRun(seed: seed, session: 0x77)
    change(&run)
    let step = ControlStep(profile: profile, plan: plan, run: run, policy: PolicyInference(actor), board: board)
    var driver = LimbLinkDriver(plan: DriverPlan(profile), session: 0x1234, nonce: 99, wantsLockstep: lockstep)
    driver.attach(Transport(descriptor: ends[0]))
    loop = ControlLoop(step: step, driver: driver, time: time, profile: profile)
  }

  deinit {
    close(hostEnd)
    if !isUnplugged { close(deviceEnd) }
  }

  var state: SupervisorCode { loop.step.state.supervisor.code }

  /// One tick of both sides. The first brings the handshake about.
  func advance() {
    if tick == 0 { greet() }
    tick += 1
    var bytes: [UInt8] = []
    let milliseconds = 1000 / profile.control.rateHertz
    for _ in 0..<milliseconds {
      bytes += robot.step(toDevice)
      toDevice = []
    }
    wire?(&bytes)
    if !losesFrames { send(bytes) }
    var mark = [UInt8](repeating: 0, count: 64)
    let count = unsafe limb_encode_tick(tick, robot.nowMicroseconds, &mark, mark.count)
    send(Array(mark[..<count]))
    let end = loop.iterateLockstep()
    precondition(end.rawValue == IterationEnd.done.rawValue, "the tick did not end")
    toDevice = receive()
    collect()
  }

  /// The first half of the handshake, while device time stands still; its answer is read with the first tick.
  private func greet() {
    _ = robot.step([])
    let end = loop.iterateLockstep()
    precondition(end.rawValue == IterationEnd.greeting.rawValue)
    let hello = receive()
    unsafe limb_firmware_receive(robot.firmware, hello, hello.count, robot.nowMicroseconds)
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe limb_firmware_transmit(robot.firmware, &bytes, bytes.count)
    send(Array(bytes[..<count]))
  }

  func advance(_ count: Int) { for _ in 0..<count { advance() } }

  /// Ticks until `done`, at most `limit`. Returns how many, or nil.
  @discardableResult func advance(until done: () -> Bool, limit: Int = 20_000) -> Int? {
    for count in 0..<limit {
      if done() { return count }
      advance()
    }
    return nil
  }

  @discardableResult func ask(_ kind: ControlRequestKind) -> UInt64 {
    defer { nextRequest += 1 }
    _ = board.ask(ControlRequest(id: nextRequest, kind))
    return nextRequest
  }

  func reply(_ id: UInt64) -> RequestReply? { replies.first { $0.id == id } }

  /// Linked, armed, standing, first step taken.
  func walk() throws {
    advance(20)
    ask(.arm)
    guard advance(until: { state == .episode }) != nil else {
      throw BenchError(
        text: "no episode: \(state), path \(path), refusal \(loop.step.state.armRefusal), device \(robot.state)")
    }
  }

  /// Real time on a clock moved by hand: two milliseconds of the device, then, unless they are held back, its bytes and
  /// one iteration of control.
  func passTime(delivers: Bool = true, iterates: Bool = true) {
    for _ in 0..<2 {
      held += robot.step(toDevice)
      toDevice = []
    }
    time.set(nanoseconds: robot.nowMicroseconds * 1000)
    if delivers {
      wire?(&held)
      if !losesFrames { send(held) }
      held = []
    }
    guard iterates else { return }
    _ = loop.iterate()
    toDevice = receive()
    collect()
  }

  /// Sends the first whole frame of what is held back.
  func deliverOldestHeldFrame() {
    guard let start = held.firstIndex(where: { $0 != 0 }), let end = held[start...].firstIndex(of: 0) else { return }
    send([0] + held[start...end])
    held.removeSubrange(...end)
  }

  /// The line is gone: the host's end reads a hang-up.
  func unplug() {
    close(deviceEnd)
    isUnplugged = true
    toDevice = []
  }

  /// A new line to the same device.
  func replug() {
    var ends: [Int32] = [-1, -1]
    let result = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
    precondition(result == 0)
    close(hostEnd)
    hostEnd = ends[0]
    deviceEnd = ends[1]
    isUnplugged = false
    held = []
    loop.driver.attach(Transport(descriptor: hostEnd))
  }

  private func send(_ bytes: [UInt8]) {
    if isUnplugged { return }
    let count = unsafe write(deviceEnd, bytes, bytes.count)
    // A line that nobody reads is full some day, and loses the rest.
    precondition(count == bytes.count || hangingTicks > 0)
  }

  private func receive() -> [UInt8] {
    if isUnplugged { return [] }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe read(deviceEnd, &bytes, bytes.count)
    guard count > 0, let lostTypes else { return [] }
    guard !lostTypes.isEmpty else { return Array(bytes[..<count]) }
    // Version and type are never 0, so that they follow the first code byte as they are.
    let frames = bytes[..<count].split(separator: 0).filter { $0.count < 3 || !lostTypes.contains($0[$0.startIndex + 2]) }
    return frames.flatMap { [0] + $0 + [0] }
  }

  private func collect() {
    if isRecorderStalled { return }
    var record = StepRecord()
    while board.popStep(into: &record) { steps.append(record) }
    var event = ControlEvent()
    while board.popEvent(into: &event) {
      events.append(event)
      if event.kind == .transition, let to = SupervisorCode(rawValue: UInt8(event.b)) { path.append(to) }
    }
    var tick = TickRecord()
    while board.popTick(into: &tick) { if ticks.count < 2000 { ticks.append(tick) } }
    while let reply = board.popReply() { replies.append(reply) }
  }
}

struct BenchError: Error, CustomStringConvertible {
  var text: String
  var description: String { text }
}

extension ControlBench {
  /// Publishes a policy of the given numbers.
  func publish(version: UInt64, _ value: (Int) -> Float) {
    unsafe board.publishPolicy(version: version) { block in
      for index in 0..<actor.parameterCount { unsafe block[index] = value(index) }
    }
  }

  /// How far the joint farthest from its park angle is from it, radians.
  var distanceToPark: Float {
    zip(robot.positions, profile.joints).map { abs($0 - Float($1.parkRadians)) }.max() ?? 0
  }

  /// What a stray write or a bad memory cell would do to the policy in use.
  func corruptPolicy() {
    let block = unsafe UnsafeMutablePointer(mutating: board.policyBlock())
    for index in 0..<actor.parameterCount { unsafe block[index] = .nan }
  }
}

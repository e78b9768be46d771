internal import CLimbLink
package import LimbProfile
package import LimbTypes

/// Plant, firmware and line in one: bytes in, bytes out, a millisecond at a time on its own clock.
///
/// One thread. Device time moves only in `advance`. Latency of the line (drawn per episode) and the faults that were
/// asked for act on whole frames, in both directions; before time first moves frames pass at once.
package struct SimulatedRobot: ~Copyable {
  /// Body, motors and sensors.
  package private(set) var plant: Plant
  private var board: FirmwareBoard
  private let faults: FaultSchedule
  private var towardsDevice: SimulatedLine
  private var towardsHost: SimulatedLine
  private var fromHost = FrameSplitter()
  /// From the host, whole frames, waiting for the next millisecond.
  private var arrived: [UInt8] = []
  private var barrier = limb_decoder()
  /// Bytes ready for the host.
  private var ready: [UInt8] = []
  private var scratch: [UInt8] = []
  private var truth: [TruthRecord] = []
  private var recordsTruth: Bool
  /// From one SENSOR frame to the next, as agreed last; what the profile says before that.
  package private(set) var frameMilliseconds: Int
  private var hasEpisodeEnded = false
  /// Device time, microseconds.
  package private(set) var now: UInt64 = 0
  /// The number of the newest SENSOR frame, unwrapped from its number on the wire.
  package private(set) var tick: UInt64
  /// The number in the last TICK_DONE that the host sent; nil before the first.
  package private(set) var lastTickDone: UInt64?
  private var hasMoved = false

  /// Seed and faults as on the command line; `modelPath` is the MJCF file.
  package init(
    profile: RobotProfile, modelPath: String, seed: UInt64, faults: FaultSchedule, grantsLockstep: Bool,
    recordsTruth: Bool
  ) throws(SimulatorError) {
    let body = try Plant(profile: profile, modelPath: modelPath, seed: seed)
    let controller = try FirmwareBoard(profile, grantsLockstep: grantsLockstep)
    tick = UInt64(controller.firstSequence) &- 1
    plant = body
    board = controller
    self.faults = faults
    towardsDevice = SimulatedLine(faults, to: .device, seed: seed)
    towardsHost = SimulatedLine(faults, to: .host, seed: seed)
    frameMilliseconds = max(1, 1000 / max(50, min(1000, profile.control.rateHertz)))
    self.recordsTruth = recordsTruth
    unsafe limb_decoder_init(&barrier)
    setLatency()
    controlTick()
  }

  /// True once the host has been granted the lockstep barrier.
  package var hasGrantedLockstep: Bool { board.grantedLockstep }

  /// True while a fault has pulled the plug.
  package var isUnplugged: Bool { faults.isUnplugged(at: millisecond) }

  /// Bytes from the host. TICK_DONE is noted and goes no further.
  package mutating func receive(_ bytes: ArraySlice<UInt8>) {
    var frames: [[UInt8]] = []
    fromHost.push(bytes) { frames.append($0) }
    for frame in frames {
      if let number = tickDone(frame) {
        lastTickDone = number
        continue
      }
      if hasMoved { arrived += frame } else { board.receive(frame, at: now) }
    }
    if !hasMoved { board.transmit(to: &ready) }
  }

  /// One millisecond of device time; true if a SENSOR frame was made in it.
  @discardableResult
  package mutating func advance() -> Bool {
    hasMoved = true
    let isUnplugged = isUnplugged
    if isUnplugged {
      towardsDevice.clear()
      towardsHost.clear()
      arrived.removeAll(keepingCapacity: true)
    }
    let bytes = towardsDevice.pass(arrived, millisecond: millisecond)
    arrived.removeAll(keepingCapacity: true)
    if !bytes.isEmpty { board.receive(bytes, at: now) }
    if let number = board.takeEpisode() {
      plant.beginEpisode(number)
      plant.applyJams()
      setLatency()
      hasEpisodeEnded = true
    }
    if !faults.isEmpty { applyFaults() }
    if board.hasSession { frameMilliseconds = board.millisecondsPerFrame }
    let made = controlTick()
    scratch.removeAll(keepingCapacity: true)
    board.transmit(to: &scratch)
    if !isUnplugged { ready += towardsHost.pass(scratch, millisecond: millisecond) }
    now += 1000
    return made
  }

  /// Takes the bytes that have reached the host by now.
  package mutating func takeOutput() -> [UInt8] {
    defer { ready.removeAll(keepingCapacity: true) }
    return ready
  }

  /// Nobody takes truth records any more.
  package mutating func stopTruth() {
    recordsTruth = false
    truth = []
  }

  /// Takes the truth records made since the last call.
  package mutating func takeTruth() -> [TruthRecord] {
    defer { truth.removeAll(keepingCapacity: true) }
    return truth
  }

  /// True once after each announcement of an episode: the records taken before belong to the one that ended.
  package mutating func takeEpisodeEnd() -> Bool {
    defer { hasEpisodeEnded = false }
    return hasEpisodeEnded
  }

  /// Milliseconds of device time.
  private var millisecond: UInt64 { now / 1000 }

  /// The episode's latency, half of it each way.
  private mutating func setLatency() {
    let total = UInt64(plant.draw.latencyMilliseconds.rounded())
    towardsHost.latency = total / 2
    towardsDevice.latency = total - total / 2
  }

  @discardableResult
  private mutating func controlTick() -> Bool {
    let reading = plant.sense()
    let torques = board.tick(reading, inputs(), at: now)
    let made = board.cyclicSequence
    if let made {
      // After a reset of the firmware the numbers begin anew, perhaps with the one made last: up by a whole turn.
      let step = made &- UInt16(truncatingIfNeeded: tick)
      tick &+= step == 0 ? 65536 : UInt64(step)
      if recordsTruth {
        truth.append(plant.truth(tick: tick, deviceTimeMicroseconds: now))
      }
    }
    plant.actuate(torques, enabled: board.motorsEnabled, stiffness: board.stiffnessShare())
    return made != nil
  }

  private func inputs() -> FirmwareBoard.Inputs {
    var inputs = FirmwareBoard.Inputs()
    for scheduled in faults.faults where scheduled.isActive(at: millisecond) {
      switch scheduled.fault {
      case .button: inputs.button = true
      case .emergencyStopButton: inputs.emergencyStop = true
      case .frozenInertialUnit: inputs.isInertialUnitFrozen = true
      case .overTemperature(let joint, let celsius): inputs.celsius[joint] = Float(celsius)
      case .encoderLoss(let joint): inputs.lostEncoders.insert(joint)
      case .drop, .corrupt, .duplicate, .delay, .garbage, .unplug, .replug: break
      case .brownOut, .stuckJoint, .firmwareReset: break
      }
    }
    return inputs
  }

  private mutating func applyFaults() {
    plant.disturbance.supplyVolts = nil
    var stuck: Set<Int> = []
    for scheduled in faults.faults where scheduled.isActive(at: millisecond) {
      if case .brownOut(let volts) = scheduled.fault { plant.disturbance.supplyVolts = volts }
      if case .stuckJoint(let joint) = scheduled.fault { stuck.insert(joint) }
    }
    if stuck != plant.disturbance.jammedJoints {
      plant.disturbance.jammedJoints = stuck
      plant.applyJams()
    }
    if faults.resetsFirmware(at: millisecond) {
      board.reset(cause: 4)
      towardsDevice.clear()
    }
  }

  private mutating func tickDone(_ frame: [UInt8]) -> UInt64? {
    var message = limb_message()
    var delivered = false
    var offset = 0
    var number: UInt64?
    unsafe frame.withUnsafeBufferPointer { buffer in
      while offset < buffer.count {
        offset += unsafe limb_decoder_push(
          &barrier, buffer.baseAddress! + offset, buffer.count - offset, &message, &delivered)
        if delivered && UInt32(message.header.type) == LIMB_TICK_DONE.rawValue {
          number = unsafe message.body.tick_done.n
        }
      }
    }
    return number
  }

  /// The barrier's TICK frame for this moment; never subject to faults or latency.
  package static func tickFrame(number: UInt64, deviceTimeMicroseconds: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(LIMB_MAX_ENCODED))
    let count = unsafe limb_encode_tick(number, deviceTimeMicroseconds, &bytes, bytes.count)
    return Array(bytes[..<count])
  }
}

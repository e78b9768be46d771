package import LimbLink
package import LimbTypes

/// Speaks limb-link to one robot: bytes in, `SensorFrame`s out; `JointCommand`s in, bytes out. Everything in between
/// lives here: handshake, identity, units, calibration, requests with their retries, statistics. It holds no clock: the
/// instant comes with `beginIteration`.
///
/// One iteration of the control thread:
/// ```
/// driver.beginIteration(at: now)
/// driver.receive()                                    // lockstep: receiveTick() until a whole tick is there
/// while driver.nextFrame(into: &frame) { estimator.update(frame) }
/// driver.serve()                                      // handshake, retries, time comparison, re-opening
/// driver.send(command)                                // at most once, in answer to the newest frame
/// driver.copyBytes(into: &record)                     // what went over the line, for replay
/// ```
/// An offline replay feeds the recorded bytes to `receive(bytes:count:)` instead and gets the same frames and the same
/// bytes out.
@safe package struct LimbLinkDriver: ~Copyable, @unchecked Sendable {
  /// Calibration and expectations.
  package let plan: DriverPlan
  /// How far the link has come.
  package internal(set) var phase = LinkPhase.disconnected
  /// Why the device is not driven, in `.mismatched`.
  package internal(set) var mismatches = LinkMismatches()
  /// The device's reason, in `.refused` (SPEC §5).
  package internal(set) var refusal: UInt8 = 0
  /// Who answered the last HELLO; valid from `.examining` on.
  package internal(set) var identity = DeviceIdentity()
  /// What the device can do; valid from `.linked` on, and in `.mismatched` to tell about.
  package internal(set) var caps = CapsMessage()
  /// What the device last said of itself.
  package internal(set) var status = DeviceStatus()
  /// What has gone over the line, and what was lost.
  package internal(set) var statistics = LinkStatistics()
  /// The last FAULT message, and how many there were.
  package internal(set) var lastFault = FaultMessage()
  /// FAULT messages so far; wraps.
  package internal(set) var faultCount: UInt32 = 0
  /// The lockstep tick that has wholly arrived, if `hasTick`.
  package internal(set) var tick = TickMessage()
  /// Grows with every line that is opened and every handshake that succeeds: what was said before may be unheard.
  package internal(set) var lineNumber: UInt64 = 0
  /// True from the TICK's arrival until control has answered it.
  package internal(set) var hasTick = false
  /// The line itself. The caller may wait on it; reading and writing is the driver's.
  package internal(set) var transport = Transport()

  let handover: PortHandover?
  let session: UInt16
  let nonce: UInt32
  let wantsLockstep: Bool
  /// The device granted lockstep on this line. It stays in force when the device forgets its session (a reset): the
  /// simulator goes on waiting for TICK_DONE.
  var hasBarrier = false
  var isOffline = false

  var encoder: FrameEncoder
  var decoder = FrameDecoder()
  /// Looks ahead for TICK in lockstep, so that the clock can be set before the tick's frames are read.
  var scout = FrameDecoder()

  /// `input[inputStart..<inputEnd]` is not decoded yet; `input[inputLogged..<inputEnd]` came in this iteration.
  let input: UnsafeMutablePointer<UInt8>
  var inputStart = 0
  var inputEnd = 0
  var inputLogged = 0
  var scouted = 0
  /// `output[..<outputCount]` went out in this iteration; a frame is made behind it.
  let output: UnsafeMutablePointer<UInt8>
  var outputCount = 0

  var now = Instant()
  var nextGreetingAt = Instant()
  var nextTimeSyncAt = Instant()
  var bestTimeSyncAt = Instant()
  var nextRequest: UInt16 = 1
  /// Arm, disarm, clear: the newest supersedes an unanswered one.
  var authority = ServiceSlot()
  var parameter = ServiceSlot()
  var takesEpisodes = true
  /// The answer to the last request for a parameter.
  package internal(set) var parameterValue = ParameterValueMessage()
  /// Greetings in a row that brought HELLO_ACK and no CAPS, and the failed checksums before the first of them.
  var capabilitiesMissed = 0
  var checksumsBeforeGreeting: UInt32 = 0
  /// How strongly recent messages speak of another session than ours.
  var strangeness = 0
  var clock = DeviceClock()
  var temperature = TemperatureWatch()

  /// Allocates; call it before the control loop starts.
  ///
  /// - Parameters:
  ///   - session: chosen afresh by each run, not 0; with `nonce` it names this run to the device.
  ///   - wantsLockstep: asks for the barrier; a device that does not grant it is a mismatch.
  ///   - handover: where ports come from; nil if `attach` is called by hand.
  package init(
    plan: DriverPlan, session: UInt16, nonce: UInt32, wantsLockstep: Bool, handover: PortHandover? = nil
  ) {
    precondition(session != 0)
    self.plan = plan
    self.session = session
    self.nonce = nonce
    self.wantsLockstep = wantsLockstep
    self.handover = handover
    encoder = FrameEncoder()
    unsafe input = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * tickBytesInCapacity)
    unsafe input.initialize(repeating: 0, count: 2 * tickBytesInCapacity)
    let outputCapacity = tickBytesOutCapacity + LinkLimits.encodedBytes
    unsafe output = UnsafeMutablePointer<UInt8>.allocate(capacity: outputCapacity)
    unsafe output.initialize(repeating: 0, count: outputCapacity)
  }

  deinit {
    unsafe input.deallocate()
    unsafe output.deallocate()
  }

  /// True if the peer has granted the lockstep barrier.
  package var isLockstep: Bool { @_noLocks get { hasBarrier } }

  /// Takes a line that is open and begins the handshake on it. Whatever line it had before is forgotten, not closed.
  @_noLocks package mutating func attach(_ line: consuming Transport) {
    transport = line
    beginLine()
  }

  /// Goes through the same motions without a line: an offline replay.
  @_noLocks package mutating func attachOffline() {
    isOffline = true
    beginLine()
  }

  /// Begins an iteration of the control thread at the instant `now`: the bytes of the last one are forgotten.
  @_noLocks package mutating func beginIteration(at now: Instant) {
    self.now = now
    outputCount = 0
    hasTick = false
    let left = inputEnd - inputStart
    for index in 0..<left { unsafe input[index] = input[inputStart + index] }
    scouted = max(scouted - inputStart, 0)
    inputStart = 0
    inputEnd = left
    inputLogged = left
  }

  /// Lockstep: the instant that the arrived tick stands for, once it is known.
  @_noLocks package mutating func setInstant(_ now: Instant) { self.now = now }

  /// Reads what is there, at most what one tick record holds. Never blocks. False if the line is gone.
  @_noLocks @discardableResult package mutating func receive() -> Bool {
    let room = min(tickBytesInCapacity - (inputEnd - inputLogged), 2 * tickBytesInCapacity - inputEnd)
    guard room > 0 else { return transport.isOpen }
    switch unsafe transport.read(into: UnsafeMutableRawPointer(input + inputEnd), capacity: room) {
    case .bytes(let count):
      inputEnd += count
      statistics.bytesIn &+= UInt64(count)
      return true
    case .nothing: return true
    case .gone:
      loseLine()
      return false
    }
  }

  /// Takes bytes from a record instead of a line.
  @_noLocks package mutating func receive(bytes: UnsafePointer<UInt8>, count: Int) {
    let room = min(max(count, 0), 2 * tickBytesInCapacity - inputEnd)
    for index in 0..<room { unsafe input[inputEnd + index] = bytes[index] }
    inputEnd += room
    statistics.bytesIn &+= UInt64(room)
  }

  /// Decodes until the next SENSOR frame of the link's session; false when everything received has been decoded. Messages of
  /// other kinds are handled on the way. In lockstep it stops at the end of the tick.
  @_noLocks package mutating func nextFrame(into frame: inout SensorFrame) -> Bool {
    let limit = isLockstep ? scouted : inputEnd
    while unsafe decoder.consume(input, count: limit, offset: &inputStart) {
      statistics.received = decoder.counters
      let message = decoder.message
      switch message {
      case .sensorQuad(let sensor):
        if accepts(sensor, isArm: false) {
          fill(&frame, sensor, isArm: false)
          return true
        }
      case .sensorArm(let sensor):
        if accepts(sensor, isArm: true) {
          fill(&frame, sensor, isArm: true)
          return true
        }
      default:
        let wasLockstep = isLockstep
        handle(message)
        // From the grant on, bytes are taken tick by tick.
        if isLockstep != wasLockstep {
          scouted = inputStart
          return false
        }
      }
    }
    statistics.received = decoder.counters
    return false
  }
}

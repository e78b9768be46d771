/// The most bytes from the device that one tick record carries; control reads no more than that at a time.
package var tickBytesInCapacity: Int { @_noLocks get { 2048 } }
/// The most bytes to the device that one tick record carries: more than an iteration ever sends.
package var tickBytesOutCapacity: Int { @_noLocks get { 512 } }

/// The supervisor's state as a number for records and counters; the states themselves live in `LimbControl`.
package enum SupervisorCode: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case boot = 0
  case link = 1
  case disarmed = 2
  case check = 3
  case ramp = 4
  case episode = 5
  case fallen = 6
  case wait = 7
  case stand = 8
  case paused = 9
  case coast = 10
  case safeStop = 11
  case fault = 12
  case emergencyStop = 13
  case hold = 14

  /// The raw value, readable on the control path (a synthesised accessor is not).
  package var number: UInt64 { @_noLocks get { UInt64(rawValue) } }

  /// The word used in files and messages.
  package var name: StaticString {
    switch self {
    case .boot: "BOOT"
    case .link: "LINK"
    case .disarmed: "DISARMED"
    case .check: "CHECK"
    case .ramp: "RAMP"
    case .episode: "RUN/EPISODE"
    case .fallen: "RUN/FALLEN"
    case .wait: "RUN/WAIT"
    case .stand: "RUN/STAND"
    case .paused: "RUN/PAUSED"
    case .coast: "COAST"
    case .safeStop: "SAFE_STOP"
    case .fault: "FAULT"
    case .emergencyStop: "ESTOP"
    case .hold: "HOLD"
    }
  }
}

/// One control iteration: every byte that came in and went out, and how long it took (docs/architecture.md, The
/// record).
///
/// `iteration` counts control iterations, so that a gap shows a loss. Crosses from control to the recorder by value.
package struct TickRecord: BitwiseCopyable, Sendable {
  /// Running number of control iterations, so that a gap shows a loss.
  package var iteration: UInt64 = 0
  /// The newest tick known after this iteration.
  package var tick: UInt64 = 0
  /// When control woke.
  package var wokeAt = Instant()
  /// When it had read everything that was there: the instant that the step is given.
  package var readAt = Instant()
  /// When the command had been handed to the line.
  package var wroteAt = Instant()
  /// What control slept towards.
  package var deadline = Instant()
  /// The supervisor's state after the iteration.
  package var state = SupervisorCode.boot
  /// True if a fresh frame was behind the command.
  package var hadFrame = false
  /// Bytes of `bytesIn` in use, 0…2048.
  package var bytesInCount: Int32 = 0
  /// Bytes of `bytesOut` in use, 0…512.
  package var bytesOutCount: Int32 = 0
  /// What came from the device, as it was read, damaged bytes included.
  package var bytesIn: InlineArray<2048, UInt8>
  /// What went to the device.
  package var bytesOut: InlineArray<512, UInt8>

  /// An iteration in which nothing came and nothing went.
  @_noLocks package init() {
    bytesIn = InlineArray(repeating: 0)
    bytesOut = InlineArray(repeating: 0)
  }
}

/// What happened, apart from frames and steps.
package enum ControlEventKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// a = old SupervisorCode, b = new SupervisorCode, value = reason code.
  case transition = 1
  /// A request from operations was taken: a = request code; b, value = its arguments, bit for bit (policy: b = mode; power:
  /// value = percent; label: b = revision | success << 32, value = reward; velocity: b = x | y << 32 as bits, value = z;
  /// clear --estop: b = how many raises the asker knew of).
  case request = 2
  /// a = new version, b = previous version.
  case policyAdopted = 3
  /// a = fault code as the device numbers them (SPEC §5), 0 if it has none; b = number of the TransitionReason.
  case fault = 4
  /// a = episode, b = seed.
  case episodeBegan = 5
  /// a = episode, b = EndCause, value = length in steps.
  case episodeEnded = 6
  /// a = missed deadlines so far.
  case deadlineMissed = 7
  /// A non-finite action was refused: a = policy version, b = how many this episode.
  case actionRefused = 8
  /// a = device session, b = firmware code.
  case linked = 9
  /// a = reason code.
  case unlinked = 10
  /// a = refusal code from CHECK or the device.
  case armRefused = 11
  /// a = goal number; value = its x. Arms.
  case goalDrawn = 12
}

/// An event of the control thread: with the tick records it is every input that control acts on.
package struct ControlEvent: BitwiseCopyable, Sendable {
  /// Running number of events, so that a gap shows a loss.
  package var sequence: UInt64 = 0
  /// The control iteration in which it happened.
  package var iteration: UInt64 = 0
  /// The newest tick known then.
  package var tick: UInt64 = 0
  /// The host's clock then.
  package var at = Instant()
  /// What happened; says what `a`, `b` and `value` mean.
  package var kind = ControlEventKind.transition
  /// First argument, by `kind`.
  package var a: UInt64 = 0
  /// Second argument, by `kind`.
  package var b: UInt64 = 0
  /// Third argument, by `kind`.
  package var value: Float = 0

  /// A transition from BOOT to BOOT.
  @_noLocks package init() {}
}

/// The simulator's own truth at one tick, for scoring alone: the daemon never reads it.
package struct TruthRecord: BitwiseCopyable, Sendable {
  /// The device's tick, as in the sensor frame of the same instant.
  package var tick: UInt64 = 0
  /// The device's clock.
  package var deviceTimeMicroseconds: UInt64 = 0
  /// Number of the episode that the simulator was told.
  package var episode: UInt32 = 0
  /// Bit 0 trunk touches the ground, bit 1 a person holds the robot.
  package var flags: UInt32 = 0
  /// Bit f set = foot f touches the ground.
  package var contacts: UInt32 = 0
  /// Trunk in the world frame.
  package var basePositionMeters = Vector3()
  /// Velocity of the trunk in the world frame.
  package var baseVelocityMetersPerSecond = Vector3()
  /// Trunk to world.
  package var orientation = Quaternion()
  /// Angular velocity in the body frame.
  package var angularVelocityRadiansPerSecond = Vector3()
  /// Hand in the robot's base frame, metres (arms).
  package var handPositionMeters = Vector3()
  /// True joint angles in the profile's order.
  package var jointPositionRadians = JointVector()

  /// All zeros, upright.
  @_noLocks package init() {}
}

package import LimbTypes

/// Counters of the control thread since it started; they only grow.
package struct ControlCounters: BitwiseCopyable, Sendable {
  /// Passes of the control loop, with or without a frame.
  package var iterations: UInt64 = 0
  /// Frames that became the newest of an iteration.
  package var frames: UInt64 = 0
  /// Frames that only updated the estimator: older than the newest, or after their deadline.
  package var lateFrames: UInt64 = 0
  /// Frames that the estimator did not believe.
  package var invalidFrames: UInt64 = 0
  /// Frames that came while the IMU stood still.
  package var frozenInertialUnitFrames: UInt64 = 0
  /// Frames that never arrived, by their sequence numbers.
  package var lostFrames: UInt64 = 0
  /// What arrived and was no frame: noise on the line.
  package var damagedFrames: UInt64 = 0
  /// Iterations while armed that had no fresh frame.
  package var coastedTicks: UInt64 = 0
  /// Iterations whose way from reading to the written command took longer than a period.
  package var missedDeadlines: UInt64 = 0
  /// Times that control woke more than half a period after what it slept towards: the scheduler's share.
  package var lateWakes: UInt64 = 0
  /// Iterations that took more than a quarter of the period from waking to the end of reading.
  package var longReads: UInt64 = 0
  /// Iterations whose step took more than a quarter of the period.
  package var longSteps: UInt64 = 0
  /// Iterations whose write took more than a quarter of the period.
  package var longWrites: UInt64 = 0
  /// Policy steps that had no tick at all.
  package var missedSteps: UInt64 = 0
  /// Step records that found their ring full.
  package var stepsDropped: UInt64 = 0
  /// Tick records that found their ring full.
  package var ticksDropped: UInt64 = 0
  /// Events that found their ring full.
  package var eventsDropped: UInt64 = 0
  /// Commands that the line took whole.
  package var commandsSent: UInt64 = 0
  /// Commands that the line did not take, or not whole.
  package var commandsFailed: UInt64 = 0
  /// Actions that were not finite and were not carried out.
  package var refusedActions: UInt64 = 0
  /// Offered policies that were not finite: the one in use stays.
  package var refusedPolicies: UInt64 = 0
  /// Policies taken into use, the first one included.
  package var adoptedPolicies: UInt64 = 0
  /// Falls noted, of which the profile allows so many a minute.
  package var falls: UInt64 = 0
  /// Entries into SAFE_STOP and HOLD that nobody asked for, a graver stop on top of a stop included. An ordinary disarm
  /// or shutdown is none.
  package var safeStops: UInt64 = 0
  /// Times that ESTOP was entered, whoever asked.
  package var emergencyStops: UInt64 = 0
  /// Times that the device came to be armed.
  package var armings: UInt64 = 0
  /// Heap calls of the control thread after warm-up; 0 in a healthy run.
  package var heapCalls: UInt64 = 0
  /// Page faults of the control thread after warm-up; 0 in a healthy run.
  package var pageFaults: UInt64 = 0
  /// Times that the control thread was preempted after warm-up.
  package var involuntarySwitches: UInt64 = 0

  /// All zeros.
  @_noLocks package init() {}
}

/// What control shows to operations: published once an iteration, a plain value.
package struct ControlStatus: BitwiseCopyable, Sendable {
  /// Where the supervisor stands.
  package var state = SupervisorCode.boot
  /// Why it went there.
  package var reason = TransitionReason.none
  /// Why it was last stopped; `none`: it never was.
  package var stopReason = TransitionReason.none
  /// True while device and profile agree and frames flow.
  package var isLinked = false
  /// The device's own state in its newest frame.
  package var deviceState = DeviceState.boot
  /// Whether the device powers its motors, in its newest frame.
  package var motorsEnabled = false
  /// The device's fault bits in its newest frame (SPEC §5), 0 = none.
  package var deviceFaultCode: UInt32 = 0
  /// The host's clock at the iteration that published this.
  package var at = Instant()
  /// The newest tick known.
  package var tick: UInt64 = 0
  /// The device's clock at that tick.
  package var deviceTimeMicroseconds: UInt64 = 0
  /// Device time since the robot was first armed in this run, resets included, seconds.
  package var robotSeconds: Double = 0
  /// Number of the running or the next episode.
  package var episode: UInt32 = 0
  /// Step of the present episode; −1 between episodes.
  package var stepIndex: Int32 = -1
  /// Steps chosen in this state directory, all runs.
  package var stepsTotal: UInt64 = 0
  /// Step records emitted in this state directory, all runs: the sequence number of the next.
  package var recordsTotal: UInt64 = 0
  /// Version of the policy in use, 0 = none yet.
  package var policyVersion: UInt64 = 0
  /// Who chooses actions.
  package var policyMode = PolicyMode.sample
  /// True while random actions take the policy's place because the warm-up is not over.
  package var isWarmingUp = false
  /// Power level in force, 0…100.
  package var powerPercent: Float = 0
  /// Supply at the device, volts; 0 if it is not measured.
  package var busVolts: Float = 0
  /// Current from the supply, amperes; 0 if it is not measured.
  package var busAmperes: Float = 0
  /// The hottest motor, degrees Celsius; 0 if it is not measured.
  package var temperatureMaxCelsius: Float = 0
  /// Roll against gravity.
  package var rollRadians: Float = 0
  /// Pitch against gravity.
  package var pitchRadians: Float = 0
  /// Yaw from an arbitrary start.
  package var yawRadians: Float = 0
  /// Estimated velocity of the base in the heading frame (x forward, z up).
  package var baseVelocityMetersPerSecond = Vector3()
  /// Estimated height of the base over the standing feet; 0 if none stands.
  package var baseHeightMeters: Float = 0
  /// Bit f set = foot f carries load.
  package var contacts: UInt8 = 0
  /// Hand in the base frame (arms).
  package var handPositionMeters = Vector3()
  /// Goal of the episode in the base frame (arms).
  package var goalPositionMeters = Vector3()
  /// Measured joint angles in the profile's order.
  package var jointPositionRadians = JointVector()
  /// The newest refusal to arm, `.done` if none.
  package var armRefusal = RequestResult.done
  /// What `armRefusal` is about; see `RequestResult`.
  package var armRefusalDetail: Int64 = 0
  /// True while an emergency stop is latched here or in the device.
  package var isEmergencyStopped = false
  /// A shutdown was asked for and the robot is disarmed or out of reach.
  package var isShutDown = false
  /// True if the shutdown left the device in its own stop action because sensors were not fresh, or because an arm was in HOLD.
  package var leftInStopAction = false
  /// What control has counted since it started.
  package var counters = ControlCounters()

  /// The state before the first iteration.
  @_noLocks package init() {}
}

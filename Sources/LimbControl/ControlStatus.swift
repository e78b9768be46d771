package import LimbTypes

/// Counters of the control thread since it started; they only grow.
package struct ControlCounters: BitwiseCopyable, Sendable {
  package var iterations: UInt64 = 0
  /// Frames that became the newest of an iteration, and those that only updated the estimator (older or late).
  package var frames: UInt64 = 0
  package var lateFrames: UInt64 = 0
  /// Frames that were not believed, and frames while the IMU stood still.
  package var invalidFrames: UInt64 = 0
  package var frozenInertialUnitFrames: UInt64 = 0
  /// Iterations while armed that had no fresh frame.
  package var coastedTicks: UInt64 = 0
  package var missedDeadlines: UInt64 = 0
  package var lateWakes: UInt64 = 0
  package var longReads: UInt64 = 0
  package var longSteps: UInt64 = 0
  package var longWrites: UInt64 = 0
  /// Policy steps that had no tick at all.
  package var missedSteps: UInt64 = 0
  /// Records that found their ring full.
  package var stepsDropped: UInt64 = 0
  package var ticksDropped: UInt64 = 0
  package var eventsDropped: UInt64 = 0
  package var commandsSent: UInt64 = 0
  package var commandsFailed: UInt64 = 0
  package var refusedActions: UInt64 = 0
  package var refusedPolicies: UInt64 = 0
  package var adoptedPolicies: UInt64 = 0
  package var falls: UInt64 = 0
  package var safeStops: UInt64 = 0
  package var emergencyStops: UInt64 = 0
  package var armings: UInt64 = 0
  /// Heap calls, page faults and preemptions of the control thread after warm-up.
  package var heapCalls: UInt64 = 0
  package var pageFaults: UInt64 = 0
  package var involuntarySwitches: UInt64 = 0

  @_noLocks package init() {}
}

/// What control shows to operations: published once an iteration, a plain value.
package struct ControlStatus: BitwiseCopyable, Sendable {
  package var state = SupervisorCode.boot
  package var reason = TransitionReason.none
  package var isLinked = false
  package var deviceState = DeviceState.boot
  package var deviceFaultCode: UInt32 = 0
  package var at = Instant()
  package var tick: UInt64 = 0
  package var deviceTimeMicroseconds: UInt64 = 0
  /// Device time since the robot was first armed in this run, resets included, seconds.
  package var robotSeconds: Double = 0
  package var episode: UInt32 = 0
  /// Step of the present episode; −1 between episodes.
  package var stepIndex: Int32 = -1
  /// Steps chosen in this state directory, all runs.
  package var stepsTotal: UInt64 = 0
  package var recordsTotal: UInt64 = 0
  package var policyVersion: UInt64 = 0
  package var policyMode = PolicyMode.sample
  package var isWarmingUp = false
  package var powerPercent: Float = 0
  package var busVolts: Float = 0
  package var busAmperes: Float = 0
  package var temperatureMaxCelsius: Float = 0
  package var rollRadians: Float = 0
  package var pitchRadians: Float = 0
  package var yawRadians: Float = 0
  package var baseVelocityMetersPerSecond = Vector3()
  package var baseHeightMeters: Float = 0
  package var contacts: UInt8 = 0
  package var handPositionMeters = Vector3()
  package var goalPositionMeters = Vector3()
  package var jointPositionRadians = JointVector()
  /// The newest refusal to arm, `.done` if none.
  package var armRefusal = RequestResult.done
  package var armRefusalDetail: Int64 = 0
  package var isEmergencyStopped = false
  /// A shutdown was asked for and the robot is disarmed or out of reach.
  package var isShutDown = false
  /// True if the shutdown left the device in its own stop action because sensors were not fresh.
  package var leftInStopAction = false
  package var counters = ControlCounters()

  @_noLocks package init() {}
}

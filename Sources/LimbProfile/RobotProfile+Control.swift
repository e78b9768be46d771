extension RobotProfile {
  /// Rates and time-outs of the loop.
  package struct Control: Sendable, Equatable {
    /// Frames per second the device streams and control answers, 50–1000 Hz.
    package let rateHertz: Int
    /// Ticks between two decisions of the policy.
    package let policyEvery: Int
    /// How long a command may be acted on after the sampling time of the frame it answers, milliseconds, at most 200.
    package let commandTimeToLiveMilliseconds: Int
    /// Whose clock starts a tick.
    package let pacing: Pacing

    /// Nominal time between two ticks.
    package var periodNanoseconds: Int { 1_000_000_000 / rateHertz }
    /// Nominal time between two ticks, seconds.
    package var periodSeconds: Double { 1 / Double(rateHertz) }
    /// Nominal time between two decisions, seconds.
    package var stepSeconds: Double { Double(policyEvery) / Double(rateHertz) }
    /// Decisions per second.
    package var policyRateHertz: Double { Double(rateHertz) / Double(policyEvery) }
  }

  /// Limits that the safety envelope enforces, and what is done when they are passed.
  package struct Safety: Sendable, Equatable {
    /// The device's action when commands fail to come; must equal what its CAPS say.
    package let onLinkLoss: StopAction
    /// The device's action on an e-stop; must equal what its CAPS say.
    package let onEmergencyStop: StopAction
    /// What limbd does with fresh sensors before it disarms: SIGTERM, `pause`, `disarm`.
    package let onShutdown: ShutdownAction
    /// Longest time without a fresh frame before a safe stop, milliseconds.
    package let coastMilliseconds: Int
    /// Largest speed of a joint's target, rad/s.
    package let slewRadiansPerSecond: Double
    /// Speed of a joint's target during RAMP, standing up, sitting and on the way back into range, rad/s.
    package let rampRadiansPerSecond: Double
    /// Longest time for RAMP, seconds; after it a safe stop.
    package let rampSeconds: Double
    /// Largest |measured − target| at which the ramp counts as finished, radians.
    package let rampErrorRadians: Double
    /// Roll or pitch beyond which a safe stop follows, degrees; nil for a robot without an IMU.
    package let tiltLimitDegrees: Double?
    /// Power level, 10–100 %: scales kp, kd and feed-forward torque.
    package let powerPercent: Int
    /// Bus voltage below which limbd warns, then stops; nil if the robot measures no voltage.
    package let voltageMinimumVolts: TwoStageLimit?
    /// Motor temperature above which limbd warns, then stops; nil if the robot measures none.
    package let temperatureMaximumCelsius: TwoStageLimit?
    /// HOLD: the target is clamped to this far from the measured angle, radians.
    package let holdErrorRadians: Double
    /// Consecutive missed deadlines that make a safe stop.
    package let overrunLimitTicks: Int
  }

  /// A limit in two stages.
  package struct TwoStageLimit: Sendable, Equatable {
    /// Passed: warn.
    package let warn: Double
    /// Passed: safe stop.
    package let stop: Double
  }

  /// What the policy sees: the terms of one frame, in order, for `history` frames.
  package struct Observation: Sendable, Equatable {
    /// The terms, in the order of their numbers in the observation.
    package let terms: [ObservationTerm]
    /// Frames, the present one included; the oldest is H−1 steps old.
    package let history: Int
  }

  /// One term: raw values are multiplied by `scale`, then clamped to ± `clip`.
  package struct ObservationTerm: Sendable, Equatable {
    /// What is observed.
    package let kind: ObservationTermKind
    /// Factor from SI units to the network's numbers.
    package let scale: Double
    /// Bound on the scaled value.
    package let clip: Double
  }

  /// What the policy's numbers in [−1, 1] mean.
  package struct Action: Sendable, Equatable {
    /// The coordinates.
    package let kind: ActionKind
    /// The joints that move; the others stay at their nominal angle. All joints, in order, unless the file says less.
    package let jointIndices: [Int]
    /// One for each policy output: the change that an action of 1 means, radians. For `joint_offset` and `joint_delta`
    /// one a joint of `jointIndices`; for `swing_extension` swing, extension (then abduction, if the legs have three
    /// joints) for each leg in `kinematics.legs` order.
    package let scaleRadians: [Double]
    /// Cut-off of the second-order Butterworth low-pass on the targets, Hz; nil for none.
    package let lowPassHertz: Double?
  }
}

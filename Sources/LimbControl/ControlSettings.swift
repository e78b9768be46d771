package import LimbProfile
package import LimbTypes

/// What one run adds to the profile: seed, session and where the numbering goes on.
package struct ControlRun: BitwiseCopyable, Sendable {
  /// Seed of every random number of the control thread.
  package var seed: UInt64
  /// Session of the step records.
  package var session: UInt64
  /// Number of the first episode that this run may begin; greater than all in the state directory.
  package var firstEpisode: UInt32 = 1
  /// Sequence number of the first step record; one more than the last in the state directory.
  package var firstRecordSequence: UInt64 = 0
  /// Steps chosen so far in this state directory: the counter of the exploration noise, and what warm-up counts from.
  package var firstStep: UInt64 = 0
  /// Who chooses actions at the start.
  package var mode = PolicyMode.sample
  /// Steps with random actions before the policy may act (0 without a learner). Counted from the state directory's
  /// first.
  package var warmUpSteps: UInt64 = 0
  /// Policies are adopted only that many steps after control first saw them, less one (lockstep); 1 in real time.
  package var policyLagSteps: UInt64 = 1

  /// A run from an empty state directory.
  package init(seed: UInt64, session: UInt64) {
    self.seed = seed
    self.session = session
  }
}

/// Numbers of the profile and of the run, compiled for the step.
package struct ControlSettings: BitwiseCopyable, Sendable {
  /// Seed, session and numbering.
  package let run: ControlRun
  /// The robot is an arm, not a quadruped.
  package let isArm: Bool
  /// Ticks in a policy step.
  package let policyEvery: UInt64
  /// Nominal time from one tick to the next.
  package let periodNanoseconds: Int64
  /// Nominal length of a policy step.
  package let stepSeconds: Float
  /// What every command carries.
  package let timeToLiveMilliseconds: UInt16
  /// Longest time without a fresh frame before the stop.
  package let coastNanoseconds: Int64
  /// Policy steps after which an episode is cut.
  package let episodeSteps: Int32
  /// Least distance of two adoptions, policy steps.
  package let adoptEverySteps: UInt64
  /// ρ of the noise of sampled actions, from one policy step to the next.
  package let explorationCorrelation: Float
  /// During warm-up actions are noise about action 0, not uniform.
  package let warmUpIsNoise: Bool
  /// log σ of that noise, before tanh.
  package let warmUpLogDeviation: Float
  /// Nominal length of the ramp to the stance.
  package let rampNanoseconds: Int64
  /// The ramp is over when every joint is nearer to the stance than this.
  package let rampErrorRadians: Float
  /// Longest time that sitting or parking may take (`RobotProfile.parkSeconds`).
  package let parkNanoseconds: Int64
  /// Infinite for a robot without an IMU.
  package let tiltLimitRadians: Float
  /// Standing up has failed beyond this tilt.
  package let standTiltRadians: Float
  /// Below it control warns, volts; −∞ if voltage is not measured.
  package let voltageWarn: Float
  /// Below it control stops, volts; −∞ if voltage is not measured.
  package let voltageStop: Float
  /// Above it control warns, °C; +∞ if temperature is not measured.
  package let temperatureWarn: Float
  /// Above it control stops, °C; +∞ if temperature is not measured.
  package let temperatureStop: Float
  /// Missed deadlines in a row that make a safe stop; 0: never.
  package let overrunLimit: Int
  /// What a wanted stop does with fresh sensors.
  package let wantedStop: StopMotion
  /// Whether a fault ends in HOLD (a gravity-loaded arm) and not in damping.
  package let holdsOnFault: Bool
  /// Whether the next episode starts at the nominal angles (false: where the last one ended).
  package let resetsToNominal: Bool
  /// A reset waits for a person (`task.reset.confirm: operator`).
  package let confirmsByOperator: Bool
  /// Tries to stand up before SAFE_STOP.
  package let resetAttempts: Int
  /// More falls than this within a minute lead to SAFE_STOP.
  package let maxFallsPerMinute: Int
  /// Longest time that one try to stand up may take.
  package let attemptNanoseconds: Int64
  /// Whether the base velocity is sent by a client (`estimation.velocity: external`).
  package let velocityIsExternal: Bool
  /// The task draws a goal for each episode (arms).
  package let hasGoal: Bool
  /// Least corner of the box that goals are drawn from, base frame, metres.
  package let goalMinimum: Vector3
  /// Greatest corner of that box.
  package let goalMaximum: Vector3

  /// Compiles a validated profile. Reads arrays: not for the control path.
  package init(profile: RobotProfile, run: ControlRun) {
    let radians = Float(0.017453292)
    self.run = run
    isArm = profile.robot.kind == .arm
    policyEvery = UInt64(profile.control.policyEvery)
    periodNanoseconds = Int64(profile.control.periodNanoseconds)
    stepSeconds = Float(profile.control.stepSeconds)
    timeToLiveMilliseconds = UInt16(clamping: profile.control.commandTimeToLiveMilliseconds)
    let safety = profile.safety
    coastNanoseconds = Int64(safety.coastMilliseconds) * 1_000_000
    rampNanoseconds = Int64(safety.rampSeconds * 1e9)
    parkNanoseconds = Int64(profile.parkSeconds * 1e9)
    rampErrorRadians = Float(safety.rampErrorRadians)
    tiltLimitRadians = safety.tiltLimitDegrees.map { Float($0) * radians } ?? .infinity
    voltageWarn = safety.voltageMinimumVolts.map { Float($0.warn) } ?? -.infinity
    voltageStop = safety.voltageMinimumVolts.map { Float($0.stop) } ?? -.infinity
    temperatureWarn = safety.temperatureMaximumCelsius.map { Float($0.warn) } ?? .infinity
    temperatureStop = safety.temperatureMaximumCelsius.map { Float($0.stop) } ?? .infinity
    overrunLimit = safety.overrunLimitTicks
    wantedStop = safety.onShutdown == .damp ? .damp : .park
    holdsOnFault = profile.robot.kind == .arm && safety.onLinkLoss == .hold
    let task = profile.task
    episodeSteps = Int32(clamping: task.episodeSteps)
    let fall = min(task.terminate.rollDegrees ?? 45, task.terminate.pitchDegrees ?? 45)
    standTiltRadians = profile.imu == nil ? .infinity : Float(fall) * radians
    resetsToNominal = task.reset.kind != .none
    confirmsByOperator = task.reset.confirm == .operator
    resetAttempts = task.reset.attempts
    maxFallsPerMinute = task.reset.maxFallsPerMinute
    attemptNanoseconds = Int64(task.reset.attemptSeconds * 1e9)
    adoptEverySteps = UInt64(profile.learning.adoptEverySteps)
    explorationCorrelation = Float(profile.learning.explorationCorrelation)
    warmUpIsNoise = profile.learning.warmUpActions == .noise
    warmUpLogDeviation = PortableMath.log(Float(profile.learning.warmUpDeviation))
    velocityIsExternal = profile.estimation.velocitySource == .external
    hasGoal = task.goal != nil
    goalMinimum = task.goal.map { Vector3($0.boxMinimumMeters) } ?? Vector3()
    goalMaximum = task.goal.map { Vector3($0.boxMaximumMeters) } ?? Vector3()
  }
}

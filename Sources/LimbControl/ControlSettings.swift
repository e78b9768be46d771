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
  /// Steps with uniform actions before the policy may act (0 without a learner). Counted from the state directory's
  /// first.
  package var warmUpSteps: UInt64 = 0
  /// Policies are adopted only that many steps after control first saw them, less one (lockstep); 1 in real time.
  package var policyLagSteps: UInt64 = 1

  package init(seed: UInt64, session: UInt64) {
    self.seed = seed
    self.session = session
  }
}

/// Numbers of the profile and of the run, compiled for the step.
package struct ControlSettings: BitwiseCopyable, Sendable {
  package let run: ControlRun
  package let isArm: Bool
  package let policyEvery: UInt64
  package let periodNanoseconds: Int64
  package let stepSeconds: Float
  package let timeToLiveMilliseconds: UInt16
  package let coastNanoseconds: Int64
  package let episodeSteps: Int32
  package let adoptEverySteps: UInt64
  package let rampNanoseconds: Int64
  package let rampErrorRadians: Float
  /// Infinite for a robot without an IMU.
  package let tiltLimitRadians: Float
  /// Standing up has failed beyond this tilt.
  package let standTiltRadians: Float
  package let voltageWarn: Float
  package let voltageStop: Float
  package let temperatureWarn: Float
  package let temperatureStop: Float
  package let overrunLimit: Int
  /// What a wanted stop does with fresh sensors.
  package let wantedStop: StopMotion
  /// Whether a fault ends in HOLD (a gravity-loaded arm) and not in damping.
  package let holdsOnFault: Bool
  /// Whether the next episode starts at the nominal angles (false: where the last one ended).
  package let resetsToNominal: Bool
  package let confirmsByOperator: Bool
  package let resetAttempts: Int
  package let maxFallsPerMinute: Int
  package let attemptNanoseconds: Int64
  package let hasGoal: Bool
  package let goalMinimum: Vector3
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
    hasGoal = task.goal != nil
    goalMinimum = task.goal.map { Vector3($0.boxMinimumMeters) } ?? Vector3()
    goalMaximum = task.goal.map { Vector3($0.boxMaximumMeters) } ?? Vector3()
  }
}

/// One robot and one task, as a YAML file describes them (`docs/profile.md`), validated and immutable.
///
/// Every value has been range-checked and every name resolved to an index by the loader, so a reader of this struct
/// needs no further checks. Plain arrays and strings: this is read while compiling fixed-capacity plans, never on the
/// control path.
///
/// Joint order: wherever a per-joint array appears, element `i` belongs to `joints[i]`, the order of the `joints:`
/// list. `Joint.deviceIndex` is the device's own numbering and matters to the driver alone.
///
/// Body frame: x forward, y left, z up, origin at the base; angles in radians unless the field says degrees.
package struct RobotProfile: Sendable, Equatable {
  /// Name and kind.
  package let robot: Robot
  /// Where the robot is reached.
  package let link: Link
  /// The simulated twin. Validated always, used by `limbd-sim` alone; nil if the file has no `simulation:`.
  package let simulation: Simulation?
  /// Scheduling of the control thread.
  package let realtime: Realtime
  /// Mounting of the inertial unit; nil if the robot has none (a table-top arm).
  package let imu: InertialUnit?
  /// How attitude and velocity are estimated.
  package let estimation: Estimation
  /// The joints, in limbd's joint order.
  package let joints: [Joint]
  /// Chains from the base to the feet or to the hand.
  package let kinematics: Kinematics
  /// Left-right mirror of the body; nil if the robot has no such symmetry.
  package let symmetry: Symmetry?
  /// Rates and time-outs of the loop.
  package let control: Control
  /// Limits that the safety envelope enforces. No field of it can be switched off.
  package let safety: Safety
  /// What the policy sees.
  package let observation: Observation
  /// What the policy's numbers mean.
  package let action: Action
  /// Reward, ends of episodes, resets.
  package let task: Task
  /// The learner.
  package let learning: Learning
  /// The replay store.
  package let replay: Replay
  /// The whole profile as canonical YAML: fixed key order, every default written out, no comments. Loading this text
  /// gives an equal profile.
  package let canonicalText: String
  /// Stable hashes of the canonical text and of the parts that stored data depends on.
  package let hashes: Hashes
  /// The canonical text with a comment at every default and every optional key that is absent: for people.
  package let annotatedText: String
  /// Where the values stand in the file.
  package let source: ProfileSource

  /// Two profiles are equal if they say the same, wherever they were read from.
  package static func == (a: RobotProfile, b: RobotProfile) -> Bool { a.canonicalText == b.canonicalText }

  /// Number of joints.
  package var jointCount: Int { joints.count }
  /// Number of policy outputs, A.
  package var actionCount: Int { action.scaleRadians.count }
  /// Hash of the whole canonical text.
  package var profileHash: UInt64 { hashes.whole }
  /// The target of the policy's entropy in nats: `learning.target_entropy`, or −A/2 for `auto`.
  package var targetEntropyNats: Double { learning.targetEntropyNats(actionCount: actionCount) }
}

extension RobotProfile.Learning {
  /// `target_entropy` in nats for A policy outputs: −A/2 for `auto`.
  package func targetEntropyNats(actionCount: Int) -> Double {
    switch targetEntropy {
    case .automatic: -Double(actionCount) / 2
    case .nats(let value): value
    }
  }
}

extension RobotProfile {
  /// FNV-1a, 64 bits, over UTF-8 canonical text: the same on every machine and in every build.
  package struct Hashes: Sendable, Equatable {
    /// Everything.
    package let whole: UInt64
    /// `observation`, the stance, the chains and the IMU's mounting: what the numbers of an observation mean.
    package let observation: UInt64
    /// `action` without its filter, the stance and the ranges: what the numbers of an action mean.
    package let action: UInt64
    /// Body, gains, rates, filter and safety: what decides how the world answers. Excludes port, baud and task.
    package let dynamics: UInt64
    /// `task.reward` and the goal's tolerance: what relabelling depends on.
    package let reward: UInt64
  }

  /// Name and kind of the robot.
  package struct Robot: Sendable, Equatable {
    /// Free name, used in paths: letters, digits, `-`, `_`.
    package let name: String
    /// What kind of body it is.
    package let kind: RobotKind
    /// Sensors the device reports beyond joint position and velocity.
    package let sensors: Set<Sensor>
  }

  /// Where the robot is reached.
  package struct Link: Sendable, Equatable {
    /// Which protocol is spoken.
    package let driver: LinkDriver
    /// `sim:` or a path to a serial device.
    package let port: String
    /// Line speed, bits per second.
    package let baud: Int
    /// The device's UUID, 32 hexadecimal digits in lower case; nil accepts any device that fits.
    package let deviceUUID: String?

    /// True if `limbd run` starts the simulator itself. Any other port counts as a real robot.
    package var isSimulated: Bool { port == "sim:" }
  }

  /// Scheduling of the control thread.
  package struct Realtime: Sendable, Equatable {
    /// CPU the control thread is pinned to; nil lets the kernel choose.
    package let cpu: Int?
    /// SCHED_FIFO priority, 1–99.
    package let priority: Int
    /// What happens if the system refuses real-time scheduling or memory locking.
    package let whenRefused: RealtimeRefusal
  }

  /// Mounting of the inertial unit.
  package struct InertialUnit: Sendable, Equatable {
    /// Roll, pitch, yaw of the sensor in the body frame, degrees, applied yaw·pitch·roll.
    package let mountingRollPitchYawDegrees: SIMD3<Double>
  }

  /// How attitude and base velocity are estimated.
  package struct Estimation: Sendable, Equatable {
    /// Where the base velocity comes from.
    package let velocitySource: VelocitySource
    /// A foot whose implied base velocity differs from the estimate by more than this is taken to slip, m/s.
    package let slipGateMetersPerSecond: Double
    /// Standard deviation of the accelerometer as the filter assumes it, m/s².
    package let accelerometerStandardDeviation: Double
    /// Standard deviation of a leg's implied base velocity as the filter assumes it, m/s.
    package let legVelocityStandardDeviation: Double
    /// Time constant of the attitude correction by gravity, seconds, where the device sends no attitude of its own.
    package let attitudeTimeConstantSeconds: Double
  }

  /// The replay store.
  package struct Replay: Sendable, Equatable {
    /// Steps kept; the oldest whole segment goes first.
    package let capacitySteps: Int
    /// Longest time between syncs to the disk, milliseconds.
    package let syncMilliseconds: Int
    /// Steps a segment file holds.
    package let segmentSteps: Int
  }
}

extension RobotProfile {
  /// What the robot is to learn.
  package struct Task: Sendable, Equatable {
    /// Policy steps in an episode; reaching it truncates.
    package let episodeSteps: Int
    /// Terms of the reward.
    package let reward: [RewardTerm]
    /// What ends an episode as a failure.
    package let terminate: Terminate
    /// How the robot gets ready for the next episode.
    package let reset: Reset
    /// Where goals are drawn from; nil for tasks without one.
    package let goal: Goal?
  }

  /// One reward term: a number in [0, 1], 1 best.
  ///
  /// With x the term's signal: d = distance of x from `target` beyond `tolerance` (for `forward_velocity` and
  /// `joint_limits` only below the target counts), and the value is 1 − d/margin, not below 0 (`linear`), or
  /// exp(−½(d/margin)²·4.605) (`gaussian`, 0.1 at the margin). The unit of target, tolerance and margin is `kind.unit`.
  package struct RewardTerm: Sendable, Equatable {
    /// Which signal.
    package let kind: RewardTermKind
    /// Weight in Σ wᵢrᵢ / Σ wᵢ; ignored if `combine` is `multiply`.
    package let weight: Double
    /// Added to the weighted mean, or a factor of all of it.
    package let combine: RewardCombination
    /// The best value of the signal.
    package let target: Double
    /// How far from the target is as good.
    package let tolerance: Double
    /// How far beyond the tolerance the value reaches 0 (linear) or 0.1 (gaussian).
    package let margin: Double
    /// How it falls.
    package let shape: RewardShape
  }

  /// What ends an episode as a failure, evaluated every tick and latched.
  package struct Terminate: Sendable, Equatable {
    /// |roll| beyond this, degrees; nil: not watched.
    package let rollDegrees: Double?
    /// |pitch| beyond this, degrees; nil: not watched.
    package let pitchDegrees: Double?
    /// Estimated height of the body's origin below this, metres; nil: not watched.
    package let heightMinimumMeters: Double?
    /// Trips of the envelope that count as the policy's own fault: terminated, not truncated.
    package let trips: Set<SelfInflictedTrip>

    /// True if nothing can terminate an episode.
    package var isEmpty: Bool {
      rollDegrees == nil && pitchDegrees == nil && heightMinimumMeters == nil && trips.isEmpty
    }
  }

  /// How the robot gets ready for the next episode.
  package struct Reset: Sendable, Equatable {
    /// The motion.
    package let kind: ResetKind
    /// Who says that the robot is ready.
    package let confirm: ResetConfirm
    /// Failed attempts before a safe stop.
    package let attempts: Int
    /// More falls a minute than this make a safe stop.
    package let maxFallsPerMinute: Int
    /// `automatic` on a real robot needs this promise: nobody holds the robot while it stands up.
    package let handsOffAcknowledged: Bool
    /// Longest time for one attempt, seconds.
    package let attemptSeconds: Double
  }

  /// Where goals of the hand are drawn from, uniformly, in the body frame.
  package struct Goal: Sendable, Equatable {
    /// Lowest corner, metres.
    package let boxMinimumMeters: SIMD3<Double>
    /// Highest corner, metres.
    package let boxMaximumMeters: SIMD3<Double>
    /// Reached if the hand is within this distance, metres.
    package let toleranceMeters: Double
    /// … for this long, seconds.
    package let holdSeconds: Double
  }

  /// The learner.
  package struct Learning: Sendable, Equatable {
    /// Which learner.
    package let algorithm: LearningAlgorithm
    /// Widths of the hidden layers of actor and critics.
    package let hidden: [Int]
    /// Critic updates owed for each stored step.
    package let updatesPerStep: Int
    /// Actor and temperature learn in every so many-th update; nil: once in `updatesPerStep`.
    package let actorEvery: Int?
    /// Steps of random action before the first update.
    package let warmUpSteps: Int
    /// What those actions are.
    package let warmUpActions: WarmUpActions
    /// σ of `WarmUpActions.noise`, before tanh.
    package let warmUpDeviation: Double
    /// ρ of the exploration noise from one policy step to the next, 0 ..< 1; 0: fresh at every step.
    package let explorationCorrelation: Double
    /// A new policy is adopted at most every so many steps.
    package let adoptEverySteps: Int
    /// A checkpoint every so many steps.
    package let checkpointEverySteps: Int
    /// In lockstep: steps between publishing a policy and its adoption.
    package let policyLagSteps: Int
    /// Updates owed at most; beyond it they are dropped and counted.
    package let backlogLimitUpdates: Int
    /// The critics.
    package let critic: Critic
    /// Batch normalisation in critics and actor, and no target networks.
    package let batchNorm: Bool
    /// Adam's β₁.
    package let adamBeta1: Double
    /// How the actor's loss joins the critics.
    package let actorLoss: ActorLoss
    /// Target of the policy's entropy; `RobotProfile.targetEntropyNats` resolves `auto`.
    package let targetEntropy: TargetEntropy
    /// α at the start.
    package let initialTemperature: Double
    /// γ.
    package let discount: Double
    /// τ of the target networks' Polyak average.
    package let polyakTau: Double
    /// Adam's step of the actor.
    package let actorLearningRate: Double
    /// Adam's step of the critics.
    package let criticLearningRate: Double
    /// Adam's step of log α.
    package let temperatureLearningRate: Double
    /// Transitions in a batch.
    package let batchSize: Int
    /// Steps of reward before the bootstrap.
    package let nStep: Int
    /// Learn from the mirror image of transitions too (half of each batch).
    package let symmetry: Bool
    /// The newest transition is in every batch.
    package let newestTransition: Bool
    /// A state directory whose transitions make half of each batch; nil: none. A relative path counts from the profile's folder.
    package let priorData: String?
    /// Threads of the learner, 1 or 2.
    package let workers: Int
  }

  /// The critics.
  package struct Critic: Sendable, Equatable {
    /// LayerNorm after each hidden layer.
    package let layerNorm: Bool
    /// How many critics.
    package let count: Int
    /// How many of them, drawn anew each update, the target takes the minimum of.
    package let subset: Int
    /// Probability of dropping a unit, before LayerNorm; 0 is none.
    package let dropout: Double
  }
}

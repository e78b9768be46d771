package import LimbProfile
internal import LimbTypes

/// A profile compiled for the control thread: the task as pure functions over fixed-capacity values.
///
/// Everything in it is a plain value without references, so it can be copied to any thread and used under `@_noLocks`.
/// Control uses it live and the learner at sampling: there is one equation for both.
package struct ControlPlan: BitwiseCopyable, Sendable {
  /// Joints of the robot, 1 … jointCapacity.
  package let jointCount: Int
  /// Numbers in an action, 1 … actionCapacity.
  package let actionCount: Int
  /// What the policy sees.
  package let observation: ObservationPlan
  /// What its numbers mean.
  package let action: ActionPlan
  /// What is good.
  package let reward: RewardPlan
  /// What ends an episode as a failure.
  package let termination: TerminationPlan
  /// Where feet and hand are.
  package let kinematics: KinematicsPlan
  /// The left-right mirror; nil if the profile has none.
  package let symmetry: SymmetryPlan?
  /// Hash of what an observation frame consists of. This and the next three: FNV-1a over canonical text, made by the
  /// profile's loader.
  package let observationHash: UInt64
  /// Hash of how actions become targets.
  package let actionHash: UInt64
  /// Hash of the reward's terms, weights and targets.
  package let rewardHash: UInt64
  /// Hash of gains, limits and filter.
  package let dynamicsHash: UInt64

  /// Compiles a validated profile. Throws what does not fit; allocates, so call it before the control thread starts.
  package init(profile: RobotProfile) throws(TaskError) {
    try check(profile.joints.count, path: "joints", capacity: jointCapacity)
    jointCount = profile.joints.count
    actionCount = profile.actionCount
    kinematics = try KinematicsPlan(profile)
    observation = try ObservationPlan(profile)
    action = try ActionPlan(profile)
    reward = try RewardPlan(profile)
    termination = TerminationPlan(profile)
    if let description = profile.symmetry {
      symmetry = try SymmetryPlan(
        profile, description, kinematics: kinematics, observation: observation, action: action)
    } else {
      symmetry = nil
    }
    observationHash = profile.hashes.observation
    actionHash = profile.hashes.action
    rewardHash = profile.hashes.reward
    dynamicsHash = profile.hashes.dynamics
  }
}

/// Throws if there is nothing, or more than fixed storage holds.
func check(_ found: Int, path: String, capacity: Int) throws(TaskError) {
  if found < 1 || found > capacity { throw .overCapacity(path: path, found: found, capacity: capacity) }
}

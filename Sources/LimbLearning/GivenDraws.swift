/// The random numbers of one update, given instead of drawn: how another implementation's update is compared with ours.
@unsafe package struct GivenDraws<Scalar: LearningScalar>: BitwiseCopyable {
  /// ε of a′ ~ π(s′), rows × A.
  let targetNoise: UnsafePointer<Scalar>
  /// ε of ã ~ π(s), rows × A.
  let actorNoise: UnsafePointer<Scalar>
  /// One bit for each critic that takes part in the target's minimum.
  let subset: UInt64
  /// 0 or 1/(1 − p): for the passes of targets, critics and actor in turn, for each hidden layer in turn,
  /// rows × critics × units. Read only where there is dropout.
  let masks: UnsafePointer<Scalar>?

  /// The draws of one update; the caller keeps the memory alive.
  package init(
    targetNoise: UnsafePointer<Scalar>, actorNoise: UnsafePointer<Scalar>, subset: UInt64,
    masks: UnsafePointer<Scalar>? = nil
  ) {
    unsafe self.targetNoise = targetNoise
    unsafe self.actorNoise = actorNoise
    unsafe self.subset = subset
    unsafe self.masks = masks
  }
}

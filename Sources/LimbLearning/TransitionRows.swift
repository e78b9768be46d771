/// A batch as the learner reads it: `rows` rows of each matrix, row-major and without gaps.
@unsafe package struct TransitionRows<Scalar: LearningScalar>: BitwiseCopyable {
  /// Transitions.
  package let rows: Int
  /// rows × input width, scaled.
  package let observations: UnsafePointer<Scalar>
  /// rows × A, a = tanh u.
  package let actions: UnsafePointer<Scalar>
  /// rows; n-step returns where n > 1.
  package let rewards: UnsafePointer<Scalar>
  /// rows; γⁿ, or 0 if the transition terminated. A truncation never enters (docs/safety.md, E2).
  package let discounts: UnsafePointer<Scalar>
  /// rows × input width, scaled.
  package let nextObservations: UnsafePointer<Scalar>

  /// The rows of one batch; the caller keeps the memory alive.
  package init(
    rows: Int, observations: UnsafePointer<Scalar>, actions: UnsafePointer<Scalar>, rewards: UnsafePointer<Scalar>,
    discounts: UnsafePointer<Scalar>, nextObservations: UnsafePointer<Scalar>
  ) {
    unsafe self.rows = rows
    unsafe self.observations = observations
    unsafe self.actions = actions
    unsafe self.rewards = rewards
    unsafe self.discounts = discounts
    unsafe self.nextObservations = nextObservations
  }
}

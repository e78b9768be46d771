/// What the threads of an update do at the same time; between two phases they meet, and one of them does what is small.
enum UpdatePhase: Sendable {
  /// a′ ~ π(s′), and ã ~ π(s) if the actor learns. By rows.
  case policies
  /// Q̄(s′, a′). By members, like all that follow but the actor's.
  case targetValues
  /// Q(s, a)
  case values
  /// Q(s, a) and Q(s′, a′) of critics with batch normalisation, as one batch.
  case jointValues
  /// Gradients of the critics' loss.
  case criticGradients
  /// The critics' Adam and Polyak, then Q(s, ã) if the actor learns.
  case criticSteps
  /// ∂/∂ã of the actor's loss, through each critic.
  case climb
  /// One stage of the actor's backward pass: see `DenseStack.backwardStage`.
  case actorStage(Int)
  /// The actor's whole backward pass, with batch normalisation. By one thread.
  case actorGradients
  /// The actor's Adam.
  case actorStep
}

/// One update, as all threads see it.
@unsafe struct UpdateJob<Scalar: LearningScalar>: BitwiseCopyable {
  let batch: TransitionRows<Scalar>
  let number: UInt64
  let draws: GivenDraws<Scalar>?
  let temperature: Scalar
  let learnsActor: Bool
  /// Masks are in the critics' workspace. Of the present pass.
  var drops = false
}

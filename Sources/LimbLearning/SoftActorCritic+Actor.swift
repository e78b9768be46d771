internal import LimbNetworks
internal import LimbProfile

extension SoftActorCritic {
  /// One step of actor and temperature; nil, and neither of them changed, if a loss or gradient is not finite.
  ///
  /// Actor: mean(α log π(ã|s) − f Q(s, ã)), ã by reparametrisation (Haarnoja et al. 2018, equation 9). Temperature:
  /// J = α(H − H̄), H = −mean log π (equation 18), descended in log α, so that the gradient carries a factor α: entropy
  /// below its target makes α rise.
  mutating func learnActor(
    _ batch: TransitionRows<Scalar>, update: UInt64, draws: GivenDraws<Scalar>?
  ) -> ActorReport? {
    let rows = unsafe batch.rows
    let h = hyperparameters
    let alpha = temperature
    unsafe fillNoise(.actor, rows: rows, update: update, given: draws?.actorNoise)
    unsafe actorStack.forward(
      state.actor, input: batch.observations, inputStride: h.inputWidth, rows: rows, in: actorWork)
    // The observation columns still hold s from the critics' pass: only the actions change.
    let samples = unsafe squashed(rows: rows, into: scratch.present)
    unsafe Scalar.squash(samples)
    let errors = unsafe climbCritics(rows: rows, update: update, temperature: alpha, draws: draws)
    unsafe Scalar.squashBackward(
      samples,
      SquashedGradients(
        actions: scratch.actionGradient, actionStride: h.actionCount, logDensity: alpha / Scalar(rows),
        heads: actorWork.outputGradient))
    let gradient = unsafe gradients.base + state.actorOffset
    unsafe actorStack.backward(
      state.actor, input: batch.observations, inputStride: h.inputWidth, rows: rows, in: actorWork, gradients: gradient)
    let temperatureLoss = Double(alpha) * (-errors.meanLogDensity - h.targetEntropyNats)
    guard errors.loss.isFinite, temperatureLoss.isFinite,
      unsafe Scalar.sumOfSquares(gradient, count: actorStack.parameterCount).isFinite
    else { return nil }
    stepActor(temperatureGradient: Scalar(temperatureLoss))
    return ActorReport(errors: errors, temperatureLoss: temperatureLoss)
  }

  /// The critics' opinion of the sampled actions: leaves ∂L/∂a in `scratch.actionGradient`. No weight gradients: the
  /// critics learn nothing here.
  private func climbCritics(
    rows: Int, update: UInt64, temperature: Scalar, draws: GivenDraws<Scalar>?
  ) -> ActorErrors {
    let width = criticStack.inputWidth
    let drops = unsafe drawMasks(.actor, rows: rows, update: update, draws: draws)
    unsafe criticStack.forward(
      state.critics, input: scratch.present, inputStride: width, rows: rows, in: criticWork, drops: drops)
    let errors = unsafe Scalar.actorErrors(
      ErrorRows(
        rows: rows, members: criticStack.members, values: criticWork.output, references: scratch.logDensities,
        gradient: criticWork.outputGradient),
      temperature: temperature, minimum: climbsMinimum)
    unsafe criticStack.backward(
      state.critics, input: scratch.present, inputStride: width, rows: rows, in: criticWork, gradients: nil,
      inputGradient: .init(
        scratch.actionGradient, stride: hyperparameters.actionCount, columns: hyperparameters.inputWidth..<width),
      drops: drops)
    return errors
  }

  private var climbsMinimum: Bool {
    switch hyperparameters.actorLoss {
    case .min: true
    case .mean: false
    }
  }

  private mutating func stepActor(temperatureGradient: Scalar) {
    let h = hyperparameters
    state.steps.actor += 1
    unsafe Scalar.adam(
      AdamStep(step: state.steps.actor, learningRate: h.actorLearningRate), count: actorStack.parameterCount,
      moments(at: state.actorOffset))
    unsafe gradients.base[state.logTemperatureOffset] = temperatureGradient
    unsafe Scalar.adam(
      AdamStep(step: state.steps.actor, learningRate: h.temperatureLearningRate), count: 1,
      moments(at: state.logTemperatureOffset))
    let range = h.logTemperatureRange
    state.logTemperature = min(max(state.logTemperature, Scalar(range.lowerBound)), Scalar(range.upperBound))
  }

  private func moments(at offset: Int) -> AdamMemory<Scalar> {
    unsafe AdamMemory(
      parameters: state.parameters + offset, gradients: gradients.base + offset,
      firstMoments: state.firstMoments + offset, secondMoments: state.secondMoments + offset, targets: nil)
  }
}

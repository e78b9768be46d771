internal import LimbNetworks
internal import LimbProfile

extension SoftActorCritic {
  /// One step of actor and temperature; nil, and neither of them changed, if a loss or gradient is not finite.
  ///
  /// Actor: mean(α log π(ã|s) − f Q(s, ã)), ã by reparametrisation (Haarnoja et al. 2018, equation 9). Temperature:
  /// J = α(H − H̄), H = −mean log π (equation 18), descended in log α, so that the gradient carries a factor α: entropy
  /// below its target makes α rise.
  mutating func learnActor() -> ActorReport? {
    guard let job = unsafe job else { return nil }
    let rows = unsafe job.batch.rows
    let alpha = unsafe job.temperature
    let errors = unsafe Scalar.actorErrors(
      ErrorRows(
        rows: rows, members: criticStack.members, values: criticWork.output, references: scratch.present.logDensities,
        gradient: criticWork.outputGradient),
      temperature: alpha, minimum: climbsMinimum)
    together(.climb)
    addMemberGradients(rows: rows)
    unsafe Scalar.squashBackward(
      squashed(scratch.present, 0..<rows),
      SquashedGradients(
        actions: scratch.actionGradient, actionStride: hyperparameters.actionCount, logDensity: alpha / Scalar(rows),
        heads: actorWork.outputGradient))
    if !isJoint {
      for stage in (0...hyperparameters.hidden.count).reversed() { together(.actorStage(stage)) }
    } else {
      together(.actorGradients)
    }
    let temperatureLoss = Double(alpha) * (-errors.meanLogDensity - hyperparameters.targetEntropyNats)
    guard errors.loss.isFinite, temperatureLoss.isFinite,
      unsafe Scalar.sumOfSquares(gradients.base + state.actorOffset, count: actorStack.parameterCount).isFinite
    else { return nil }
    state.steps.actor += 1
    together(.actorStep)
    stepTemperature(gradient: Scalar(temperatureLoss))
    return ActorReport(errors: errors, temperatureLoss: temperatureLoss)
  }

  /// One critic's opinion of the sampled actions, after its pass over them. No weight gradients: it learns nothing here.
  func climb(_ member: Int, _ job: UpdateJob<Scalar>) {
    let width = criticStack.inputWidth
    let wanted = unsafe DenseStack.InputGradient(
      scratch.memberGradients + member * scratch.memberStride, stride: hyperparameters.actionCount,
      columns: hyperparameters.inputWidth..<width)
    guard !isJoint else {
      return unsafe criticStack.backward(
        member: member, state.critics, rows: job.batch.rows, in: criticWork, gradients: nil, inputGradient: wanted,
        addsInputGradient: false, by: .running)
    }
    unsafe criticStack.backward(
      member: member, state.critics, input: scratch.present.inputs, inputStride: width, rows: job.batch.rows,
      in: criticWork, gradients: nil, inputGradient: wanted, addsInputGradient: false, drops: job.drops)
  }

  private func addMemberGradients(rows: Int) {
    let count = rows * hyperparameters.actionCount
    unsafe scratch.actionGradient.update(from: scratch.memberGradients, count: count)
    for member in 1..<max(criticStack.members, 1) {
      let more = unsafe scratch.memberGradients + member * scratch.memberStride
      for i in 0..<count { unsafe scratch.actionGradient[i] += more[i] }
    }
  }

  private var climbsMinimum: Bool {
    switch hyperparameters.actorLoss {
    case .min: true
    case .mean: false
    }
  }

  /// Adam on some of the actor's parameters.
  func stepActor(_ range: Range<Int>) {
    unsafe Scalar.adam(
      AdamStep(
        step: state.steps.actor, learningRate: hyperparameters.actorLearningRate, beta1: hyperparameters.adamBeta1), count: range.count,
      moments(at: state.actorOffset + range.lowerBound))
  }

  private mutating func stepTemperature(gradient: Scalar) {
    let h = hyperparameters
    unsafe gradients.base[state.logTemperatureOffset] = gradient
    unsafe Scalar.adam(
      AdamStep(step: state.steps.actor, learningRate: h.temperatureLearningRate, beta1: h.adamBeta1), count: 1,
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

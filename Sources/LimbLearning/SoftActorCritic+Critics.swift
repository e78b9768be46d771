internal import LimbNetworks

extension SoftActorCritic {
  /// One step of the critics and their targets; nil, and nothing changed, if a loss or gradient is not finite.
  ///
  /// y = r + γⁿ(1 − terminated)(min Q̄(s′, a′) − α log π(a′|s′)), a′ ~ π(s′); loss Σᵢ mean (Qᵢ(s, a) − y)²
  /// (Haarnoja et al. 2018, equations 5 and 6).
  mutating func learnCritics(
    _ batch: TransitionRows<Scalar>, update: UInt64, draws: GivenDraws<Scalar>?
  ) -> CriticErrors? {
    unsafe computeTargets(batch, update: update, draws: draws)
    let rows = unsafe batch.rows
    unsafe fillCriticInput(scratch.present, batch.observations, actions: batch.actions, rows: rows)
    let drops = unsafe drawMasks(.online, rows: rows, update: update, draws: draws)
    let width = criticStack.inputWidth
    unsafe criticStack.forward(
      state.critics, input: scratch.present, inputStride: width, rows: rows, in: criticWork, drops: drops)
    let errors = unsafe Scalar.criticErrors(
      ErrorRows(
        rows: rows, members: criticStack.members, values: criticWork.output, references: scratch.targets,
        gradient: criticWork.outputGradient))
    let gradient = unsafe gradients.base + state.criticOffset
    unsafe criticStack.backward(
      state.critics, input: scratch.present, inputStride: width, rows: rows, in: criticWork, gradients: gradient,
      drops: drops)
    guard errors.loss.isFinite, unsafe Scalar.sumOfSquares(gradient, count: state.criticCount).isFinite else {
      return nil
    }
    state.steps.critic += 1
    unsafe Scalar.adam(
      AdamStep(
        step: state.steps.critic, learningRate: hyperparameters.criticLearningRate, polyak: hyperparameters.polyakTau),
      count: state.criticCount,
      AdamMemory(
        parameters: state.critics, gradients: gradient, firstMoments: state.firstMoments + state.criticOffset,
        secondMoments: state.secondMoments + state.criticOffset, targets: state.targets))
    return errors
  }

  /// Leaves y in `scratch.targets`.
  private func computeTargets(_ batch: TransitionRows<Scalar>, update: UInt64, draws: GivenDraws<Scalar>?) {
    let rows = unsafe batch.rows
    let h = hyperparameters
    unsafe fillNoise(.target, rows: rows, update: update, given: draws?.targetNoise)
    unsafe actorStack.forward(
      state.actor, input: batch.nextObservations, inputStride: h.inputWidth, rows: rows, in: actorWork)
    unsafe fillCriticInput(scratch.next, batch.nextObservations, actions: nil, rows: rows)
    unsafe Scalar.squash(squashed(rows: rows, into: scratch.next))
    let drops = unsafe drawMasks(.target, rows: rows, update: update, draws: draws)
    unsafe criticStack.forward(
      state.targets, input: scratch.next, inputStride: criticStack.inputWidth, rows: rows, in: criticWork, drops: drops)
    unsafe Scalar.targets(
      TargetRows(
        rows: rows, members: criticStack.members,
        subset: draws?.subset ?? criticSubset(h.criticSubset, of: h.criticCount, seed: h.seed, update: update),
        temperature: temperature, values: criticWork.output, logDensities: scratch.logDensities,
        rewards: batch.rewards, discounts: batch.discounts, targets: scratch.targets))
  }

  /// The last actor pass as samples whose actions go into the action columns of `input`.
  func squashed(rows: Int, into input: UnsafeMutablePointer<Scalar>) -> SquashedRows<Scalar> {
    unsafe SquashedRows(
      rows: rows, actionCount: hyperparameters.actionCount, heads: actorWork.output, noise: scratch.noise,
      preSquash: scratch.preSquash, actions: input + hyperparameters.inputWidth, actionStride: criticStack.inputWidth,
      logDensities: scratch.logDensities)
  }

  /// Rows of observation and, if given, action, side by side.
  private func fillCriticInput(
    _ input: UnsafeMutablePointer<Scalar>, _ observations: UnsafePointer<Scalar>, actions: UnsafePointer<Scalar>?,
    rows: Int
  ) {
    let width = hyperparameters.inputWidth
    let count = hyperparameters.actionCount
    for row in 0..<rows {
      let line = unsafe input + row * (width + count)
      unsafe line.update(from: observations + row * width, count: width)
      if let actions = unsafe actions { unsafe (line + width).update(from: actions + row * count, count: count) }
    }
  }

  /// The three passes of an update through the critics; each has masks of its own.
  enum MaskedPass: UInt32 {
    case target, online, actor
  }

  /// Leaves ε of a pass through the policy in `scratch.noise`: drawn, or the given one.
  func fillNoise(_ stream: NoiseStream, rows: Int, update: UInt64, given: UnsafePointer<Scalar>?) {
    let count = rows * hyperparameters.actionCount
    if let given = unsafe given {
      unsafe scratch.noise.update(from: given, count: count)
    } else {
      unsafe Scalar.fillNormals(
        scratch.noise, count: count, seed: hyperparameters.seed, stream: stream, counter: update)
    }
  }

  /// Puts the dropout masks of a pass into the workspace, drawn or given; false, and nothing done, without dropout.
  func drawMasks(_ pass: MaskedPass, rows: Int, update: UInt64, draws: GivenDraws<Scalar>?) -> Bool {
    let h = hyperparameters
    guard h.criticDropout > 0 else { return false }
    let numbersPerUnit = rows * criticStack.members
    var given = unsafe draws?.masks.map { unsafe $0 + Int(pass.rawValue) * numbersPerUnit * h.hidden.reduce(0, +) }
    for (index, width) in h.hidden.enumerated() {
      guard let keep = unsafe criticWork.keep(index) else { return false }
      let count = numbersPerUnit * width
      if let masks = unsafe given {
        unsafe keep.update(from: masks, count: count)
        unsafe given = masks + count
      } else {
        unsafe Scalar.fillKeepMask(
          keep, count: count, dropout: h.criticDropout, seed: h.seed, counter: update,
          lane: pass.rawValue << 28 | UInt32(index) << 24)
      }
    }
    return true
  }
}

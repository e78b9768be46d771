internal import LimbNetworks

extension SoftActorCritic {
  /// One step of the critics and their targets; nil, and nothing changed but running statistics, if a loss, a gradient or one of those
  /// is not finite.
  ///
  /// y = r + γⁿ(1 − terminated)(min Q̄(s′, a′) − α log π(a′|s′)), a′ ~ π(s′); loss Σᵢ mean (Qᵢ(s, a) − y)²
  /// (Haarnoja et al. 2018, equations 5 and 6).
  mutating func learnCritics() -> CriticErrors? {
    guard let job = unsafe job else { return nil }
    let rows = unsafe job.batch.rows
    unsafe fillNoise(.target, scratch.next.noise, job, given: job.draws?.targetNoise)
    if unsafe job.learnsActor { unsafe fillNoise(.actor, scratch.present.noise, job, given: job.draws?.actorNoise) }
    together(.policies)
    if !isJoint {
      drawMasks(.target)
      together(.targetValues)
      unsafe computeTargets(job, criticWork.output)
      drawMasks(.online)
      together(.values)
    } else {
      unsafe valueJointly(job)
    }
    let errors = unsafe Scalar.criticErrors(
      ErrorRows(
        rows: rows, members: criticStack.members, values: criticWork.output, references: scratch.targets,
        gradient: criticWork.outputGradient))
    together(.criticGradients)
    let squares = (0..<criticStack.members).allSatisfy { unsafe scratch.squares[16 * $0].isFinite }
    guard errors.loss.isFinite, squares, hasFiniteStatistics else { return nil }
    state.steps.critic += 1
    drawMasks(.actor)
    together(.criticSteps)
    return errors
  }

  /// Leaves y in `scratch.targets`.
  func computeTargets(_ job: UpdateJob<Scalar>, _ values: UnsafePointer<Scalar>) {
    let h = hyperparameters
    unsafe Scalar.targets(
      TargetRows(
        rows: job.batch.rows, members: criticStack.members,
        subset: job.draws?.subset
          ?? criticSubset(h.criticSubset, of: h.criticCount, seed: h.seed, update: job.number),
        temperature: job.temperature, values: values, logDensities: scratch.next.logDensities,
        rewards: job.batch.rewards, discounts: job.batch.discounts, targets: scratch.targets))
  }

  /// One of `threads` parts of the present phase; the only thing that runs on two threads at once. Reads this value and
  /// writes blocks, no two parts the same numbers.
  func perform(part: Int) {
    guard let job = unsafe job else { return }
    let share = (part: part, of: threads)
    let members = criticStack.members * part / threads..<criticStack.members * (part + 1) / threads
    switch phase {
    case .policies:
      guard !isJoint else { return unsafe sampleJointly(part, job) }
      let rows = unsafe slice(of: job.batch.rows, share)
      unsafe samplePolicy(job.batch.nextObservations, rows, scratch.next)
      if unsafe job.learnsActor { unsafe samplePolicy(job.batch.observations, rows, scratch.present) }
      unsafe fillInputs(scratch.taken, job.batch.observations, job.batch.actions, rows)
    case .targetValues:
      for member in members { unsafe evaluate(member, state.targets, scratch.next.inputs, job) }
    case .values:
      for member in members { unsafe evaluate(member, state.critics, scratch.taken, job) }
    case .jointValues:
      for member in members { unsafe evaluateJointly(member, job) }
    case .criticGradients:
      for member in members { unsafe differentiate(member, job) }
    case .criticSteps:
      for member in members {
        step(member)
        if unsafe job.learnsActor { unsafe evaluate(member, state.critics, scratch.present.inputs, job) }
      }
    case .climb:
      for member in members { unsafe climb(member, job) }
    case .actorStage(let stage):
      unsafe actorStack.backwardStage(
        stage, share: share, state.actor, input: job.batch.observations, inputStride: hyperparameters.inputWidth,
        rows: job.batch.rows, in: actorWork, gradients: gradients.base + state.actorOffset)
    case .actorGradients:
      if part == 0 {
        unsafe actorStack.backward(
          member: 0, state.actor, rows: job.batch.rows, in: actorWork, gradients: gradients.base + state.actorOffset,
          inputGradient: nil, addsInputGradient: false, by: .batch)
      }
    case .actorStep:
      stepActor(slice(of: actorStack.parameterCount, share))
    }
  }

  /// Actions of the policy for some of the rows.
  private func samplePolicy(
    _ observations: UnsafePointer<Scalar>, _ rows: Range<Int>, _ samples: PolicySamples<Scalar>
  ) {
    unsafe actorStack.forward(
      member: 0, state.actor, input: observations, inputStride: hyperparameters.inputWidth, rows: rows, in: actorWork)
    unsafe fillInputs(samples.inputs, observations, nil, rows)
    unsafe Scalar.squash(squashed(samples, rows))
  }

  /// Some rows of the last actor pass as samples whose actions go into the action columns of the critics' input.
  func squashed(_ samples: PolicySamples<Scalar>, _ rows: Range<Int>) -> SquashedRows<Scalar> {
    let first = rows.lowerBound
    let count = hyperparameters.actionCount
    let width = criticStack.inputWidth
    return unsafe SquashedRows(
      rows: rows.count, actionCount: count, heads: actorWork.output + first * 2 * count,
      noise: samples.noise + first * count, preSquash: samples.preSquash + first * count,
      actions: samples.inputs + first * width + hyperparameters.inputWidth, actionStride: width,
      logDensities: samples.logDensities + first)
  }

  /// Rows of observation and, if given, action, side by side.
  func fillInputs(
    _ inputs: UnsafeMutablePointer<Scalar>, _ observations: UnsafePointer<Scalar>, _ actions: UnsafePointer<Scalar>?,
    _ rows: Range<Int>
  ) {
    let width = hyperparameters.inputWidth
    let count = hyperparameters.actionCount
    for row in rows {
      let line = unsafe inputs + row * (width + count)
      unsafe line.update(from: observations + row * width, count: width)
      if let actions = unsafe actions { unsafe (line + width).update(from: actions + row * count, count: count) }
    }
  }

  private func evaluate(
    _ member: Int, _ parameters: UnsafeMutablePointer<Scalar>, _ inputs: UnsafeMutablePointer<Scalar>,
    _ job: UpdateJob<Scalar>
  ) {
    guard !isJoint else {
      return unsafe criticStack.forward(
        member: member, parameters, input: inputs, inputStride: criticStack.inputWidth, rows: job.batch.rows,
        in: criticWork, by: .running)
    }
    unsafe criticStack.forward(
      member: member, parameters, input: inputs, inputStride: criticStack.inputWidth, rows: 0..<job.batch.rows,
      in: criticWork, drops: job.drops)
  }

  private func differentiate(_ member: Int, _ job: UpdateJob<Scalar>) {
    let gradient = unsafe gradients.base + state.criticOffset
    if !isJoint {
      unsafe criticStack.backward(
        member: member, state.critics, input: scratch.taken, inputStride: criticStack.inputWidth, rows: job.batch.rows,
        in: criticWork, gradients: gradient, inputGradient: nil, addsInputGradient: false, drops: job.drops)
    } else {
      unsafe criticStack.backward(
        member: member, state.critics, rows: 2 * job.batch.rows, in: criticWork, gradients: gradient, inputGradient: nil,
        addsInputGradient: false, by: .batch)
    }
    var sum: Scalar = 0
    criticStack.forEachRange(of: member) {
      sum += unsafe Scalar.sumOfSquares(gradient + $0.lowerBound, count: $0.count)
    }
    unsafe scratch.squares[16 * member] = sum
  }

  private func step(_ member: Int) {
    let step = AdamStep<Scalar>(
      step: state.steps.critic, learningRate: hyperparameters.criticLearningRate, polyak: hyperparameters.polyakTau,
      beta1: hyperparameters.adamBeta1)
    criticStack.forEachRange(of: member) { range in
      let offset = state.criticOffset + range.lowerBound
      unsafe Scalar.adam(
        step, count: range.count,
        AdamMemory(
          parameters: state.parameters + offset, gradients: gradients.base + offset,
          firstMoments: state.firstMoments + offset, secondMoments: state.secondMoments + offset,
          targets: state.targets + range.lowerBound))
    }
  }

  /// The three passes of an update through the critics; each has masks of its own.
  enum MaskedPass: UInt32 {
    case target, online, actor
  }

  /// Leaves ε of a pass through the policy: drawn, or the given one.
  private func fillNoise(
    _ stream: NoiseStream, _ noise: UnsafeMutablePointer<Scalar>, _ job: UpdateJob<Scalar>,
    given: UnsafePointer<Scalar>?
  ) {
    let count = unsafe job.batch.rows * hyperparameters.actionCount
    if let given = unsafe given {
      unsafe noise.update(from: given, count: count)
    } else {
      unsafe Scalar.fillNormals(noise, count: count, seed: hyperparameters.seed, stream: stream, counter: job.number)
    }
  }

  /// Puts the dropout masks of a pass into the workspace, drawn or given; nothing is done without dropout.
  private mutating func drawMasks(_ pass: MaskedPass) {
    let h = hyperparameters
    guard h.criticDropout > 0, let job = unsafe job else { return }
    let numbersPerUnit = unsafe job.batch.rows * criticStack.members
    var given = unsafe job.draws?.masks.map { unsafe $0 + Int(pass.rawValue) * numbersPerUnit * h.hidden.reduce(0, +) }
    for (index, width) in h.hidden.enumerated() {
      guard let keep = unsafe criticWork.keep(index) else { return }
      let count = numbersPerUnit * width
      if let masks = unsafe given {
        unsafe keep.update(from: masks, count: count)
        unsafe given = masks + count
      } else {
        unsafe Scalar.fillKeepMask(
          keep, count: count, dropout: h.criticDropout, seed: h.seed, counter: job.number,
          lane: pass.rawValue << 28 | UInt32(index) << 24)
      }
    }
    unsafe self.job?.drops = true
  }
}

internal import LimbNetworks

// With batch normalisation there are no targets: the critics see (s, a) and (s′, a′) as one batch, so that their statistics are
// those of both (Bhatt et al., "CrossQ", 2024, section 3). The loss has no gradient in the rows of s′, yet the backward
// pass goes through all rows, since those of s share their statistics.
extension SoftActorCritic {
  /// Leaves Q(s, a) in the first rows of the critics' output, y in `scratch.targets`, and no gradient in the rows of s′.
  mutating func valueJointly(_ job: UpdateJob<Scalar>) {
    let rows = unsafe job.batch.rows
    let numbers = rows * criticStack.inputWidth
    unsafe (scratch.taken + numbers).update(from: scratch.next.inputs, count: numbers)
    together(.jointValues)
    let values = rows * criticStack.members
    unsafe computeTargets(job, criticWork.output + values)
    unsafe (criticWork.outputGradient + values).update(repeating: 0, count: values)
  }

  func evaluateJointly(_ member: Int, _ job: UpdateJob<Scalar>) {
    unsafe criticStack.forward(
      member: member, state.critics, input: scratch.taken, inputStride: criticStack.inputWidth, rows: 2 * job.batch.rows,
      in: criticWork, by: .batch)
  }

  /// a′ by the running statistics, ã by those of its batch, which it moves; all rows at once, so one thread does it.
  func sampleJointly(_ part: Int, _ job: UpdateJob<Scalar>) {
    guard part == 0 else { return }
    let rows = unsafe 0..<job.batch.rows
    unsafe sample(job.batch.nextObservations, rows, scratch.next, by: .running)
    if unsafe job.learnsActor { unsafe sample(job.batch.observations, rows, scratch.present, by: .batch) }
    unsafe fillInputs(scratch.taken, job.batch.observations, job.batch.actions, rows)
  }

  private func sample(
    _ observations: UnsafePointer<Scalar>, _ rows: Range<Int>, _ samples: PolicySamples<Scalar>,
    by statistics: DenseStack.Statistics
  ) {
    unsafe actorStack.forward(
      member: 0, state.actor, input: observations, inputStride: hyperparameters.inputWidth, rows: rows.count, in: actorWork,
      by: statistics)
    unsafe fillInputs(samples.inputs, observations, nil, rows)
    unsafe Scalar.squash(squashed(samples, rows))
  }
}

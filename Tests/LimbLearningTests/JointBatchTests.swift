import LimbLearning
import LimbNetworks
import Testing

@Suite("With batch normalisation")
struct JointBatchTests {
  /// A learner after some updates on random batches.
  private func learned() -> Learner {
    var learner = Learner(batchNormHyperparameters(), identity: testIdentity)
    learner.takeUpDebt(storedSteps: 40)
    learn(&learner, 30)
    return learner
  }

  @Test("what is published has no norm, and says what the learner's actor says by its running statistics")
  func published() throws {
    let learner = learned()
    let rows = 5
    let input = AlignedBlock<Float>(count: rows * learner.hyperparameters.inputWidth)
    for i in 0..<input.count { unsafe input.base[i] = Float(i % 7) / 3 - 1 }
    let stack = learner.core.actorStack
    let normed = DenseWorkspace<Float>(stack, rows: rows)
    unsafe stack.forward(
      member: 0, learner.core.state.actor, input: input.base, inputStride: stack.inputWidth, rows: rows, in: normed,
      by: .running)
    let policy = learner.policyStack
    let plain = DenseWorkspace<Float>(policy, rows: rows)
    unsafe policy.forward(learner.actorBlock, input: input.base, inputStride: policy.inputWidth, rows: rows, in: plain)
    for i in 0..<rows * policy.outputWidth { #expect(unsafe abs(plain.output[i] - normed.output[i]) < 1e-4) }
    #expect(policy.parameterCount == learner.policyParameterCount && policy.parameterCount < stack.parameterCount)
    #expect(policy.tensors.allSatisfy { !$0.name.contains("running") })
  }

  @Test("the running statistics move with every update, and the critics' see both states of a transition")
  func statistics() throws {
    let h = batchNormHyperparameters()
    var learner = SoftActorCritic<Double>(h)
    let mean = try #require(learner.criticStack.tensors.first { $0.name == "qf0.0.running_mean" })
    let batch = TestBatch<Double>(h)
    batch.fillRandom(update: 0)
    _ = unsafe learner.update(batch.view)
    for column in 0..<h.inputWidth {
      var sum = 0.0
      for row in 0..<h.batchSize {
        let place = row * h.inputWidth + column
        sum += unsafe batch.observations.base[place] + batch.nextObservations.base[place]
      }
      let expected = 0.01 * sum / Double(2 * h.batchSize)
      #expect(unsafe abs(learner.state.critics[mean.offset + column] - expected) < 1e-12)
    }
  }
}

package import LimbExperience

extension TransitionRows where Scalar == Float {
  /// The batch that a sampler filled; valid as long as the batch.
  package init(_ batch: borrowing TransitionBatch) {
    unsafe self.init(
      rows: batch.batchSize, observations: batch.observations, actions: batch.actions, rewards: batch.rewards,
      discounts: batch.discounts, nextObservations: batch.nextObservations)
  }
}

extension Learner {
  /// Does up to `limit` of the updates that are owed, each on the batch that belongs to its number.
  ///
  /// What is sampled is what the last `refresh` of the sampler took in. Stops early, owing the rest, when the store has
  /// nothing to sample or the learner froze.
  /// - Parameter batch: Of the hyper-parameters' size and widths; overwritten.
  /// - Returns: How many updates were done, skipped ones included.
  package mutating func work(
    atMost limit: Int, from sampler: borrowing ReplaySampler, batch: borrowing TransitionBatch
  ) -> Int {
    var done = 0
    while done < limit, updatesDue > 0,
      sampler.fill(batch, update: nextUpdate, mirror: hyperparameters.symmetry, newest: hyperparameters.newestTransition)
    {
      _ = unsafe update(TransitionRows(batch))
      done += 1
    }
    return done
  }
}

/// How learning goes: the newest numbers, by value. Rates are the caller's, by its own clock.
package struct LearnerStatistics: BitwiseCopyable, Sendable, Equatable {
  /// Updates begun, skipped ones included.
  package var updates: UInt64 = 0
  /// Updates of actor and temperature.
  package var actorUpdates: UInt64 = 0
  /// Of the newest update: Σᵢ mean (Qᵢ − y)².
  package var criticLoss: Double = .nan
  /// … mean of all Q(s, a).
  package var meanValue: Double = .nan
  /// Of the newest update of the actor: mean(α log π − f Q).
  package var actorLoss: Double = .nan
  /// … −mean log π(ã|s), nats.
  package var entropyNats: Double = .nan
  /// α
  package var temperature: Double = .nan
  /// Updates owed, as in `UpdateCredit`.
  package var updatesOwed: UInt64 = 0
  /// Updates dropped for ever, as in `UpdateCredit`.
  package var creditDropped: UInt64 = 0
  /// Batches skipped because something was not finite.
  package var skippedBatches: UInt64 = 0
  /// Three in a row: nothing is learned any more until the next start.
  package var isFrozen = false
  /// Newest policy that was published.
  package var policyVersion: UInt64 = 0

  /// Nothing learned yet.
  package init() {}
}

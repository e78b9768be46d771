internal import LimbNetworks

// With batch normalisation the forward pass itself changes something: the running statistics of actor and critics. A batch that turns
// out to be broken must not have moved them.
extension SoftActorCritic {
  /// Puts the running statistics aside; nothing without batch normalisation.
  func keepStatistics() {
    var place = unsafe kept.base
    unsafe forEachStatistics { statistics, count in
      unsafe place.update(from: statistics, count: count)
      unsafe place += count
    }
  }

  /// Puts back what `keepStatistics` put aside.
  func takeBackStatistics() {
    var place = unsafe UnsafePointer(kept.base)
    unsafe forEachStatistics { statistics, count in
      unsafe statistics.update(from: place, count: count)
      unsafe place += count
    }
  }

  /// Whether every running mean and variance is finite, and so small that its square is: an observation of 1e20 is finite, and
  /// normalising by its variance is not.
  var hasFiniteStatistics: Bool {
    var sum: Scalar = 0
    unsafe forEachStatistics { unsafe sum += Scalar.sumOfSquares($0, count: $1) }
    return sum.isFinite
  }

  private func forEachStatistics(_ body: (UnsafeMutablePointer<Scalar>, Int) -> Void) {
    actorStack.forEachStatisticsRange { unsafe body(state.actor + $0.lowerBound, $0.count) }
    criticStack.forEachStatisticsRange { unsafe body(state.critics + $0.lowerBound, $0.count) }
  }
}

package import LimbTypes

/// The noise ε of sampled actions, one number an output: fresh at every step, or correlated from step to step,
///
///     ε_t = ρ ε_{t−1} + √(1 − ρ²) ξ_t,   ξ_t ~ N(0, 1),
///
/// which is N(0, 1) at every step whatever ρ is: the law of an action does not change, only how long an idea is kept.
/// (A first-order autoregressive process, as in Korenkevych et al. 2019, arXiv 1903.11524.) The learner always draws
/// fresh noise. Control thread; portable arithmetic, no allocation.
package struct ExplorationNoise: BitwiseCopyable, Sendable {
  /// ε of the present step.
  package private(set) var epsilon = ActionVector()
  /// What the step before already said of it: ρ ε_{t−1}; 0 after a fresh start.
  package private(set) var predicted = ActionVector()
  /// Deviation of ε about `predicted`: √(1 − ρ²); 1 after a fresh start.
  package private(set) var freshDeviation: Float = 1
  private var source = ActionSource.none

  /// At a fresh start.
  @_noLocks package init() {}

  /// The next step draws from the stationary law again: at the start of an episode, and after an action of another
  /// source.
  @_noLocks package mutating func forget() { source = .none }

  /// Draws ε of step `step` for `count` outputs. Another `source` than before is a fresh start.
  ///
  /// - Parameters:
  ///   - seed: The run's seed; with stream `exploration` the key. Counter: `step`; four outputs a lane.
  ///   - correlation: ρ, 0 ..< 1.
  ///   - source: `.policy` or `.noise`.
  @_noLocks package mutating func draw(
    seed: UInt64, step: UInt64, count: Int, correlation: Float, source: ActionSource
  ) {
    var goesOn = false
    switch (self.source, source) {
    case (.policy, .policy), (.noise, .noise): goesOn = correlation > 0
    default: break
    }
    self.source = source
    freshDeviation = goesOn ? PortableMath.sqrt(1 - correlation * correlation) : 1
    var four = SIMD4<Float>(repeating: 0)
    var i = 0
    while i < count {
      if i & 3 == 0 {
        four = Philox.normals(seed: seed, stream: .exploration, counter: step, lane: UInt32(truncatingIfNeeded: i >> 2))
      }
      predicted[i] = goesOn ? correlation * epsilon[i] : 0
      epsilon[i] = predicted[i] + freshDeviation * four[i & 3]
      i &+= 1
    }
  }
}

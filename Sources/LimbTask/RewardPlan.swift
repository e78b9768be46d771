package import LimbProfile
package import LimbTypes

/// The most reward terms of one task.
package var rewardTermCapacity: Int { @_noLocks get { 16 } }

/// What is good: terms in [0, 1] over recorded signals, evaluated live for reports, and for learning whenever a store is taken in.
///
/// reward = Σ wᵢ rᵢ / Σ wᵢ over the terms marked `add`, times every term marked `multiply`. With weights ≥ 0 it lies in
/// [0, 1]. Pure: changing a weight or a target relabels all that the robot ever did. To add a term: a case in
/// `RewardTermKind` (the compiler then names every switch: spelling, defaults, what it needs), a line in `signal(_:_:)`, and
/// a row in docs/profile.md.
package struct RewardPlan: BitwiseCopyable, Sendable {
  /// One term.
  package struct Term: BitwiseCopyable, Sendable {
    /// What the term looks at.
    package let kind: RewardTermKind
    /// Whether it is summed or multiplies the sum.
    package let combine: RewardCombination
    /// wᵢ of the weighted mean; unused where the term multiplies.
    package let weight: Float
    let shape: RewardShape
    let target: Float
    let tolerance: Float
    let margin: Float
  }

  /// Terms in use.
  package let count: Int
  private let terms: InlineArray<16, Term>
  private let weightSum: Float
  private let goalToleranceMeters: Float

  init(_ profile: RobotProfile) throws(TaskError) {
    let description = profile.task.reward
    try check(description.count, path: "task.reward", capacity: rewardTermCapacity)
    var terms = InlineArray<16, Term>(
      repeating: Term(
        kind: .external, combine: .multiply, weight: 0, shape: .linear, target: 0, tolerance: 0, margin: 1))
    var sum = 0.0
    for (index, term) in description.enumerated() {
      if term.kind == .handToGoal || term.kind == .hold, profile.task.goal == nil {
        throw .missing(path: "task.reward[\(index)]", needs: "task.goal")
      }
      terms[index] = Term(
        kind: term.kind, combine: term.combine, weight: Float(term.weight), shape: term.shape,
        target: Float(term.target), tolerance: Float(term.tolerance), margin: Float(term.margin))
      if term.combine == .add { sum += term.weight }
    }
    count = description.count
    self.terms = terms
    weightSum = Float(sum)
    goalToleranceMeters = Float(profile.task.goal?.toleranceMeters ?? 0)
  }

  /// Term `index`, 0 ..< count.
  @_noLocks package func term(_ index: Int) -> Term { terms[index] }

  /// The reward of an action whose outcome `signals` is (those of the record after it, which hold all that terms
  /// look at, differences of the last actions included), in [0, 1] with weights ≥ 0.
  @_noLocks package func reward(_ signals: RewardSignals) -> Float {
    // Through a pointer: reading one entry of an inline array that is part of `self` copies the whole array first.
    unsafe withUnsafePointer(to: terms) { terms in
      let term = unsafe UnsafeRawPointer(terms).assumingMemoryBound(to: Term.self)
      var sum: Float = 0
      var factor: Float = 1
      var index = 0
      while index < count {
        let value = unsafe value(of: term[index], signals)
        switch unsafe term[index].combine {
        case .add: sum += unsafe term[index].weight * value
        case .multiply: factor *= value
        }
        index += 1
      }
      return (weightSum == 0 ? 1 : sum / weightSum) * factor
    }
  }

  /// Term `index` alone, in [0, 1], 1 best; 0 for a signal that is not a number.
  @_noLocks package func value(of index: Int, _ signals: RewardSignals) -> Float { value(of: terms[index], signals) }

  @_noLocks private func value(of term: Term, _ signals: RewardSignals) -> Float {
    if case .hold = term.kind, !(handDistance(signals) <= goalToleranceMeters) { return 0 }
    let x = signal(term.kind, signals)
    guard x == x else { return 0 }
    let error = x - term.target
    let distance: Float
    switch term.kind {
    case .forwardVelocity, .jointLimits: distance = error < 0 ? -error : 0  // only falling short costs
    case .lateralVelocity, .heading, .upright, .yawRate, .actionAcceleration, .energy, .handToGoal, .hold, .effort,
      .external:
      distance = error < 0 ? -error : error
    }
    return RewardPlan.shaped(distance - term.tolerance, margin: term.margin, term.shape)
  }

  /// 1 for an excess ≤ 0; then 1 − d/margin down to 0 (linear: dm_control's tolerance), or exp(−½ (d/margin)² · ln 100)
  /// (gaussian: 0.1 at the margin).
  @_noLocks static func shaped(_ excess: Float, margin: Float, _ shape: RewardShape) -> Float {
    if excess <= 0 { return 1 }
    if margin <= 0 { return 0 }
    let d = excess / margin
    switch shape {
    case .linear: return d >= 1 ? 0 : 1 - d
    case .gaussian: return PortableMath.exp(-0.5 * d * d * 4.6051702)
    }
  }

  /// The number a term looks at, in the unit of its keys. NaN says that it is unknown in this step, and the term gives 0:
  /// for instance a height while no foot stands.
  @_noLocks private func signal(_ kind: RewardTermKind, _ s: RewardSignals) -> Float {
    switch kind {
    case .forwardVelocity: return s.baseVelocityMetersPerSecond.x
    case .lateralVelocity: return RewardPlan.magnitude(s.baseVelocityMetersPerSecond.y)
    case .heading: return RewardPlan.magnitude(s.headingRadians)
    case .upright: return RewardPlan.tilt(roll: s.rollRadians, pitch: s.pitchRadians)
    case .yawRate: return RewardPlan.magnitude(s.angularVelocityRadiansPerSecond.z)
    case .actionAcceleration: return s.actionAcceleration
    case .energy: return s.jointPowerWatts
    case .jointLimits: return s.jointLimitMargin
    case .handToGoal: return handDistance(s)
    case .hold: return s.handSpeedMetersPerSecond
    case .effort: return PortableMath.sqrt(s.effortSquared)
    case .external: return s.externalReward
    }
  }

  @_noLocks private func handDistance(_ s: RewardSignals) -> Float {
    length(s.handPositionMeters - s.goalPositionMeters)
  }

  @_noLocks private static func magnitude(_ x: Float) -> Float { x < 0 ? -x : x }

  /// Angle between the body's z axis and the vertical: its cosine is cos roll · cos pitch.
  @_noLocks private static func tilt(roll: Float, pitch: Float) -> Float {
    let sr = PortableMath.sin(roll)
    let cr = PortableMath.cos(roll)
    let sp = PortableMath.sin(pitch)
    let cp = PortableMath.cos(pitch)
    return PortableMath.atan2(PortableMath.sqrt(sp * sp + sr * sr * cp * cp), cr * cp)
  }
}

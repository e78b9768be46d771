internal import CKernels
internal import LimbProfile
internal import LimbTypes
package import LimbNetworks

/// The loops of soft actor-critic that are not a network's: see `NetworkScalar` for why they are requirements.
package protocol LearningScalar: NetworkScalar {
  /// Standard normal numbers; number i is lane i/4, word i mod 4 of (seed, stream, counter).
  static func fillNormals(
    _ numbers: UnsafeMutablePointer<Self>, count: Int, seed: UInt64, stream: NoiseStream, counter: UInt64)
  /// 0 with probability `dropout`, else 1/(1 − `dropout`); sixteen random bits a number. `lane` tells masks of one
  /// update apart.
  static func fillKeepMask(
    _ numbers: UnsafeMutablePointer<Self>, count: Int, dropout: Double, seed: UInt64, counter: UInt64, lane: UInt32)
  /// y = r + γⁿ(1 − terminated)(min over the members in `subset` of Q̄ − α log π).
  static func targets(_ rows: TargetRows<Self>)
  /// ∂/∂Q of Σᵢ mean (Qᵢ − y)²; returns that loss and the mean of all Q.
  static func criticErrors(_ rows: ErrorRows<Self>) -> CriticErrors
  /// ∂/∂Q of mean(α log π − f Q), f the mean or the minimum of the members; returns that loss and the mean log π.
  static func actorErrors(_ rows: ErrorRows<Self>, temperature: Self, minimum: Bool) -> ActorErrors
}

/// The two streams of Gaussian noise.
package enum NoiseStream: Sendable {
  /// a′ ~ π(s′)
  case target
  /// ã ~ π(s)
  case actor

  var randomStream: RandomStream {
    switch self {
    case .target: .targetNoise
    case .actor: .actorNoise
    }
  }
}

/// What `LearningScalar.targets` reads and writes.
@unsafe package struct TargetRows<Scalar: LearningScalar>: BitwiseCopyable {
  let rows: Int
  let members: Int
  /// One bit for each member that takes part in the minimum; at least one is set.
  let subset: UInt64
  let temperature: Scalar
  let values: UnsafePointer<Scalar>
  let logDensities: UnsafePointer<Scalar>
  let rewards: UnsafePointer<Scalar>
  let discounts: UnsafePointer<Scalar>
  let targets: UnsafeMutablePointer<Scalar>
}

/// What the two losses read and write.
@unsafe package struct ErrorRows<Scalar: LearningScalar>: BitwiseCopyable {
  let rows: Int
  let members: Int
  /// rows × members: Q.
  let values: UnsafePointer<Scalar>
  /// rows: y for the critics, log π for the actor.
  let references: UnsafePointer<Scalar>
  /// Out, rows × members.
  let gradient: UnsafeMutablePointer<Scalar>
}

/// The critics' loss and mean value of a batch.
package struct CriticErrors: BitwiseCopyable, Sendable {
  /// Σ over the critics of the mean squared error.
  package let loss: Double
  /// Mean Q over batch and critics.
  package let meanValue: Double
}

/// The actor's loss and mean log-density of a batch.
package struct ActorErrors: BitwiseCopyable, Sendable {
  /// Mean of α log π − f Q.
  package let loss: Double
  /// Mean log π of the sampled actions.
  package let meanLogDensity: Double
}

extension Float: LearningScalar {}

/// `LearningScalar` of Float: what each does stands at its requirement.
package extension Float {
  static func fillNormals(
    _ numbers: UnsafeMutablePointer<Float>, count: Int, seed: UInt64, stream: NoiseStream, counter: UInt64
  ) { unsafe limb_fill_normals(numbers, count, seed, stream.randomStream.rawValue, counter) }
  static func fillKeepMask(
    _ numbers: UnsafeMutablePointer<Float>, count: Int, dropout: Double, seed: UInt64, counter: UInt64, lane: UInt32
  ) { unsafe fillMask(numbers, count: count, dropout: dropout, seed: seed, counter: counter, lane: lane) }
  static func targets(_ rows: TargetRows<Float>) { unsafe bootstrapTargets(rows) }
  static func criticErrors(_ rows: ErrorRows<Float>) -> CriticErrors { unsafe squaredErrors(rows) }
  static func actorErrors(_ rows: ErrorRows<Float>, temperature: Float, minimum: Bool) -> ActorErrors {
    unsafe policyErrors(rows, temperature: temperature, minimum: minimum)
  }
}

extension Double: LearningScalar {}

/// `LearningScalar` of Double: what each does stands at its requirement.
package extension Double {
  static func fillNormals(
    _ numbers: UnsafeMutablePointer<Double>, count: Int, seed: UInt64, stream: NoiseStream, counter: UInt64
  ) { unsafe fillNormalNumbers(numbers, count: count, seed: seed, stream: stream, counter: counter) }
  static func fillKeepMask(
    _ numbers: UnsafeMutablePointer<Double>, count: Int, dropout: Double, seed: UInt64, counter: UInt64, lane: UInt32
  ) { unsafe fillMask(numbers, count: count, dropout: dropout, seed: seed, counter: counter, lane: lane) }
  static func targets(_ rows: TargetRows<Double>) { unsafe bootstrapTargets(rows) }
  static func criticErrors(_ rows: ErrorRows<Double>) -> CriticErrors { unsafe squaredErrors(rows) }
  static func actorErrors(_ rows: ErrorRows<Double>, temperature: Double, minimum: Bool) -> ActorErrors {
    unsafe policyErrors(rows, temperature: temperature, minimum: minimum)
  }
}

/// `LearningScalar.fillNormals` as plain loops, for any number type; Float's own (`CKernels`) gives the same bytes.
@inline(__always)
package func fillNormalNumbers<S: LearningScalar>(
  _ numbers: UnsafeMutablePointer<S>, count: Int, seed: UInt64, stream: NoiseStream, counter: UInt64
) {
  var i = 0
  while i < count {
    let four = Philox.normals(
      seed: seed, stream: stream.randomStream, counter: counter, lane: UInt32(truncatingIfNeeded: i >> 2))
    for word in 0..<min(4, count - i) { unsafe numbers[i + word] = S(four[word]) }
    i += 4
  }
}

@inline(__always)
private func fillMask<S: LearningScalar>(
  _ numbers: UnsafeMutablePointer<S>, count: Int, dropout: Double, seed: UInt64, counter: UInt64, lane: UInt32
) {
  let threshold = UInt32(dropout * 65536)
  let kept = S(1 / (1 - dropout))
  var i = 0
  while i < count {
    let block = Philox.block(
      seed: seed, stream: .dropout, counter: counter, lane: lane | UInt32(truncatingIfNeeded: i >> 3))
    for half in 0..<min(8, count - i) {
      let bits = half & 1 == 0 ? block[half >> 1] & 0xffff : block[half >> 1] >> 16
      unsafe numbers[i + half] = bits < threshold ? 0 : kept
    }
    i += 8
  }
}

@inline(__always)
private func bootstrapTargets<S: LearningScalar>(_ batch: TargetRows<S>) {
  for row in unsafe 0..<batch.rows {
    var least = S.infinity
    for member in unsafe 0..<batch.members where unsafe batch.subset >> UInt64(member) & 1 == 1 {
      let value = unsafe batch.values[row * batch.members + member]
      // Not `min`: a NaN must reach the loss and be seen there.
      if !(value >= least) { least = value }
    }
    let soft = unsafe least - batch.temperature * batch.logDensities[row]
    unsafe batch.targets[row] = batch.rewards[row] + batch.discounts[row] * soft
  }
}

@inline(__always)
private func squaredErrors<S: LearningScalar>(_ batch: ErrorRows<S>) -> CriticErrors {
  let scale = unsafe 2 / S(batch.rows)
  var loss = 0.0
  var sum = 0.0
  for row in unsafe 0..<batch.rows {
    for member in unsafe 0..<batch.members {
      let i = unsafe row * batch.members + member
      let error = unsafe batch.values[i] - batch.references[row]
      unsafe batch.gradient[i] = scale * error
      loss += Double(error) * Double(error)
      sum += unsafe Double(batch.values[i])
    }
  }
  return unsafe CriticErrors(
    loss: loss / Double(batch.rows), meanValue: sum / Double(batch.rows * batch.members))
}

@inline(__always)
private func policyErrors<S: LearningScalar>(_ batch: ErrorRows<S>, temperature: S, minimum: Bool) -> ActorErrors {
  let members = unsafe batch.members
  let scale = unsafe -1 / S(batch.rows)
  var loss = 0.0
  var density = 0.0
  for row in unsafe 0..<batch.rows {
    let values = unsafe batch.values + row * members
    let gradient = unsafe batch.gradient + row * members
    var value: S = 0
    if minimum {
      var least = 0
      for member in 1..<max(members, 1) where unsafe !(values[member] >= values[least]) { least = member }
      for member in 0..<members { unsafe gradient[member] = member == least ? scale : 0 }
      value = unsafe values[least]
    } else {
      for member in 0..<members {
        value += unsafe values[member]
        unsafe gradient[member] = scale / S(members)
      }
      value /= S(members)
    }
    loss += unsafe Double(temperature * batch.references[row] - value)
    density += unsafe Double(batch.references[row])
  }
  return unsafe ActorErrors(loss: loss / Double(batch.rows), meanLogDensity: density / Double(batch.rows))
}

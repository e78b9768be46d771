package import LimbNetworks

/// Everything that learning changes, in one contiguous block: parameters (actor, critics, log α), the targets, and
/// Adam's two moments of the parameters. Saving, restoring and checking it is one pass over memory.
@safe package struct LearnerState<Scalar: LearningScalar>: ~Copyable {
  /// Where the parts of a parameter section start, in numbers; the sections of gradients and moments look the same.
  package let actorOffset = 0
  /// Where the critics' parameters stand in a parameter section, in numbers.
  package let criticOffset: Int
  /// Where log α stands in a parameter section, in numbers.
  package let logTemperatureOffset: Int
  /// Numbers in a parameter section; log α has a cache line of its own.
  package let parameterCount: Int
  /// Parameters of all critics together, and of their targets.
  package let criticCount: Int
  /// The whole block: parameters, first moments, second moments, targets.
  package let block: AlignedBlock<Scalar>
  /// Adam's steps, each of its own: the actor learns more seldom.
  package var steps = LearnerSteps()

  /// All zero.
  package init(actor: DenseStack, critics: DenseStack) {
    criticOffset = actor.parameterCount
    logTemperatureOffset = actor.parameterCount + critics.parameterCount
    criticCount = critics.parameterCount
    parameterCount = logTemperatureOffset + 16
    block = AlignedBlock(count: 3 * parameterCount + criticCount)
  }

  /// What Adam changes: actor, critics, log α.
  package var parameters: UnsafeMutablePointer<Scalar> { unsafe block.base }
  /// Adam's m of `parameters`.
  package var firstMoments: UnsafeMutablePointer<Scalar> { unsafe block.base + parameterCount }
  /// Adam's v of `parameters`.
  package var secondMoments: UnsafeMutablePointer<Scalar> { unsafe block.base + 2 * parameterCount }
  /// The critics' slow copies, `criticCount` numbers.
  package var targets: UnsafeMutablePointer<Scalar> { unsafe block.base + 3 * parameterCount }
  /// The actor's parameters, the head of `parameters`.
  package var actor: UnsafeMutablePointer<Scalar> { unsafe parameters }
  /// The critics' parameters within `parameters`, `criticCount` numbers.
  package var critics: UnsafeMutablePointer<Scalar> { unsafe parameters + criticOffset }

  /// log α.
  package var logTemperature: Scalar {
    get { unsafe parameters[logTemperatureOffset] }
    nonmutating set { unsafe parameters[logTemperatureOffset] = newValue }
  }

  /// Whether every number of it is finite.
  package var isFinite: Bool { unsafe Scalar.sumOfSquares(block.base, count: block.count).isFinite }

  /// Becomes a copy of another state of the same networks.
  package mutating func copy(from other: borrowing LearnerState<Scalar>) {
    block.copy(from: other.block)
    steps = other.steps
  }
}

/// What has been done to a state.
package struct LearnerSteps: BitwiseCopyable, Sendable, Equatable {
  /// Updates begun, those that were skipped included: the counter of every random number.
  package var updates: UInt64 = 0
  /// Adam steps of the critics.
  package var critic: UInt64 = 0
  /// Adam steps of actor and log α.
  package var actor: UInt64 = 0

  /// Nothing done yet.
  package init() {}
}

package import LimbNetworks
internal import LimbTypes

/// What can go wrong in this room.
package enum LearningError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A checkpoint cannot be read or written, is torn, or is of another network; or the BLAS is wrong.
  case networks(NetworksError)
  /// The checkpoint was made for another robot or task.
  case otherIdentity(path: String, field: String, expected: UInt64, actual: UInt64)
  /// The checkpoint was made under another reward.
  case otherReward(path: String, expected: UInt64, actual: UInt64)
  /// A line of the checkpoint's metadata is not what it should be.
  case badMetadata(path: String, key: String, expected: String, actual: String)

  /// A sentence for the operator: what was found, what was expected, and the remedy where there is one.
  package var description: String {
    switch self {
    case .networks(let error): error.description
    case .otherIdentity(let path, let field, let expected, let actual):
      "\(path): made with another \(field): expected \(hexadecimal(expected)), found \(hexadecimal(actual))"
    case .otherReward(let path, let expected, let actual):
      """
      \(path): made under another reward: expected \(hexadecimal(expected)), found \(hexadecimal(actual)). --relabel \
      keeps the actor and the store, and starts the critics anew
      """
    case .badMetadata(let path, let key, let expected, let actual):
      "\(path): metadata \(key): expected \(expected), found \(actual)"
    }
  }
}

/// What may make a resumed run differ from one that was not interrupted; not an error.
package enum ResumeWarning: Equatable, Sendable, CustomStringConvertible {
  /// Another OpenBLAS, or other kernels of it: the bytes will differ in the last bits.
  case otherBLAS(expected: String, actual: String)
  /// Another seed: other random numbers from here on.
  case otherSeed(expected: UInt64, actual: UInt64)
  /// The learner was frozen when the checkpoint was written, and is not any more.
  case thawed(skippedBatches: UInt64)

  /// A sentence for the operator: what differs and what that means for the bytes of the training.
  package var description: String {
    switch self {
    case .otherBLAS(let expected, let actual):
      "this checkpoint was made with \(actual); with \(expected) training goes on, but not to the same bytes"
    case .otherSeed(let expected, let actual):
      "this checkpoint was made with seed \(actual); with seed \(expected) training goes on with other random numbers"
    case .thawed(let skippedBatches):
      """
      the learner was frozen when this checkpoint was written: three batches in a row were not finite (\(skippedBatches) \
      skipped in all). It goes on from its last good state; if it freezes again, lower the learning rates
      """
    }
  }
}

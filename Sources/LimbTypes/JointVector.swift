/// The most joints a robot may have: a hexapod with three joints a leg.
package var jointCapacity: Int { @_noLocks get { 18 } }
/// The most numbers an action may have. One a joint at most.
package var actionCapacity: Int { @_noLocks get { 18 } }
/// The most feet a robot may have.
package var footCapacity: Int { @_noLocks get { 6 } }

/// One number a joint, in limbd's joint order (the order of `joints:` in the profile).
///
/// Fixed capacity of `jointCapacity`; how many entries mean something is the profile's joint count, kept by the
/// plan and not here. Unused entries are 0. The unit is in the name of the variable that holds it.
package struct JointVector: BitwiseCopyable, Sendable {
  /// The raw entries, unused ones 0.
  package var storage: InlineArray<18, Float>

  /// All zero.
  @_noLocks package init() { storage = InlineArray(repeating: 0) }

  /// Every entry `value`, unused ones included.
  @_noLocks package init(repeating value: Float) { storage = InlineArray(repeating: value) }

  /// Entry `joint`, 0 ..< jointCapacity; traps outside.
  package subscript(joint: Int) -> Float {
    @_noLocks get { storage[joint] }
    @_noLocks set { storage[joint] = newValue }
  }
}

/// One number an action dimension: pre-squash u, squashed a in (−1, 1), mean or log standard deviation.
///
/// Fixed capacity of `actionCapacity`; the plan knows how many count. Unused entries are 0.
package struct ActionVector: BitwiseCopyable, Sendable {
  /// The raw entries, unused ones 0.
  package var storage: InlineArray<18, Float>

  /// All zero.
  @_noLocks package init() { storage = InlineArray(repeating: 0) }

  /// Entry `dimension`, 0 ..< actionCapacity; traps outside.
  package subscript(dimension: Int) -> Float {
    @_noLocks get { storage[dimension] }
    @_noLocks set { storage[dimension] = newValue }
  }
}

/// One number a foot, in the order of `kinematics.legs` in the profile. Unused entries are 0.
package struct FootVector: BitwiseCopyable, Sendable {
  /// The raw entries, unused ones 0.
  package var storage: InlineArray<6, Float>

  /// All zero.
  @_noLocks package init() { storage = InlineArray(repeating: 0) }

  /// Entry `foot`, 0 ..< footCapacity; traps outside.
  package subscript(foot: Int) -> Float {
    @_noLocks get { storage[foot] }
    @_noLocks set { storage[foot] = newValue }
  }
}

package import LimbTypes

/// The left-right mirror (y → −y) of joints, actions, observations and signals. Mirroring twice changes nothing.
///
/// Polar vectors (positions, velocities) change the sign of y; axial ones (angular velocity) those of x and z; roll and
/// heading change sign, pitch does not.
package struct SymmetryPlan: BitwiseCopyable, Sendable {
  let jointCount: Int
  let actionCount: Int
  let legCount: Int
  let frameWidth: Int
  let joints: InlineArray<18, Int32>
  let jointSigns: InlineArray<18, Float>
  let actions: InlineArray<18, Int32>
  let actionSigns: InlineArray<18, Float>
  let feet: InlineArray<6, Int32>
  let entries: InlineArray<128, Int32>
  let entrySigns: InlineArray<128, Float>

  /// Angles, velocities, torques or targets of the mirrored robot.
  @_noLocks package func mirror(joints vector: JointVector) -> JointVector {
    var image = JointVector()
    var index = 0
    while index < jointCount {
      image[index] = jointSigns[index] * vector[Int(joints[index])]
      index += 1
    }
    return image
  }

  /// The action that does to the mirrored robot what `action` does to this one. Of a Gaussian's mean likewise.
  @_noLocks package func mirror(action: ActionVector) -> ActionVector {
    var image = ActionVector()
    var index = 0
    while index < actionCount {
      image[index] = actionSigns[index] * action[Int(actions[index])]
      index += 1
    }
    return image
  }

  /// Standard deviations of the mirrored law: exchanged, without signs.
  @_noLocks package func mirror(deviations: ActionVector) -> ActionVector {
    var image = ActionVector()
    var index = 0
    while index < actionCount {
      image[index] = deviations[Int(actions[index])]
      index += 1
    }
    return image
  }

  /// One frame as the mirrored robot would see it.
  @_noLocks package func mirror(frame: ObservationFrame) -> ObservationFrame {
    var image = ObservationFrame()
    var index = 0
    while index < frameWidth {
      image[index] = entrySigns[index] * frame[Int(entries[index])]
      index += 1
    }
    image.count = frame.count
    return image
  }

  /// So many frames of a network input (raw or scaled: a term has one scale), one after another, as the mirrored robot would see
  /// them. The two must not overlap.
  @_noLocks package func mirror(
    _ input: UnsafePointer<Float>, frames: Int, into image: UnsafeMutablePointer<Float>
  ) {
    // Through pointers: reading one entry of an inline array that is part of `self` copies the whole array first.
    unsafe withUnsafePointer(to: entries) { entries in
      unsafe withUnsafePointer(to: entrySigns) { signs in
        let source = unsafe UnsafeRawPointer(entries).assumingMemoryBound(to: Int32.self)
        let sign = unsafe UnsafeRawPointer(signs).assumingMemoryBound(to: Float.self)
        var start = 0
        while start < frameWidth * frames {
          var index = 0
          while index < frameWidth {
            unsafe image[start + index] = sign[index] * input[start + Int(source[index])]
            index += 1
          }
          start += frameWidth
        }
      }
    }
  }

  /// `actionCount` numbers of an action in memory, for batches. The two must not overlap.
  @_noLocks package func mirror(action: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>) {
    var index = 0
    while index < actionCount {
      unsafe image[index] = actionSigns[index] * action[Int(actions[index])]
      index += 1
    }
  }

  /// One bit a foot, exchanged.
  @_noLocks package func mirror(contacts: UInt32) -> UInt32 {
    var image: UInt32 = 0
    var foot = 0
    while foot < legCount {
      if contacts & (1 << UInt32(feet[foot])) != 0 { image |= 1 << UInt32(foot) }
      foot += 1
    }
    return image
  }

  /// The signals of the mirrored robot. Every reward term of `RewardPlan` is the same for both.
  @_noLocks package func mirror(signals: RewardSignals) -> RewardSignals {
    var image = signals
    image.baseVelocityMetersPerSecond = SymmetryPlan.polar(signals.baseVelocityMetersPerSecond)
    image.angularVelocityRadiansPerSecond = SymmetryPlan.axial(signals.angularVelocityRadiansPerSecond)
    image.rollRadians = -signals.rollRadians
    image.headingRadians = -signals.headingRadians
    image.contacts = mirror(contacts: signals.contacts)
    image.handPositionMeters = SymmetryPlan.polar(signals.handPositionMeters)
    image.goalPositionMeters = SymmetryPlan.polar(signals.goalPositionMeters)
    image.achievedGoalMeters = SymmetryPlan.polar(signals.achievedGoalMeters)
    return image
  }

  @_noLocks static func polar(_ v: Vector3) -> Vector3 { Vector3(v.x, -v.y, v.z) }
  @_noLocks static func axial(_ v: Vector3) -> Vector3 { Vector3(-v.x, v.y, -v.z) }
}

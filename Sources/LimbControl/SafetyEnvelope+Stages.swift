internal import LimbTypes

/// The stages, one joint at a time.
extension SafetyEnvelope {
  /// Position, then slew, then the inward rule.
  @_noLocks func limitedTarget(
    _ requested: Float, joint: Int, measured: Float, slew: Float, _ limited: inout LimitedBy
  ) -> Float {
    let low = limits.positionMinimumRadians[joint]
    let high = limits.positionMaximumRadians[joint]
    var wanted = requested
    if wanted < low { wanted = low }
    if wanted > high { wanted = high }
    if wanted != requested { limited.insert(.position) }

    let last = appliedRadians[joint]
    let outside = measured < low || measured > high || last < low || last > high
    var speed = slew
    if outside, limits.rampRadiansPerSecond < speed { speed = limits.rampRadiansPerSecond }
    let step = speed * limits.periodSeconds
    var target = wanted
    if target > last + step { target = last + step }
    if target < last - step { target = last - step }
    if target != wanted { limited.insert(outside ? .inward : .slew) }

    // A joint beyond its range must not be pulled further out; the target may stand or come back.
    if measured > high, target > last {
      target = last
      limited.insert(.inward)
    } else if measured < low, target < last {
      target = last
      limited.insert(.inward)
    }
    return target
  }

  /// The factor that brings a predicted torque inside its limit; 1 if it is inside. The limit is undercut by a few
  /// units in the last place, so that the product of the scaled gains does not round above it.
  @_noLocks func torqueScale(_ predicted: Float, _ maximum: Float, _ limited: inout LimitedBy) -> Float {
    let size = predicted.magnitude
    if size <= maximum { return 1 }
    limited.insert(.torque)
    return size.isFinite ? maximum / size * 0.999999 : 0
  }

  /// `value` within ± `maximum`.
  @_noLocks func clamp(_ value: Float, _ maximum: Float, _ stage: LimitedBy, _ limited: inout LimitedBy) -> Float {
    if value > maximum {
      limited.insert(stage)
      return maximum
    }
    if value < -maximum {
      limited.insert(stage)
      return -maximum
    }
    return value
  }

  /// A gain between 0 and the profile's.
  @_noLocks func clampGain(_ value: Float, _ maximum: Float) -> Float {
    if value < 0 { return 0 }
    return value > maximum ? maximum : value
  }

  /// True if every number of a request that counts is finite.
  @_noLocks func isFinite(_ targets: JointTargets) -> Bool {
    isFinite(targets.positionRadians) && isFinite(targets.velocityRadiansPerSecond)
      && isFinite(targets.feedForwardNewtonMeters) && isFinite(targets.stiffness) && isFinite(targets.damping)
  }

  /// True if every entry that counts is finite.
  @_noLocks func isFinite(_ vector: JointVector) -> Bool {
    for joint in 0..<limits.jointCount where !vector[joint].isFinite { return false }
    return true
  }
}

extension RobotProfile {
  /// How long sitting or parking may take, seconds: the way of the joint that may be farthest from its park angle, at the
  /// ramp speed or the joint's own if that is lower, a quarter more for lag and for joints outside their range, and three
  /// seconds for power to rise and the pose to settle. Control waits that long, the end of a run too.
  package var parkSeconds: Double {
    var longest = 0.0
    for joint in joints {
      let below = joint.parkRadians - joint.positionRadians.lowerBound
      let above = joint.positionRadians.upperBound - joint.parkRadians
      let speed = min(safety.rampRadiansPerSecond, joint.velocityMaxRadiansPerSecond)
      longest = max(longest, max(below, above) / speed)
    }
    return 1.25 * longest + 3
  }
}

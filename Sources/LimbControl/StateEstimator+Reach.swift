internal import LimbTypes

extension StateEstimator {
  /// A refused place is taken for the joint's after all once nothing else has come for so long, microseconds: longer than
  /// any profile lets an armed robot coast, so that it has been stopped by then, and a disarmed one is not lost for ever.
  private static var disbeliefMicroseconds: UInt64 { @_noLocks get { 250_000 } }

  /// True if every joint can have got where the frame says since the last believed one.
  ///
  /// A joint that jumps is an encoder that slipped, a bit that flipped, a connector. What counts is the time in which no
  /// frame came, not the time in which frames were refused: a jump that stays is refused until the robot has stopped.
  @_noLocks mutating func isReachable(_ frame: SensorFrame) -> Bool {
    let now = frame.deviceTimeMicroseconds
    let unseen = Float(now - (now > receivedAt ? receivedAt : now)) * 1e-6
    receivedAt = now
    guard now - state.deviceTimeMicroseconds <= StateEstimator.disbeliefMicroseconds else { return true }
    for joint in 0..<settings.jointCount {
      let moved = frame.jointPositionRadians[joint] - state.jointPositionRadians[joint]
      let most = settings.jointSpeedLimit[joint] * unseen + settings.jointSlack[joint]
      guard moved <= most, moved >= -most else { return false }
    }
    return true
  }
}

import LimbProfile
import LimbTask
import LimbTypes

/// A trot computed backwards: a body on a given path, feet that stand still on the ground (rolling on their radius) or
/// swing to the next foothold, joint angles by inverse kinematics. Frames with noise, and the truth beside them.
struct SyntheticWalk {
  let plan: ControlPlan
  var speed: Double = 0.4
  var yaw: Double = 0.3
  let halfCycle = 0.25
  /// This foot slides backwards for the first 40 ms of its stance, m/s.
  var slidingFoot: Int?
  var slideSpeed: Double = 0
  var accelerometerBias = Vector3(0.1, -0.05, 0.1)
  private var angles = InlineArray<6, SIMD2<Double>>(repeating: SIMD2())
  private var lastAngles = JointVector()
  private var hasLast = false

  init(_ plan: ControlPlan) { self.plan = plan }

  func pitch(_ t: Double) -> Double { 0.04 * sine(11 * t) }
  func height(_ t: Double) -> Double { Double(plan.kinematics.standingHeightMeters) + 0.006 * sine(25 * t) }
  func verticalSpeed(_ t: Double) -> Double { 0.15 * sine(25 * t + 1.5707963) }
  func sine(_ x: Double) -> Double { PortableMath.sinDouble(x) }

  /// The frame at `t` seconds, tick `index`.
  mutating func frame(_ index: Int, at t: Double) -> SensorFrame {
    var frame = SensorFrame()
    frame.tick = UInt64(index)
    frame.deviceTimeMicroseconds = UInt64(t * 1e6) + 1_000_000
    frame.imuSequence = UInt16(truncatingIfNeeded: index + 1)
    frame.present = SensorGroups(rawValue: 3)
    frame.orientation = Quaternion(rollRadians: 0, pitchRadians: Float(pitch(t)), yawRadians: Float(yaw))
    frame.angularVelocityRadiansPerSecond = Vector3(0, Float(0.44 * sine(11 * t + 1.5707963)), 0)
    let vertical = -3.75 * sine(25 * t) + 9.81
    frame.accelerationMetersPerSecondSquared =
      frame.orientation.conjugate.rotate(Vector3(0, 0, Float(vertical))) + accelerometerBias + noise(index, 9) * 0.2
    for leg in 0..<plan.kinematics.legCount { place(leg, t, &frame) }
    let dt: Float = 0.002
    for joint in 0..<plan.jointCount {
      let speed = hasLast ? (frame.jointPositionRadians[joint] - lastAngles[joint]) / dt : 0
      frame.jointVelocityRadiansPerSecond[joint] = speed + noise(index, UInt32(20 + joint)).x * 0.05
    }
    lastAngles = frame.jointPositionRadians
    hasLast = true
    for joint in 0..<plan.jointCount { frame.jointPositionRadians[joint] += noise(index, UInt32(40 + joint)).x * 0.001 }
    return frame
  }

  /// Normal numbers.
  private func noise(_ index: Int, _ lane: UInt32) -> Vector3 {
    let four = Philox.normals(seed: 3, stream: .test, counter: UInt64(index), lane: lane)
    return Vector3(four.x, four.y, four.z)
  }

  private mutating func place(_ leg: Int, _ t: Double, _ frame: inout SensorFrame) {
    let rest = plan.kinematics.footPosition(leg, joints: plan.action.nominalTargets())
    let radius = Double(plan.kinematics.footRadiusMeters(leg))
    let offset = (rest.x > 0) == (rest.y > 0) ? 0 : halfCycle
    let phase = t + offset
    let cycle = Int(phase / (2 * halfCycle))
    let share = phase / (2 * halfCycle) - Double(cycle)
    let start = Double(cycle) * 2 * halfCycle - offset
    var x: Double
    var z = radius
    if share < 0.5 {
      // Stands where the body will pass over it in the middle of the stance.
      x = speed * (start + halfCycle / 2)
      if leg == slidingFoot { x -= slideSpeed * min(t - start, 0.04) }
      frame.footForceNewtons[leg] = 30
    } else {
      let s = (share - 0.5) * 2
      let from = speed * (start + halfCycle / 2)
      x = from + s * speed * 2 * halfCycle
      z += 0.03 * sine(3.14159265 * s)
    }
    solve(leg, rest, x - speed * t, z - height(t), t, radius: share < 0.5 ? radius : 0, &frame)
  }

  /// Newton on hip and knee until the foot's centre stands at (x, z) against the body in level axes; a standing foot's
  /// centre has rolled by radius · (turn of the shank).
  private mutating func solve(
    _ leg: Int, _ rest: Vector3, _ x: Double, _ z: Double, _ t: Double, radius: Double, _ frame: inout SensorFrame
  ) {
    let chain = plan.kinematics.leg(leg)
    let hip = Int(chain.joints[0])
    let knee = Int(chain.joints[1])
    let nominal = plan.action.nominalTargets()
    if !hasLast { angles[leg] = SIMD2(Double(nominal[hip]), Double(nominal[knee])) }
    var q = angles[leg]
    let back = Quaternion(rollRadians: 0, pitchRadians: Float(pitch(t)), yawRadians: 0)
    func centre(_ q: SIMD2<Double>) -> SIMD2<Double> {
      var joints = JointVector()
      joints[hip] = Float(q.x)
      joints[knee] = Float(q.y)
      let foot = back.rotate(plan.kinematics.footPosition(leg, joints: joints))
      return SIMD2(Double(foot.x), Double(foot.z))
    }
    for _ in 0..<8 {
      let turn = q.x + q.y + pitch(t) - Double(nominal[hip]) - Double(nominal[knee])
      let wanted = SIMD2(x + Double(rest.x) + radius * turn, z)
      let error = wanted - centre(q)
      let e = 1e-3
      let a = (centre(q + SIMD2(e, 0)) - centre(q - SIMD2(e, 0))) / (2 * e)
      let b = (centre(q + SIMD2(0, e)) - centre(q - SIMD2(0, e))) / (2 * e)
      let determinant = a.x * b.y - b.x * a.y
      q += SIMD2((error.x * b.y - error.y * b.x) / determinant, (error.y * a.x - error.x * a.y) / determinant)
    }
    angles[leg] = q
    frame.jointPositionRadians[hip] = Float(q.x)
    frame.jointPositionRadians[knee] = Float(q.y)
  }
}

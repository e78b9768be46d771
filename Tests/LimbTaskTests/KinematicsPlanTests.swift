import Foundation
import LimbProfile
import LimbTask
import LimbTypes
import Testing

/// An independent reference: homogeneous transforms in Double with the system's own trigonometry.
private struct Transform {
  var rows: [[Double]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]

  static func * (a: Transform, b: Transform) -> Transform {
    var product = Transform()
    for row in 0..<4 {
      for column in 0..<4 {
        product.rows[row][column] = (0..<4).map { a.rows[row][$0] * b.rows[$0][column] }.reduce(0, +)
      }
    }
    return product
  }

  static func shift(_ v: SIMD3<Double>) -> Transform {
    var transform = Transform()
    for row in 0..<3 { transform.rows[row][3] = v[row] }
    return transform
  }

  /// The textbook matrix of a turn about a unit axis.
  static func turn(_ k: SIMD3<Double>, _ angle: Double) -> Transform {
    let (c, s) = (cos(angle), sin(angle))
    let v = 1 - c
    var transform = Transform()
    transform.rows[0] = [k.x * k.x * v + c, k.x * k.y * v - k.z * s, k.x * k.z * v + k.y * s, 0]
    transform.rows[1] = [k.x * k.y * v + k.z * s, k.y * k.y * v + c, k.y * k.z * v - k.x * s, 0]
    transform.rows[2] = [k.x * k.z * v - k.y * s, k.y * k.z * v + k.x * s, k.z * k.z * v + c, 0]
    return transform
  }
}

private func reference(_ chain: RobotProfile.Chain, _ angles: [Double]) -> SIMD3<Double> {
  var transform = Transform()
  for link in chain.links {
    transform = transform * .shift(link.offsetMeters) * .turn(link.axis, angles[link.jointIndex])
  }
  transform = transform * .shift(chain.tipMeters)
  return SIMD3(transform.rows[0][3], transform.rows[1][3], transform.rows[2][3])
}

private func distance(_ a: Vector3, _ b: SIMD3<Double>) -> Double {
  let d = SIMD3<Double>(a) - b
  return (d * d).sum().squareRoot()
}

@Suite("KinematicsPlan") struct KinematicsPlanTests {
  static let bodies: [(String, @Sendable () -> TestProfile)] = [
    ("quad8", TestProfile.quad8), ("quad12", TestProfile.quad12), ("arm6", TestProfile.arm6),
  ]

  @Test("Feet and hand are where homogeneous transforms put them", arguments: [0, 1, 2])
  func positions(body: Int) throws {
    let profile = try Self.bodies[body].1().profile()
    let plan = try ControlPlan(profile: profile).kinematics
    var random = TestRandom()
    for _ in 0..<50 {
      let joints = random.joints(profile.jointCount, -3...3)
      let angles = (0..<profile.jointCount).map { Double(joints[$0]) }
      for (index, leg) in profile.kinematics.legs.enumerated() {
        #expect(distance(plan.footPosition(index, joints: joints), reference(leg.chain, angles)) < 1e-6)
      }
      if let arm = profile.kinematics.arm {
        #expect(distance(plan.handPosition(joints: joints), reference(arm, angles)) < 1e-6)
      }
    }
  }

  @Test("Jacobian times joint velocities is the derivative of the position", arguments: [0, 1, 2])
  func velocities(body: Int) throws {
    let profile = try Self.bodies[body].1().profile()
    let plan = try ControlPlan(profile: profile).kinematics
    var random = TestRandom(counter: 900)
    for _ in 0..<50 {
      let joints = random.joints(profile.jointCount)
      let rates = random.joints(profile.jointCount)
      let step = 1e-5
      func at(_ sign: Double, _ chain: RobotProfile.Chain) -> SIMD3<Double> {
        reference(chain, (0..<profile.jointCount).map { Double(joints[$0]) + sign * step * Double(rates[$0]) })
      }
      let chains = profile.kinematics.legs.map(\.chain) + (profile.kinematics.arm.map { [$0] } ?? [])
      for (index, chain) in chains.enumerated() {
        let motion =
          plan.hasArm
          ? plan.handMotion(joints: joints, velocities: rates)
          : plan.footMotion(index, joints: joints, velocities: rates)
        let derivative = (at(1, chain) - at(-1, chain)) / (2 * step)
        #expect(distance(motion.velocityMetersPerSecond, derivative) < 1e-5)
      }
    }
  }

  @Test("A planar leg follows the closed form: a positive hip swings the foot backwards")
  func planar() throws {
    let plan = try TestProfile.quad8().plan().kinematics
    var joints = JointVector()
    joints[0] = 0.9
    joints[1] = -1.3
    let foot = plan.footPosition(0, joints: joints)
    let x = 0.21 - 0.1 * sin(0.9) - 0.2 * sin(0.9 - 1.3)
    let z = -0.1 * cos(0.9) - 0.2 * cos(0.9 - 1.3)
    #expect(abs(Double(foot.x) - x) < 1e-6)
    #expect(abs(Double(foot.y) - 0.13) < 1e-6)
    #expect(abs(Double(foot.z) - z) < 1e-6)
    #expect(plan.footPosition(0, joints: JointVector()).x > foot.x - 0.01)
    var rates = JointVector()
    rates[0] = 1
    #expect(plan.footMotion(0, joints: JointVector(), velocities: rates).velocityMetersPerSecond.x < -0.29)
    #expect(plan.footMotion(0, joints: joints, velocities: rates).angularVelocityRadiansPerSecond == Vector3(0, 1, 0))
  }

  @Test("What the legs are is carried over")
  func description() throws {
    let plan = try TestProfile.quad8().plan().kinematics
    #expect(plan.legCount == 4)
    #expect(!plan.hasArm)
    #expect(plan.standingHeightMeters == 0.25)
    #expect(plan.footRadiusMeters(2) == 0.018)
    #expect((0..<4).allSatisfy(plan.hasFootSensor))
    #expect(plan.leg(1).joints[0] == 2)
    #expect(plan.handPosition(joints: JointVector(repeating: 1)) == Vector3())
  }
}

import Foundation
import LimbProfile
import LimbTask
import LimbTypes
import Testing

@Suite("ActionPlan") struct ActionPlanTests {
  private func targets(_ plan: ControlPlan, _ action: ActionVector, last: JointVector = JointVector()) -> JointVector {
    var targets = JointVector(repeating: 99)
    plan.action.targets(action: action, measuredOrLastTarget: last, into: &targets)
    return targets
  }

  @Test("joint_offset: nominal plus scale times action; joints left out stay at nominal")
  func offset() throws {
    var profile = TestProfile.quad8()
    profile.action = "kind: joint_offset, joints: [front_left_knee, rear_right_hip], scale_rad: [0.5, 0.25]"
    profile.symmetry = ""
    let plan = try profile.plan()
    #expect(plan.actionCount == 2)
    var action = ActionVector()
    action[0] = 1
    action[1] = -1
    let targets = targets(plan, action)
    for joint in 0..<8 {
      let nominal: Float = joint % 2 == 0 ? 0.9 : -1.3
      let expected = nominal + (joint == 1 ? 0.5 : joint == 6 ? -0.25 : 0)
      #expect(abs(targets[joint] - expected) < 1e-6)
    }
  }

  @Test("The action zero is the stance, for every kind of offset", arguments: ["joint_offset", "swing_extension"])
  func zero(kind: String) throws {
    var profile = TestProfile.quad8()
    profile.action = "kind: \(kind), scale_rad: 0.6"
    let plan = try profile.plan()
    let targets = targets(plan, ActionVector(), last: JointVector(repeating: 3))
    for joint in 0..<8 { #expect(targets[joint] == plan.action.nominalTargets()[joint]) }
  }

  @Test("joint_delta: the last target moves by scale times action")
  func delta() throws {
    let plan = try TestProfile.arm6().plan()
    var random = TestRandom()
    let last = random.joints(6)
    let action = random.action(6)
    let targets = targets(plan, action, last: last)
    for joint in 0..<6 { #expect(abs(targets[joint] - (last[joint] + 0.05 * action[joint])) < 1e-6) }
  }

  @Test("joint_delta: a joint that the policy does not move stays at nominal")
  func deltaOthers() throws {
    var profile = TestProfile.arm6()
    profile.action = "kind: joint_delta, joints: [j0, j2], scale_rad: 0.05"
    let targets = targets(try profile.plan(), ActionVector(), last: JointVector(repeating: 1))
    #expect(targets[0] == 1)
    #expect(targets[1] == 0.4)
    #expect(targets[2] == 1)
  }

  @Test("Swing moves the foot forwards along its arc; extension moves it along the leg", arguments: [0, 1, 2, 3])
  func swingExtension(leg: Int) throws {
    var profile = TestProfile.quad8()
    profile.action = "kind: swing_extension, scale_rad: 0.02"
    let plan = try profile.plan()
    let hip = Vector3(leg < 2 ? 0.21 : -0.21, leg % 2 == 0 ? 0.13 : -0.13, 0)
    func foot(_ output: Int, _ value: Float) -> Vector3 {
      var action = ActionVector()
      if output >= 0 { action[output] = value }
      return plan.kinematics.footPosition(leg, joints: targets(plan, action)) - hip
    }
    let rest = foot(-1, 0)
    let swung = foot(2 * leg, 1)
    let long = foot(2 * leg + 1, 1)
    let short = foot(2 * leg + 1, -1)
    #expect(swung.x > rest.x + 0.003)
    #expect(abs(length(swung) - length(rest)) < 1e-6)
    #expect(length(long) > length(rest) + 0.0005)
    #expect(length(short) < length(rest) - 0.0005)
    // The direction of the leg stays, to second order in the angle.
    func direction(_ v: Vector3) -> Double { atan2(Double(v.x), Double(-v.z)) }
    #expect(abs(direction(long) - direction(rest)) < 2e-4)
    #expect(abs(direction(short) - direction(rest)) < 2e-4)
    for other in 0..<4 where other != leg {
      var action = ActionVector()
      action[2 * leg] = 1
      let moved = plan.kinematics.footPosition(other, joints: targets(plan, action))
      #expect(moved == plan.kinematics.footPosition(other, joints: plan.action.nominalTargets()))
    }
  }

  @Test("Three-joint legs have swing, extension and abduction")
  func threeJoints() throws {
    var profile = TestProfile.quad12()
    profile.action = "kind: swing_extension, scale_rad: 0.1"
    let plan = try profile.plan()
    #expect(plan.actionCount == 12)
    var action = ActionVector()
    action[2] = 1
    let targets = targets(plan, action)
    for joint in 0..<12 {
      let change = targets[joint] - plan.action.nominalTargets()[joint]
      #expect(abs(change - (joint == 0 ? 0.1 : 0)) < 1e-6)
    }
  }

  @Test("A leg that is not planar cannot have leg coordinates")
  func notPlanar() throws {
    var profile = TestProfile.quad8()
    profile.kinematics = profile.kinematics.replacing("axis: [0, 1, 0]}], foot_m", with: "axis: [0, 0, 1]}], foot_m")
    profile.action = "kind: swing_extension, scale_rad: 0.1"
    profile.symmetry = ""
    // The loader already says so, with line and column.
    let error = #expect(throws: ProfileError.self) { try profile.plan() }
    #expect(error?.description.contains("action.kind: found swing_extension, expected legs of two joints") == true)
  }
}

@Suite("LowPassFilter") struct LowPassFilterTests {
  /// Golden numbers, computed independently in double precision: cut-off, rate, b₀, a₁, a₂.
  static let golden: [(Double, Double, Double, Double, Double)] = [
    (3, 1 / 0.033, 0.06632528, -1.15110500, 0.41640613),
    (4, 20, 0.20657208, -0.36952738, 0.19581571),
    (4, 50, 0.04613180, -1.30728503, 0.49181224),
    (5, 50, 0.06745527, -1.14298050, 0.41280160),
    (4, 100, 0.01335920, -1.64745998, 0.70089678),
  ]

  @Test("Coefficients are those of the published Butterworth filter", arguments: golden.indices)
  func coefficients(index: Int) {
    let (cutoff, rate, b0, a1, a2) = Self.golden[index]
    let filter = LowPassFilter(cutoffHertz: cutoff, rateHertz: rate)
    #expect(abs(filter.b0 - b0) < 6e-9)
    #expect(abs(filter.b1 - 2 * filter.b0) < 1e-15)
    #expect(filter.b2 == filter.b0)
    #expect(abs(filter.a1 - a1) < 6e-9)
    #expect(abs(filter.a2 - a2) < 6e-9)
  }

  @Test("After a reset a constant input passes without a jump, for a long time")
  func reset() {
    var filter = LowPassFilter(cutoffHertz: 5, rateHertz: 1000)
    var random = TestRandom()
    let stance = random.joints(18)
    filter.reset(to: stance)
    for _ in 0..<10_000 {
      var joints = stance
      filter.apply(&joints)
      for joint in 0..<18 { #expect(abs(joints[joint] - stance[joint]) < 1e-6) }
    }
  }

  @Test("A step begins at the stance, overshoots by the filter's 4.3 % and settles on the target")
  func step() {
    var filter = LowPassFilter(cutoffHertz: 5, rateHertz: 500)
    filter.reset(to: JointVector())
    var highest: Float = 0
    var first: Float = .nan
    var last: Float = 0
    for tick in 0..<1000 {
      var joints = JointVector(repeating: 1)
      filter.apply(&joints)
      last = joints[3]
      if tick == 0 { first = last }
      highest = max(highest, last)
    }
    #expect(first < 0.002)
    #expect(abs(highest - 1.0432) < 0.002)
    #expect(abs(last - 1) < 1e-5)
  }

  @Test("A sine at the cut-off keeps 1/√2 of its amplitude")
  func cutoff() {
    var filter = LowPassFilter(cutoffHertz: 5, rateHertz: 500)
    var highest: Float = 0
    for tick in 0..<2000 {
      var joints = JointVector(repeating: Float(sin(2 * Double.pi * 5 * Double(tick) / 500)))
      filter.apply(&joints)
      if tick > 1000 { highest = max(highest, joints[0]) }
    }
    #expect(abs(highest - 0.70711) < 2e-3)
  }

  @Test("Without a cut-off everything passes; the plan carries the profile's filter")
  func none() throws {
    var filter = LowPassFilter()
    filter.reset(to: JointVector(repeating: 5))
    var joints = JointVector(repeating: 2)
    filter.apply(&joints)
    #expect(joints[0] == 2)
    let carried = try TestProfile.quad8().plan().action.lowPass
    #expect(carried.b0 == LowPassFilter(cutoffHertz: 5, rateHertz: 500).b0)
    #expect(try TestProfile.arm6().plan().action.lowPass.b0 == 1)
  }
}

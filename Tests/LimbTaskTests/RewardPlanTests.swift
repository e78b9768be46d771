import Foundation
import LimbProfile
import LimbTask
import LimbTypes
import Testing

@Suite("RewardPlan") struct RewardPlanTests {
  private static func plan(_ reward: String, arm: Bool = false) throws -> RewardPlan {
    var profile = arm ? TestProfile.arm6() : TestProfile.quad8()
    profile.reward = reward
    return try profile.plan().reward
  }

  struct Case: Sendable {
    var term: String
    var isArm = false
    var set: @Sendable (inout RewardSignals, Float) -> Void
    /// Signal and value.
    var points: [(Float, Float)]
  }

  static let cases: [Case] = [
    Case(
      term: "{term: forward_velocity, weight: 1, target_m_s: 0.5}",
      set: { $0.baseVelocityMetersPerSecond.x = $1 },
      points: [(-1, 0), (0, 0), (0.125, 0.25), (0.5, 1), (3, 1)]),
    Case(
      term: "{term: lateral_velocity, weight: 1, margin_m_s: 0.5}",
      set: { $0.baseVelocityMetersPerSecond.y = $1 }, points: [(0, 1), (-0.25, 0.5), (0.25, 0.5), (0.6, 0)]),
    Case(
      term: "{term: heading, weight: 1, margin_rad: 2, tolerance_rad: 0.5}", set: { $0.headingRadians = $1 },
      points: [(0.5, 1), (-0.5, 1), (-1.5, 0.5), (2.5, 0)]),
    Case(
      term: "{term: upright, weight: 1, margin_rad: 0.8}", set: { $0.rollRadians = $1 },
      points: [(0, 1), (0.4, 0.5), (-0.4, 0.5), (1, 0), (3.1415927, 0)]),
    Case(
      term: "{term: upright, weight: 1, margin_rad: 0.8}", set: { $0.pitchRadians = $1 },
      points: [(0.2, 0.75), (-0.2, 0.75)]),
    Case(
      term: "{term: yaw_rate, weight: 1, margin_rad_s: 1}", set: { $0.angularVelocityRadiansPerSecond.z = $1 },
      points: [(0, 1), (-0.5, 0.5), (2, 0)]),
    Case(
      term: "{term: action_acceleration, weight: 1, margin: 2}", set: { $0.actionAcceleration = $1 },
      points: [(0, 1), (0.5, 0.75), (4, 0)]),
    Case(
      term: "{term: energy, weight: 1, margin_w: 100}", set: { $0.jointPowerWatts = $1 },
      points: [(0, 1), (25, 0.75), (200, 0)]),
    Case(
      term: "{term: joint_limits, weight: 1, target: 0.2, margin: 0.1}", set: { $0.jointLimitMargin = $1 },
      points: [(1, 1), (0.2, 1), (0.15, 0.5), (0, 0), (-1, 0)]),
    Case(
      term: "{term: hand_to_goal, weight: 1, margin_m: 0.5, tolerance_m: 0.02}", isArm: true,
      set: { $0.handPositionMeters = Vector3(0, 0, $1) }, points: [(0, 1), (0.02, 1), (-0.27, 0.5), (1, 0)]),
    Case(
      term: "{term: hold, weight: 1, margin_m_s: 0.2}", isArm: true, set: { $0.handSpeedMetersPerSecond = $1 },
      points: [(0, 1), (0.1, 0.5), (0.3, 0)]),
    Case(
      term: "{term: hold, weight: 1, margin_m_s: 0.2}", isArm: true,
      set: { $0.handPositionMeters = Vector3($1, 0, 0) }, points: [(0.019, 1), (0.021, 0)]),
    Case(
      term: "{term: effort, weight: 1, margin_nm: 4}", set: { $0.effortSquared = $1 },
      points: [(0, 1), (4, 0.5), (25, 0)]),
    Case(
      term: "{term: external, weight: 1}", set: { $0.externalReward = $1 },
      points: [(1, 1), (0.25, 0.25), (0, 0), (-3, 0)]),
    // dm_control's tolerance(v; [0.5, 1], margin 1), computed independently.
    Case(
      term: "{term: external, weight: 1, target: 0.75, tolerance: 0.25, margin: 1}", set: { $0.externalReward = $1 },
      points: [(-0.5, 0), (0, 0.5), (0.25, 0.75), (0.7, 1), (1.5, 0.5), (2, 0)]),
    Case(
      term: "{term: yaw_rate, weight: 1, margin_rad_s: 1, shape: gaussian}",
      set: { $0.angularVelocityRadiansPerSecond.z = $1 }, points: [(0, 1), (1, 0.1), (0.5, 0.5623413), (2, 0.0001)]),
  ]

  @Test("Each term maps its signal to [0, 1] as its keys say", arguments: cases.indices)
  func terms(index: Int) throws {
    let item = Self.cases[index]
    let plan = try Self.plan(item.term, arm: item.isArm)
    for (signal, expected) in item.points {
      var signals = RewardSignals()
      item.set(&signals, signal)
      #expect(abs(plan.value(of: 0, signals) - expected) < 2e-6, "\(item.term) at \(signal)")
      #expect(plan.reward(signals) == plan.value(of: 0, signals))
    }
  }

  @Test("The terms above are all there are")
  func complete() throws {
    for kind in RewardTermKind.allCases {
      #expect(Self.cases.contains { $0.term.hasPrefix("{term: \(kind.rawValue),") }, "\(kind)")
    }
  }

  @Test("Tilt is the angle between the body's z axis and the vertical")
  func tilt() throws {
    let plan = try Self.plan("{term: upright, weight: 1, margin_rad: 3.1415927}")
    var random = TestRandom()
    for _ in 0..<50 {
      var signals = RewardSignals()
      signals.rollRadians = random.number(-3...3)
      signals.pitchRadians = random.number(-1.5...1.5)
      let attitude = Quaternion(rollRadians: signals.rollRadians, pitchRadians: signals.pitchRadians, yawRadians: 1)
      let angle = acos(Double(attitude.rotate(Vector3(0, 0, 1)).z))
      #expect(abs(Double(plan.value(of: 0, signals)) - (1 - angle / .pi)) < 1e-3)
    }
  }

  @Test("The reward is the weighted mean, times every factor")
  func combination() throws {
    let plan = try Self.plan(
      "{term: forward_velocity, weight: 3, target_m_s: 1}, {term: external, weight: 1}, "
        + "{term: energy, combine: multiply, margin_w: 100}, {term: upright, combine: multiply, margin_rad: 1}")
    var signals = RewardSignals()
    signals.baseVelocityMetersPerSecond.x = 0.5
    signals.externalReward = 1
    signals.jointPowerWatts = 20
    signals.rollRadians = 0.25
    #expect(abs(plan.reward(signals) - (3 * 0.5 + 1 * 1) / 4 * 0.8 * 0.75) < 1e-6)
    #expect(plan.term(2).kind == .energy)
    #expect(plan.term(2).combine == .multiply)
    #expect(plan.count == 4)
  }

  @Test("With weights of at least zero every reward lies in [0, 1], whatever the signals")
  func range() throws {
    let plan = try Self.plan(
      "{term: forward_velocity, weight: 1, target_m_s: 0.5}, {term: heading, weight: 0.2}, "
        + "{term: upright, weight: 0.1}, "
        + "{term: yaw_rate, weight: 0.3, shape: gaussian}, {term: joint_limits, weight: 0}, "
        + "{term: effort, weight: 0.2, margin_nm: 3}, {term: action_acceleration, combine: multiply}")
    var random = TestRandom()
    for _ in 0..<500 {
      let reward = plan.reward(random.signals())
      #expect(reward >= 0 && reward <= 1)
    }
  }

  @Test("A signal that is not a number is worth nothing")
  func notANumber() throws {
    let plan = try Self.plan("{term: forward_velocity, weight: 1, target_m_s: 0.5}")
    var signals = RewardSignals()
    signals.baseVelocityMetersPerSecond.x = .nan
    #expect(plan.reward(signals) == 0)
    let hold = try Self.plan("{term: hold, weight: 1}", arm: true)
    signals.handPositionMeters.x = .nan
    #expect(hold.reward(signals) == 0)
  }

  @Test("A hand term without a goal is an error")
  func missingGoal() throws {
    var profile = TestProfile.arm6()
    profile.task = ""
    profile.observation = "terms: [joint_position], history: 1"
    #expect(throws: TaskError.missing(path: "task.reward[0]", needs: "task.goal")) { try profile.plan() }
  }
}

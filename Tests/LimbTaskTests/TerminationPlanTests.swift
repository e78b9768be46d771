import LimbTask
import LimbTypes
import Testing

@Suite("TerminationPlan") struct TerminationPlanTests {
  private func upright() -> RobotState {
    var state = RobotState()
    for joint in 0..<8 { state.jointPositionRadians[joint] = joint % 2 == 0 ? 0.9 : -1.3 }
    state.contacts = 0b1111
    state.baseHeightMeters = 0.25
    return state
  }

  private func plan(_ more: String = "") throws -> TerminationPlan {
    var profile = TestProfile.quad8()
    profile.task = "terminate: {roll_deg: 45, pitch_deg: 30\(more)}"
    return try profile.plan().termination
  }

  @Test("Roll and pitch end the episode beyond their limits, in both directions")
  func attitude() throws {
    let plan = try plan()
    var state = upright()
    #expect(plan.evaluate(state) == nil)
    for sign in [-1, 1] as [Float] {
      state.rollRadians = sign * 0.785
      #expect(plan.evaluate(state) == nil)
      state.rollRadians = sign * 0.786
      #expect(plan.evaluate(state) == .roll)
      state.rollRadians = 0
      state.pitchRadians = sign * 0.5235
      #expect(plan.evaluate(state) == nil)
      state.pitchRadians = sign * 0.5237
      #expect(plan.evaluate(state) == .pitch)
      state.pitchRadians = 0
    }
    state.rollRadians = .nan
    #expect(plan.evaluate(state) == .roll)
  }

  @Test("Height counts while a foot stands")
  func height() throws {
    let plan = try plan(", height_min_m: 0.12")
    var state = upright()
    #expect(plan.evaluate(state) == nil)
    state.baseHeightMeters = 0.119
    #expect(plan.evaluate(state) == .height)
    state.contacts = 0
    #expect(plan.evaluate(state) == nil)
  }

  @Test("Trips end the episode only if the profile lists them")
  func trips() throws {
    var state = upright()
    state.jointPositionRadians[3] = -2.41
    state.jointVelocityRadiansPerSecond[2] = -20.5
    #expect(try plan().evaluate(state) == nil)
    #expect(try plan(", trips: [joint_range]").evaluate(state) == .jointRange(joint: 3))
    #expect(try plan(", trips: [joint_velocity]").evaluate(state) == .jointVelocity(joint: 2))
    #expect(try plan(", trips: [joint_range, joint_velocity]").evaluate(state) == .jointVelocity(joint: 2))
    state.jointPositionRadians[3] = .nan
    #expect(try plan(", trips: [joint_range]").evaluate(state) == .jointRange(joint: 3))
  }

  @Test("Attitude and height are falls, trips are trips; all are learned as terminal")
  func causes() {
    for end in [Termination.roll, .pitch, .height] { #expect(end.endCause == .fall) }
    for end in [Termination.jointRange(joint: 1), .jointVelocity(joint: 2)] {
      #expect(end.endCause == .trip)
      #expect(end.endCause.consequence == .terminated)
    }
  }
}

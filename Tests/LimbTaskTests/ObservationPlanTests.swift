import LimbProfile
import LimbTask
import LimbTypes
import Testing

@Suite("ObservationPlan") struct ObservationPlanTests {
  private static func profile(_ term: String, arm: Bool = false, history: Int = 1) -> TestProfile {
    var profile = arm ? TestProfile.arm6() : TestProfile.quad8()
    profile.observation = "terms: [\(term)], history: \(history)"
    return profile
  }

  /// Every term, the numbers that a known state must give, and which body has it.
  static let cases: [(String, Bool, [Float])] = [
    ("joint_position", false, (0..<8).map { Float($0) / 10 - ($0 % 2 == 0 ? 0.9 : -1.3) }),
    ("joint_velocity", false, (0..<8).map { -Float($0) }),
    ("joint_torque", false, (0..<8).map { Float($0) * 2 }),
    ("roll_pitch", false, [0.2, -0.3]),
    ("gravity", false, [-0.29552021, -0.18979606, -0.93629336]),
    ("angular_velocity", false, [1, 2, 3]),
    ("base_velocity", false, [0.4, 0.5, 0.6]),
    ("foot_contact", false, [1, 0, 1, 0]),
    ("previous_action", false, (0..<8).map { Float($0) / 8 }),
    ("applied_target", false, (0..<8).map { Float($0) / 5 - ($0 % 2 == 0 ? 0.9 : -1.3) }),
    ("hand_position", true, [0.1, 0.2, 0.3]),
    ("goal_position", true, [0.5, 0.1, 0.2]),
    ("goal_error", true, [0.4, -0.1, -0.1]),
  ]

  @Test("Each term shows its numbers in raw units", arguments: cases.indices)
  func terms(index: Int) throws {
    let (term, arm, expected) = Self.cases[index]
    let plan = try Self.profile(term, arm: arm).plan().observation
    var state = RobotState()
    var action = ActionVector()
    var target = JointVector()
    for joint in 0..<8 {
      state.jointPositionRadians[joint] = Float(joint) / 10
      state.jointVelocityRadiansPerSecond[joint] = -Float(joint)
      state.jointTorqueNewtonMeters[joint] = Float(joint) * 2
      action[joint] = Float(joint) / 8
      target[joint] = Float(joint) / 5
    }
    state.rollRadians = 0.2
    state.pitchRadians = -0.3
    state.angularVelocityRadiansPerSecond = Vector3(1, 2, 3)
    state.baseVelocityMetersPerSecond = Vector3(0.4, 0.5, 0.6)
    state.contacts = 0b0101
    state.handPositionMeters = Vector3(0.1, 0.2, 0.3)
    var frame = ObservationFrame()
    plan.gather(
      state: state, goal: Vector3(0.5, 0.1, 0.2), previousAction: action, appliedTarget: target, into: &frame)
    #expect(Int(frame.count) == expected.count)
    #expect(plan.frameWidth == expected.count)
    for place in expected.indices { #expect(abs(frame[place] - expected[place]) < 1e-6, "entry \(place)") }
  }

  @Test("The terms above are all there are")
  func complete() {
    #expect(Set(Self.cases.map(\.0)) == Set(ObservationTermKind.allCases.map(\.rawValue)))
  }

  @Test("Gravity in the body frame is the world's down, turned by the attitude")
  func gravity() throws {
    let plan = try Self.profile("gravity").plan().observation
    var random = TestRandom()
    for _ in 0..<50 {
      var state = random.state(8)
      let attitude = Quaternion(
        rollRadians: state.rollRadians, pitchRadians: state.pitchRadians, yawRadians: random.number(-3...3))
      state.orientation = attitude
      var frame = ObservationFrame()
      plan.gather(
        state: state, goal: Vector3(), previousAction: ActionVector(), appliedTarget: JointVector(), into: &frame)
      let expected = attitude.conjugate.rotate(Vector3(0, 0, -1))
      #expect(length(Vector3(frame[0], frame[1], frame[2]) - expected) < 1e-5)
    }
  }

  @Test("Terms lie one after the other; scale and clip are per term")
  func scaling() throws {
    let plan = try Self.profile(
      "{term: joint_velocity, scale: 0.5, clip: 2}, {term: roll_pitch, scale: 10, clip: 3}, previous_action", history: 5
    ).plan().observation
    #expect(plan.frameWidth == 18)
    #expect(plan.inputWidth == 90)
    #expect(plan.term(1).start == 8)
    #expect(plan.term(2).kind == .previousAction)
    var frame = ObservationFrame()
    for place in 0..<18 { frame[place] = Float(place) - 5 }
    var input = [Float](repeating: .nan, count: 19)
    unsafe input.withUnsafeMutableBufferPointer { unsafe plan.scale(frame: frame, into: $0.baseAddress!) }
    let expected: [Float] =
      [-2, -2, -1.5, -1, -0.5, 0, 0.5, 1] + [3, 3] + [Float](repeating: 5, count: 8)
    #expect(Array(input.prefix(18)) == expected)
    #expect(input[18].isNaN)
    var again = [Float](repeating: 0, count: 18)
    let raw = (0..<18).map { frame[$0] }
    unsafe raw.withUnsafeBufferPointer { source in
      unsafe again.withUnsafeMutableBufferPointer {
        unsafe plan.scale(raw: source.baseAddress!, into: $0.baseAddress!)
      }
    }
    #expect(again == expected)
  }

  @Test("A value that is not a number stays one; infinity is clipped")
  func notFinite() throws {
    let plan = try Self.profile("roll_pitch").plan().observation
    var frame = ObservationFrame()
    frame[0] = .nan
    frame[1] = -.infinity
    var input: [Float] = [0, 0]
    unsafe input.withUnsafeMutableBufferPointer { unsafe plan.scale(frame: frame, into: $0.baseAddress!) }
    #expect(input[0].isNaN)
    #expect(input[1] == -5)
  }

  @Test("A term that the body or task lacks is an error that says what is missing")
  func missing() throws {
    for (term, arm, needs) in [
      ("hand_position", false, "kinematics.arm"), ("goal_error", false, "task.goal"),
      ("foot_contact", true, "kinematics.legs"),
    ] {
      #expect(throws: TaskError.missing(path: "observation.terms[0]", needs: needs)) {
        try Self.profile(term, arm: arm).plan()
      }
    }
  }
}

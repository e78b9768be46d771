import LimbProfile
import LimbTask
import LimbTypes
import Testing

@Suite("SymmetryPlan") struct SymmetryPlanTests {
  static func body(_ index: Int) -> TestProfile {
    var profile = [TestProfile.quad8(), TestProfile.quad12(), TestProfile.arm6(), TestProfile.quad12()][index]
    if index < 2 || index == 3 {
      profile.observation = "terms: [joint_position, joint_velocity, joint_torque, roll_pitch, gravity, "
        + "angular_velocity, base_velocity, foot_contact, previous_action, applied_target], history: 3"
    }
    if index == 3 { profile.action = "kind: swing_extension, scale_rad: 0.3" }
    return profile
  }

  @Test("Mirroring twice changes nothing", arguments: [0, 1, 2, 3])
  func identity(body: Int) throws {
    let plan = try Self.body(body).plan()
    let mirror = try #require(plan.symmetry)
    var random = TestRandom()
    let joints = random.joints(plan.jointCount)
    let action = random.action(plan.actionCount)
    var frame = ObservationFrame()
    for place in 0..<plan.observation.frameWidth { frame[place] = random.number() }
    frame.count = Int32(plan.observation.frameWidth)
    let twice = mirror.mirror(frame: mirror.mirror(frame: frame))
    for joint in 0..<18 { #expect(mirror.mirror(joints: mirror.mirror(joints: joints))[joint] == joints[joint]) }
    for output in 0..<18 { #expect(mirror.mirror(action: mirror.mirror(action: action))[output] == action[output]) }
    for place in 0..<plan.observation.frameWidth { #expect(twice[place] == frame[place]) }
    #expect(twice.count == frame.count)
    #expect(mirror.mirror(frame: frame)[0] != frame[0])
    for contacts in 0..<(1 << UInt32(plan.kinematics.legCount)) as Range<UInt32> {
      #expect(mirror.mirror(contacts: mirror.mirror(contacts: contacts)) == contacts)
    }
  }

  @Test("The mirrored robot's observation is the mirrored observation", arguments: [0, 1, 2, 3])
  func observation(body: Int) throws {
    let plan = try Self.body(body).plan()
    let mirror = try #require(plan.symmetry)
    var random = TestRandom(counter: 77)
    for _ in 0..<20 {
      let state = random.state(plan.jointCount)
      let action = random.action(plan.actionCount)
      let target = random.joints(plan.jointCount)
      let goal = random.vector()
      var image = state
      image.jointPositionRadians = mirror.mirror(joints: state.jointPositionRadians)
      image.jointVelocityRadiansPerSecond = mirror.mirror(joints: state.jointVelocityRadiansPerSecond)
      image.jointTorqueNewtonMeters = mirror.mirror(joints: state.jointTorqueNewtonMeters)
      image.rollRadians = -state.rollRadians
      let w = state.angularVelocityRadiansPerSecond
      image.angularVelocityRadiansPerSecond = Vector3(-w.x, w.y, -w.z)
      image.baseVelocityMetersPerSecond.y = -state.baseVelocityMetersPerSecond.y
      image.handPositionMeters.y = -state.handPositionMeters.y
      image.contacts = UInt8(mirror.mirror(contacts: UInt32(state.contacts)))
      var frame = ObservationFrame()
      var imageFrame = ObservationFrame()
      plan.observation.gather(state: state, goal: goal, previousAction: action, appliedTarget: target, into: &frame)
      plan.observation.gather(
        state: image, goal: Vector3(goal.x, -goal.y, goal.z), previousAction: mirror.mirror(action: action),
        appliedTarget: mirror.mirror(joints: target), into: &imageFrame)
      let expected = mirror.mirror(frame: frame)
      for place in 0..<plan.observation.frameWidth {
        #expect(abs(imageFrame[place] - expected[place]) < 1e-6, "entry \(place)")
      }
    }
  }

  @Test("The mirrored action asks for the mirrored targets", arguments: [0, 1, 2, 3])
  func action(body: Int) throws {
    let plan = try Self.body(body).plan()
    let mirror = try #require(plan.symmetry)
    var random = TestRandom(counter: 300)
    for _ in 0..<20 {
      let action = random.action(plan.actionCount)
      let last = random.joints(plan.jointCount)
      var targets = JointVector()
      var image = JointVector()
      plan.action.targets(action: action, measuredOrLastTarget: last, into: &targets)
      plan.action.targets(
        action: mirror.mirror(action: action), measuredOrLastTarget: mirror.mirror(joints: last), into: &image)
      for joint in 0..<plan.jointCount { #expect(abs(image[joint] - mirror.mirror(joints: targets)[joint]) < 1e-6) }
    }
  }

  @Test("A feature and its mirror image earn the same reward, term by term", arguments: [0, 2])
  func reward(body: Int) throws {
    var profile = Self.body(body)
    if body == 0 {
      profile.reward = RewardTermKind.allCases.filter { $0 != .handToGoal && $0 != .hold }.map {
        let unit = $0.unit.isEmpty ? "" : "_\($0.unit)"
        return "{term: \($0.rawValue), weight: 1, target\(unit): 0.1, margin\(unit): 0.7}"
      }.joined(separator: ", ")
    }
    let plan = try profile.plan()
    let mirror = try #require(plan.symmetry)
    var random = TestRandom(counter: 500)
    for _ in 0..<50 {
      let signals = random.signals()
      let image = mirror.mirror(signals: signals)
      for term in 0..<plan.reward.count {
        #expect(plan.reward.value(of: term, image) == plan.reward.value(of: term, signals))
      }
      let back = mirror.mirror(signals: image)
      #expect(back.headingRadians == signals.headingRadians)
      #expect(back.handPositionMeters == signals.handPositionMeters)
      #expect(back.angularVelocityRadiansPerSecond == signals.angularVelocityRadiansPerSecond)
    }
  }

  @Test("A stacked input is mirrored frame by frame, an action in memory like a vector")
  func memory() throws {
    let plan = try Self.body(1).plan()
    let mirror = try #require(plan.symmetry)
    let width = plan.observation.frameWidth
    var random = TestRandom(counter: 700)
    let input = (0..<width * 3).map { _ in random.number() }
    var image = [Float](repeating: 0, count: width * 3)
    unsafe input.withUnsafeBufferPointer { source in
      unsafe image.withUnsafeMutableBufferPointer {
        unsafe mirror.mirror(source.baseAddress!, frames: 3, into: $0.baseAddress!)
      }
    }
    for part in 0..<3 {
      var frame = ObservationFrame()
      for place in 0..<width { frame[place] = input[part * width + place] }
      let expected = mirror.mirror(frame: frame)
      for place in 0..<width { #expect(image[part * width + place] == expected[place]) }
    }
    let action = (0..<12).map { _ in random.number() }
    var mirrored = [Float](repeating: 0, count: 12)
    unsafe action.withUnsafeBufferPointer { source in
      unsafe mirrored.withUnsafeMutableBufferPointer {
        unsafe mirror.mirror(action: source.baseAddress!, into: $0.baseAddress!)
      }
    }
    for leg in 0..<4 {
      let other = leg ^ 1
      #expect(mirrored[3 * leg] == -action[3 * other])
      #expect(mirrored[3 * leg + 1] == action[3 * other + 1])
    }
  }

  @Test("A mirror that contradicts the body is an error")
  func contradictions() throws {
    var swapped = TestProfile.quad12()
    swapped.symmetry = swapped.symmetry
      .replacing(", negated: [front_left_abduction", with: ", negated: [front_left_hip")
      .replacing("front_right_abduction, rear", with: "front_right_hip, rear")
    #expect(throws: TaskError.self) { try swapped.plan() }
    var scaled = TestProfile.quad8()
    scaled.action = "kind: joint_offset, scale_rad: [0.6, 0.6, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6]"
    #expect(throws: TaskError.symmetryLacksAction(output: 0)) { try scaled.plan() }
    var lopsided = TestProfile.quad8()
    lopsided.joints[2].nominal = 0.8
    #expect {
      try lopsided.plan()
    } throws: { error in
      guard case .symmetryContradictsJoint(let joint, _, let quantity, _, _) = error as? TaskError else { return false }
      return joint == "front_left_hip" && quantity == "nominal_rad"
    }
    var crooked = TestProfile.quad8()
    crooked.kinematics = crooked.kinematics.replacing("offset_m: [-0.21, 0.13, 0]", with: "offset_m: [-0.2, 0.13, 0]")
    #expect {
      try crooked.plan()
    } throws: { error in
      guard case .symmetryContradictsKinematics(_, let meters) = error as? TaskError else { return false }
      return abs(meters - 0.01) < 1e-4
    }
  }
}

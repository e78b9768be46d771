import Foundation
import LimbProfile
import LimbRealtime
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

/// One step as control runs it. That this compiles is the proof that the plan serves the control path.
@_noLocks private func step(
  _ plan: ControlPlan, _ state: RobotState, _ signals: RewardSignals, _ filter: inout LowPassFilter,
  _ frame: inout ObservationFrame, _ targets: inout JointVector, _ input: UnsafeMutablePointer<Float>
) -> Float {
  plan.observation.gather(
    state: state, goal: Vector3(), previousAction: ActionVector(), appliedTarget: targets, into: &frame)
  unsafe plan.observation.scale(frame: frame, into: input)
  plan.action.targets(action: ActionVector(), measuredOrLastTarget: state.jointPositionRadians, into: &targets)
  filter.apply(&targets)
  if case .some = plan.termination.evaluate(state) { return 0 }
  var slip: Float = 0
  var leg = 0
  while leg < plan.kinematics.legCount {
    let motion = plan.kinematics.footMotion(
      leg, joints: state.jointPositionRadians, velocities: state.jointVelocityRadiansPerSecond)
    slip += length(motion.velocityMetersPerSecond)
    leg += 1
  }
  if let mirror = plan.symmetry { frame = mirror.mirror(frame: mirror.mirror(frame: frame)) }
  return slip + plan.reward.reward(signals)
}

@Suite("ControlPlan") struct ControlPlanTests {
  @Test("A plan carries the counts and hashes of its profile")
  func counts() throws {
    let profile = try TestProfile.quad8().profile()
    let plan = try ControlPlan(profile: profile)
    #expect(plan.jointCount == 8)
    #expect(plan.actionCount == 8)
    #expect(plan.observation.frameWidth == 8 * 4 + 2 + 3)
    #expect(plan.observation.inputWidth == 5 * 37)
    #expect(plan.observationHash == profile.hashes.observation)
    #expect(plan.actionHash == profile.hashes.action)
    #expect(plan.rewardHash == profile.hashes.reward)
    #expect(plan.dynamicsHash == profile.hashes.dynamics)
    #expect(plan.symmetry != nil)
  }

  @Test("Without a symmetry there is no mirror")
  func noSymmetry() throws {
    var profile = TestProfile.quad8()
    profile.symmetry = ""
    #expect(try profile.plan().symmetry == nil)
  }

  @Test("A step on the plan makes no heap call and filters from the stance", .enabled(if: HeapProbe.isAvailable))
  func heap() throws {
    let plan = try TestProfile.quad8().plan()
    var state = RobotState()
    state.jointPositionRadians = plan.action.nominalTargets()
    var filter = plan.action.lowPass
    filter.reset(to: plan.action.nominalTargets())
    var frame = ObservationFrame()
    var targets = plan.action.nominalTargets()
    let input = UnsafeMutablePointer<Float>.allocate(capacity: plan.observation.frameWidth)
    defer { unsafe input.deallocate() }
    var result: Float = 0
    let once = { result = unsafe step(plan, state, RewardSignals(), &filter, &frame, &targets, input) }
    once()
    #expect(HeapProbe.heapCalls(in: once) == 0)
    #expect(result == 0)
    for joint in 0..<8 { #expect(abs(targets[joint] - plan.action.nominalTargets()[joint]) < 1e-6) }
    #expect(unsafe input[0] == 0)
  }

  @Test("Every shipped profile compiles", arguments: shipped())
  func shippedProfiles(file: String) throws {
    let profile = try RobotProfile.load(path: file)
    let plan = try ControlPlan(profile: profile)
    #expect(plan.actionCount == profile.actionCount)
    var frame = ObservationFrame()
    var targets = JointVector()
    plan.action.targets(action: ActionVector(), measuredOrLastTarget: JointVector(), into: &targets)
    plan.observation.gather(
      state: RobotState(), goal: Vector3(), previousAction: ActionVector(), appliedTarget: targets, into: &frame)
    #expect(Int(frame.count) == plan.observation.frameWidth)
    // In the nominal stance the feet stand on one floor, at the height the profile says.
    for leg in 0..<plan.kinematics.legCount {
      let foot = plan.kinematics.footPosition(leg, joints: plan.action.nominalTargets())
      let floor = foot.z - plan.kinematics.footRadiusMeters(leg)
      #expect(abs(floor + plan.kinematics.standingHeightMeters) < 0.005)
    }
  }

  private static func shipped() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path("configs"))) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { Repository.path("configs/" + $0) }
  }
}

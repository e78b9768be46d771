import Foundation
import LimbProfile
import LimbTask
import LimbTypes
import Testing

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
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../configs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appendingPathComponent($0).standardized.path }
  }
}

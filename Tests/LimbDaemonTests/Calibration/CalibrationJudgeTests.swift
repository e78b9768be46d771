import LimbProfile
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbDaemon

@Suite("What a person's hands show")
struct CalibrationJudgeTests {
  private let profile: RobotProfile
  private let judge: CalibrationJudge

  init() throws {
    profile = try RobotProfile.load(yaml: Repository.text("configs/quad8-sim.yaml"))
    judge = try CalibrationJudge(profile: profile, kinematics: ControlPlan(profile: profile).kinematics)
  }

  private func frame(roll: Float = 0, pitch: Float = 0) -> SensorFrame {
    var frame = SensorFrame()
    frame.orientation = Quaternion(rollRadians: roll, pitchRadians: pitch, yawRadians: 0.7)
    frame.accelerationMetersPerSecondSquared = frame.orientation.conjugate.rotate(Vector3(0, 0, 9.81))
    return frame
  }

  private func says(_ verdict: CalibrationJudge.Verdict, _ words: String...) -> Bool {
    guard case .wrong(let text) = verdict else { return false }
    return words.allSatisfy(text.contains)
  }

  @Test("level is level; a mounting that is off, and an accelerometer upside down, are named")
  func level() {
    #expect(judge.level(frame(roll: 0.05, pitch: -0.08)) == .right)
    #expect(says(judge.level(frame(roll: 1.5708)), "roll 90", "imu.mounting"))
    var wrong = frame()
    wrong.accelerationMetersPerSecondSquared.z = -9.81
    #expect(says(judge.level(wrong), "-9.81", "accelerometer"))
  }

  @Test("nose up is negative pitch, left side up positive roll; turned mountings are named with what they show")
  func tilts() {
    #expect(judge.noseUp(frame(pitch: -0.5)) == .right)
    #expect(says(judge.noseUp(frame(pitch: 0.5)), "nose down", "180"))
    #expect(says(judge.noseUp(frame(roll: 0.5)), "to its side", "90"))
    #expect(says(judge.noseUp(frame(pitch: -0.05)), "10° to 60°"))
    #expect(judge.leftUp(frame(roll: 0.5)) == .right)
    #expect(says(judge.leftUp(frame(roll: -0.5)), "left side down", "180"))
    #expect(says(judge.leftUp(frame(pitch: -0.5)), "along its nose", "90"))
  }

  @Test("a wrong sign, an exchanged joint, a wrong gear and a dead encoder are each named")
  func joints() {
    let before = JointVector()
    func turned(_ joint: Int, _ moved: [(Int, Float)]) -> CalibrationJudge.Verdict {
      var after = before
      for (index, angle) in moved { after[index] += angle }
      return judge.turned(joint, from: before, to: after)
    }
    #expect(turned(3, [(3, 0.5), (2, 0.1)]) == .right)
    #expect(says(turned(3, [(3, -0.5)]), profile.joints[3].name, "direction is 1 and must be -1"))
    #expect(says(turned(3, [(5, 0.5)]), profile.joints[5].name, "not \(profile.joints[3].name)", "`index`"))
    #expect(says(turned(3, [(3, 3)]), "gear_ratio"))
    #expect(says(turned(3, [(3, 0.02)]), "no joint moved"))
  }

  @Test("a joint whose zero is off is named with the number that mends it")
  func stance() {
    var angles = JointVector()
    for (index, joint) in profile.joints.enumerated() { angles[index] = Float(joint.nominalRadians) }
    #expect(judge.stance(angles) == .right)
    angles[2] += 0.3
    #expect(says(judge.stance(angles), profile.joints[2].name, "0.3 off", "zero_rad 0.3 instead of 0"))
  }

  @Test("which way to turn a joint is said of its foot or hand, and is where the profile's own chain leads")
  func directions() throws {
    for joint in profile.joints.indices {
      #expect(judge.describesTurn(joint).hasPrefix("so that its foot goes "), "\(judge.describesTurn(joint))")
    }
    let arm = try RobotProfile.load(yaml: Repository.text("configs/arm6-sim.yaml"))
    let other = try CalibrationJudge(profile: arm, kinematics: ControlPlan(profile: arm).kinematics)
    // base_yaw turns to the left, and what reaches forwards goes there.
    #expect(other.describesTurn(0).contains("its hand goes to the left"), "\(other.describesTurn(0))")
  }
}

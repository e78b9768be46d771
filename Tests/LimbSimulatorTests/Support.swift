import Glibc
import LimbProfile
import LimbTestSupport
import LimbTypes

@testable import LimbSimulator

extension Repository {
  /// The executable of the configuration that was built last.
  static let simulator: String = {
    func age(_ path: String) -> Int {
      var status = stat()
      return unsafe stat(path, &status) == 0 ? status.st_mtim.tv_sec : 0
    }
    let candidates = ["debug", "release"].map { "\(root)/.build/\($0)/limbd-sim" }
    return candidates.max { age($0) < age($1) }!
  }()

  static func profile(_ name: String) throws -> (profile: RobotProfile, model: String) {
    let path = "\(root)/configs/\(name).yaml"
    let profile = try RobotProfile.load(path: path)
    return (profile, profile.simulationModelPath(profilePath: path)!)
  }
}

/// A trot without feedback, for tests alone: diagonal feet swing together along half a sine.
struct ScriptedTrot {
  var frequencyHertz = 2.5
  var strideHalfMeters = 0.07
  var liftMeters = 0.05
  let upper = 0.1
  let lower = 0.2

  /// Joint targets of quad8 (hip, knee for each leg) at a time in seconds, held for one policy step of 50 ms.
  func targets(seconds: Double, nominal: [Double]) -> [Double] {
    let held = (seconds / 0.05).rounded(.down) * 0.05
    let strength = min(1, held)
    let height = upper * cos(nominal[0]) + lower * cos(nominal[0] + nominal[1])
    var result: [Double] = []
    for leg in 0..<4 {
      let phase = 2 * Double.pi * frequencyHertz * held + (leg == 0 || leg == 3 ? 0 : Double.pi)
      let x = strength * strideHalfMeters * cos(phase)
      let z = height - strength * liftMeters * max(0, -sin(phase))
      let bend = min(1, (x * x + z * z - upper * upper - lower * lower) / (2 * upper * lower))
      let knee = (nominal[2 * leg + 1] < 0 ? -1 : 1) * acos(bend)
      let hip = atan2(-x, z) - atan2(lower * sin(knee), upper + lower * cos(knee))
      result.append(min(max(hip, nominal[2 * leg] - 0.6), nominal[2 * leg] + 0.6))
      result.append(min(max(knee, nominal[2 * leg + 1] - 0.6), nominal[2 * leg + 1] + 0.6))
    }
    return result
  }
}

/// The second-order Butterworth low-pass of the action map, written out again here.
struct TestLowPass {
  private let b0, b1, a1, a2: Double
  private var x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0

  init(hertz: Double, rate: Double) {
    let k = tan(Double.pi * hertz / rate)
    let n = 1 / (1 + 2.0.squareRoot() * k + k * k)
    b0 = k * k * n
    b1 = 2 * b0
    a1 = 2 * (k * k - 1) * n
    a2 = (1 - 2.0.squareRoot() * k + k * k) * n
  }

  mutating func filter(_ x: Double) -> Double {
    let y = b0 * x + b1 * x1 + b0 * x2 - a1 * y1 - a2 * y2
    (x2, x1, y2, y1) = (x1, x, y1, y)
    return y
  }
}

/// Joint control at 1 kHz on a bare plant, as the firmware does it.
final class PlantDriver {
  var plant: Plant
  let profile: RobotProfile
  var seconds = 0.0

  init(_ name: String, seed: UInt64) throws {
    let (profile, model) = try Repository.profile(name)
    self.profile = profile
    plant = try Plant(profile: profile, modelPath: model, seed: seed)
  }

  /// One millisecond towards the targets.
  func step(_ targets: [Double]) {
    let reading = plant.sense()
    var torques = JointVector()
    for (index, joint) in profile.joints.enumerated() {
      let raw = joint.kp * (targets[index] - Double(reading.jointPositionRadians[index]))
        - joint.kd * Double(reading.jointVelocityRadiansPerSecond[index])
      torques[index] = Float(min(max(raw, -joint.torqueMaxNewtonMeters), joint.torqueMaxNewtonMeters))
    }
    plant.actuate(torques, enabled: true, stiffness: 1)
    seconds += 0.001
  }

  /// One millisecond without motors.
  func fallLimp() {
    _ = plant.sense()
    plant.actuate(JointVector(), enabled: false, stiffness: 0)
    seconds += 0.001
  }

  var nominal: [Double] { profile.joints.map(\.nominalRadians) }

  /// Until the person has let go of the standing robot.
  func standUp() {
    for _ in 0..<5000 where isHeld { step(nominal) }
  }

  var isHeld: Bool { plant.isHeld }
  var truth: TruthRecord { plant.truth(tick: 0, deviceTimeMicroseconds: 0) }
  var position: Vector3 { truth.basePositionMeters }
  var fallen: Bool {
    let now = truth
    return abs(now.orientation.rollRadians) > 0.785 || abs(now.orientation.pitchRadians) > 0.785
      || now.basePositionMeters.z < 0.5 * Float(profile.kinematics.standingHeightMeters) || now.flags & 1 != 0
  }
}

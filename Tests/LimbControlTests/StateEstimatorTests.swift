import LimbControl
import LimbProfile
import LimbTask
import LimbTypes
import Testing

@Suite struct StateEstimatorTests {
  struct Score {
    var bias = 0.0
    var rms = 0.0
    var vertical = 0.0
    var height = 0.0
    var slipped = 0
    var sideways: Float = 0
  }

  /// Runs six seconds of a synthetic trot and compares the last five with the truth.
  func score(_ change: (inout SyntheticWalk) -> Void = { _ in }) throws -> Score {
    let profile = try shippedProfile("quad8-sim.yaml")
    let plan = try ControlPlan(profile: profile)
    var walk = SyntheticWalk(plan)
    change(&walk)
    var settings = EstimatorSettings(profile: profile)
    // A foot that has slid is back at its foothold at once here, as no joint could be.
    if walk.slidingFoot != nil { for joint in 0..<settings.jointCount { settings.jointSlack[joint] = 1 } }
    var estimator = StateEstimator(settings: settings, kinematics: plan.kinematics)
    var score = Score()
    var sum = 0.0
    var count = 0.0
    for index in 0..<3000 {
      let t = Double(index) * 0.002
      let health = estimator.absorb(walk.frame(index, at: t))
      try #require(health.rawValue == FrameHealth.good.rawValue, "at \(t)")
      guard index >= 500 else { continue }
      let velocity = estimator.state.baseVelocityMetersPerSecond
      sum += Double(velocity.x)
      score.rms += (Double(velocity.x) - walk.speed) * (Double(velocity.x) - walk.speed)
      score.vertical += abs(Double(velocity.z) - walk.verticalSpeed(t))
      score.height = max(score.height, abs(Double(estimator.state.baseHeightMeters) - walk.height(t)))
      if estimator.state.slipping != 0 { score.slipped += 1 }
      score.sideways = max(score.sideways, abs(velocity.y))
      count += 1
    }
    score.bias = (sum / count - walk.speed) / walk.speed
    score.rms = (score.rms / count).squareRoot()
    score.vertical /= count
    return score
  }

  @Test(
    "the velocity of a noisy trot is within 3 % bias and 0.05 m/s RMS, whatever the speed",
    arguments: [0.2, 0.4, 0.55])
  func trot(speed: Double) throws {
    let score = try score { $0.speed = speed }
    #expect(abs(score.bias) < 0.03, "bias \(score.bias)")
    #expect(score.rms < 0.05, "rms \(score.rms)")
    #expect(score.vertical < 0.08, "vertical \(score.vertical)")
    #expect(score.height < 0.02, "height \(score.height)")
    #expect(score.sideways < 0.15, "sideways \(score.sideways)")
  }

  @Test("a foot that slides while it stands is left out, and marked")
  func slidingFoot() throws {
    let score = try score {
      $0.speed = 0.3
      $0.slidingFoot = 1
      $0.slideSpeed = 1.2
    }
    #expect(score.slipped > 100, "marked in \(score.slipped) ticks")
    #expect(abs(score.bias) < 0.1, "bias \(score.bias)")
    #expect(score.rms < 0.1, "rms \(score.rms)")
  }

  @Test("a biased accelerometer does not carry the estimate away")
  func biasedAccelerometer() throws {
    let score = try score { $0.accelerometerBias = Vector3(0.4, 0, -0.4) }
    #expect(abs(score.bias) < 0.1 && score.rms < 0.1, "bias \(score.bias), rms \(score.rms)")
  }

  @Test("attitudes that are no rotation, numbers that are not finite and old frames are refused and change nothing")
  func refusals() throws {
    let profile = try shippedProfile("quad8-sim.yaml")
    let plan = try ControlPlan(profile: profile)
    var walk = SyntheticWalk(plan)
    var estimator = StateEstimator(settings: EstimatorSettings(profile: profile), kinematics: plan.kinematics)
    for index in 0..<50 { _ = estimator.absorb(walk.frame(index, at: Double(index) * 0.002)) }
    let before = estimator.state.baseVelocityMetersPerSecond
    let good = walk.frame(50, at: 0.1)
    var stretched = good
    stretched.orientation.w *= 1.2
    var broken = good
    broken.jointPositionRadians[4] = .nan
    var wild = good
    wild.accelerationMetersPerSecondSquared.z = .infinity
    let old = walk.frame(49, at: 0.098)
    for frame in [stretched, broken, wild, old] {
      #expect(estimator.absorb(frame).rawValue == FrameHealth.invalid.rawValue)
      #expect(estimator.state.baseVelocityMetersPerSecond == before && estimator.state.tick == 49)
    }
    #expect(estimator.absorb(good).rawValue == FrameHealth.good.rawValue)
  }

  @Test("a joint that jumps is refused until the robot has stopped; one that moved while frames were lost is not")
  func jumps() throws {
    let profile = try shippedProfile("quad8-sim.yaml")
    let plan = try ControlPlan(profile: profile)
    var walk = SyntheticWalk(plan)
    var estimator = StateEstimator(settings: EstimatorSettings(profile: profile), kinematics: plan.kinematics)
    func health(_ index: Int, off: Float) -> FrameHealth {
      var frame = walk.frame(index, at: Double(index) * 0.002)
      frame.jointPositionRadians[3] += off
      return estimator.absorb(frame)
    }
    for index in 0..<50 { _ = health(index, off: 0) }
    let refused = FrameHealth.invalid.rawValue
    #expect(health(50, off: 0.5).rawValue == refused, "0.5 rad within 2 ms")
    #expect(health(51, off: 0).rawValue == FrameHealth.good.rawValue, "back again")
    #expect(health(52, off: 0.05).rawValue == FrameHealth.good.rawValue, "noise")
    #expect(health(53, off: 0).rawValue == FrameHealth.good.rawValue)
    // 40 ms without a frame: it may have moved far.
    #expect(health(73, off: 0.5).rawValue == FrameHealth.good.rawValue)
    #expect(health(74, off: 0.5).rawValue == FrameHealth.good.rawValue)
    // A jump that stays: refused for a quarter of a second, longer than any robot may coast.
    let believed = (75..<300).first { health($0, off: -0.5).rawValue != refused }
    #expect(believed == 74 + 126, "\(String(describing: believed))")
    #expect(profile.safety.coastMilliseconds < 250)
  }

  @Test("an IMU whose sequence number stands still is frozen after its patience, and good again with a new sample")
  func frozen() throws {
    let profile = try shippedProfile("quad8-sim.yaml")
    let plan = try ControlPlan(profile: profile)
    var walk = SyntheticWalk(plan)
    var estimator = StateEstimator(settings: EstimatorSettings(profile: profile), kinematics: plan.kinematics)
    var frozenAt: Int?
    for index in 0..<100 {
      var frame = walk.frame(index, at: Double(index) * 0.002)
      if index >= 20 { frame.imuSequence = 21 }
      if estimator.absorb(frame).rawValue == FrameHealth.imuFrozen.rawValue, frozenAt == nil { frozenAt = index }
    }
    #expect(frozenAt == 20 + 16, "30 ms are 15 ticks")
    #expect(estimator.absorb(walk.frame(100, at: 0.2)).rawValue == FrameHealth.good.rawValue)
  }

  @Test("the device's numbers of foot sensors change nothing once a frame is in the order of the legs")
  func permutedContacts() throws {
    let swapped = [("contact: 0", "contact: none"), ("contact: 1", "contact: 0"), ("contact: none", "contact: 1")]
    for profile in [try shippedProfile("quad8-sim.yaml"), try shippedProfile("quad8-sim.yaml", swapped)] {
      let plan = try ControlPlan(profile: profile)
      var walk = SyntheticWalk(plan)
      var estimator = StateEstimator(settings: EstimatorSettings(profile: profile), kinematics: plan.kinematics)
      var frame = walk.frame(0, at: 0)
      for leg in 0..<4 { frame.footForceNewtons[leg] = leg == 0 ? 40 : 0 }
      _ = estimator.absorb(frame)
      #expect(estimator.state.contacts == 1, "the first leg alone stands")
    }
  }
}

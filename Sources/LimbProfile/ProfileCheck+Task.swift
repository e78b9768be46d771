extension ProfileCheck {
  /// Terms need sensors; filter and envelope must be visible to the policy (docs/architecture.md, The record).
  static func checkObservation(_ list: inout FindingList) {
    let profile = list.profile
    for (index, term) in profile.observation.terms.enumerated() {
      if let lack = lack(of: term.kind, in: profile) {
        list.error("observation.terms[\(index)]", "\(term.kind.rawValue) needs \(lack)")
      }
    }
    for kind in [ObservationTermKind.previousAction, .appliedTarget]
    where !profile.observation.terms.contains(where: { $0.kind == kind }) {
      list.error(
        "observation.terms",
        "\(kind.rawValue) is missing: with a slew limit or a filter the next state depends on it, and what the "
          + "policy cannot see it cannot learn")
    }
    let width = profile.observationFrameWidth
    if width > RobotProfile.observationFrameLimit {
      list.error(
        "observation.terms",
        "\(width) numbers a frame; at most \(RobotProfile.observationFrameLimit) fit a record")
    }
    if profile.observation.history > profile.task.episodeSteps {
      list.error(
        "observation.history",
        "\(profile.observation.history) frames, more than task.episode_steps \(profile.task.episodeSteps)")
    }
  }

  private static func lack(of kind: ObservationTermKind, in profile: RobotProfile) -> String? {
    switch kind {
    case .jointPosition, .jointVelocity, .previousAction, .appliedTarget: nil
    case .jointTorque: lackOf(.jointTorque, profile)
    case .rollPitch, .gravity, .angularVelocity: lackOf(.imu, profile)
    case .footContact: lackOf(.footContact, profile)
    case .baseVelocity: lackOfVelocity(profile)
    case .handPosition: profile.kinematics.arm == nil ? "kinematics.arm" : nil
    case .goalPosition: profile.task.goal == nil ? "task.goal" : nil
    case .goalError: lackOfGoal(profile)
    }
  }

  private static func lack(of kind: RewardTermKind, in profile: RobotProfile) -> String? {
    switch kind {
    case .actionAcceleration, .jointLimits, .external: nil
    case .forwardVelocity, .lateralVelocity: lackOfVelocity(profile)
    case .heading, .upright, .yawRate: lackOf(.imu, profile)
    case .energy, .effort: lackOf(.jointTorque, profile)
    case .handToGoal, .hold: lackOfGoal(profile)
    }
  }

  private static func lackOf(_ sensor: Sensor, _ profile: RobotProfile) -> String? {
    profile.robot.sensors.contains(sensor) ? nil : "the sensor \(sensor.rawValue), which robot.sensors does not list"
  }

  private static func lackOfVelocity(_ profile: RobotProfile) -> String? {
    switch profile.estimation.velocitySource {
    case .external: nil
    case .legs where profile.kinematics.legs.isEmpty: "kinematics.legs, or estimation.velocity: external"
    case .legs: lackOf(.imu, profile) ?? lackOf(.footContact, profile)
    }
  }

  private static func lackOfGoal(_ profile: RobotProfile) -> String? {
    if profile.kinematics.arm == nil { return "kinematics.arm" }
    return profile.task.goal == nil ? "task.goal" : nil
  }

  /// Rewards need sensors, and must not make falling pay.
  static func checkReward(_ list: inout FindingList) {
    let task = list.profile.task
    for (index, term) in task.reward.enumerated() {
      let path = "task.reward[\(index)]"
      if let lack = lack(of: term.kind, in: list.profile) {
        list.error("\(path).term", "\(term.kind.rawValue) needs \(lack)")
      }
      if task.terminate.isEmpty { continue }
      if term.weight < 0 {
        list.warning(
          "\(path).weight",
          "\(FindingList.round(term.weight)) while task.terminate exists: where reward can be negative, falling early "
            + "pays; every term is 1 at its best already")
      }
      if term.kind == .external {
        list.warning(
          "\(path).term",
          "external while task.terminate exists: if the reward sent is ever negative, falling early pays")
      }
    }
  }

  /// Ends and resets.
  static func checkEpisodes(_ list: inout FindingList) {
    let profile = list.profile
    let terminate = profile.task.terminate
    if let limit = profile.safety.tiltLimitDegrees {
      for (key, angle) in [("roll_deg", terminate.rollDegrees), ("pitch_deg", terminate.pitchDegrees)] {
        guard let angle, angle >= limit else { continue }
        list.error(
          "task.terminate.\(key)",
          "\(FindingList.round(angle))° is not inside safety.tilt_limit_deg \(FindingList.round(limit))°: "
            + "a fall would be a safe stop before it is the end of an episode")
      }
    }
    if (terminate.rollDegrees ?? terminate.pitchDegrees) != nil, profile.imu == nil {
      list.error("task.terminate", "roll_deg and pitch_deg need an imu")
    }
    if let height = terminate.heightMinimumMeters {
      if profile.kinematics.legs.isEmpty {
        list.error("task.terminate.height_min_m", "needs kinematics.legs")
      } else if height >= profile.kinematics.standingHeightMeters {
        list.error(
          "task.terminate.height_min_m",
          "\(FindingList.round(height)) m is not below kinematics.standing_height_m "
            + "\(FindingList.round(profile.kinematics.standingHeightMeters)) m")
      }
    }
    let reset = profile.task.reset
    if reset.kind == .standUp, profile.robot.kind != .quadruped {
      list.error("task.reset.kind", "stand_up is for quadrupeds; an arm takes home")
    }
    if reset.kind == .home, profile.robot.kind != .arm {
      list.error("task.reset.kind", "home is for arms; a quadruped takes stand_up")
    }
    if reset.confirm == .automatic, !profile.link.isSimulated, !reset.handsOffAcknowledged {
      list.error(
        "task.reset.confirm",
        "automatic on a real robot (link.port \(profile.link.port)): a robot held upright and still is being held by "
          + "someone; say hands_off_acknowledged: true, or operator")
    }
  }

  /// The hand must reach every corner that a goal can be drawn from.
  static func checkGoal(_ list: inout FindingList) {
    let profile = list.profile
    guard let goal = profile.task.goal else { return }
    guard let arm = profile.kinematics.arm else {
      list.error("task.goal", "needs kinematics.arm")
      return
    }
    let search = ReachSearch(profile: profile, chain: arm)
    let result = search.cover(goal, perAxis: 5)
    if result.reached < result.tried, let worst = result.worst {
      list.error(
        "task.goal",
        "\(result.reached) of \(result.tried) points of the box are within reach; the farthest miss is "
          + "\(FindingList.round(result.worstMissMeters * 1000)) mm at "
          + CanonicalMap.spell(list: [worst.x, worst.y, worst.z].map(FindingList.round)) + " m")
    }
    if Double(profile.task.episodeSteps) * profile.control.stepSeconds <= goal.holdSeconds {
      list.error(
        "task.goal.hold_s",
        "\(FindingList.round(goal.holdSeconds)) s do not fit an episode of "
          + "\(FindingList.round(Double(profile.task.episodeSteps) * profile.control.stepSeconds)) s")
    }
  }
}

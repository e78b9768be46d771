extension ProfileCheck {
  /// Learner and store against the task.
  static func checkLearning(_ list: inout FindingList) {
    let learning = list.profile.learning
    let replay = list.profile.replay
    if learning.warmUpSteps < learning.batchSize {
      list.warning(
        "learning.warm_up_steps",
        "\(learning.warmUpSteps) steps are fewer than a batch of \(learning.batchSize): early batches repeat "
          + "themselves")
    }
    if learning.nStep >= list.profile.task.episodeSteps {
      list.error(
        "learning.n_step", "\(learning.nStep) is not shorter than task.episode_steps \(list.profile.task.episodeSteps)")
    }
    if learning.backlogLimitUpdates < learning.updatesPerStep {
      list.error(
        "learning.backlog_limit_updates",
        "\(learning.backlogLimitUpdates) is below updates_per_step \(learning.updatesPerStep): every step would lose "
          + "updates")
    }
    if replay.segmentSteps * 2 > replay.capacitySteps {
      list.error(
        "replay.segment_steps",
        "\(replay.segmentSteps) is more than half of capacity_steps \(replay.capacitySteps): "
          + "evicting one segment would throw away most of the experience")
    }
    if learning.warmUpSteps > replay.capacitySteps {
      list.error(
        "learning.warm_up_steps",
        "\(learning.warmUpSteps) steps do not fit replay.capacity_steps \(replay.capacitySteps)")
    }
    if !learning.critic.layerNorm, !learning.batchNorm, learning.updatesPerStep > 2 {
      list.warning(
        "learning.critic.layer_norm",
        "false with \(learning.updatesPerStep) updates a step: critics without LayerNorm are known to diverge")
    }
  }

  /// The simulated motor against the joints it drives.
  static func checkSimulation(_ list: inout FindingList) {
    guard let simulation = list.profile.simulation else {
      if list.profile.link.isSimulated {
        list.error("link.port", "\"sim:\" needs the section \"simulation\"")
      }
      return
    }
    let motors = simulation.motors
    let torque = motors.currentLimitAmperes * motors.torqueConstantNewtonMetersPerAmpere
    let speed = motors.supplyVolts / motors.torqueConstantNewtonMetersPerAmpere
    if let strongest = list.profile.joints.max(by: { $0.torqueMaxNewtonMeters < $1.torqueMaxNewtonMeters }),
      strongest.torqueMaxNewtonMeters > torque * 1.01
    {
      list.warning(
        "simulation.motors.current_limit_a",
        "the simulated motors give at most \(FindingList.round(torque)) N·m (current limit × torque constant), "
          + "\(strongest.name) allows \(FindingList.round(strongest.torqueMaxNewtonMeters)) N·m")
    }
    if let fastest = list.profile.joints.max(by: {
      $0.velocityMaxRadiansPerSecond < $1.velocityMaxRadiansPerSecond
    }), fastest.velocityMaxRadiansPerSecond > speed {
      list.warning(
        "simulation.motors.supply_v",
        "the simulated motors reach \(FindingList.round(speed)) rad/s without load, \(fastest.name) allows "
          + "\(FindingList.round(fastest.velocityMaxRadiansPerSecond)) rad/s")
    }
    if let limits = list.profile.safety.voltageMinimumVolts,
      simulation.randomization.supplyVolts.lowerBound <= limits.stop
    {
      list.error(
        "simulation.randomize.supply_v",
        "down to \(FindingList.round(simulation.randomization.supplyVolts.lowerBound)) V, where safety.voltage_min_v "
          + "stops the robot at \(FindingList.round(limits.stop)) V")
    }
    if simulation.physicsHertz % 1000 != 0 {
      list.error(
        "simulation.physics_hz",
        "\(simulation.physicsHertz) Hz is not a multiple of the firmware's 1000 Hz")
    }
  }
}

extension ProfileLoader {
  func learning(_ section: ProfileSection) -> RobotProfile.Learning {
    defer { section.finish() }
    let batchNorm = section.flag("batch_norm", default: false)
    return RobotProfile.Learning(
      algorithm: section.choice("algorithm"),
      hidden: hidden(section),
      updatesPerStep: section.integer("updates_per_step", 1...64, default: 4),
      actorEvery: section.optionalInteger("actor_every", 1...64, absent: "once in updates_per_step"),
      warmUpSteps: section.integer("warm_up_steps", 1...1_000_000, default: 1000),
      warmUpActions: section.choice("warm_up_actions", default: WarmUpActions.uniform),
      warmUpDeviation: section.number("warm_up_deviation", 0.01...3, default: 0.5),
      explorationCorrelation: section.number("exploration_correlation", 0...0.99, default: 0),
      adoptEverySteps: section.integer("adopt_every_steps", 1...100_000, default: 20),
      checkpointEverySteps: section.integer("checkpoint_every_steps", 1...10_000_000, default: 1000),
      policyLagSteps: section.integer("policy_lag_steps", 0...1000, default: 1),
      backlogLimitUpdates: section.integer("backlog_limit_updates", 1...100_000, default: 400),
      critic: critic(section.defaultedSection("critic"), batchNorm: batchNorm),
      batchNorm: batchNorm,
      adamBeta1: section.number("adam_beta1", 0...0.999, default: 0.9),
      actorLoss: section.choice("actor_loss", default: ActorLoss.mean),
      targetEntropy: targetEntropy(section),
      initialTemperature: section.number("initial_temperature", 1e-6...100, default: 0.1),
      discount: section.number("discount", 0.5...0.9999, default: 0.99),
      polyakTau: section.number("polyak_tau", 1e-6...1, default: 0.005),
      actorLearningRate: section.number("actor_learning_rate", 1e-7...0.1, default: 3e-4),
      criticLearningRate: section.number("critic_learning_rate", 1e-7...0.1, default: 3e-4),
      temperatureLearningRate: section.number("temperature_learning_rate", 1e-7...0.1, default: 3e-4),
      batchSize: section.integer("batch_size", 8...4096, default: 256),
      nStep: section.integer("n_step", 1...64, default: 1),
      symmetry: section.flag("symmetry", default: false),
      newestTransition: section.flag("newest_transition", default: false),
      priorData: section.optionalText(
        "prior_data", expected: "the path of a state directory", absent: "the robot's own experience alone"),
      workers: section.integer("workers", 1...2, default: 1))
  }

  private func hidden(_ section: ProfileSection) -> [Int] {
    let expected = "a list of 1 to 4 widths, each a multiple of 8 from 8 to 1024"
    let fallback = [256, 256]
    let node = section.value("hidden")
    var widths = fallback
    if let node {
      guard case .sequence(let items) = node.content, (1...4).contains(items.count) else {
        section.reject("hidden", node, expected: expected)
        return fallback
      }
      widths = items.compactMap { $0.number.flatMap { Int(exactly: $0) } }
      guard widths.count == items.count, widths.allSatisfy({ (8...1024).contains($0) && $0 % 8 == 0 }) else {
        section.reject("hidden", node, expected: expected)
        return fallback
      }
    }
    section.canonical.append(
      "hidden", .text(CanonicalMap.spell(list: widths.map(String.init))), isDefault: node == nil)
    return widths
  }

  private func critic(_ section: ProfileSection, batchNorm: Bool) -> RobotProfile.Critic {
    defer { section.finish() }
    let count = section.integer("count", 1...20, default: 2)
    let critic = RobotProfile.Critic(
      layerNorm: section.flag("layer_norm", default: !batchNorm), count: count,
      subset: section.integer("subset", 1...max(count, 1), default: min(2, count)),
      dropout: section.number("dropout", 0...0.9, default: 0))
    if batchNorm, critic.layerNorm {
      section.refuse("layer_norm", found: "true", expected: "false with learning.batch_norm, which normalises by itself")
    }
    if batchNorm, critic.dropout > 0 {
      section.refuse("dropout", found: "\(critic.dropout)", expected: "0 with learning.batch_norm")
    }
    return critic
  }

  private func targetEntropy(_ section: ProfileSection) -> TargetEntropy {
    let key = "target_entropy"
    guard let node = section.value(key) else {
      section.canonical.append(key, .text("auto"), isDefault: true)
      return .automatic
    }
    if node.text == "auto" {
      section.canonical.append(key, .text("auto"))
      return .automatic
    }
    guard let number = node.number, (-100.0...100).contains(number) else {
      section.reject(
        key, node, expected: "auto or a number of nats, -100 to 100",
        suggestion: node.text.flatMap { NearestWord.of($0, among: ["auto"]) })
      return .automatic
    }
    section.canonical.append(key, .text(CanonicalMap.spell(number)))
    return .nats(number)
  }

  func replay(_ section: ProfileSection) -> RobotProfile.Replay {
    defer { section.finish() }
    let capacity = section.integer("capacity_steps", 1000...100_000_000, default: 1_000_000)
    return RobotProfile.Replay(
      capacitySteps: capacity, syncMilliseconds: section.integer("sync_ms", 1...60_000, default: 200),
      segmentSteps: section.integer("segment_steps", 64...1_000_000, default: min(4096, max(64, capacity / 4))))
  }
}

internal import LimbProfile
package import LimbNetworks
internal import LimbTypes

extension Learner {
  /// The version of the layout of checkpoints.
  static let checkpointFormat = "limbd-learner-1"

  /// The order of the numbers in the tensor `counters`.
  private static let counterNames = [
    "updates", "critic_steps", "actor_steps", "stored_steps", "updates_owed", "credit_dropped", "policy_version",
    "published_at_steps", "published_at_updates", "checkpoint_at_steps", "skipped_batches", "failures_in_a_row",
    "frozen",
  ]

  /// Whether `checkpointEverySteps` stored steps have gone by since the last checkpoint.
  package var isCheckpointDue: Bool {
    credit.storedSteps >= book.checkpointAtSteps + UInt64(hyperparameters.checkpointEverySteps)
  }

  /// Writes everything that learning needs to go on exactly: networks, targets, moments, temperature, credit, counters.
  ///
  /// The file is replaced whole (temporary, fsync, rename, fsync of the directory). Tensors have the names of a
  /// PyTorch `state_dict`: `actor.…`, `critic.…`, `critic_target.…`, `log_alpha`, and Adam's `optimizer.exp_avg.…`,
  /// `optimizer.exp_avg_sq.…`. A state that is not finite is replaced by the last good one first.
  package mutating func writeCheckpoint(to path: String) throws(LearningError) {
    markGood()
    book.checkpointAtSteps = credit.storedSteps
    let writer = encodeCheckpoint()
    do throws(NetworksError) {
      try writer.write(to: path)
    } catch {
      // Nothing was kept: due again after twenty steps, not after a whole interval.
      let every = UInt64(hyperparameters.checkpointEverySteps)
      book.checkpointAtSteps = credit.storedSteps + 20 > every ? credit.storedSteps + 20 - every : 0
      throw .networks(error)
    }
  }

  /// Goes on from a checkpoint: to the byte, on the same binary, library and processor.
  ///
  /// A checkpoint holds the last good state, that of a frozen learner too: it is thawed with all its strikes forgiven, and
  /// freezes again after `freezeLimit` more.
  ///
  /// - Parameter relabels: Accept a checkpoint of another reward: the actor and log α are kept, critics, targets and all
  ///   moments start anew.
  /// - Returns: What may make it differ from an uninterrupted run.
  /// - Throws: And leaves this learner in an unspecified state, to be thrown away.
  package mutating func resume(
    from file: SafetensorsFile, relabels: Bool = false
  ) throws(LearningError) -> [ResumeWarning] {
    do throws(NetworksError) {
      try checkFormat(file)
    } catch {
      throw .networks(error)
    }
    let keepsCritics = try checkIdentity(file, relabels: relabels)
    do throws(NetworksError) {
      try read(file, keepsCritics: keepsCritics)
    } catch {
      throw .networks(error)
    }
    good.copy(from: core.state)
    let thaws = thaw()
    refreshStatistics()
    return try thaws + warnings(file)
  }

  /// All tensors with their place in the state's block.
  private func placedTensors(withCritics: Bool, withMoments: Bool) -> [ParameterTensor] {
    let state = (core.state.criticOffset, core.state.logTemperatureOffset, core.state.parameterCount)
    func section(_ start: Int, _ prefix: String, critics: Bool) -> [ParameterTensor] {
      core.actorStack.tensors.map { $0.placed(at: start, prefix: prefix + "actor.") }
        + (critics ? core.criticStack.tensors.map { $0.placed(at: start + state.0, prefix: prefix + "critic.") } : [])
        + [ParameterTensor(name: prefix + "log_alpha", shape: [1], offset: start + state.1)]
    }
    var tensors = section(0, "", critics: withCritics)
    if withCritics {
      tensors += core.criticStack.tensors.map { $0.placed(at: 3 * state.2, prefix: "critic_target.") }
    }
    if withMoments {
      tensors += section(state.2, "optimizer.exp_avg.", critics: withCritics)
      tensors += section(2 * state.2, "optimizer.exp_avg_sq.", critics: withCritics)
    }
    return tensors
  }

  private func encodeCheckpoint() -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    for tensor in placedTensors(withCritics: true, withMoments: true) {
      unsafe writer.add(
        name: tensor.name, shape: tensor.shape,
        UnsafeBufferPointer(start: core.state.block.base + tensor.offset, count: tensor.count))
    }
    let steps = core.state.steps
    writer.add(
      name: "counters",
      [
        steps.updates, steps.critic, steps.actor, credit.storedSteps, credit.owed, credit.dropped, book.policyVersion,
        book.publishedAtSteps, book.publishedAtUpdates, book.checkpointAtSteps, book.skippedBatches,
        book.failuresInARow, book.isFrozen ? 1 : 0,
      ])
    writer.set("format", "pt")
    writer.set("limbd.format", Self.checkpointFormat)
    writer.set("limbd.counters", Self.counterNames.joined(separator: ","))
    writer.set("limbd.profile", identity.profileName)
    writer.set("limbd.observation_hash", hexadecimal(identity.observationHash))
    writer.set("limbd.action_hash", hexadecimal(identity.actionHash))
    writer.set("limbd.reward_hash", hexadecimal(identity.rewardHash))
    writer.set("limbd.seed", String(hyperparameters.seed))
    writer.set("limbd.blas", BLAS.configuration)
    writer.set("limbd.blas_core", BLAS.coreType)
    for (name, value) in hyperparameters.named { writer.set("limbd.hyper." + name, value) }
    return writer
  }

  private func checkFormat(_ file: SafetensorsFile) throws(NetworksError) {
    let format = try file.value("limbd.format")
    guard format == Self.checkpointFormat else {
      throw .unexpected(
        path: file.path, .metadata(key: "limbd.format", expected: Self.checkpointFormat, actual: format))
    }
  }

  /// Whether the critics may be kept.
  private func checkIdentity(_ file: SafetensorsFile, relabels: Bool) throws(LearningError) -> Bool {
    for (field, expected) in [("observation", identity.observationHash), ("action", identity.actionHash)] {
      let actual = try hash(file, "limbd.\(field)_hash")
      guard actual == expected else {
        throw .otherIdentity(path: file.path, field: field, expected: expected, actual: actual)
      }
    }
    let reward = try hash(file, "limbd.reward_hash")
    guard reward == identity.rewardHash || relabels else {
      throw .otherReward(path: file.path, expected: identity.rewardHash, actual: reward)
    }
    return reward == identity.rewardHash
  }

  private func hash(_ file: SafetensorsFile, _ key: String) throws(LearningError) -> UInt64 {
    let text: String
    do throws(NetworksError) { text = try file.value(key) } catch { throw .networks(error) }
    guard let value = UInt64(text, radix: 16) else {
      throw .badMetadata(path: file.path, key: key, expected: "sixteen hexadecimal digits", actual: text)
    }
    return value
  }

  private mutating func read(_ file: SafetensorsFile, keepsCritics: Bool) throws(NetworksError) {
    for tensor in placedTensors(withCritics: keepsCritics, withMoments: keepsCritics) {
      try unsafe file.copy(tensor.name, shape: tensor.shape, to: core.state.block.base + tensor.offset)
    }
    let counters = try file.counters("counters", count: Self.counterNames.count)
    core.state.steps.updates = counters[0]
    core.state.steps.critic = keepsCritics ? counters[1] : 0
    core.state.steps.actor = keepsCritics ? counters[2] : 0
    credit.restore(storedSteps: counters[3], owed: counters[4], dropped: counters[5])
    book = LearnerBook(
      policyVersion: counters[6], publishedAtSteps: counters[7], publishedAtUpdates: counters[8],
      checkpointAtSteps: counters[9], skippedBatches: counters[10], failuresInARow: counters[11],
      isFrozen: counters[12] != 0)
  }

  /// A person has started limbd again: the good state deserves another try, and whoever reads the log is told.
  private mutating func thaw() -> [ResumeWarning] {
    guard book.isFrozen else { return [] }
    book.isFrozen = false
    book.failuresInARow = 0
    return [.thawed(skippedBatches: book.skippedBatches)]
  }

  private func warnings(_ file: SafetensorsFile) throws(LearningError) -> [ResumeWarning] {
    var warnings: [ResumeWarning] = []
    let blas = "\(file.metadata["limbd.blas"] ?? "unknown"), kernels \(file.metadata["limbd.blas_core"] ?? "unknown")"
    let present = "\(BLAS.configuration), kernels \(BLAS.coreType)"
    if blas != present { warnings.append(.otherBLAS(expected: present, actual: blas)) }
    let seed = file.metadata["limbd.seed"] ?? "nothing"
    guard let number = UInt64(seed) else {
      throw .badMetadata(path: file.path, key: "limbd.seed", expected: "a number", actual: seed)
    }
    if number != hyperparameters.seed { warnings.append(.otherSeed(expected: hyperparameters.seed, actual: number)) }
    return warnings
  }
}

extension Hyperparameters {
  /// For people who read a checkpoint's metadata, and for `inspect`; a resumed run takes the profile's.
  var named: [(String, String)] {
    [
      ("input_width", "\(inputWidth)"), ("action_count", "\(actionCount)"),
      ("hidden", hidden.map(String.init).joined(separator: ",")), ("critic_layer_norm", "\(criticLayerNorm)"),
      ("critic_count", "\(criticCount)"), ("critic_subset", "\(criticSubset)"),
      ("critic_dropout", "\(criticDropout)"), ("batch_norm", "\(batchNorm != nil)"), ("adam_beta1", "\(adamBeta1)"), ("actor_loss", actorLoss.rawValue),
      ("target_entropy_nats", "\(targetEntropyNats)"), ("initial_temperature", "\(initialTemperature)"),
      ("discount", "\(discount)"), ("polyak_tau", "\(polyakTau)"), ("actor_learning_rate", "\(actorLearningRate)"),
      ("critic_learning_rate", "\(criticLearningRate)"),
      ("temperature_learning_rate", "\(temperatureLearningRate)"), ("batch_size", "\(batchSize)"),
      ("updates_per_step", "\(updatesPerStep)"), ("actor_every", "\(actorInterval)"),
      ("n_step", "\(nStep)"), ("symmetry", "\(symmetry)"),
      ("newest_transition", "\(newestTransition)"), ("warm_up_steps", "\(warmUpSteps)"),
    ]
  }
}

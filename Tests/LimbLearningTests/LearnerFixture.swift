import LimbLearning
import LimbNetworks
import LimbProfile
import LimbTestSupport

/// A file of `Benchmarks/fixtures`: what another implementation made of one and of ten updates.
///
/// Small networks stand in it in full. Of full-size ones ("full-…") it has checksums and samples; their numbers come
/// from a hash that generator and test share.
struct LearnerFixture {
  let file: SafetensorsFile
  let isFull: Bool
  let hyperparameters: Hyperparameters
  let rows: Int
  let updates: Int

  init(_ name: String) throws {
    file = try SafetensorsFile(path: Repository.path("Benchmarks/fixtures/\(name).safetensors"))
    isFull = name.hasPrefix("full")
    let file = file
    func number<T: LosslessStringConvertible>(_ key: String, _: T.Type = T.self) throws -> T {
      guard let value = try T(file.value(key)) else { throw Malformed(key: key) }
      return value
    }
    var h = Hyperparameters(inputWidth: try number("input_width"), actionCount: try number("action_count"), seed: 1)
    h.hidden = try file.value("hidden").split(separator: ",").compactMap { Int($0) }
    h.criticLayerNorm = try number("layer_norm")
    h.criticCount = try number("critics")
    h.criticSubset = h.criticCount
    h.criticDropout = try number("dropout")
    h.actorLoss = try file.value("actor_loss") == "min" ? .min : .mean
    h.targetEntropyNats = try number("target_entropy")
    h.polyakTau = try number("tau")
    h.actorLearningRate = try number("actor_rate")
    h.criticLearningRate = try number("critic_rate")
    h.temperatureLearningRate = try number("temperature_rate")
    h.updatesPerStep = try number("updates_per_step")
    h.batchSize = try number("rows")
    h.batchNorm = try number("batch_norm", Bool.self) ? BatchNormSettings() : nil
    h.adamBeta1 = try number("beta1")
    hyperparameters = h
    rows = h.batchSize
    updates = try number("updates")
  }

  struct Malformed: Error { let key: String }

  /// A tensor's numbers, whatever their kind.
  func numbers(_ name: String) throws -> [Double] {
    guard let tensor = file.tensors.first(where: { $0.name == name }) else { throw Malformed(key: name) }
    if tensor.kind == .float32 {
      let block = AlignedBlock<Float>(count: tensor.count)
      unsafe try file.copy(name, shape: tensor.shape, to: block.base)
      return (0..<tensor.count).map { unsafe Double(block.base[$0]) }
    }
    let block = AlignedBlock<Double>(count: tensor.count)
    unsafe try file.copy(name, shape: tensor.shape, to: block.base)
    return (0..<tensor.count).map { unsafe block.base[$0] }
  }

  func has(_ name: String) -> Bool { file.tensors.contains { $0.name == name } }

  // MARK: The learner at its start

  func learner<S: LearningScalar>(_: S.Type) throws -> SoftActorCritic<S> {
    var learner = SoftActorCritic<S>(hyperparameters)
    let actor = learner.actorStack.tensors
    let critics = learner.criticStack.tensors
    let networks = unsafe [
      ("actor", actor, learner.state.actor), ("critics", critics, learner.state.critics),
      ("targets", critics, learner.state.targets),
    ]
    if isFull {
      var stream: UInt64 = 1
      for unsafe (_, tensors, base) in unsafe networks {
        for tensor in tensors {
          unsafe fillHashed(tensor, stream: stream, base + tensor.offset)
          stream += 1
        }
      }
    } else {
      for unsafe (name, tensors, base) in unsafe networks {
        for tensor in tensors {
          unsafe copy(try numbers("start.\(name).\(tensor.name)"), to: base + tensor.offset)
        }
      }
      try startMoments(&learner)
    }
    let logTemperature = isFull ? Double(Float(-2.302585092994046)) : try numbers("start.log_alpha")[0]
    learner.state.logTemperature = S(logTemperature)
    return learner
  }

  private func startMoments<S: LearningScalar>(_ learner: inout SoftActorCritic<S>) throws {
    learner.state.steps.updates = try UInt64(file.value("updates_before")) ?? 0
    let steps = try UInt64(file.value("adam_steps_before")) ?? 0
    learner.state.steps.critic = steps
    learner.state.steps.actor = steps
    guard steps > 0 else { return }
    let state = unsafe [("first", learner.state.firstMoments), ("second", learner.state.secondMoments)]
    for unsafe (kind, base) in unsafe state {
      for tensor in learner.actorStack.tensors {
        unsafe copy(try numbers("start.\(kind).actor.\(tensor.name)"), to: base + tensor.offset)
      }
      for tensor in learner.criticStack.tensors {
        unsafe copy(
          try numbers("start.\(kind).critics.\(tensor.name)"),
          to: base + learner.state.criticOffset + tensor.offset)
      }
      unsafe copy(try numbers("start.\(kind).log_alpha"), to: base + learner.state.logTemperatureOffset)
    }
  }

  private func copy<S: LearningScalar>(_ numbers: [Double], to base: UnsafeMutablePointer<S>) {
    for (i, x) in numbers.enumerated() { unsafe base[i] = S(x) }
  }

  private func fillHashed<S: LearningScalar>(
    _ tensor: ParameterTensor, stream: UInt64, _ base: UnsafeMutablePointer<S>
  ) {
    let matrix = tensor.shape.count == 2
    let limit = matrix ? (6 / Double(tensor.shape[0] + tensor.shape[1])).squareRoot() : 0.125
    let middle: Double = !matrix && (tensor.name.hasSuffix("weight") || tensor.count == 1) ? 1 : 0
    for i in 0..<tensor.count { unsafe base[i] = S(Float(middle + limit * hashedUnit(stream, i))) }
  }

  // MARK: The batches

  /// One update's batch and draws, as they lie in memory.
  struct Update<S: LearningScalar>: ~Copyable {
    let batch: TestBatch<S>
    let targetNoise: AlignedBlock<S>
    let actorNoise: AlignedBlock<S>
    let masks: AlignedBlock<S>
    var subset: UInt64 = 0

    init(_ h: Hyperparameters) {
      batch = TestBatch(h)
      targetNoise = AlignedBlock(count: h.batchSize * h.actionCount)
      actorNoise = AlignedBlock(count: h.batchSize * h.actionCount)
      masks = AlignedBlock(count: 3 * h.batchSize * h.criticCount * h.hidden.reduce(0, +))
    }

    var draws: GivenDraws<S> {
      unsafe GivenDraws(
        targetNoise: targetNoise.base, actorNoise: actorNoise.base, subset: subset, masks: masks.base)
    }
  }

  func update<S: LearningScalar>(_ number: Int, _: S.Type) throws -> Update<S> {
    var update = Update<S>(hyperparameters)
    if isFull { try fillFull(&update, number) } else { try fillSmall(&update, number) }
    return update
  }

  private func fillSmall<S: LearningScalar>(_ update: inout Update<S>, _ number: Int) throws {
    func fill(_ name: String, _ base: UnsafeMutablePointer<S>) throws {
      unsafe copy(try numbers("update\(number).\(name)"), to: base)
    }
    unsafe try fill("observations", update.batch.observations.base)
    unsafe try fill("actions", update.batch.actions.base)
    unsafe try fill("rewards", update.batch.rewards.base)
    unsafe try fill("discounts", update.batch.discounts.base)
    unsafe try fill("next_observations", update.batch.nextObservations.base)
    unsafe try fill("target_noise", update.targetNoise.base)
    unsafe try fill("actor_noise", update.actorNoise.base)
    for (member, chosen) in try numbers("update\(number).subset").enumerated() where chosen > 0 {
      update.subset |= 1 << UInt64(member)
    }
    guard hyperparameters.criticDropout > 0 else { return }
    var offset = 0
    for pass in ["target", "online", "actor"] {
      for layer in hyperparameters.hidden.indices {
        unsafe try fill("keep.\(pass).\(layer)", update.masks.base + offset)
        offset += rows * hyperparameters.criticCount * hyperparameters.hidden[layer]
      }
    }
  }

  private func fillFull<S: LearningScalar>(_ update: inout Update<S>, _ number: Int) throws {
    let width = hyperparameters.inputWidth
    let count = hyperparameters.actionCount
    let perRow = 2 * width + 2 * count + 2
    let ids = try file.counters("update\(number).rows", count: rows)
    let noise = try file.counters("update\(number).noise", count: rows)
    update.subset = 1 << UInt64(hyperparameters.criticCount) - 1
    for row in 0..<rows {
      var next = Int(ids[row]) * perRow
      func take() -> Double {
        defer { next += 1 }
        return hashedUnit(1000, next)
      }
      for i in 0..<width { unsafe update.batch.observations.base[row * width + i] = S(take()) }
      for i in 0..<count { unsafe update.batch.actions.base[row * count + i] = S(take()) }
      for i in 0..<width { unsafe update.batch.nextObservations.base[row * width + i] = S(take()) }
      for i in 0..<count { unsafe update.targetNoise.base[row * count + i] = S(1.75 * take()) }
      unsafe update.batch.rewards.base[row] = S(take())
      unsafe update.batch.discounts.base[row] = S(Float(take() > -0.75 ? 0.99 : 0))
      for i in 0..<count {
        unsafe update.actorNoise.base[row * count + i] = S(1.75 * hashedUnit(1001, Int(noise[row]) * count + i))
      }
    }
  }
}

/// A number in [−1, 1), exact in single precision: SplitMix64 of (stream, index), as in the generator.
func hashedUnit(_ stream: UInt64, _ index: Int) -> Double {
  var z = (stream << 40 &+ UInt64(index) &+ 1) &* 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  z ^= z >> 31
  return Double(z >> 40) / 8_388_608 - 1
}

internal import CKernels
internal import LimbNetworks
internal import LimbProfile
internal import LimbTypes

/// Measures learning on this machine: multiply-add peak and sgemm on one thread, and whole updates.
///
/// Rounds of all four are interleaved and their medians reported, because on a shared machine the speed changes from
/// second to second. The clock is the caller's.
package struct LearnerBench: Sendable {
  /// Updates a second, and multiply-adds × 2 of their matrix products, 10⁹ a second.
  package struct Rate: Sendable, Equatable {
    /// Whole critic updates, and the actor's as they fall due.
    package let updatesPerSecond: Double
    /// Multiply-adds × 2 of the matrix products, 10⁹ a second.
    package let gigaflops: Double
  }

  /// Medians over the rounds.
  package struct Result: Sendable, Equatable {
    /// Widest vectors of this processor, 10⁹ operations a second.
    package let peakGigaflops: Double
    /// The BLAS at 256 × 256 × 256.
    package let productGigaflops: Double
    /// The shape on which implementations are compared: observation 112, action 8, 2 × 256, batch 256, no LayerNorm,
    /// actor every update.
    package let plain: Rate
    /// The given hyper-parameters.
    package let ours: Rate
    /// That the updates ran on; `SoftActorCritic.init` tells when it is fewer than asked for.
    package let threads: Int
  }

  /// Steps of the store that batches are drawn from.
  static let storeSteps = 100_000

  /// Runs for about `rounds` · 4 · `secondsEach`.
  ///
  /// - Parameters:
  ///   - ours: The second shape, for instance of a profile.
  ///   - threads: 1 or 2, for the updates.
  ///   - nanoseconds: A clock that never goes back.
  package static func run(
    ours: Hyperparameters, rounds: Int = 5, secondsEach: Double = 0.5, threads: Int = 1, nanoseconds: () -> UInt64
  ) -> Result {
    precondition(rounds > 0 && secondsEach > 0)
    BLAS.useOneThread()
    let matrices = AlignedBlock<Float>(count: 3 * 65_536)
    for i in 0..<matrices.count { unsafe matrices.base[i] = Float(i % 7) * 0.1 }
    var plainRun = BenchRun(plainHyperparameters, steps: storeSteps, threads: threads)
    var ourRun = BenchRun(ours, steps: storeSteps, threads: threads)
    var rates: [[Double]] = [[], [], [], []]
    func rate(_ work: () -> Double) -> Double {
      let limit = UInt64(secondsEach * 1e9)
      let start = nanoseconds()
      var done = 0.0
      var now = start
      repeat {
        done += work()
        now = nanoseconds()
      } while now - start < limit
      return done / (Double(now - start) * 1e-9)
    }
    _ = plainRun.updates(8)
    _ = ourRun.updates(8)
    for _ in 0..<rounds {
      rates[0].append(rate { MachineRate.runMultiplyAdds(rounds: 1_000_000) })
      rates[1].append(rate { MachineRate.runProducts(16, matrices) })
      rates[2].append(rate { plainRun.updates(4) })
      rates[3].append(rate { ourRun.updates(ours.updatesPerStep) })
    }
    let medians = rates.map { $0.sorted()[$0.count / 2] }
    return Result(
      peakGigaflops: medians[0] * 1e-9, productGigaflops: medians[1] * 1e-9,
      plain: Rate(updatesPerSecond: medians[2], gigaflops: medians[2] * plainHyperparameters.flopsPerUpdate * 1e-9),
      ours: Rate(updatesPerSecond: medians[3], gigaflops: medians[3] * ours.flopsPerUpdate * 1e-9),
      threads: ourRun.threads)
  }

  /// Updates a second of these hyper-parameters: for `seconds`, or until a fifth of it has shown more than `enough`.
  package static func probe(
    _ hyperparameters: Hyperparameters, threads: Int = 1, seconds: Double = 2, enough: Double = .infinity,
    nanoseconds: () -> UInt64
  ) -> Double {
    BLAS.useOneThread()
    var run = BenchRun(hyperparameters, steps: 4096, threads: threads)
    _ = run.updates(hyperparameters.updatesPerStep)
    let start = nanoseconds()
    var done = 0.0
    while true {
      done += run.updates(hyperparameters.updatesPerStep)
      let passed = Double(nanoseconds() - start) * 1e-9
      if passed >= seconds || (passed >= seconds / 5 && done / passed > enough) { return done / passed }
    }
  }

  /// SAC as its paper and the common libraries have it.
  static var plainHyperparameters: Hyperparameters {
    var h = Hyperparameters(inputWidth: 112, actionCount: 8, seed: 1)
    h.criticLayerNorm = false
    h.updatesPerStep = 1
    h.actorLoss = .min
    h.targetEntropyNats = -8
    return h
  }
}

/// A learner and a store in memory, from which each update draws a fresh batch.
private struct BenchRun: ~Copyable {
  private var learner: SoftActorCritic<Float>
  private let store: AlignedBlock<Float>
  private let batch: AlignedBlock<Float>
  private let steps: Int
  private var drawn: [Int]

  init(_ hyperparameters: Hyperparameters, steps: Int, threads: Int) {
    let h = hyperparameters
    self.steps = steps
    learner = SoftActorCritic(h, threads: threads)
    store = AlignedBlock(count: steps * (h.inputWidth + h.actionCount))
    batch = AlignedBlock(count: h.batchSize * (2 * h.inputWidth + h.actionCount + 2))
    drawn = [Int](repeating: 0, count: h.batchSize)
    for i in 0..<store.count / 4 {
      let four = Philox.uniforms(seed: 1, stream: .test, counter: UInt64(i), lane: 0) * 2 - 1
      for j in 0..<4 { unsafe store.base[4 * i + j] = four[j] }
    }
  }

  var threads: Int { learner.threads }

  /// Does `count` updates; returns that number.
  mutating func updates(_ count: Int) -> Double {
    for _ in 0..<count {
      let result = unsafe learner.update(draw())
      if case .nonFinite = result { preconditionFailure("the bench's own numbers are finite") }
    }
    return Double(count)
  }

  /// As `ReplaySampler` does: all rows are drawn first, so that none of their copies waits for memory.
  private mutating func draw() -> TransitionRows<Float> {
    let h = learner.hyperparameters
    let width = h.inputWidth + h.actionCount
    let next = unsafe batch.base + h.batchSize * h.inputWidth
    let actions = unsafe next + h.batchSize * h.inputWidth
    let rewards = unsafe actions + h.batchSize * h.actionCount
    var words = SIMD4<UInt32>()
    for row in 0..<h.batchSize {
      if row % 4 == 0 {
        words = Philox.block(seed: 1, stream: .batch, counter: learner.state.steps.updates, lane: UInt32(row / 4))
      }
      drawn[row] = Philox.index(words[row % 4], below: steps - 1) * width
      unsafe limb_fetch(store.base + drawn[row], 8 * width)
    }
    for row in 0..<h.batchSize {
      let line = unsafe store.base + drawn[row]
      unsafe (batch.base + row * h.inputWidth).update(from: line, count: h.inputWidth)
      unsafe (next + row * h.inputWidth).update(from: line + width, count: h.inputWidth)
      unsafe (actions + row * h.actionCount).update(from: line + h.inputWidth, count: h.actionCount)
      unsafe rewards[row] = line[0]
      unsafe rewards[h.batchSize + row] = 0.99
    }
    return unsafe TransitionRows(
      rows: h.batchSize, observations: batch.base, actions: actions, rewards: rewards,
      discounts: rewards + h.batchSize, nextObservations: next)
  }
}

extension Hyperparameters {
  /// Multiply-adds × 2 of the matrix products of one update, the actor's share averaged.
  package var flopsPerUpdate: Double {
    let actor = actorStack
    let critics = criticStack
    // With batch normalisation s and s′ are one batch, and the backward pass goes through both.
    let joint = batchNorm == nil ? 1 : 2
    let critic =
      actor.forwardFlops(rows: batchSize) + 2 * critics.forwardFlops(rows: batchSize)
      + critics.backwardFlops(rows: joint * batchSize, learns: true, inputColumns: 0)
    let climb =
      actor.forwardFlops(rows: batchSize) + actor.backwardFlops(rows: batchSize, learns: true, inputColumns: 0)
      + critics.forwardFlops(rows: batchSize)
      + critics.backwardFlops(rows: batchSize, learns: false, inputColumns: actionCount)
    return critic + climb / Double(actorInterval)
  }
}

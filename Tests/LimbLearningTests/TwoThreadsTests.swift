@testable import LimbLearning
import LimbNetworks
import LimbProfile
import LimbRealtime
import Testing

@Suite("Two threads")
struct TwoThreadsTests {
  /// What is changed of the small hyper-parameters.
  enum Variant: CaseIterable, Sendable {
    case layerNorm, plainMinimum, threeCritics, dropout, wide, batchNorm
  }

  func hyperparameters(_ variant: Variant) -> Hyperparameters {
    var h = variant == .batchNorm ? batchNormHyperparameters() : smallHyperparameters()
    h.updatesPerStep = 2
    switch variant {
    case .layerNorm, .batchNorm: break
    case .plainMinimum:
      h.criticLayerNorm = false
      h.actorLoss = .min
    case .threeCritics: h.criticCount = 3
    case .dropout: h.criticDropout = 0.1
    case .wide:
      h.hidden = [120, 72]
      h.batchSize = 100
    }
    return h
  }

  @Test("give the bytes of one", arguments: Variant.allCases)
  func bytes(_ variant: Variant) {
    let h = hyperparameters(variant)
    var one = SoftActorCritic<Float>(h)
    var two = SoftActorCritic<Float>(h, threads: 2)
    let threads = (one.threads, two.threads)
    #expect(threads == (1, Float.cutsProducts ? 2 : 1))
    let batch = TestBatch<Float>(h)
    for update in 0..<12 {
      batch.fillRandom(update: UInt64(update))
      _ = unsafe one.update(batch.view)
      _ = unsafe two.update(batch.view)
    }
    let finite = one.state.isFinite
    #expect(finite)
    let same = (0..<one.state.block.count).allSatisfy {
      unsafe one.state.block.base[$0].bitPattern == two.state.block.base[$0].bitPattern
    }
    #expect(same)
  }

  @Test("meet again after any pause, and part with their owner")
  func pauses() throws {
    let counts = AlignedBlock<Float>(count: 32)
    do {
      let worker = try unsafe SecondWorker(ThreadOptions(name: "test")) {
        unsafe $0.assumingMemoryBound(to: Float.self)[16] += 1
      }
      for round in 0..<2000 {
        if round % 500 == 0 { busy() }
        unsafe worker.share(UnsafeMutableRawPointer(counts.base)) { unsafe counts.base[0] += 1 }
        #expect(unsafe counts.base[0] == counts.base[16])
      }
    }
    #expect(unsafe counts.base[16] == 2000)
  }

  /// Longer than the other thread spins.
  private func busy() {
    let clock = TimeSource.monotonic()
    let end = clock.nowNanoseconds() + 5_000_000
    while clock.nowNanoseconds() < end {}
  }

  @Test("make no heap call an update, once warm")
  func heap() throws {
    try #require(HeapProbe.isAvailable)
    var h = smallHyperparameters()
    h.updatesPerStep = 1
    var learner = SoftActorCritic<Float>(h, threads: 2)
    let batch = TestBatch<Float>(h)
    batch.fillRandom(update: 0)
    var calls: UInt64 = 0
    for _ in 0..<5 {
      HeapProbe.arm()
      _ = unsafe learner.update(batch.view)
      calls = HeapProbe.disarm()
    }
    #expect(calls == 0)
  }
}

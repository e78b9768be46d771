import LimbLearning
import LimbNetworks
import LimbRealtime
import Testing

@Suite("The learner's cost")
struct LearnerCostTests {
  @Test("is no heap call an update, once warm, at sizes where the BLAS makes none itself")
  func heap() throws {
    try #require(HeapProbe.isAvailable)
    // Not fewer: OpenBLAS takes memory from the heap for products of two or three columns.
    var h = smallHyperparameters()
    h.actionCount = 16
    h.hidden = [32, 32]
    var learner = Learner(h, identity: testIdentity)
    let mailbox = BlockMailbox(blockCount: learner.policyParameterCount)
    let batch = TestBatch<Float>(learner.hyperparameters)
    learner.takeUpDebt(storedSteps: 1000)
    batch.fillRandom(update: 0)
    var calls: UInt64 = 0
    for _ in 0..<5 {
      HeapProbe.arm()
      for _ in 0..<4 { _ = unsafe learner.update(batch.view) }
      _ = learner.publish(to: mailbox)
      calls = HeapProbe.disarm()
    }
    #expect(calls == 0)
  }

  @Test("is measured by the caller's clock")
  func bench() {
    var now: UInt64 = 0
    var h = smallHyperparameters()
    h.updatesPerStep = 4
    // Every look at the clock is a second later: each measure does its work once, in one second.
    let result = LearnerBench.run(ours: h, rounds: 1, secondsEach: 0.5) {
      now += 1_000_000_000
      return now
    }
    #expect(result.ours.updatesPerSecond == 4)
    #expect(result.plain.updatesPerSecond == 4)
    #expect(result.productGigaflops > 0)
    #expect(result.peakGigaflops > 0)
    #expect(result.ours.gigaflops == 4 * h.flopsPerUpdate * 1e-9)
  }

  @Test("of one inference is measured beside the same products of the BLAS, call by call")
  func inference() {
    var looks = 0
    var now: UInt64 = 0
    // Three looks a call: before, between and after.
    let result = LearnerBench.inference(calls: 100) {
      now += [1_000_000, 3_000, 7_000][looks % 3]
      looks += 1
      return now
    }
    #expect(result.microsecondsP50 == 3)
    #expect(result.microsecondsP99 == 3)
    #expect(result.productsMicrosecondsP50 == 7)
  }

  @Test("in multiply-adds is that of the published table without the input gradients that nobody asks for")
  func flops() {
    var h = Hyperparameters(inputWidth: 112, actionCount: 8, seed: 1)
    h.updatesPerStep = 4
    // A step of four updates and one of the actor: 2.13 GFLOP if every backward pass costs two forward passes.
    // First layers: 120 × 512 of the critics, 112 × 256 of the actor.
    let critics = 2 * 256 * 120 * 512 * 1e-9
    let actor = 2 * 256 * 112 * 256 * 1e-9
    let actionColumns = 2 * 256 * 8 * 512 * 1e-9
    #expect(abs(4 * h.flopsPerUpdate * 1e-9 + 5 * critics - actionColumns + actor - 2.13) < 0.01)
  }

  @Test("is paid on a BLAS that is right at every shape of an update")
  func products() throws {
    var h = smallHyperparameters()
    h.criticCount = 3
    try Learner.checkBLAS(h)
    #expect(h.productShapes.count == 18)
    let joint = batchNormHyperparameters()
    try Learner.checkBLAS(joint)
    #expect(joint.productShapes.count == 27 && joint.productShapes.contains { $0.inner == 2 * joint.batchSize })
  }
}

import LimbNetworks
import Testing

@Suite("Adam")
struct AdamTests {
  @Test(
    "does what algorithm 1 of its paper says, whatever the length, and averages the targets", arguments: [1, 7, 8, 21])
  func reference(_ count: Int) {
    let theta = AlignedBlock<Double>(count: count)
    let gradient = AlignedBlock<Double>(count: count)
    let m = AlignedBlock<Double>(count: count)
    let v = AlignedBlock<Double>(count: count)
    let target = AlignedBlock<Double>(count: count)
    fill(theta, lane: 1)
    fill(target, lane: 2)
    var expected = (0..<count).map { unsafe (theta: theta.base[$0], m: 0.0, v: 0.0, target: target.base[$0]) }
    for step in 1...5 {
      fill(gradient, lane: UInt32(10 + step))
      for i in 0..<count {
        let g = unsafe gradient.base[i]
        expected[i].m = 0.9 * expected[i].m + 0.1 * g
        expected[i].v = 0.999 * expected[i].v + 0.001 * g * g
        var decay1 = 1.0
        var decay2 = 1.0
        for _ in 0..<step { (decay1, decay2) = (decay1 * 0.9, decay2 * 0.999) }
        let root = (expected[i].v / (1 - decay2)).squareRoot()
        expected[i].theta -= 0.01 * (expected[i].m / (1 - decay1)) / (root + 1e-8)
        expected[i].target = 0.995 * expected[i].target + 0.005 * expected[i].theta
      }
      unsafe Double.adam(
        AdamStep(step: UInt64(step), learningRate: 0.01, polyak: 0.005), count: count,
        AdamMemory(
          parameters: theta.base, gradients: gradient.base, firstMoments: m.base, secondMoments: v.base,
          targets: target.base))
    }
    for i in 0..<count {
      #expect(unsafe abs(theta.base[i] - expected[i].theta) < 1e-13)
      #expect(unsafe abs(target.base[i] - expected[i].target) < 1e-13)
    }
  }

  @Test("leaves parameters without a gradient where they are")
  func gaps() {
    let block = AlignedBlock<Float>(count: 16)
    let zeros = AlignedBlock<Float>(count: 16)
    let m = AlignedBlock<Float>(count: 16)
    let v = AlignedBlock<Float>(count: 16)
    unsafe block.base[3] = 0.5
    unsafe Float.adam(
      AdamStep(step: 1, learningRate: 1), count: 16,
      AdamMemory(
        parameters: block.base, gradients: zeros.base, firstMoments: m.base, secondMoments: v.base, targets: nil))
    for i in 0..<16 { #expect(unsafe block.base[i] == (i == 3 ? 0.5 : 0)) }
  }

  @Test("the sum of squares is finite if and only if all numbers are", arguments: [Float.nan, .infinity, -.infinity])
  func finite(_ bad: Float) {
    let block = AlignedBlock<Float>(count: 35)
    fill(block, lane: 1)
    #expect(unsafe Float.sumOfSquares(block.base, count: 35).isFinite)
    for i in 0..<35 {
      let kept = unsafe block.base[i]
      unsafe block.base[i] = bad
      #expect(unsafe !Float.sumOfSquares(block.base, count: 35).isFinite)
      unsafe block.base[i] = kept
    }
  }
}

import LimbNetworks
import LimbTypes
import Testing

@Suite("A squashed Gaussian")
struct SquashedGaussianTests {
  /// Computed independently in double precision: μ, log σ, ε, u, a, log π.
  static let golden: [(mean: Double, logDeviation: Double, noise: Double, logDensity: Double)] = [
    (0.3, -0.5, 1.2, -0.228655332), (0, 0, 0, -0.918938533), (-0.7, -3, 0.25, 2.489405904), (5, -1, 0.5, 8.937709398),
    (10, -2, 1, 19.465437675),
  ]

  /// u, a and log π of one sample.
  func sample<S: NetworkScalar>(_ mean: S, _ logDeviation: S, _ noise: S) -> (u: S, a: S, logDensity: S) {
    let block = AlignedBlock<S>(count: 16)
    unsafe block.base[0] = mean
    unsafe block.base[1] = logDeviation
    unsafe block.base[2] = noise
    unsafe S.squash(
      SquashedRows(
        rows: 1, actionCount: 1, heads: block.base, noise: block.base + 2, preSquash: block.base + 3,
        actions: block.base + 4, actionStride: 1, logDensities: block.base + 5))
    return unsafe (block.base[3], block.base[4], block.base[5])
  }

  @Test("has the golden log-densities", arguments: golden.indices)
  func goldenNumbers(_ index: Int) {
    let row = Self.golden[index]
    let double = sample(row.mean, row.logDeviation, row.noise)
    #expect(abs(double.logDensity - row.logDensity) < 2e-9)
    let single = sample(Float(row.mean), Float(row.logDeviation), Float(row.noise))
    #expect(abs(Double(single.logDensity) - row.logDensity) < 1e-5)
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 3) { numbers in
      guard let base = numbers.baseAddress else { return }
      unsafe base[0] = single.u
      unsafe base[1] = Float(row.mean)
      unsafe base[2] = Float(row.logDeviation)
      let control = unsafe SquashedGaussian.logDensity(
        count: 1, preSquash: base, mean: base + 1, logDeviation: base + 2)
      #expect(abs(Double(control) - row.logDensity) < 1e-5 * max(1, abs(row.mean)))
    }
  }

  @Test("gives the golden u and a")
  func goldenAction() {
    let double = sample(0.3, -0.5, 1.2)
    #expect(abs(double.u - 1.027836792) < 1e-9)
    #expect(abs(double.a - 0.773039297) < 1e-9)
  }

  @Test("has the gradients that finite differences give, also far out")
  func gradients() {
    let rows = 6
    let actions = 3
    let heads = AlignedBlock<Double>(count: rows * 2 * actions)
    let noise = AlignedBlock<Double>(count: rows * actions)
    let u = AlignedBlock<Double>(count: rows * actions)
    let a = AlignedBlock<Double>(count: rows * 5)
    let densities = AlignedBlock<Double>(count: rows)
    let weights = AlignedBlock<Double>(count: rows * 5)
    let gradient = AlignedBlock<Double>(count: rows * 2 * actions)
    fill(heads, lane: 1)
    fill(noise, lane: 2)
    fill(weights, lane: 3)
    unsafe heads.base[0] = 4
    unsafe heads.base[1] = -5
    let batch = unsafe SquashedRows(
      rows: rows, actionCount: actions, heads: heads.base, noise: noise.base, preSquash: u.base,
      actions: a.base + 1, actionStride: 5, logDensities: densities.base)
    func loss() -> Double {
      unsafe Double.squash(batch)
      var sum = 0.0
      for row in 0..<rows {
        sum += unsafe 0.3 * densities.base[row]
        for i in 0..<actions { sum += unsafe weights.base[row * 5 + i] * a.base[1 + row * 5 + i] }
      }
      return sum
    }
    _ = loss()
    unsafe Double.squashBackward(
      batch, SquashedGradients(actions: weights.base, actionStride: 5, logDensity: 0.3, heads: gradient.base))
    for i in 0..<heads.count {
      let middle = unsafe heads.base[i]
      unsafe heads.base[i] = middle + 1e-6
      let above = loss()
      unsafe heads.base[i] = middle - 1e-6
      let below = loss()
      unsafe heads.base[i] = middle
      #expect(unsafe abs((above - below) / 2e-6 - gradient.base[i]) < 1e-7)
    }
  }

  @Test("learns nothing through a clipped log σ", arguments: [-21.0, 2.5])
  func clipped(_ raw: Double) {
    let block = AlignedBlock<Double>(count: 16)
    unsafe block.base[1] = raw
    unsafe block.base[2] = 0.5
    let batch = unsafe SquashedRows(
      rows: 1, actionCount: 1, heads: block.base, noise: block.base + 2, preSquash: block.base + 3,
      actions: block.base + 4, actionStride: 1, logDensities: block.base + 5)
    unsafe Double.squash(batch)
    unsafe Double.squashBackward(
      batch, SquashedGradients(actions: block.base + 6, actionStride: 1, logDensity: 1, heads: block.base + 8))
    #expect(unsafe block.base[9] == 0)
    #expect(unsafe block.base[8] != 0)
  }
}

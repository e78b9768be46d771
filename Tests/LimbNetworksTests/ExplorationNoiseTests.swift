import LimbNetworks
import LimbTypes
import Testing

@Suite("Exploration noise")
struct ExplorationNoiseTests {
  static let steps = 20_000

  /// One output's ε over many steps.
  func series(_ correlation: Float) -> [Double] {
    var noise = ExplorationNoise()
    return (0..<Self.steps).map { step in
      noise.draw(seed: 5, step: UInt64(step), count: 6, correlation: correlation, source: .policy)
      return Double(noise.epsilon[5])
    }
  }

  @Test("has mean 0 and deviation 1 at every correlation, and that correlation", arguments: [0, 0.5, 0.9] as [Float])
  func stationary(_ correlation: Float) {
    let values = series(correlation)
    let mean = values.reduce(0, +) / Double(values.count)
    let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    let lagged = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(values.count - 1)
    // Five standard errors of a mean over as many independent numbers as a correlated series is worth.
    let bound = 5 * ((1 + Double(correlation)) / (1 - Double(correlation)) / Double(values.count)).squareRoot()
    #expect(abs(mean) < bound && abs(square - 1) < 2 * bound && abs(lagged - Double(correlation)) < 2 * bound)
  }

  @Test("starts afresh at the beginning, after forgetting and after another source")
  func fresh() {
    var white = ExplorationNoise()
    white.draw(seed: 1, step: 7, count: 4, correlation: 0, source: .policy)
    func expectFresh(_ prepare: (inout ExplorationNoise) -> Void) {
      var noise = ExplorationNoise()
      prepare(&noise)
      noise.draw(seed: 1, step: 7, count: 4, correlation: 0.9, source: .policy)
      #expect(noise.freshDeviation == 1)
      for i in 0..<4 { #expect(noise.epsilon[i] == white.epsilon[i] && noise.predicted[i] == 0) }
    }
    expectFresh { _ in }
    expectFresh {
      $0.draw(seed: 1, step: 6, count: 4, correlation: 0.9, source: .policy)
      $0.forget()
    }
    expectFresh { $0.draw(seed: 1, step: 6, count: 4, correlation: 0.9, source: .noise) }
    var goesOn = ExplorationNoise()
    goesOn.draw(seed: 1, step: 6, count: 4, correlation: 0.9, source: .policy)
    goesOn.draw(seed: 1, step: 7, count: 4, correlation: 0.9, source: .policy)
    #expect(goesOn.epsilon[0] != white.epsilon[0] && goesOn.predicted[0] != 0)
  }

  @Test("gives an action the density of its law given the step before")
  func density() {
    let numbers = AlignedBlock<Float>(count: 32)
    let (mean, deviation) = (0.3, -0.5)
    unsafe numbers.base[0] = Float(mean)
    unsafe numbers.base[8] = Float(deviation)
    var noise = ExplorationNoise()
    var before = 0.0
    for step in 0..<50 {
      noise.draw(seed: 3, step: UInt64(step), count: 1, correlation: 0.8, source: .policy)
      let density = unsafe SquashedGaussian.sample(
        noise, count: 1, mean: numbers.base, logDeviation: numbers.base + 8, preSquash: numbers.base + 16,
        action: numbers.base + 24)
      let u = Double(unsafe numbers.base[16])
      let sigma = Double(PortableMath.exp(Float(deviation)))
      let (center, width) = step == 0 ? (mean, sigma) : (mean + sigma * 0.8 * before, sigma * 0.6)
      let z = (u - center) / width
      let squashed = Double(PortableMath.tanh(Float(u)))
      let expected = -0.5 * z * z - Double(PortableMath.log(Float(width))) - 0.918938533
        - Double(PortableMath.log(Float(1 - squashed * squashed)))
      #expect(abs(Double(density) - expected) < 1e-3 * max(1, abs(expected)))
      #expect(unsafe numbers.base[24] == PortableMath.tanh(numbers.base[16]))
      before = (u - mean) / sigma
    }
  }

  @Test("is the same for the same seed and step")
  func repeatable() {
    var (one, two) = (ExplorationNoise(), ExplorationNoise())
    for step in 0..<3 as Range<UInt64> {
      one.draw(seed: 9, step: step, count: 18, correlation: 0.7, source: .policy)
      two.draw(seed: 9, step: step, count: 18, correlation: 0.7, source: .policy)
    }
    for i in 0..<18 { #expect(one.epsilon[i] == two.epsilon[i]) }
  }
}

import LimbTypes
import Testing

@testable import LimbControl

@Suite("How the step explores")
struct ExplorationTests {
  /// ε of every step of every episode, from what the records say.
  func noise(_ bench: ControlBench, _ source: ActionSource) -> [[[Float]]] {
    var episodes: [[[Float]]] = []
    for step in bench.steps where step.kind == .step && step.source == source {
      if step.index == 0 { episodes.append([]) }
      guard !episodes.isEmpty else { continue }
      episodes[episodes.count - 1].append(
        (0..<8).map { (step.preSquash[$0] - step.mean[$0]) * PortableMath.exp(-step.logStandardDeviation[$0]) })
    }
    return episodes
  }

  /// Correlation of ε at neighbouring steps of an episode, and of ε at the ends of neighbouring episodes: mean products over mean
  /// squares, since few of so lasting samples are independent and their own spread strays far.
  func correlation(_ episodes: [[[Float]]]) -> (within: Float, across: Float) {
    func mean(_ pairs: [([Float], [Float])]) -> Float {
      let products = pairs.flatMap { zip($0.0, $0.1).map { $0 * $1 } }
      let squares = pairs.flatMap { zip($0.0, $0.1).map { ($0 * $0 + $1 * $1) / 2 } }
      return products.reduce(0, +) / max(squares.reduce(0, +), 1e-6)
    }
    let across = zip(episodes, episodes.dropFirst()).compactMap { one, next in
      one.last.flatMap { last in next.first.map { (last, $0) } }
    }
    return (mean(episodes.flatMap { Array(zip($0, $0.dropFirst())) }), mean(across))
  }

  @Test("correlated noise keeps its correlation within an episode and starts afresh with the next")
  func correlated() throws {
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick + [("symmetry: true", "symmetry: true\n  exploration_correlation: 0.9")]))
    bench.publish(version: 1) { $0 % 7 == 0 ? 0.02 : -0.01 }
    try bench.walk()
    bench.advance(until: { bench.steps.count { $0.kind == .close } == 30 }, limit: 200_000)
    let found = correlation(noise(bench, .policy))
    #expect(abs(found.within - 0.9) < 0.15 && abs(found.across) < 0.3, "\(found)")
    // The density of a later step is that of the law given the step before, which is narrower than the policy's.
    for (before, step) in zip(bench.steps, bench.steps.dropFirst())
    where step.kind == .step && step.index > 0 && before.index == step.index - 1 {
      var density: Float = 0
      for i in 0..<8 {
        let known = (before.preSquash[i] - before.mean[i]) * PortableMath.exp(-before.logStandardDeviation[i])
        let sigma = PortableMath.exp(step.logStandardDeviation[i])
        let width = sigma * PortableMath.sqrt(1 - 0.9 * 0.9)
        let z = (step.preSquash[i] - step.mean[i] - sigma * 0.9 * known) / width
        density += -0.5 * z * z - PortableMath.log(width) - 0.9189385
        density -= 2 * (0.6931472 - step.preSquash[i] - PortableMath.softplus(-2 * step.preSquash[i]))
      }
      #expect(abs(step.logDensity - density) < 1e-2)
    }
  }

  @Test("warm-up with noise stays about action 0, says its law, and gives way to the policy")
  func warmUp() throws {
    let lines = "symmetry: true\n  warm_up_actions: noise\n  warm_up_deviation: 0.25\n  exploration_correlation: 0.5"
    let bench = try ControlBench(
      shippedProfile("quad8-sim.yaml", quick + [("symmetry: true", lines)]), change: { $0.warmUpSteps = 90 })
    bench.publish(version: 1) { $0 % 7 == 0 ? 0.02 : -0.01 }
    try bench.walk()
    bench.advance(until: { bench.steps.contains { $0.source == .policy } }, limit: 200_000)
    let tried = bench.steps.filter { $0.kind == .step && $0.source == .noise }
    #expect(tried.count == 90 && bench.steps.allSatisfy { $0.source != .uniform })
    #expect(tried.allSatisfy { $0.mean[3] == 0 && abs($0.logStandardDeviation[3] - PortableMath.log(0.25)) < 1e-6 })
    let squares = tried.flatMap { step in (0..<8).map { step.preSquash[$0] * step.preSquash[$0] } }
    #expect(abs(PortableMath.sqrt(squares.reduce(0, +) / Float(squares.count)) - 0.25) < 0.05)
    #expect(abs(correlation(noise(bench, .noise)).within - 0.5) < 0.2)
    #expect(tried.allSatisfy { $0.policyVersion == 0 && $0.logDensity.isFinite })
  }
}

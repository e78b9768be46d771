import LimbLearning
import LimbNetworks
import Testing

/// The learner held to another implementation: `Benchmarks/fixtures/oracle.py`, PyTorch's autograd and Adam in double
/// precision.
@Suite("An update agrees with an independent implementation")
struct FixtureTests {
  static let names = [
    "small-layer-norm", "small-plain-minimum", "small-n-step-resumed", "small-ensemble-dropout", "small-clipped", "small-crossq",
    "full-layer-norm", "full-plain-minimum",
  ]

  /// Relative L2 errors that are let pass.
  struct Tolerance {
    let gradients: Double
    let afterOne: Double
    let afterTen: Double
    static let double = Tolerance(gradients: 1e-10, afterOne: 1e-10, afterTen: 1e-10)
    static let single = Tolerance(gradients: 1e-5, afterOne: 1e-4, afterTen: 1e-3)
  }

  @Test("in double precision to 1e-10: every loss, density, gradient, parameter and target", arguments: names)
  func double(_ name: String) throws { try compare(LearnerFixture(name), Double.self, .double) }

  @Test(
    "in single precision to 1e-5, its parameters to 1e-4 after one update and 1e-3 after ten", arguments: names)
  func single(_ name: String) throws { try compare(LearnerFixture(name), Float.self, .single) }

  private func compare<S: LearningScalar>(
    _ fixture: LearnerFixture, _ scalar: S.Type, _ tolerance: Tolerance
  ) throws {
    var learner = try fixture.learner(scalar)
    for number in 0..<fixture.updates {
      let update = try fixture.update(number, scalar)
      let result = unsafe learner.update(update.batch.view, draws: update.draws)
      guard case .learned(let critic, let actor) = result else {
        Issue.record("update \(number): \(result)")
        return
      }
      guard number == 0 else { continue }
      try compareReports(fixture, learner, critic, try #require(actor), tolerance.gradients)
      try compareGradients(fixture, learner, tolerance.gradients)
      try compareState(fixture, learner, "one", tolerance.afterOne)
    }
    try compareState(fixture, learner, "ten", tolerance.afterTen)
  }

  private func compareReports<S: LearningScalar>(
    _ fixture: LearnerFixture, _ learner: borrowing SoftActorCritic<S>, _ critic: CriticErrors, _ actor: ActorReport,
    _ tolerance: Double
  ) throws {
    let rows = fixture.rows
    let targets = (0..<rows).map { unsafe Swift.Double(learner.lastTargets[$0]) }
    let densities = (0..<rows).map { unsafe Swift.Double(learner.lastLogDensities[$0]) }
    let reports = [
      ("targets", targets), ("log_probabilities", densities), ("critic_loss", [critic.loss]),
      ("actor_loss", [actor.errors.loss]), ("temperature_loss", [actor.temperatureLoss]),
    ]
    for (name, numbers) in reports {
      let error = relativeError(numbers, try fixture.numbers("one.\(name)"))
      #expect(error < tolerance, "\(name)")
    }
  }

  private func compareGradients<S: LearningScalar>(
    _ fixture: LearnerFixture, _ learner: borrowing SoftActorCritic<S>, _ tolerance: Double
  ) throws {
    let base = unsafe learner.gradients.base
    for tensor in learner.actorStack.tensors where isLearned(tensor) {
      unsafe try compare(fixture, "one.gradient.actor.\(tensor.name)", base + tensor.offset, tensor.count, tolerance)
    }
    for tensor in learner.criticStack.tensors where isLearned(tensor) {
      unsafe try compare(
        fixture, "one.gradient.critics.\(tensor.name)", base + learner.state.criticOffset + tensor.offset, tensor.count,
        tolerance)
    }
    unsafe try compare(fixture, "one.gradient.log_alpha", base + learner.state.logTemperatureOffset, 1, tolerance)
  }

  private func compareState<S: LearningScalar>(
    _ fixture: LearnerFixture, _ learner: borrowing SoftActorCritic<S>, _ moment: String, _ tolerance: Double
  ) throws {
    let critics = learner.criticStack.tensors
    let state = unsafe [
      ("", learner.state.parameters), ("first.", learner.state.firstMoments), ("second.", learner.state.secondMoments),
    ]
    for unsafe (kind, base) in unsafe state {
      // Moments stand in the small files, after one update.
      guard kind.isEmpty || (!fixture.isFull && moment == "one") else { continue }
      for tensor in learner.actorStack.tensors where kind.isEmpty || isLearned(tensor) {
        unsafe try compare(
          fixture, "\(moment).\(kind)actor.\(tensor.name)", base + tensor.offset, tensor.count, tolerance)
      }
      for tensor in critics where kind.isEmpty || isLearned(tensor) {
        unsafe try compare(
          fixture, "\(moment).\(kind)critics.\(tensor.name)", base + learner.state.criticOffset + tensor.offset,
          tensor.count, tolerance)
      }
      unsafe try compare(
        fixture, "\(moment).\(kind)log_alpha", base + learner.state.logTemperatureOffset, 1, tolerance)
    }
    for tensor in critics {
      unsafe try compare(
        fixture, "\(moment).targets.\(tensor.name)", learner.state.targets + tensor.offset, tensor.count, tolerance)
    }
  }

  private func compare<S: LearningScalar>(
    _ fixture: LearnerFixture, _ name: String, _ base: UnsafePointer<S>, _ count: Int, _ tolerance: Double
  ) throws {
    let numbers = (0..<count).map { unsafe Swift.Double(base[$0]) }
    guard fixture.isFull else {
      let error = relativeError(numbers, try fixture.numbers(name))
      #expect(error < tolerance, "\(name)")
      return
    }
    let sums = try fixture.numbers(name + ".sums")
    let norm = sums[1]
    #expect(abs(norm2(numbers) - norm) <= tolerance * norm, "‖\(name)‖")
    // |Σδ| ≤ √n ‖δ‖; weights that have nothing to do with δ make it about 0.6 ‖δ‖.
    let sum = numbers.reduce(0, +)
    #expect(abs(sum - sums[0]) <= tolerance * norm * Swift.Double(count).squareRoot(), "Σ \(name)")
    let weighted = numbers.indices.reduce(0.0) { $0 + numbers[$1] * hashedUnit(2000, $1) }
    #expect(abs(weighted - sums[2]) <= tolerance * norm, "Σ w · \(name)")
    let samples = (0..<64).map { numbers[($0 * 7919 + 13) % count] }
    let error = relativeError(samples, try fixture.numbers(name + ".samples"))
    #expect(error < tolerance, "samples of \(name)")
  }

  /// Running statistics have neither gradients nor moments.
  private func isLearned(_ tensor: ParameterTensor) -> Bool { !tensor.name.contains("running") }

  private func norm2(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// ‖x − y‖/‖y‖; ‖x‖ where y is zero.
  private func relativeError(_ x: [Double], _ y: [Double]) -> Double {
    guard x.count == y.count else { return .infinity }
    let norm = norm2(y)
    return norm2(zip(x, y).map { $0 - $1 }) / (norm > 0 ? norm : 1)
  }
}

import LimbNetworks
import LimbTestSupport
import Testing

@Suite("Batch normalisation")
struct BatchNormTests {
  /// The memory of one batch; the running statistics start at `mean` and `variance`.
  struct Batch<S: NetworkScalar>: ~Copyable {
    let rows: Int
    let width: Int
    let gain, shift, mean, variance, x, z, columns, y, gradient, gainGradient, shiftGradient: AlignedBlock<S>

    init(rows: Int, width: Int) {
      self.rows = rows
      self.width = width
      gain = AlignedBlock(count: width)
      shift = AlignedBlock(count: width)
      mean = AlignedBlock(count: width)
      variance = AlignedBlock(count: width)
      columns = AlignedBlock(count: 5 * width)
      gainGradient = AlignedBlock(count: width)
      shiftGradient = AlignedBlock(count: width)
      x = AlignedBlock(count: rows * width)
      z = AlignedBlock(count: rows * width)
      y = AlignedBlock(count: rows * width)
      gradient = AlignedBlock(count: rows * width)
    }

    var view: BatchNormRows<S> {
      unsafe BatchNormRows(
        rows: rows, width: width, gain: gain.base, shift: shift.base, runningMean: mean.base,
        runningVariance: variance.base, input: x.base, standardised: z.base, columns: columns.base, output: y.base)
    }

    var gradients: BatchNormGradients<S> {
      unsafe BatchNormGradients(rows: gradient.base, gain: gainGradient.base, shift: shiftGradient.base)
    }

    func run(_ mode: Mode) {
      if mode.training {
        unsafe S.batchNormalise(view, training: mode.settings)
      } else {
        unsafe S.evaluateBatchNorm(view, epsilon: mode.settings.epsilon)
      }
      unsafe S.batchNormBackward(view, gradients, training: mode.training)
    }
  }

  /// One way of the fixture.
  struct Mode: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var training = true
    var settings = BatchNormSettings()
  }

  static let modes = [
    Mode(testDescription: "plain"),
    Mode(testDescription: "renormalised", settings: BatchNormSettings(limits: .init())),
    Mode(testDescription: "tight", settings: BatchNormSettings(limits: .init(scale: 1.25, offset: 0.5))),
    Mode(testDescription: "evaluated", training: false),
  ]

  @Test("agrees with an independent implementation in double precision to 1e-10", arguments: modes)
  func fixtureInDouble(_ mode: Mode) throws { try compare(mode, Double.self, tolerance: 1e-10) }

  @Test("agrees with an independent implementation in single precision to 1e-5", arguments: modes)
  func fixtureInSingle(_ mode: Mode) throws { try compare(mode, Float.self, tolerance: 1e-5) }

  private func compare<S: NetworkScalar>(_ mode: Mode, _: S.Type, tolerance: Double) throws {
    let file = try SafetensorsFile(path: Repository.path("Benchmarks/fixtures/batch-norm.safetensors"))
    let shape = try #require(file.tensors.first { $0.name == "x" }).shape
    let batch = Batch<S>(rows: shape[0], width: shape[1])
    func start(_ name: String, _ shape: [Int], _ base: UnsafeMutablePointer<S>) throws {
      let single = AlignedBlock<Float>(count: shape.reduce(1, *))
      unsafe try file.copy(name, shape: shape, to: single.base)
      for i in 0..<single.count { unsafe base[i] = S(single.base[i]) }
    }
    unsafe try start("x", shape, batch.x.base)
    unsafe try start("dy", shape, batch.gradient.base)
    unsafe try start("gain", [shape[1]], batch.gain.base)
    unsafe try start("shift", [shape[1]], batch.shift.base)
    unsafe try start("mean", [shape[1]], batch.mean.base)
    unsafe try start("variance", [shape[1]], batch.variance.base)
    batch.run(mode)
    func check(_ name: String, _ shape: [Int], _ base: UnsafePointer<S>) throws {
      let expected = AlignedBlock<Double>(count: shape.reduce(1, *))
      unsafe try file.copy("\(mode.testDescription).\(name)", shape: shape, to: expected.base)
      var error = 0.0
      var norm = 0.0
      for i in 0..<expected.count {
        let difference = unsafe Double(base[i]) - expected.base[i]
        error += difference * difference
        norm += unsafe expected.base[i] * expected.base[i]
      }
      #expect((error / norm).squareRoot() < tolerance, "\(name)")
    }
    unsafe try check("y", shape, batch.y.base)
    unsafe try check("mean", [shape[1]], batch.mean.base)
    unsafe try check("variance", [shape[1]], batch.variance.base)
    unsafe try check("gradient.x", shape, batch.gradient.base)
    unsafe try check("gradient.gain", [shape[1]], batch.gainGradient.base)
    unsafe try check("gradient.shift", [shape[1]], batch.shiftGradient.base)
  }

  @Test(
    "has the gradients that finite differences give, in double precision",
    arguments: [
      Mode(testDescription: "plain"), Mode(testDescription: "evaluated", training: false),
      // So tight that r and d are at their limits, and constants for finite differences too.
      Mode(testDescription: "at the limits", settings: BatchNormSettings(limits: .init(scale: 1, offset: 0))),
    ])
  func finiteDifferences(_ mode: Mode) {
    let batch = Batch<Double>(rows: 6, width: 5)
    func fill(_ block: borrowing AlignedBlock<Double>, _ part: Int, around middle: Double = 0) {
      for i in 0..<block.count { unsafe block.base[i] = middle + Double((i * 37 + part * 101) % 29 - 14) / 20 }
    }
    fill(batch.x, 1)
    fill(batch.gain, 2, around: 1)
    fill(batch.shift, 3)
    func loss() -> Double {
      unsafe batch.mean.base.update(repeating: 0.1, count: 5)
      unsafe batch.variance.base.update(repeating: 0.4, count: 5)
      fill(batch.gradient, 4)
      let weights = (0..<30).map { unsafe batch.gradient.base[$0] }
      batch.run(mode)
      return (0..<30).reduce(0) { unsafe $0 + weights[$1] * batch.y.base[$1] }
    }
    func check(_ name: String, _ numbers: UnsafeMutablePointer<Double>, _ gradient: [Double]) {
      for i in gradient.indices {
        let middle = unsafe numbers[i]
        unsafe numbers[i] = middle + 1e-6
        let above = loss()
        unsafe numbers[i] = middle - 1e-6
        let below = loss()
        unsafe numbers[i] = middle
        #expect(abs((above - below) / 2e-6 - gradient[i]) < 1e-8, "\(name) \(i)")
      }
    }
    _ = loss()
    let dx = (0..<30).map { unsafe batch.gradient.base[$0] }
    let dGain = (0..<5).map { unsafe batch.gainGradient.base[$0] }
    let dShift = (0..<5).map { unsafe batch.shiftGradient.base[$0] }
    unsafe check("x", batch.x.base, dx)
    unsafe check("gain", batch.gain.base, dGain)
    unsafe check("shift", batch.shift.base, dShift)
  }
}

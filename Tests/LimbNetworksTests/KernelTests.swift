import CKernels
@testable import LimbNetworks
import LimbTypes
import Testing

/// Float's loops are in C; each is written in Swift too, for any number type, and that is what finite differences and
/// independent implementations test in Double.
@Suite("The kernels give the bytes of the plain loops")
struct KernelTests {
  /// One hidden layer.
  struct Layer: Sendable, CustomTestStringConvertible {
    let width: Int
    let normalises: Bool
    let drops: Bool
    let learns: Bool
    var testDescription: String {
      "\(width), LayerNorm \(normalises), dropout \(drops), learning \(learns)"
    }
  }

  static let layers: [Layer] = [7, 8, 21, 64].flatMap { width in
    (0..<8).map {
      Layer(width: width, normalises: $0 & 1 != 0, drops: $0 & 2 != 0, learns: $0 & 4 != 0)
    }
  }

  @Test("of tanh, in eights and in what is left over, at every branch of it", arguments: [1, 7, 8, 21])
  func hyperbolicTangent(_ count: Int) {
    let special: [Float] = [
      0, -0.0, 1e-4, -9.99e-4, 1e-3, 0.5, -3, 9.99, 10, -10, 11, -40, .infinity, -.infinity, .nan,
      .leastNonzeroMagnitude,
    ]
    let given = AlignedBlock<Float>(count: count)
    let found = AlignedBlock<Float>(count: count)
    for start in special.indices {
      for i in 0..<count { unsafe given.base[i] = special[(start + i) % special.count] }
      unsafe limb_tanh(count, given.base, found.base)
      for i in 0..<count {
        #expect(unsafe found.base[i].bitPattern == PortableMath.tanh(given.base[i]).bitPattern, "tanh \(unsafe given.base[i])")
      }
    }
  }

  @Test("of a hidden layer, forward and back", arguments: layers)
  func hidden(_ layer: Layer) {
    let rows = 5
    let total = layer.width + 3
    let vectors = AlignedBlock<Float>(count: 3 * total)
    let keep = AlignedBlock<Float>(count: rows * total)
    let start = AlignedBlock<Float>(count: rows * total)
    let above = AlignedBlock<Float>(count: rows * total)
    fill(vectors, lane: 1)
    fill(start, lane: 2)
    fill(above, lane: 3)
    for i in 0..<keep.count { unsafe keep.base[i] = i % 3 == 0 ? 0 : 1.5 }
    unsafe start.base[total / 2] = -.infinity
    unsafe start.base[total * 3] = .nan

    func pass(_ forward: (HiddenRows<Float>) -> Void, _ backward: (HiddenRows<Float>, HiddenRowGradients<Float>) -> Void)
      -> [UInt32]
    {
      let work = AlignedBlock<Float>(count: 3 * rows * total + rows + 3 * total)
      let (product, output, gradient) = unsafe (work.base, work.base + rows * total, work.base + 2 * rows * total)
      let inverse = unsafe gradient + rows * total
      let sums = unsafe inverse + rows
      unsafe product.update(from: start.base, count: rows * total)
      unsafe gradient.update(from: above.base, count: rows * total)
      let hidden = unsafe HiddenRows(
        rows: rows, width: layer.width, stride: total, keepStride: total, bias: vectors.base,
        gain: layer.normalises ? vectors.base + total : nil, shift: layer.normalises ? vectors.base + 2 * total : nil,
        keep: layer.drops ? UnsafePointer(keep.base) : nil, product: layer.normalises ? product : output,
        inverseDeviation: inverse, output: output)
      if !layer.normalises { unsafe output.update(from: start.base, count: rows * total) }
      unsafe forward(hidden)
      let learnsNorm = layer.learns && layer.normalises
      unsafe backward(
        hidden,
        HiddenRowGradients(
          rows: gradient, bias: layer.learns ? sums : nil, gain: learnsNorm ? sums + total : nil,
          shift: learnsNorm ? sums + 2 * total : nil,
          outer: layer.drops ? OuterProduct(scales: above.base, stride: 3, weights: vectors.base) : nil))
      return bits(work)
    }
    #expect(unsafe pass(Float.activate, Float.activateBackward) == pass(activateRows, activateRowsBackward))
  }

  @Test("of the optimiser", arguments: [1, 8, 29])
  func optimiser(_ count: Int) {
    func steps(_ adam: (AdamStep<Float>, Int, AdamMemory<Float>) -> Void) -> [UInt32] {
      let block = AlignedBlock<Float>(count: 5 * count)
      fill(block, lane: 1)
      for i in 3 * count..<4 * count { unsafe block.base[i] = abs(block.base[i]) }
      let (first, second) = unsafe (block.base + 2 * count, block.base + 3 * count)
      for number in 1...3 {
        unsafe adam(
          AdamStep(step: UInt64(number), learningRate: 0.01, polyak: 0.005), count,
          AdamMemory(
            parameters: block.base, gradients: block.base + count, firstMoments: first, secondMoments: second,
            targets: number == 2 ? nil : block.base + 4 * count))
      }
      return bits(block)
    }
    #expect(unsafe steps { unsafe Float.adam($0, count: $1, $2) } == steps { unsafe adamPass($0, count: $1, $2) })
    let block = AlignedBlock<Float>(count: 3 * count)
    fill(block, lane: 4)
    #expect(
      unsafe Float.sumOfSquares(block.base, count: block.count).bitPattern
        == squaresSum(block.base, count: block.count).bitPattern)
  }

  @Test("of squashed samples, also where numbers are huge, tiny or none", arguments: [1, 3, 8, 12])
  func samples(_ actions: Int) {
    let rows = 64
    let heads = AlignedBlock<Float>(count: rows * 2 * actions)
    let noise = AlignedBlock<Float>(count: rows * actions)
    let gradient = AlignedBlock<Float>(count: rows * (actions + 2))
    fill(heads, lane: 1)
    fill(noise, lane: 2)
    fill(gradient, lane: 3)
    let odd: [Float] = [0, -0.0, 1e-4, -9e-4, 1e-30, 16, -16, 50, -60, 1e9, -.infinity, .infinity, .nan, 3e38, 2, -20]
    for (i, x) in odd.enumerated() {
      unsafe heads.base[i * 7 % heads.count] = x
      unsafe noise.base[i * 11 % noise.count] = x
    }
    for i in 0..<heads.count where i % 5 == 0 { unsafe heads.base[i] *= 12 }
    func pass(
      _ forward: (SquashedRows<Float>) -> Void, _ backward: (SquashedRows<Float>, SquashedGradients<Float>) -> Void
    ) -> [UInt32] {
      let out = AlignedBlock<Float>(count: rows * (4 * actions + 6))
      let densities = unsafe out.base + rows * (2 * actions + 3)
      let batch = unsafe SquashedRows(
        rows: rows, actionCount: actions, heads: heads.base, noise: noise.base, preSquash: out.base,
        actions: out.base + rows * actions, actionStride: actions + 3, logDensities: densities)
      unsafe forward(batch)
      unsafe backward(
        batch,
        SquashedGradients(
          actions: gradient.base, actionStride: actions + 2, logDensity: 0.01, heads: densities + rows))
      return bits(out)
    }
    #expect(unsafe pass(Float.squash, Float.squashBackward) == pass(squashRows, squashRowsBackward))
  }

  @Test("of products, at any shape and layout, within rounding", arguments: [(1, 1, 1), (13, 33, 21), (40, 9, 300)])
  func products(_ rows: Int, _ columns: Int, _ inner: Int) {
    for layout in 0..<4 {
      let (first, second) = (layout & 1 != 0, layout & 2 != 0)
      let shape = MatrixProduct(
        rows: rows, columns: columns, inner: inner, transposeA: first, transposeB: second,
        strideA: (first ? rows : inner) + 3, strideB: (second ? inner : columns) + 5, strideC: columns + 2)
      #expect(BLAS.largestError(shape) < 4e-6 * Double(inner).squareRoot() + 1e-6)
    }
  }
}

extension KernelTests {
  /// The processor has both kernels.
  static let hasBothWidths: Bool = {
    var shape = limb_product(
      rows: 1, columns: 1, inner: 1, stride_a: 1, stride_b: 1, stride_c: 1, transpose_a: 0, transpose_b: 0, beta: 0)
    let numbers = AlignedBlock<Float>(count: 16)
    return unsafe limb_product_run_narrow(&shape, numbers.base, numbers.base + 4, numbers.base + 8) != 0
  }()

  @Test(
    "of products, in vectors of 16 and of 8 alike", .enabled(if: hasBothWidths, "needs AVX-512 and AVX2"),
    arguments: [(1, 1, 1), (13, 33, 21), (40, 3, 300), (64, 130, 112), (256, 17, 9)])
  func widths(_ rows: Int, _ columns: Int, _ inner: Int) {
    for layout in 0..<8 {
      let (first, second) = (layout & 1, layout >> 1 & 1)
      var shape = limb_product(
        rows: rows, columns: columns, inner: inner, stride_a: (first != 0 ? rows : inner) + 3,
        stride_b: (second != 0 ? inner : columns) + 5, stride_c: columns + 2, transpose_a: Int32(first),
        transpose_b: Int32(second), beta: Int32(layout >> 2))
      let a = AlignedBlock<Float>(count: (rows + 3) * (inner + 3) + rows * inner)
      let b = AlignedBlock<Float>(count: (inner + 5) * (columns + 5) + inner * columns)
      fill(a, lane: 1)
      fill(b, lane: 2)
      let wide = AlignedBlock<Float>(count: rows * (columns + 2))
      let narrow = AlignedBlock<Float>(count: rows * (columns + 2))
      fill(wide, lane: 3)
      fill(narrow, lane: 3)
      unsafe limb_product_run(&shape, a.base, b.base, wide.base)
      #expect(unsafe limb_product_run_narrow(&shape, a.base, b.base, narrow.base) == 1)
      #expect(bits(wide) == bits(narrow), "layout \(layout)")
    }
  }
}

/// The bit patterns of a block; every NaN the same, since a processor may choose which one it gives.
private func bits(_ block: borrowing AlignedBlock<Float>) -> [UInt32] {
  (0..<block.count).map { unsafe block.base[$0].isNaN ? 0x7fc0_0000 : block.base[$0].bitPattern }
}

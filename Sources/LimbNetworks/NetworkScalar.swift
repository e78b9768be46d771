internal import CBLAS
internal import CKernels
internal import Glibc
internal import LimbTypes

/// The number type of a network: Float in service, Double in tests.
///
/// The orchestration (forward, backward, updates) is written once, generic over this protocol. The loops are
/// requirements of it: each is one generic body next to its two concrete entry points, in one file, so that the
/// compiler specialises it in debug and release alike and a finite-difference test in Double tests the code that runs.
/// None of it is for the control thread.
package protocol NetworkScalar: BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {
  /// C ← α · op(A) · op(B) + β · C, all row-major; op is the transpose if asked for. op(A) is m × k, op(B) k × n. With
  /// β = 0 the old C is not read.
  static func multiply(
    _ product: MatrixProduct, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into c: UnsafeMutablePointer<Self>)

  /// Whether an entry of a product has the same bytes however the product is cut into rows and columns.
  static var cutsProducts: Bool { get }

  /// Eight square roots.
  static func squareRoots(_ x: SIMD8<Self>) -> SIMD8<Self>
  /// max(x, 0) that lets NaN through, so that a broken batch is seen in the loss. Concrete, like `gated`: generic masks
  /// do not become vector code.
  static func rectified(_ x: SIMD8<Self>) -> SIMD8<Self>
  /// `x` where `gate` is above zero, else 0.
  static func gated(_ gate: SIMD8<Self>, _ x: SIMD8<Self>) -> SIMD8<Self>
  /// eˣ
  static func exponential(_ x: Self) -> Self
  /// tanh x; the same function as on the control thread.
  static func hyperbolicTangent(_ x: Self) -> Self
  /// ln(1 + eˣ) without overflow.
  static func softplus(_ x: Self) -> Self

  /// Bias, dropout, LayerNorm and ReLU of one hidden layer, in one pass over the rows.
  static func activate(_ layer: HiddenRows<Self>)
  /// The backward pass of `activate`.
  static func activateBackward(_ layer: HiddenRows<Self>, _ gradient: HiddenRowGradients<Self>)
  /// Batch (re)normalisation by the statistics of the batch, which also move the running ones.
  static func batchNormalise(_ batch: BatchNormRows<Self>, training settings: BatchNormSettings)
  /// The same by the running statistics, which stay.
  static func evaluateBatchNorm(_ batch: BatchNormRows<Self>, epsilon: Double)
  /// The backward pass of `batchNormalise` (`training`) or `evaluateBatchNorm`.
  static func batchNormBackward(_ batch: BatchNormRows<Self>, _ gradients: BatchNormGradients<Self>, training: Bool)
  /// Adds `bias[width]` to each of `rows` rows, which stand `stride` numbers apart.
  static func addBias(
    _ matrix: UnsafeMutablePointer<Self>, rows: Int, width: Int, stride: Int, bias: UnsafePointer<Self>)
  /// `sums[j]` = Σ over rows of column j, rows `stride` numbers apart. Overwrites.
  static func sumColumns(
    _ matrix: UnsafePointer<Self>, rows: Int, width: Int, stride: Int, into sums: UnsafeMutablePointer<Self>)
  /// Σ xᵢ²: finite if and only if every number and the sum are.
  static func sumOfSquares(_ numbers: UnsafePointer<Self>, count: Int) -> Self
  /// One Adam step, and Polyak averaging of the result into `targets` if given, in one pass.
  static func adam(_ step: AdamStep<Self>, count: Int, _ memory: AdamMemory<Self>)
  /// Samples of a squashed Gaussian and their log-densities.
  static func squash(_ rows: SquashedRows<Self>)
  /// Gradients of a loss in the heads, given its gradients in action and log-density.
  static func squashBackward(_ rows: SquashedRows<Self>, _ gradient: SquashedGradients<Self>)
}

/// The shape of a matrix product; see `NetworkScalar.multiply`. Strides are of rows, in numbers.
package struct MatrixProduct: Sendable, Equatable {
  /// m: rows of op(A) and of C.
  package var rows: Int
  /// n: columns of op(B) and of C.
  package var columns: Int
  /// k: columns of op(A), rows of op(B).
  package var inner: Int
  /// op(A) is Aᵀ.
  package var transposeA: Bool
  /// op(B) is Bᵀ.
  package var transposeB: Bool
  /// From one row of A as it lies in memory to the next.
  package var strideA: Int
  /// From one row of B as it lies in memory to the next.
  package var strideB: Int
  /// From one row of C to the next.
  package var strideC: Int
  /// 0: C is overwritten; 1: the product is added to it.
  package var beta: Int

  /// op(A) is `rows` × `inner`, op(B) is `inner` × `columns`; `beta` is 0 (overwrite) or 1 (add).
  package init(
    rows: Int, columns: Int, inner: Int, transposeA: Bool = false, transposeB: Bool = false,
    strideA: Int, strideB: Int, strideC: Int, beta: Int = 0
  ) {
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.strideA = strideA
    self.strideB = strideB
    self.strideC = strideC
    self.beta = beta
  }

  /// Multiply-adds × 2.
  package var flops: Double { 2 * Double(rows) * Double(columns) * Double(inner) }
}

/// Whether this processor has a kernel for products of Float.
private let hasOwnProducts = limb_product_available() != 0

/// `NetworkScalar` of Float: what each does stands at its requirement.
package extension Float {
  static var cutsProducts: Bool { hasOwnProducts }
  static func multiply(
    _ p: MatrixProduct, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>
  ) {
    guard hasOwnProducts else { return unsafe multiplyByBLAS(p, a, b, into: c) }
    var product = limb_product(
      rows: p.rows, columns: p.columns, inner: p.inner, stride_a: p.strideA, stride_b: p.strideB, stride_c: p.strideC,
      transpose_a: p.transposeA ? 1 : 0, transpose_b: p.transposeB ? 1 : 0, beta: Int32(p.beta))
    unsafe limb_product_run(&product, a, b, c)
  }

  /// The same by the library: what the own kernel is measured and checked against, and what runs where there is none.
  static func multiplyByBLAS(
    _ p: MatrixProduct, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>
  ) {
    unsafe cblas_sgemm(
      CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans,
      blasint(p.rows), blasint(p.columns), blasint(p.inner), 1, a, blasint(p.strideA), b, blasint(p.strideB),
      Float(p.beta), c, blasint(p.strideC))
  }

  @inline(__always)
  static func squareRoots(_ x: SIMD8<Float>) -> SIMD8<Float> { limb_sqrt_float8(x) }
  static func exponential(_ x: Float) -> Float { PortableMath.exp(x) }
  static func hyperbolicTangent(_ x: Float) -> Float { PortableMath.tanh(x) }
  static func softplus(_ x: Float) -> Float { PortableMath.softplus(x) }
}

/// `NetworkScalar` of Double: what each does stands at its requirement.
package extension Double {
  static var cutsProducts: Bool { false }
  static func multiply(
    _ p: MatrixProduct, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>
  ) {
    unsafe cblas_dgemm(
      CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans,
      blasint(p.rows), blasint(p.columns), blasint(p.inner), 1, a, blasint(p.strideA), b, blasint(p.strideB),
      Double(p.beta), c, blasint(p.strideC))
  }

  @inline(__always)
  static func squareRoots(_ x: SIMD8<Double>) -> SIMD8<Double> { limb_sqrt_double8(x) }
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  static func softplus(_ x: Double) -> Double { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }
}

extension Float: NetworkScalar {}
extension Double: NetworkScalar {}

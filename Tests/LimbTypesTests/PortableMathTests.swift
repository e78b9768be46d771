import Foundation
import Testing

@testable import LimbTypes

@Suite("Portable maths")
struct PortableMathTests {
  /// Distance in units in the last place of the exact result, which libm gives in Double.
  static func ulps(_ value: Float, _ exact: Double) -> Double {
    abs(Double(value) - exact) / Double(max(Float(exact).ulp, Float.leastNormalMagnitude))
  }

  @Test("exp, tanh, softplus, sine, cosine, arctangent and arcsine round to within one unit in the last place")
  func accuracy() {
    var worst = [String: Double]()
    func note(_ name: String, _ value: Float, _ exact: Double) {
      worst[name] = max(worst[name] ?? 0, Self.ulps(value, exact))
    }
    for step in 0...20_000 {
      let x = -20 + Float(step) * 0.002
      note("exp", PortableMath.exp(x), exp(Double(x)))
      note("tanh", PortableMath.tanh(x), tanh(Double(x)))
      note("softplus", PortableMath.softplus(x), log1p(exp(Double(x))))
      note("atan", PortableMath.atan2(x, 1.7), atan2(Double(x), Double(Float(1.7))))
      note("asin", PortableMath.asin(x / 20.5), asin(Double(x / 20.5)))
      note("log", PortableMath.log(PortableMath.exp(x)), log(Double(PortableMath.exp(x))))
    }
    for (name, error) in worst { #expect(error <= 1, "\(name): \(error) ulp") }
  }

  @Test("sine and cosine stay within 2e-7 over a thousand turns")
  func trigonometry() {
    var worst = 0.0
    for step in -50_000...50_000 {
      let x = Float(step) * 0.1237
      worst = max(worst, abs(Double(PortableMath.sin(x)) - sin(Double(x))))
      worst = max(worst, abs(Double(PortableMath.cos(x)) - cos(Double(x))))
    }
    #expect(worst < 2e-7, "worst error \(worst)")
  }

  @Test("extreme arguments give limits instead of garbage")
  func extremes() {
    #expect(PortableMath.exp(1000) == .infinity)
    #expect(PortableMath.exp(-1000) == 0)
    #expect(PortableMath.exp(.nan).isNaN)
    #expect(PortableMath.tanh(.infinity) == 1)
    #expect(PortableMath.tanh(-.infinity) == -1)
    #expect(PortableMath.log(0) == -.infinity)
    #expect(PortableMath.log(-1).isNaN)
    #expect(PortableMath.softplus(1e30) == 1e30)
    #expect(PortableMath.softplus(-1e30) == 0)
    #expect(PortableMath.atan2(0, 0) == 0)
    #expect(PortableMath.atan2(0, -1) == Float.pi || abs(PortableMath.atan2(0, -1) - .pi) < 1e-6)
    #expect(PortableMath.asin(1.0000001) == Float(1.57079633))
  }

  @Test("the bytes of ten thousand values are the committed ones on every CPU")
  func bytes() {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ value: Float) { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
    for step in 0..<10_000 {
      let x = Float(step) * 0.003 - 15
      mix(PortableMath.exp(x))
      mix(PortableMath.tanh(x))
      mix(PortableMath.sin(x))
      mix(PortableMath.atan2(x, 0.3))
      mix(PortableMath.log(x * x + 0.1))
    }
    #expect(hash == 0xa138_5e28_1929_4f14, "\(String(hash, radix: 16))")
  }
}

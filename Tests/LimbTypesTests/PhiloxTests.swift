import Testing

@testable import LimbTypes

@Suite("Philox")
struct PhiloxTests {
  @Test("the bijection gives the known answers of Random123")
  func knownAnswers() {
    #expect(
      Philox.rounds(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = UInt32.max
    #expect(
      Philox.rounds(counter: SIMD4(ones, ones, ones, ones), key: SIMD2(ones, ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.rounds(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test("streams, counters, lanes and both halves of the seed give different blocks")
  func everyKeyPartCounts() {
    let base = Philox.block(seed: 7, stream: .batch, counter: 3, lane: 1)
    #expect(base != Philox.block(seed: 8, stream: .batch, counter: 3, lane: 1))
    #expect(base != Philox.block(seed: 7 | 1 << 40, stream: .batch, counter: 3, lane: 1))
    #expect(base != Philox.block(seed: 7, stream: .mirror, counter: 3, lane: 1))
    #expect(base != Philox.block(seed: 7, stream: .batch, counter: 3 | 1 << 40, lane: 1))
    #expect(base != Philox.block(seed: 7, stream: .batch, counter: 3, lane: 2))
    #expect(base == Philox.block(seed: 7, stream: .batch, counter: 3, lane: 1))
  }

  @Test("uniform numbers stay inside the open interval, even for the extreme words")
  func openInterval() {
    #expect(Philox.unit(0) > 0)
    #expect(Philox.unit(UInt32.max) < 1)
  }

  @Test("normal numbers have mean 0, variance 1 and fourth moment 3")
  func normalMoments() {
    var sum = 0.0
    var squares = 0.0
    var fourth = 0.0
    let blocks = 50_000
    for counter in 0..<blocks {
      let n = Philox.normals(seed: 1, stream: .test, counter: UInt64(counter), lane: 0)
      for lane in 0..<4 {
        let x = Double(n[lane])
        sum += x
        squares += x * x
        fourth += x * x * x * x
      }
    }
    let count = Double(blocks * 4)
    // Five standard errors of each moment at 200,000 draws.
    #expect(abs(sum / count) < 0.0112)
    #expect(abs(squares / count - 1) < 0.0159)
    #expect(abs(fourth / count - 3) < 0.11)
  }

  @Test("indices are uniform over a bound that is no power of two")
  func indices() {
    var counts = [Int](repeating: 0, count: 7)
    for counter in 0..<35_000 {
      counts[Philox.index(Philox.block(seed: 2, stream: .test, counter: UInt64(counter), lane: 0).x, below: 7)] += 1
    }
    let chiSquare = counts.reduce(0.0) { $0 + Double(($1 - 5000) * ($1 - 5000)) / 5000 }
    #expect(chiSquare < 22.5)  // six degrees of freedom, 0.1 %
  }
}

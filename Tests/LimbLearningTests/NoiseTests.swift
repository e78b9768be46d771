@testable import LimbLearning
import LimbNetworks
import Testing

@Suite("The learner's noise")
struct NoiseTests {
  @Test("has the bytes of the generator that the simulator uses, at any length", arguments: [1, 5, 31, 32, 33, 3000])
  func bytes(_ count: Int) {
    for (stream, counter, seed): (NoiseStream, UInt64, UInt64) in [
      (.target, 0, 1), (.actor, 7, 0xfeed_face_cafe_beef), (.target, 0x1_0000_0005, 3),
    ] {
      let drawn = AlignedBlock<Float>(count: count)
      let plain = AlignedBlock<Float>(count: count)
      unsafe Float.fillNormals(drawn.base, count: count, seed: seed, stream: stream, counter: counter)
      unsafe fillNormalNumbers(plain.base, count: count, seed: seed, stream: stream, counter: counter)
      for i in 0..<count { #expect(unsafe drawn.base[i].bitPattern == plain.base[i].bitPattern) }
    }
  }
}

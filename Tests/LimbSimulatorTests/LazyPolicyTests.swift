import LimbProfile
import LimbTypes
import Testing

@testable import LimbSimulator

/// Learning is a fair task only if doing nothing, or anything at random, does not already travel.
@Suite struct LazyPolicyTests {
  /// Mean forward speed over episodes of at most `seconds`, and the share that fell.
  static func run(seed: UInt64, episodes: Int, seconds: Double, scale: Double) throws -> (speed: Double, falls: Int) {
    var total = 0.0
    var falls = 0
    for episode in 0..<episodes {
      let driver = try PlantDriver("quad8-sim", seed: seed &+ UInt64(episode))
      driver.standUp()
      let start = driver.position
      let began = driver.seconds
      var filters = [TestLowPass](repeating: TestLowPass(hertz: 5, rate: 20), count: 8)
      var targets = driver.nominal
      var step = 0
      while driver.seconds - began < seconds && !driver.fallen {
        for joint in 0..<8 {
          let number = UInt64(episode * 1000 + step)
          let u = Philox.uniforms(seed: seed, stream: .test, counter: number, lane: UInt32(joint))
          targets[joint] = driver.nominal[joint] + filters[joint].filter(scale * Double(2 * u.x - 1))
        }
        step += 1
        for _ in 0..<50 { driver.step(targets) }
      }
      falls += driver.fallen ? 1 : 0
      total += Double(driver.position.x - start.x) / max(1, driver.seconds - began)
    }
    return (total / Double(episodes), falls)
  }

  @Test("Zero action neither travels nor falls")
  func zero() throws {
    let result = try Self.run(seed: 20, episodes: 5, seconds: 10, scale: 0)
    #expect(abs(result.speed) < 0.005)
    #expect(result.falls == 0)
  }

  @Test("Uniform random actions do not travel")
  func uniform() throws {
    let result = try Self.run(seed: 30, episodes: 40, seconds: 25, scale: 0.6)
    print("uniform actions: mean speed \(result.speed) m/s, \(result.falls) of 40 episodes fell")
    #expect(abs(result.speed) < 0.05)
  }
}

import Glibc
import LimbProfile
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbSimulator

@Suite struct PlantTests {
  @Test(
    "The models weigh what their comments say",
    arguments: [("quad8-sim", 6.0, 0.1), ("quad12-sim", 12.453, 0.2), ("arm6-sim", 2.545, 0.1)])
  func mass(name: String, kilograms: Double, spread: Double) throws {
    let driver = try PlantDriver(name, seed: 0)
    let mass = driver.plant.mass
    let scale = driver.plant.draw.massScale
    #expect(abs(mass / scale - kilograms) < 1e-6)
    #expect(abs(scale - 1) <= spread)
  }

  @Test("Joint control at the stance stands for five seconds without creeping", arguments: [0, 1, 2] as [UInt64])
  func standing(seed: UInt64) throws {
    let driver = try PlantDriver("quad8-sim", seed: seed)
    driver.standUp()
    #expect(!driver.isHeld)
    for _ in 0..<1000 { driver.step(driver.nominal) }
    let start = driver.position
    for _ in 0..<5000 { driver.step(driver.nominal) }
    #expect(length(driver.position - start) < 0.01)
    #expect(!driver.fallen)
    #expect(abs(driver.position.z - Float(driver.profile.kinematics.standingHeightMeters)) < 0.02)
  }

  @Test("The twelve-motor robot stands too")
  func standingTwelve() throws {
    let driver = try PlantDriver("quad12-sim", seed: 0)
    driver.standUp()
    #expect(!driver.isHeld)
    let start = driver.position
    for _ in 0..<5000 { driver.step(driver.nominal) }
    #expect(length(driver.position - start) < 0.02)
    #expect(!driver.fallen)
  }

  @Test("The arm rests without power, and holds its home against gravity with it")
  func arm() throws {
    let driver = try PlantDriver("arm6-sim", seed: 0)
    for _ in 0..<2000 { driver.fallLimp() }
    let rest = driver.truth.jointPositionRadians
    for _ in 0..<2000 { driver.fallLimp() }
    let later = driver.truth.jointPositionRadians
    print("arm at rest:", (0..<7).map { later[$0] })
    for joint in 0..<7 { #expect(abs(later[joint] - rest[joint]) < 0.05) }
    var targets = (0..<7).map { Double(later[$0]) }
    for _ in 0..<4000 {
      for joint in 0..<7 { targets[joint] += min(max(driver.nominal[joint] - targets[joint], -0.001), 0.001) }
      driver.step(targets)
    }
    let home = driver.truth
    for joint in 0..<7 { #expect(abs(Double(home.jointPositionRadians[joint]) - driver.nominal[joint]) < 0.1) }
    #expect(length(home.handPositionMeters - Vector3(0.3072, 0, 0.1898)) < 0.03)
  }

  @Test("An open-loop trot walks forward", arguments: [0, 1, 2] as [UInt64])
  func trot(seed: UInt64) throws {
    let driver = try PlantDriver("quad8-sim", seed: seed)
    driver.standUp()
    let trot = ScriptedTrot()
    let start = driver.position
    let began = driver.seconds
    for _ in 0..<10_000 { driver.step(trot.targets(seconds: driver.seconds - began, nominal: driver.nominal)) }
    let speed = (driver.position.x - start.x) / 10
    print("open-loop trot, seed \(seed): \(speed) m/s, y \(driver.position.y - start.y) m")
    #expect(!driver.fallen)
    #expect(speed > 0.45)
  }

  @Test("A fallen robot without power is put back on its feet along a smooth path")
  func personLifts() throws {
    let driver = try PlantDriver("quad8-sim", seed: 3)
    driver.standUp()
    let place = driver.position
    for millisecond in 0..<1000 {
      // Front legs fold, rear legs stretch: it tumbles.
      let side: Double = millisecond < 500 ? 1 : -1
      driver.step(driver.nominal.enumerated().map { $1 + ($0 % 2 == 0 ? 1.2 : -1.2) * side * ($0 < 4 ? 1 : -0.5) })
    }
    var held = 0
    var last = driver.position
    var lastRotation = driver.truth.orientation
    for millisecond in 0..<6000 {
      driver.fallLimp()
      let now = driver.position
      if driver.isHeld {
        held += 1
        #expect(length(now - last) < 0.003, "jump at \(millisecond) ms")
        let turn = lastRotation.conjugate * driver.truth.orientation
        #expect(abs(turn.w) > 0.99996, "spin at \(millisecond) ms")
      } else {
        #expect(millisecond < 1000 || held == 0)
      }
      last = now
      lastRotation = driver.truth.orientation
    }
    #expect(held > 1500)
    #expect(abs(driver.truth.orientation.rollRadians) < 0.05 && abs(driver.truth.orientation.pitchRadians) < 0.05)
    #expect(hypotf(driver.position.x - place.x, driver.position.y - place.y) < 1)
    driver.standUp()
    for _ in 0..<2000 { driver.step(driver.nominal) }
    #expect(!driver.isHeld && !driver.fallen)
  }

  @Test("The hand waits a second after the motors lose their stiffness")
  func personWaits() throws {
    let driver = try PlantDriver("quad8-sim", seed: 4)
    driver.standUp()
    var waited = 0
    while !driver.isHeld && waited < 5000 {
      driver.fallLimp()
      waited += 1
    }
    #expect(waited >= 1000 && waited < 5000)
  }

  @Test("The accelerometer reads gravity upwards and the gyro nothing while the robot stands")
  func inertialUnit() throws {
    let driver = try PlantDriver("quad8-sim", seed: 5)
    driver.standUp()
    for _ in 0..<1000 { driver.step(driver.nominal) }
    var sum = Vector3()
    var turn = Vector3()
    for _ in 0..<1000 {
      let reading = driver.plant.sense()
      sum += reading.accelerationMetersPerSecondSquared
      turn += reading.angularVelocityRadiansPerSecond
      driver.step(driver.nominal)
    }
    #expect(abs(sum.z / 1000 - 9.81) < 0.3)
    #expect(length(turn / 1000) < 0.05)
  }

  @Test("Same seed, same bits; another seed, other bits")
  func determinism() throws {
    func run(_ seed: UInt64) throws -> [UInt8] {
      let driver = try PlantDriver("quad8-sim", seed: seed)
      let trot = ScriptedTrot()
      var bytes: [UInt8] = []
      for millisecond in 0..<3000 {
        driver.step(trot.targets(seconds: driver.seconds, nominal: driver.nominal))
        if millisecond % 20 == 0 { TruthLayout.encode(driver.truth, to: &bytes) }
      }
      return bytes
    }
    let first = try run(7)
    #expect(try run(7) == first)
    #expect(try run(8) != first)
  }

  @Test("An episode's world is a function of seed and episode within the profile's ranges")
  func draws() throws {
    let (profile, _) = try Repository.profile("quad8-sim")
    let simulation = profile.simulation!
    let ranges = simulation.randomization
    var seen: Set<Double> = []
    for episode in UInt32(0)..<200 {
      let draw = EpisodeDraw(simulation, jointCount: 8, seed: 11, episode: episode)
      #expect(draw == EpisodeDraw(simulation, jointCount: 8, seed: 11, episode: episode))
      #expect(ranges.massScale.contains(draw.massScale) && ranges.floorFriction.contains(draw.floorFriction))
      #expect(simulation.latencyMilliseconds.contains(draw.latencyMilliseconds))
      #expect(ranges.supplyVolts.contains(draw.supplyVolts))
      seen.insert(draw.massScale)
    }
    #expect(seen.count > 150)
  }
}

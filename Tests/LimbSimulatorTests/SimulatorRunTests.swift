import LimbLink
import LimbProfile
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbSimulator

@Suite struct SimulatorRunTests {
  private static func connect(_ simulator: LockstepSimulator, _ name: String) throws -> LockstepHost {
    let host = LockstepHost(port: simulator.port, profile: try Repository.profile(name).profile)
    host.hello()
    return host
  }

  /// Ten mode-OFF commands and more, ARM, then RUN towards the nominal stance.
  private static func armAndStand(_ host: LockstepHost, ticks: Int) {
    for tick in 0..<ticks {
      if tick == 60 { host.requestArm() }
      guard host.step(run: host.state == 3) else { return }
    }
  }

  @Test("the barrier is granted, ticks follow each other, and device time moves with them alone")
  func barrier() throws {
    let simulator = try LockstepSimulator("quad8-sim")
    let host = try Self.connect(simulator, "quad8-sim")
    let caps = try #require(host.awaitCaps())
    #expect(caps.sessionFlags & 1 == 1)
    #expect(caps.rateHertz == 500)
    for _ in 0..<300 { #expect(host.step(run: false)) }
    let first = try #require(host.ticks.first)
    #expect(first.number == 65536 - 5000)
    for (index, tick) in host.ticks.enumerated() {
      #expect(tick.number == first.number + UInt64(index))
      #expect(tick.deviceTimeMicroseconds == first.deviceTimeMicroseconds + 2000 * UInt64(index))
    }
    #expect(host.counters.frames > 300 && host.counters.crc == 0 && host.counters.sequenceGap == 0)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
    let records = simulator.truthRecords()
    #expect(records.count == host.ticks.count || records.count == host.ticks.count + 1)
    #expect(records.first?.tick == first.number)
  }

  @Test("armed by the protocol's own rules, the robot is set down and stands", arguments: ["quad8-sim", "quad12-sim"])
  func stands(name: String) throws {
    let simulator = try LockstepSimulator(name)
    let host = try Self.connect(simulator, name)
    _ = try #require(host.awaitCaps())
    Self.armAndStand(host, ticks: 2500)
    #expect(host.acks.first?.result == 0)
    #expect(host.state == 3)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
    let records = simulator.truthRecords()
    let height = Float(try Repository.profile(name).profile.kinematics.standingHeightMeters)
    let last = try #require(records.last)
    #expect(last.flags == 0)
    #expect(last.contacts == 15)
    #expect(abs(last.basePositionMeters.z - height) < 0.05)
    #expect(abs(last.orientation.rollRadians) < 0.15 && abs(last.orientation.pitchRadians) < 0.15)
  }

  @Test("an arm is driven the same way and holds when commands end") func armHolds() throws {
    let simulator = try LockstepSimulator("arm6-sim")
    let host = try Self.connect(simulator, "arm6-sim")
    _ = try #require(host.awaitCaps())
    Self.armAndStand(host, ticks: 1000)
    #expect(host.state == 3)
    for _ in 0..<200 {
      #expect(host.awaitTick())
      host.finishTick()
    }
    #expect(host.state == 6)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
    let hands = simulator.truthRecords().suffix(300).map(\.handPositionMeters.z)
    #expect(hands.max()! - hands.min()! < 0.03)
  }

  @Test("the same seed gives the same bytes and the same truth, another seed others", arguments: [[], ["corrupt:rate=0.1"]])
  func repeats(faults: [String]) throws {
    func run(seed: UInt64) throws -> (bytes: [UInt8], truth: [UInt8]) {
      let simulator = try LockstepSimulator("quad8-sim", seed: seed, faults: faults)
      let host = try Self.connect(simulator, "quad8-sim")
      _ = try #require(host.awaitCaps())
      Self.armAndStand(host, ticks: 400)
      host.announce(episode: 1)
      Self.armAndStand(host, ticks: 100)
      #expect(host.awaitTick())
      simulator.endLifetime()
      #expect(simulator.join() == nil)
      return (host.received, TruthWriterTests.contents(simulator.truth))
    }
    let first = try run(seed: 3)
    let second = try run(seed: 3)
    #expect(first.bytes == second.bytes)
    #expect(first.truth == second.truth)
    #expect(try run(seed: 4).bytes != first.bytes)
  }

  @Test("an announced episode changes the world, in the truth too") func episodes() throws {
    let simulator = try LockstepSimulator("quad8-sim")
    let host = try Self.connect(simulator, "quad8-sim")
    _ = try #require(host.awaitCaps())
    for tick in 0..<100 {
      if tick == 50 { host.announce(episode: 9) }
      #expect(host.step(run: false))
    }
    simulator.endLifetime()
    #expect(simulator.join() == nil)
    let episodes = simulator.truthRecords().map(\.episode)
    #expect(episodes.first == 0)
    #expect(episodes.last == 9)
    #expect(Set(episodes) == [0, 9])
  }

  @Test("an injected unplug silences the line both ways, and TICK goes on") func unplug() throws {
    let simulator = try LockstepSimulator("quad8-sim", faults: ["unplug@100ms:for=100ms"])
    let host = try Self.connect(simulator, "quad8-sim")
    _ = try #require(host.awaitCaps())
    for _ in 0..<150 { #expect(host.step(run: false)) }
    #expect(host.ticks.count == 150)
    #expect((45...65).contains(Int(host.counters.sequenceGap)))
    #expect(host.counters.crc == 0)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
  }

  @Test("faults of the line never meet TICK") func ticksAreExempt() throws {
    let simulator = try LockstepSimulator("quad8-sim", faults: ["corrupt", "duplicate:rate=0.5", "drop:rate=0.2"])
    let host = try Self.connect(simulator, "quad8-sim")
    _ = try #require(host.awaitCaps())
    for _ in 0..<200 { #expect(host.step(run: false)) }
    #expect(host.ticks.count == 200)
    #expect(host.sequences.count < 20)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
  }

  @Test("a reset of the firmware forgets the session, and the barrier goes on at its pace") func reset() throws {
    let simulator = try LockstepSimulator("quad8-sim", faults: ["firmware-reset@100ms"])
    let host = try Self.connect(simulator, "quad8-sim")
    _ = try #require(host.awaitCaps())
    for tick in 0..<100 {
      if tick == 80 { host.hello() }
      #expect(host.step(run: false))
    }
    #expect(host.helloAnswers.count == 2)
    #expect(host.helloAnswers.last?.resetCause == 4)
    let times = host.ticks.map(\.deviceTimeMicroseconds)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= 2000 })
    #expect(times[70] - times[60] == 20_000)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
    let ticks = simulator.truthRecords().map(\.tick)
    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("time stands still for a host that does not ask for the barrier") func noBarrier() throws {
    let simulator = try LockstepSimulator("quad8-sim")
    let host = LockstepHost(port: simulator.port, profile: try Repository.profile("quad8-sim").profile)
    host.hello(wantsLockstep: false)
    #expect(try #require(host.awaitCaps()).sessionFlags & 1 == 0)
    simulator.endLifetime()
    #expect(simulator.join() == nil)
    #expect(simulator.truthRecords().isEmpty)
  }

  @Test("a host that closes the line, and one that falls silent, are errors that name the tick") func peerErrors() throws {
    let closing = try LockstepSimulator("quad8-sim")
    var host: LockstepHost? = try Self.connect(closing, "quad8-sim")
    for _ in 0..<5 { #expect(host?.step(run: false) == true) }
    host = nil
    guard case .peerClosed? = closing.join() else {
      Issue.record("found another end, expected peerClosed")
      return
    }
    let silent = try LockstepSimulator("quad8-sim", silenceSeconds: 1)
    let sleeper = try Self.connect(silent, "quad8-sim")
    for _ in 0..<5 { #expect(sleeper.step(run: false)) }
    #expect(sleeper.awaitTick())
    #expect(silent.join() == .peerSilent(tick: 65536 - 5000 + 5, seconds: 1))
    #expect(silent.truthRecords().count == 6)
  }
}

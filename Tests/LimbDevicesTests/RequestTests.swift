import CLimbLink
import Glibc
import LimbDevices
import LimbLink
import LimbProfile
import LimbRealtime
import LimbTypes
import Testing

@Test("ARM is refused without commands to show that host and device mean the same, and accepted with them")
func arming() throws {
  let bench = Bench(try profile())
  bench.run(milliseconds: 50)
  bench.driver.requestArm()
  bench.run(milliseconds: 5)
  let answer = try #require(bench.takeAnswer())
  #expect(!answer.isAccepted)
  #expect(answer.reason.contains("good commands with motors off") || answer.reason.contains("is not where"))
  #expect(bench.takeAnswer()?.result == nil, "an answer is given once")
  #expect(bench.arm().isAccepted)
  #expect(bench.robot.state == LIMB_STATE_ARMED)
  #expect(bench.driver.status.state == 3)
  bench.driver.requestDisarm()
  bench.run(milliseconds: 5)
  #expect(bench.takeAnswer()?.isAccepted == true)
  #expect(bench.robot.state == LIMB_STATE_DISARMED)
}

@Test("commands that stop coming latch the device; CLEAR lifts it")
func linkLoss() throws {
  let bench = Bench(try profile())
  _ = bench.arm()
  bench.run(milliseconds: 50) { bench.move($0, to: $0.jointPositionRadians) }
  bench.run(milliseconds: 150)
  #expect(bench.robot.state == LIMB_STATE_DAMP && bench.driver.status.latch == 1)
  bench.driver.requestClear(emergencyStop: false)
  bench.run(milliseconds: 5)
  #expect(bench.takeAnswer()?.isAccepted == true)
  #expect(bench.robot.state == LIMB_STATE_DISARMED)
}

@Test("an unanswered request is tried three times and then given up")
func timesOut() throws {
  let bench = Bench(try profile())
  bench.run(milliseconds: 50)
  bench.driver.requestDisarm()
  // The device falls silent: only the host moves on.
  for _ in 0..<350 {
    bench.nowNanoseconds += 1_000_000
    bench.iterate()
  }
  #expect(bench.takeAnswer()?.timedOut == true)
  var bytes = [UInt8](repeating: 0, count: 8192)
  let count = unsafe read(bench.robot.descriptor, &bytes, bytes.count)
  let disarms = bytes[..<max(count, 0)].split(separator: 0).count { $0.count > 2 && $0[$0.startIndex + 2] == 0x34 }
  #expect(disarms == 3)
}

@Test("the number of the episode reaches a device that knows it; another is asked once")
func episodes() throws {
  let bench = Bench(try profile(), change: { $0.has_episode = true })
  bench.run(milliseconds: 20)
  bench.driver.announceEpisode(41)
  bench.run(milliseconds: 5)
  #expect(bench.takeParameterAnswer()?.isAccepted == true)
  #expect(unsafe bench.robot.firmware.pointee.episode == 41)

  let plain = Bench(try profile())
  plain.run(milliseconds: 20)
  plain.driver.announceEpisode(1)
  plain.run(milliseconds: 5)
  #expect(plain.takeParameterAnswer()?.result == 14)
  let sent = plain.driver.statistics.bytesOut
  plain.driver.announceEpisode(2)
  #expect(plain.driver.statistics.bytesOut == sent)
}

@Test("a device fault is reported once and acknowledged")
func faults() throws {
  let bench = Bench(try profile())
  bench.run(milliseconds: 50)
  bench.robot.sample.driver_fault = 0x10
  bench.run(milliseconds: 500)
  #expect(bench.driver.faultCount == 1 && bench.driver.lastFault.code == 4)
  #expect(bench.driver.status.fault == 0x10 && bench.frame.faultCode == 0x10)
}

@Test("a hottest motor that is no longer known is noticed after 100 ms, once it has been known")
func lostTemperature() throws {
  let bench = Bench(try profile())
  var celsius = Int8(30)
  bench.robot.rewrite = { bytes, _ in
    if bytes[1] == MessageType.sensorQuad.number { bytes[8 + 6] = UInt8(bitPattern: celsius) }
  }
  bench.run(milliseconds: 50)
  #expect(bench.frame.temperatureMaxCelsius == 30)
  for implausible in [Int8(-128), -41] {
    celsius = implausible
    bench.run(milliseconds: 98)
    #expect(bench.frame.temperatureMaxCelsius.isNaN && !bench.frame.flags.contains(.temperatureLost))
    bench.run(milliseconds: 6)
    #expect(bench.frame.flags.contains(.temperatureLost))
    celsius = -40
    bench.run(milliseconds: 4)
    #expect(bench.frame.temperatureMaxCelsius == -40 && !bench.frame.flags.contains(.temperatureLost))
  }
  let unmeasured = Bench(try profile())
  unmeasured.robot.rewrite = { bytes, _ in if bytes[1] == 0x10 { bytes[8 + 6] = 0x80 } }
  unmeasured.run(milliseconds: 300)
  #expect(unmeasured.frame.temperatureMaxCelsius.isNaN && !unmeasured.frame.flags.contains(.temperatureLost))
}

@Test("clocks are compared: the device's offset is found")
func clocks() throws {
  let bench = Bench(try profile())
  bench.run(milliseconds: 2500)
  let offset = Int64(bench.robot.clockOffsetMicroseconds)
  #expect(abs(bench.driver.statistics.clockOffsetMicroseconds - offset) <= 1000)
  #expect(bench.driver.statistics.device.link.frames > 0, "the device tells its own counters once a second")
}

@Test("a tick of the driver makes no heap call")
func heapFree() throws {
  guard HeapProbe.isAvailable else { return }
  let bench = Bench(try profile())
  _ = bench.arm()
  bench.run(milliseconds: 20) { bench.move($0, to: $0.jointPositionRadians) }
  var frame = SensorFrame()
  var record = TickRecord()
  var calls: UInt64 = 0
  var frames = 0
  for _ in 0..<100 {
    bench.nowNanoseconds += 1_000_000
    bench.robot.step(atMicroseconds: bench.nowNanoseconds / 1000)
    let now = Instant(nanoseconds: bench.nowNanoseconds)
    HeapProbe.arm()
    tick(&bench.driver, now, &frame, &record, &frames)
    calls += HeapProbe.disarm()
  }
  #expect(frames == 50)
  #expect(calls == 0)
}

@_noLocks private func tick(
  _ driver: inout LimbLinkDriver, _ now: Instant, _ frame: inout SensorFrame, _ record: inout TickRecord,
  _ frames: inout Int
) {
  driver.beginIteration(at: now)
  driver.receive()
  while driver.nextFrame(into: &frame) { frames += 1 }
  driver.serve()
  var command = JointCommand()
  command.mode = .run
  command.answersTick = frame.tick
  command.timeToLiveMilliseconds = 100
  command.targets.positionRadians = frame.jointPositionRadians
  driver.send(command)
  driver.copyBytes(into: &record)
}

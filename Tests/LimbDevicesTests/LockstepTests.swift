import CLimbLink
import Glibc
import LimbDevices
import LimbLink
import LimbProfile
import LimbTypes
import Testing

/// What a lockstep peer sends after the bytes of a tick.
private func sendTick(_ robot: FirmwareRobot, _ number: UInt64, atMicroseconds time: UInt64) {
  var bytes = [UInt8](repeating: 0, count: 64)
  let count = unsafe limb_encode_tick(number, time, &bytes, bytes.count)
  _ = unsafe write(robot.descriptor, bytes, count)
}

/// The TICK_DONEs among what the host sent.
private func tickDone(_ bytes: [UInt8]) -> [UInt64] {
  var decoder = FrameDecoder()
  var numbers: [UInt64] = []
  unsafe (bytes + [0]).withUnsafeBufferPointer {
    var offset = 0
    while unsafe decoder.consume($0.baseAddress!, count: bytes.count, offset: &offset) {
      if case .tickDone(let done) = decoder.message { numbers.append(done.number) }
    }
  }
  return numbers
}

@Test("in lockstep a tick's frames are read after the clock was set to the tick, faulted or not")
func lockstepTicks() throws {
  let bench = Bench(try profile(), wantsLockstep: true, change: { $0.grants_lockstep = true })
  let robot = bench.robot
  // Time stands still until the grant.
  robot.step(atMicroseconds: 0)
  bench.iterate()
  robot.receive(robot.clockOffsetMicroseconds)
  robot.send()
  // The first tick's bytes are already behind the grant.
  for millisecond in 1...2 { robot.step(atMicroseconds: UInt64(millisecond) * 1000) }
  sendTick(robot, 1, atMicroseconds: 2000)
  bench.iterate()
  #expect(bench.isLockstep && bench.frames.isEmpty, "nothing of a tick is decoded before its time is known")

  for number in UInt64(1)...20 {
    if number > 1 {
      for half in UInt64(1)...2 { robot.step(atMicroseconds: (number - 1) * 2000 + half * 1000) }
      // The fifth tick comes without its frame, the sixth with noise before the TICK.
      if number == 5 {
        var thrown = [UInt8](repeating: 0, count: 4096)
        _ = unsafe recv(bench.hostDescriptor, &thrown, thrown.count, Int32(MSG_DONTWAIT))
      }
      if number == 6 { _ = unsafe write(robot.descriptor, [7, 7, 7, 0, 9, 9], 6) }
      sendTick(robot, number, atMicroseconds: number * 2000)
      bench.driver.beginIteration(at: Instant(nanoseconds: bench.nowNanoseconds))
    } else {
      bench.driver.beginIteration(at: Instant())
    }
    let arrival = bench.driver.receiveTick()
    #expect(arrival.rawValue == TickArrival.complete.rawValue)
    let tick = bench.driver.tick
    #expect(tick.number == number && tick.deviceTimeMicroseconds == number * 2000)
    bench.nowNanoseconds = tick.deviceTimeMicroseconds * 1000
    bench.driver.setInstant(Instant(nanoseconds: bench.nowNanoseconds))
    var count = 0
    while bench.driver.nextFrame(into: &bench.frame) { count += 1 }
    #expect(count == (number == 5 ? 0 : 1), "tick \(number)")
    if count > 0 { #expect(bench.frame.receivedAt == Instant(nanoseconds: number * 2_000_000)) }
    bench.driver.serve()
    bench.driver.finishTick()
    var bytes = [UInt8](repeating: 0, count: 4096)
    let received = unsafe read(robot.descriptor, &bytes, bytes.count)
    #expect(tickDone(Array(bytes[..<max(received, 0)])) == [number])
  }
  #expect(bench.driver.statistics.received.sequenceGap == 1)
}

@Test("a flood before the TICK is dropped and counted; the TICK is found all the same")
func lockstepFlood() throws {
  let bench = Bench(try profile(), wantsLockstep: true, change: { $0.grants_lockstep = true })
  bench.run(milliseconds: 3)
  #expect(bench.isLockstep)
  let noise = [UInt8](repeating: 9, count: 5000)
  _ = unsafe write(bench.robot.descriptor, noise, noise.count)
  sendTick(bench.robot, 7, atMicroseconds: 9000)
  bench.driver.beginIteration(at: Instant())
  var turns = 0
  while bench.driver.receiveTick().rawValue != TickArrival.complete.rawValue && turns < 100 { turns += 1 }
  #expect(bench.driver.tick.number == 7)
  #expect(bench.driver.statistics.inputOverrun >= 5000 - 2048)
}

@Test("the recorded bytes, fed to a driver without a line, give the same frames and the same bytes out")
func offlineReplay() throws {
  let robot = try profile()
  let bench = Bench(robot)
  var records: [TickRecord] = []
  var live: [SensorFrame] = []
  for index in 0..<400 {
    bench.nowNanoseconds += 1_000_000
    bench.robot.step(atMicroseconds: bench.nowNanoseconds / 1000)
    bench.iterate { bench.idle($0) }
    if index == 300 { bench.driver.requestArm() }
    var record = TickRecord()
    bench.driver.copyBytes(into: &record)
    record.readAt = Instant(nanoseconds: bench.nowNanoseconds)
    records.append(record)
  }
  live = bench.frames
  #expect(bench.driver.status.state == 3, "armed")

  var driver = LimbLinkDriver(plan: DriverPlan(robot), session: 0x1234, nonce: 99, wantsLockstep: false)
  driver.attachOffline()
  var replayed: [SensorFrame] = []
  for (index, record) in records.enumerated() {
    driver.beginIteration(at: record.readAt)
    let bytes = (0..<Int(record.bytesInCount)).map { record.bytesIn[$0] } + [0]
    unsafe bytes.withUnsafeBufferPointer { unsafe driver.receive(bytes: $0.baseAddress!, count: bytes.count - 1) }
    var frame = SensorFrame()
    var isFresh = false
    while driver.nextFrame(into: &frame) {
      replayed.append(frame)
      isFresh = true
    }
    driver.serve()
    if isFresh { driver.send(bench.idle(frame)) }
    if index == 300 { driver.requestArm() }
    var out = TickRecord()
    driver.copyBytes(into: &out)
    let expected = (0..<Int(record.bytesOutCount)).map { record.bytesOut[$0] }
    #expect((0..<Int(out.bytesOutCount)).map { out.bytesOut[$0] } == expected, "iteration \(index)")
  }
  #expect(replayed.count == live.count && replayed.count > 150)
  for (a, b) in zip(replayed, live) {
    #expect(a.tick == b.tick && a.deviceTimeMicroseconds == b.deviceTimeMicroseconds)
    #expect(a.jointPositionRadians[3] == b.jointPositionRadians[3] && a.orientation.w == b.orientation.w)
  }
}

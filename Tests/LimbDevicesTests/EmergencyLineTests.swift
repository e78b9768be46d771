import CLimbLink
import Glibc
import LimbDevices
import LimbProfile
import LimbTypes
import Testing

@Test("the emergency line latches the firmware, armed or not, as often as it likes", arguments: [false, true])
func latches(isArmed: Bool) throws {
  let bench = Bench(try profile())
  if isArmed {
    #expect(bench.arm().isAccepted)
    bench.run(milliseconds: 20) { bench.move($0, to: $0.jointPositionRadians) }
    #expect(bench.robot.state == LIMB_STATE_ARMED)
  }
  let line = EmergencyLine()
  #expect(!line.stop(), "it leads nowhere yet")
  line.follow(descriptor: bench.hostDescriptor)
  #expect(line.stop() && line.stop())
  bench.run(milliseconds: 5) { bench.move($0, to: $0.jointPositionRadians) }
  #expect(bench.robot.state == LIMB_STATE_ESTOP)
  #expect(bench.driver.status.state == 9 && bench.driver.status.latch == 2)
  bench.driver.requestClear(emergencyStop: false)
  bench.run(milliseconds: 5)
  #expect(bench.takeAnswer()?.result == 5, "only an explicit clearing of the e-stop lifts it")
  bench.driver.requestClear(emergencyStop: true)
  bench.run(milliseconds: 5)
  #expect(bench.takeAnswer()?.isAccepted == true)
  #expect(bench.robot.state == LIMB_STATE_DISARMED)
}

@Test("cut off, control can say nothing more, and its descriptor means nothing else")
func cutsControlOff() throws {
  let bench = Bench(try profile())
  #expect(bench.arm().isAccepted)
  let line = EmergencyLine()
  line.follow(descriptor: bench.hostDescriptor)
  #expect(line.stopAndCut())
  let before = unsafe bench.robot.firmware.pointee.decoder.counters.frames
  bench.robot.receive(0)
  let after = unsafe bench.robot.firmware.pointee.decoder.counters.frames
  #expect(after - before == 3, "ESTOP three times")
  bench.driver.requestDisarm()
  bench.driver.send(bench.move(bench.frame, to: JointVector()))
  bench.robot.receive(0)
  #expect(unsafe bench.robot.firmware.pointee.decoder.counters.frames == after, "control is not heard")
  #expect(bench.robot.state == LIMB_STATE_ESTOP)
  #expect(line.stop(), "the line itself still works")
}

@Test("a full line does not block the emergency line, and half a frame is told")
func fullLine() throws {
  var ends: [Int32] = [-1, -1]
  #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
  defer { for end in ends { close(end) } }
  let filler = [UInt8](repeating: 1, count: 65536)
  while unsafe write(ends[0], filler, filler.count) > 0 {}
  let line = EmergencyLine()
  line.follow(descriptor: ends[0])
  #expect(!line.stop())
}

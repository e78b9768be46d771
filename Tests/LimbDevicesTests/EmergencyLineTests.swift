import CLimbLink
import Glibc
@testable import LimbDevices
import LimbProfile
import LimbTestSupport
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
  #expect(line.follow(descriptor: bench.hostDescriptor) == 0)
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
  #expect(line.follow(descriptor: bench.hostDescriptor) == 0)
  #expect(line.stopThrice())
  line.cut()
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

@Test("a control thread that was only asleep finds its line cut, gets a new one, and the latch is still there")
func wakesToACutLine() throws {
  let robotProfile = try profile()
  let directory = TemporaryDirectory()
  let link = directory.path + "/robot"
  let terminal = PseudoTerminal()
  unsafe symlink(terminal.path, link)
  let handover = PortHandover()
  let line = EmergencyLine()
  var keeper = PortKeeper(path: link, baud: 1_000_000, handover: handover, emergencyLine: line)
  let bench = Bench(robotProfile, handover: handover)
  bench.robot.descriptor = dup(terminal.master)
  bench.iterate()
  guard case .opened = keeper.turn() else {
    Issue.record("the port is there")
    return
  }
  bench.run(milliseconds: 100, command: bench.idle)
  #expect(bench.arm().isAccepted)

  #expect(line.stopThrice())
  line.cut()
  bench.run(milliseconds: 3)
  #expect(bench.phase == .disconnected && bench.driver.statistics.losses == 1, "a hang-up, not a line without bytes")
  #expect(bench.robot.state == LIMB_STATE_ESTOP)
  guard case .opened = keeper.turn() else {
    Issue.record("its lock is free again")
    return
  }
  bench.run(milliseconds: 200)
  #expect(bench.phase == .linked && bench.driver.statistics.handshakes == 2)
  #expect(bench.robot.state == LIMB_STATE_ESTOP && line.stop(), "it follows the new line")
}

@Test("a full line does not block the emergency line, and half a frame is told")
func fullLine() throws {
  var ends: [Int32] = [-1, -1]
  #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
  defer { for end in ends { close(end) } }
  let filler = [UInt8](repeating: 1, count: 65536)
  while unsafe write(ends[0], filler, filler.count) > 0 {}
  let line = EmergencyLine()
  #expect(line.follow(descriptor: ends[0]) == 0)
  #expect(!line.stop())
}

@Test("a port that the emergency line cannot follow is refused by it, and the line before is let go")
func cannotFollow() throws {
  let bench = Bench(try profile())
  let line = EmergencyLine()
  #expect(line.follow(descriptor: bench.hostDescriptor) == 0 && line.stop())
  #expect(line.follow(descriptor: -1) == EBADF)
  #expect(!line.stop())
}

@Test("where no descriptor is left a port is not opened, nor tried again at once; once there is one, it is")
func starved() async throws {
  let terminal = PseudoTerminal()
  await #expect(processExitsWith: .success) { [path = terminal.path as String] in
    let handover = PortHandover()
    let line = EmergencyLine()
    var keeper = PortKeeper(path: path, baud: 1_000_000, handover: handover, emergencyLine: line)
    let bench = Bench(try profile(), handover: handover)
    bench.iterate()
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let before = limit.rlim_cur
    func allow(_ files: rlim_t) {
      limit.rlim_cur = files
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    allow(3)
    guard case .failed(.failed(_, "dup", EMFILE, _)) = keeper.turn() else { fatalError("it opened a port that nothing can stop") }
    allow(before)
    for _ in 0..<PortKeeper.patientTurns { #expect(keeper.turn() == .idle) }
    guard case .opened = keeper.turn() else { fatalError("the port is there, and so are descriptors") }
    #expect(line.stop())
  }
}

@Test("a port that comes back is followed though the process may open nothing more")
func followsWithoutDescriptors() async {
  await #expect(processExitsWith: .success) {
    var limit = rlimit(rlim_cur: 200, rlim_max: 200)
    #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    let line = EmergencyLine()
    var ends: [Int32] = [-1, -1]
    #expect(unsafe pipe(&ends) == 0)
    #expect(line.follow(descriptor: ends[1]) == 0 && line.stop())
    line.release()
    #expect(!line.stop(), "it leads nowhere between two ports")
    while unsafe open("/dev/null", O_RDONLY) >= 0 {}
    #expect(errno == EMFILE)
    #expect(line.follow(descriptor: ends[1]) == 0 && line.stop())
    line.cut()
    let written = unsafe write(ends[1], "x", 1)
    #expect(written < 0 && line.stop(), "control's descriptor is hung up, ours is not")
  }
}

@Test("a port that was closed for good is let go by the emergency line: what gets its number next cannot be cut off or written to")
func closedForGood() throws {
  let terminal = PseudoTerminal()
  let handover = PortHandover()
  let line = EmergencyLine()
  var keeper = PortKeeper(path: terminal.path, baud: 1_000_000, handover: handover, emergencyLine: line)
  let bench = Bench(try profile(), handover: handover)
  bench.iterate()
  guard case .opened = keeper.turn() else {
    Issue.record("the port is there")
    return
  }
  #expect(line.stop())
  keeper.close()
  #expect(!line.stopThrice(), "nothing is written any more")
  // As many files as may have got the number of the port.
  let files = (0..<8).map { _ in unsafe open("/dev/null", O_WRONLY | O_CLOEXEC) }
  defer { for file in files { close(file) } }
  line.cut()
  for file in files { #expect(unsafe write(file, "x", 1) == 1, "it is still what was opened") }
}

import Foundation
import LimbOperations
import LimbProfile
import LimbTestSupport
import Testing

@testable import LimbDaemon

@Suite("limbd doctor names what is wrong with a computer, and the remedy")
struct DoctorTests {
  /// The template for real robots at a port, which refuses to arm without real-time rights.
  private func real(port: String = "/dev/robot", cpu: Int = 1) throws -> RobotProfile {
    let folder = TemporaryDirectory()
    var text = try Repository.text("configs/template-real.yaml")
    for (pattern, new) in [(#"port: \S+"#, "port: \"\(port)\""), (#"cpu: \d+"#, "cpu: \(cpu)")] {
      let range = try #require(text.range(of: pattern, options: .regularExpression))
      text.replaceSubrange(range, with: new + (text[range].hasSuffix(",") ? "," : ""))
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/models", withDestinationPath: Repository.path("configs/models"))
    try text.write(toFile: folder.path + "/robot.yaml", atomically: true, encoding: .utf8)
    return try RobotProfile.load(path: folder.path + "/robot.yaml")
  }

  private func expect(
    _ computer: Computer, _ profile: RobotProfile?, _ verdict: DoctorFinding.Verdict, _ found: String, remedy: String,
    exitCode: Int32 = 0,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let all = computer.complaints(profile)
    let only = all.first
    #expect(all.count == 1, "\(all.map(\.text))", sourceLocation: location)
    #expect(only?.verdict == verdict && only?.found.contains(found) == true, "\(all.map(\.text))", sourceLocation: location)
    #expect(only?.remedy?.contains(remedy) == true, "\(all.map(\.text))", sourceLocation: location)
    #expect(Doctor.exitCode(all) == exitCode, sourceLocation: location)
  }

  @Test("a computer that is well gives no cause for complaint")
  func well() throws {
    let computer = try Computer()
    try computer.plug()
    try computer.link("/dev/robot", to: "ttyUSB0")
    let profile = try real()
    #expect(computer.complaints(profile).isEmpty && computer.complaints().isEmpty, "\(computer.complaints(profile).map(\.text))")
    #expect(Set(computer.doctor(profile).findings().map(\.area)) == Set(DoctorFinding.Area.allCases))
  }

  @Test("a port that is not there names those that are; a link that leads nowhere is called one")
  func missing() throws {
    let computer = try Computer()
    try computer.plug("ttyACM3")
    try expect(
      computer, real(), .problem, "/dev/robot is not there; here are /dev/ttyACM3", remedy: "plug the robot in", exitCode: 69)
    try computer.link("/dev/robot", to: "ttyUSB9")
    try expect(computer, real(), .problem, "is a link that leads nowhere", remedy: "plug the robot in", exitCode: 69)
  }

  @Test("a port that may not be used names its group and how to get into it, or the rule that gives it another")
  func permission() throws {
    let computer = try Computer()
    computer.rights.groups = ["ada"]
    try computer.plug(isUsable: false)
    expect(
      computer, nil, .problem, "group dialout (mode 660); user ada is not in it", remedy: "usermod -a -G dialout ada",
      exitCode: 77)
    try computer.plug(group: "plugdev", isUsable: false)
    expect(computer, nil, .problem, "group plugdev", remedy: "60-limbd.rules", exitCode: 77)
    try computer.plug(group: "plugdev")
    expect(computer, nil, .warning, "the service limbd@ is in dialout", remedy: "60-limbd.rules")
  }

  @Test("a port in use names the program and the process")
  func busy() throws {
    let computer = try Computer()
    try computer.plug()
    let holder = Process()
    holder.executableURL = URL(filePath: "/bin/sleep")
    holder.arguments = ["60"]
    holder.standardInput = FileHandle(forReadingAtPath: computer.root.path + "/dev/ttyUSB0")
    try holder.run()
    defer { holder.terminate() }
    expect(
      computer, nil, .problem, "in use by /bin/sleep 60 (process \(holder.processIdentifier))",
      remedy: "a serial port has one user", exitCode: 69)
  }

  @Test("a regular file is no port, a console of the kernel is none for a robot")
  func noPort() throws {
    let computer = try Computer()
    try computer.write("/dev/robot", "")
    try expect(computer, real(), .problem, "/dev/robot is no serial port", remedy: "link.port", exitCode: 78)
    let other = try Computer()
    try other.plug("ttyAMA0")
    try other.write("/sys/class/tty/console/active", "tty0 ttyAMA0\n")
    expect(other, nil, .problem, "is a console of the kernel", remedy: "console=ttyAMA0", exitCode: 69)
  }

  @Test("ModemManager is warned of until udev tells it to keep off")
  func modemManager() throws {
    let computer = try Computer()
    try computer.plug()
    try computer.run(812, "ModemManager")
    expect(computer, nil, .warning, "ModemManager runs", remedy: "60-limbd.rules")
    try computer.write("/run/udev/data/c188:0", "E:ID_BUS=usb\nE:ID_MM_DEVICE_IGNORE=1\n")
    #expect(computer.complaints().isEmpty)
  }

  @Test("an adapter that keeps bytes back, and a name that changes with the plug")
  func adapter() throws {
    let computer = try Computer()
    try computer.plug()
    try computer.write("/sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "16\n")
    expect(computer, nil, .warning, "up to 16 ms", remedy: "echo 1 > /sys/bus/usb-serial/devices/ttyUSB0/latency_timer")
    try computer.write("/sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "1\n")
    try expect(computer, real(port: "/dev/ttyUSB0"), .warning, "whatever is plugged in first", remedy: "udev rule")
    try computer.link("/dev/serial/by-id/usb-FTDI_A1B2", to: "../../ttyUSB0")
    try expect(
      computer, real(port: "/dev/ttyUSB0"), .warning, "whatever is plugged in first",
      remedy: "link.port: \"/dev/serial/by-id/usb-FTDI_A1B2\"")
  }

  @Test("missing real-time rights are a problem for a robot that is not armed without them, else a warning")
  func rights() throws {
    let computer = try Computer()
    try computer.plug()
    try computer.link("/dev/robot", to: "ttyUSB0")
    computer.rights.realtimePriority = 0
    expect(computer, nil, .warning, "priorities up to 0; 70 is asked for", remedy: "ada - rtprio 70")
    try expect(computer, real(), .problem, "realtime.when_refused is refuse_to_arm", remedy: "LimitRTPRIO", exitCode: 77)
    computer.rights.realtimePriority = 99
    computer.rights.lockableBytes = 8 << 20
    try expect(computer, real(), .problem, "may lock 8 MiB", remedy: "LimitMEMLOCK=infinity", exitCode: 77)
  }

  @Test("rights are those of the kernel's own files: limits, and the capabilities that lift them")
  func ownRights() throws {
    let computer = try Computer()
    func own(_ limits: String, _ capabilities: String) throws -> ProcessRights {
      try computer.write("/proc/self/limits", limits)
      try computer.write("/proc/self/status", "Name:\tlimbd\nCapEff:\t\(capabilities)\n")
      return ProcessRights.own(MachineFiles(root: computer.root.path))
    }
    let limited =
      "Max locked memory         8388608              8388608              bytes\nMax realtime priority     40                   40\n"
    let plain = try own(limited, "0000000000000000")
    #expect(plain.realtimePriority == 40 && plain.lockableBytes == 8_388_608)
    let able = try own(limited, "0000000000804000")
    #expect(able.realtimePriority == 99 && able.lockableBytes == nil)
    let service = try own(
      "Max locked memory         unlimited            unlimited            bytes\nMax realtime priority     90                   90\n",
      "0000000000000000")
    #expect(service.realtimePriority == 90 && service.lockableBytes == nil)
  }

  @Test(
    "throttling, an ordinary kernel, frequency, heat, supply, swap, a slow clock, none at all",
    arguments: [
      ("/proc/sys/kernel/sched_rt_runtime_us", "-1", "throttling is off", "950000"),
      ("/proc/sys/kernel/sched_rt_runtime_us", "400000", "get 40 % of a processor", "950000"),
      ("/proc/version", "Linux version 6.1 PREEMPT_DYNAMIC", "an ordinary kernel", "bench loop"),
      (
        "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "ondemand", "changes its frequency (ondemand)",
        "cpu1/cpufreq/scaling_governor"
      ),
      (
        "/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7", "processor 0 was slowed down 7 times", "cool it"
      ),
      ("/sys/devices/platform/soc/soc:firmware/get_throttled", "50005", "supply is too low", "supply of its own"),
      ("/sys/devices/platform/soc/soc:firmware/get_throttled", "60000", "slowed down (get_throttled 60000)", "cool it"),
      ("/proc/swaps", "Filename Type Size\n/dev/zram0 partition 1000", "swapped to /dev/zram0", "swapoff"),
      ("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet", "time comes from hpet", "clocksource"),
    ])
  func machine(_ path: String, _ text: String, _ found: String, _ remedy: String) throws {
    let computer = try Computer()
    try computer.plug()
    try computer.write(path, text)
    let all = computer.complaints()
    #expect(all.count == 1 && all[0].found.contains(found) && all[0].remedy?.contains(remedy) == true, "\(all.map(\.text))")
    #expect(Doctor.exitCode(all) == 0)
  }

  @Test(
    "a zone within five degrees of its lowest trip point is hot, below that it is not",
    arguments: [(74_999, false), (75_000, true)])
  func heat(_ temperature: Int, _ isHot: Bool) throws {
    let computer = try Computer()
    try computer.plug()
    let zone = "/sys/class/thermal/thermal_zone0/"
    for (name, text) in [
      ("temp", "\(temperature)"), ("type", "cpu-thermal"), ("trip_point_0_type", "active"), ("trip_point_0_temp", "40000"),
      ("trip_point_1_type", "passive"), ("trip_point_1_temp", "80000"), ("trip_point_2_type", "critical"),
      ("trip_point_2_temp", "95000"),
    ] { try computer.write(zone + name, text) }
    #expect(computer.complaints().map(\.found) == (isHot ? ["cpu-thermal has 75 °C and is slowed down at 80 °C"] : []))
  }

  @Test("a processor that is not there is a mistake of the profile; no battery is only noted")
  func processorsAndBattery() throws {
    let computer = try Computer()
    try computer.plug()
    try computer.link("/dev/robot", to: "ttyUSB0")
    try expect(computer, real(cpu: 3), .problem, "realtime.cpu is 3; there are 0, 1", remedy: "choose one", exitCode: 78)
    try FileManager.default.removeItem(atPath: computer.root.path + "/sys/class/rtc")
    try expect(computer, real(), .note, "no clock with a battery", remedy: "nothing to do")
  }

  @Test("a state directory in memory is warned of; one where no file can be made is a problem")
  func disk() throws {
    let computer = try Computer()
    try computer.plug()
    try computer.write("/proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\ntmpfs \(computer.root.path) tmpfs rw 0 0\n")
    expect(computer, nil, .warning, "would lie in memory (tmpfs)", remedy: "a folder on a disk")
    let nowhere = Doctor(
      profile: nil, stateDirectory: "/proc/nobody/here", files: MachineFiles(root: computer.root.path, devices: computer.devices),
      rights: computer.rights)
    let all = nowhere.findings().filter { $0.verdict == .problem }
    #expect(all.count == 1 && all[0].area == .disk && all[0].found.contains("/proc: no file can be made there"), "\(all)")
    // What it tried the disk with is gone, and the state directory was not made.
    let names = try FileManager.default.contentsOfDirectory(atPath: computer.root.path)
    #expect(Set(names) == ["proc", "sys", "dev"])
  }

  @Test("the worst stands first in the text, and JSON has every finding with its exit code")
  func output() throws {
    let computer = try Computer()
    computer.rights.realtimePriority = 0
    let profile = try real()
    let findings = computer.doctor(profile).findings()
    let lines = Doctor.text(findings).split(separator: "\n")
    #expect(
      lines[0].hasPrefix("problem  port: /dev/robot") && lines[1].contains("→ plug") && lines.last == "2 problems, 0 warnings")
    let object = try #require(JSONSerialization.jsonObject(with: Data(Doctor.object(findings).text.utf8)) as? [String: Any])
    #expect(object["ok"] as? Bool == false && object["exit_code"] as? Int == 69)
    #expect((object["findings"] as? [[String: Any]])?.count == findings.count)
  }
}

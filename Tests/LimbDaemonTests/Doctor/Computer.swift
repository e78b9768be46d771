import Foundation
import LimbProfile
import LimbTestSupport

@testable import LimbDaemon

/// A computer made of files, of which a test changes one.
final class Computer {
  let root = TemporaryDirectory()
  var devices: [String: MachineFiles.Device] = [:]
  var rights = ProcessRights(user: "ada", groups: ["ada", "dialout"], realtimePriority: 90, lockableBytes: nil)

  init() throws {
    for (path, text) in [
      ("/proc/sys/kernel/sched_rt_runtime_us", "950000\n"), ("/proc/sys/kernel/sched_rt_period_us", "1000000\n"),
      ("/proc/version", "Linux version 6.1 PREEMPT_RT\n"), ("/proc/swaps", "Filename Type Size Used Priority\n"),
      ("/sys/devices/system/cpu/cpu0/online", "1"), ("/sys/devices/system/cpu/cpu1/online", "1"),
      ("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n"),
      ("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"), ("/sys/class/rtc/rtc0/name", "rtc_cmos\n"),
      ("/proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n"),
    ] { try write(path, text) }
  }

  func write(_ path: String, _ text: String) throws {
    let whole = root.path + path
    try FileManager.default.createDirectory(
      atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: whole, atomically: false, encoding: .utf8)
  }

  /// A serial port that this user may use.
  func plug(_ name: String = "ttyUSB0", group: String = "dialout", mode: Int = 0o660, isUsable: Bool = true) throws {
    try write("/dev/\(name)", "")
    devices["/dev/\(name)"] = MachineFiles.Device(group: group, mode: mode, isUsable: isUsable)
  }

  func link(_ path: String, to target: String) throws {
    let whole = root.path + path
    try FileManager.default.createDirectory(
      atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: whole, withDestinationPath: target)
  }

  func run(_ process: Int, _ name: String) throws { try write("/proc/\(process)/comm", name + "\n") }

  func doctor(_ profile: RobotProfile? = nil) -> Doctor {
    Doctor(
      profile: profile, stateDirectory: root.path + "/state/quad8", files: MachineFiles(root: root.path, devices: devices),
      rights: rights)
  }

  /// What is not as it should be.
  func complaints(_ profile: RobotProfile? = nil) -> [DoctorFinding] { doctor(profile).findings().filter { $0.verdict != .fine } }
}

internal import Glibc

/// What time it is, and what it costs to ask.
extension Doctor {
  func clockFindings() -> [DoctorFinding] { [source, battery].compactMap(\.self) }

  /// Clocks that are read without leaving the program.
  private static let quickClocks: Set<String> = ["tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page"]

  private var source: DoctorFinding? {
    guard let name = files.text("/sys/devices/system/clocksource/clocksource0/current_clocksource") else { return nil }
    if Self.quickClocks.contains(name) { return .fine(.clock, "time comes from \(name)") }
    return .warning(
      .clock, "time comes from \(name): every look at it is a call of the kernel, a microsecond and more",
      remedy:
        "dmesg | grep -i clocksource says why the quick one was refused (tsc: unstable); a newer BIOS or tsc=reliable may mend it"
    )
  }

  private var battery: DoctorFinding? {
    guard files.names(in: "/sys/class/rtc").isEmpty else { return nil }
    return .note(
      .clock, "no clock with a battery: dates are wrong until the network sets them",
      remedy: "nothing to do for limbd, which orders its files by run and boot and never by date")
  }
}

internal import LimbProfile

/// Processors, heat and swap: what makes control or the learner slower than they were yesterday.
extension Doctor {
  func processorFindings() -> [DoctorFinding] {
    count + [governor].compactMap(\.self) + heat + [undervoltage, swap].compactMap(\.self)
  }

  /// Numbers of the processors that are there.
  private var processors: [Int] {
    files.names(in: "/sys/devices/system/cpu").compactMap { $0.hasPrefix("cpu") ? Int($0.dropFirst(3)) : nil }.sorted()
  }

  private var count: [DoctorFinding] {
    let processors = processors
    guard !processors.isEmpty else { return [] }
    if let wanted = profile?.realtime.cpu, !processors.contains(wanted) {
      return [
        .problem(
          .processors, "realtime.cpu is \(wanted); there are \(processors.map(String.init).joined(separator: ", "))",
          remedy: "choose one of these, or leave realtime.cpu out", exitCode: 78)
      ]
    }
    if processors.count == 1 {
      return [
        .warning(
          .processors, "one processor: the learner runs only while control sleeps",
          remedy: "limbd check PROFILE tells how many updates a step it has time for")
      ]
    }
    return [.fine(.processors, "\(processors.count) processors: control has one, the learner another")]
  }

  private var governor: DoctorFinding? {
    let number = profile?.realtime.cpu ?? processors.last ?? 0
    guard let governor = files.text("/sys/devices/system/cpu/cpu\(number)/cpufreq/scaling_governor") else { return nil }
    if governor == "performance" { return .fine(.processors, "processor \(number) keeps its frequency (performance)") }
    return .warning(
      .processors,
      "processor \(number) changes its frequency (\(governor)): wake-ups are late and inference is slow after every pause",
      remedy: "echo performance > /sys/devices/system/cpu/cpu\(number)/cpufreq/scaling_governor, at every start (cpufrequtils)")
  }

  /// Zones within five degrees of the temperature at which the kernel slows the processor down, and what was slowed already.
  private var heat: [DoctorFinding] {
    var found: [DoctorFinding] = []
    for zone in files.names(in: "/sys/class/thermal") where zone.hasPrefix("thermal_zone") {
      let folder = "/sys/class/thermal/\(zone)/"
      guard let now = files.number(folder + "temp"), let limit = throttlingPoint(folder), now >= limit - 5000 else { continue }
      let name = files.text(folder + "type") ?? zone
      found.append(
        .warning(
          .processors, "\(name) has \(now / 1000) °C and is slowed down at \(limit / 1000) °C",
          remedy: "cool it: a fan, a heat sink, a box with holes"))
    }
    for processor in processors {
      let folder = "/sys/devices/system/cpu/cpu\(processor)/thermal_throttle/"
      guard let times = files.number(folder + "core_throttle_count"), times > 0 else { continue }
      found.append(
        .warning(
          .processors, "processor \(processor) was slowed down \(times) times by its heat since the computer started",
          remedy: "cool it: a fan, a heat sink, a box with holes"))
    }
    return found
  }

  private func throttlingPoint(_ folder: String) -> Int? {
    files.names(in: folder).compactMap { name -> Int? in
      guard name.hasPrefix("trip_point_"), name.hasSuffix("_type"), let kind = files.text(folder + name),
        ["passive", "hot", "critical"].contains(kind)
      else { return nil }
      return files.number(folder + name.dropLast(4) + "temp").flatMap { $0 > 0 ? $0 : nil }
    }.min()
  }

  /// A Raspberry Pi says whether its supply has sagged: bit 0 now, bit 16 since it started; bits 1, 2 and 17, 18 are frequency.
  private var undervoltage: DoctorFinding? {
    guard let text = files.text("/sys/devices/platform/soc/soc:firmware/get_throttled"), let bits = Int(text, radix: 16) else {
      return nil
    }
    if bits & 0x0001_0001 != 0 {
      return .warning(
        .processors, "the computer's supply \(bits & 1 != 0 ? "is" : "has been") too low (get_throttled \(text))",
        remedy: "a supply of its own, or a thicker cable: what robs the computer also robs the clock of control")
    }
    if bits & 0x0006_0006 != 0 {
      return .warning(
        .processors, "the processor was slowed down (get_throttled \(text))",
        remedy: "cool it: a fan, a heat sink, a box with holes")
    }
    return .fine(.processors, "supply and heat are well (get_throttled \(text))")
  }

  private var swap: DoctorFinding? {
    // The first line names the columns.
    let used = files.lines("/proc/swaps").dropFirst().compactMap { $0.split(separator: " ", maxSplits: 1).first.map(String.init) }
    guard !used.isEmpty else { return nil }
    return .note(
      .processors, "memory may be swapped to \(used.joined(separator: ", ")): control's is locked, the learner's is not",
      remedy: "swapoff -a, if the memory is enough")
  }
}

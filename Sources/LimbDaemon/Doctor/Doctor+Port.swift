internal import LimbDevices
internal import LimbProfile

/// Serial ports: there, allowed, free, quick.
extension Doctor {
  /// The profile's port, or every serial port of this computer.
  func portFindings() -> [DoctorFinding] {
    if let profile {
      if profile.link.isSimulated { return [.fine(.port, "sim: limbd run starts the simulated robot itself")] }
      return findings(ofPort: profile.link.port)
    }
    let ports = serialPorts
    guard !ports.isEmpty else {
      return [
        .note(
          .port, "no serial port (ttyUSB, ttyACM, ttyAMA) is here",
          remedy: "plug the robot in and look again; dmesg -w shows it coming")
      ]
    }
    return ports.flatMap(findings(ofPort:))
  }

  /// Serial ports that a robot may be at; ttyS are mostly sockets without anything behind.
  private var serialPorts: [String] {
    files.names(in: "/dev").filter { name in ["ttyUSB", "ttyACM", "ttyAMA"].contains { name.hasPrefix($0) } }.map { "/dev/" + $0 }
  }

  private func findings(ofPort path: String) -> [DoctorFinding] {
    guard let resolved = files.resolved(path) else { return [missing(path)] }
    guard let device = files.device(resolved), device.isCharacterDevice else {
      return [.problem(.port, "\(path) is no serial port", remedy: "name the robot's port under link.port", exitCode: 78)]
    }
    let name = String(resolved.dropFirst("/dev/".count))
    var found = [permission(path, device)]
    found += holders(path, resolved)
    found += console(path, name) + modemManager(path, name, device) + latency(path, name) + changingName(path, resolved)
    return found.allSatisfy { $0.verdict == .fine }
      ? [.fine(.port, "\(path) is there, allowed and free")] : found.filter { $0.verdict != .fine }
  }

  private func missing(_ path: String) -> DoctorFinding {
    let others = serialPorts
    let here = others.isEmpty ? "no serial port is here" : "here are " + others.joined(separator: ", ")
    return .problem(
      .port, files.isLink(path) ? "\(path) is a link that leads nowhere; \(here)" : "\(path) is not there; \(here)",
      remedy: "plug the robot in and switch it on; limbd run waits for it. dmesg -w shows it coming", exitCode: 69)
  }

  private func permission(_ path: String, _ device: MachineFiles.Device) -> DoctorFinding {
    let group = device.group
    let rule = "install systemd/60-limbd.rules (make install), then: udevadm control --reload; udevadm trigger"
    if !device.isUsable {
      let isGranted = rights.groups.contains(group)
      let relation = isGranted ? "is in it" : "is not in it"
      let mode = String(device.mode, radix: 8)
      return .problem(
        .port,
        "\(path) belongs to group \(group) (mode \(mode)); user \(rights.user) \(relation) and may not use it",
        remedy: group == "dialout" && !isGranted ? "usermod -a -G dialout \(rights.user), then log in again" : rule, exitCode: 77)
    }
    // A service is in no group that a person gets by sitting at the computer.
    if group != "dialout", device.mode & 0o006 != 0o006 {
      return .warning(
        .port, "\(path) belongs to group \(group): the service limbd@ is in dialout and may not use it", remedy: rule)
    }
    return .fine(.port, path)
  }

  private func holders(_ path: String, _ resolved: String) -> [DoctorFinding] {
    PortHolder.open(files.path(resolved)).map { holder in
      let command = holder.command ?? "an unknown program"
      let program = command.split(separator: " ").first.map { String($0.split(separator: "/").last ?? $0) } ?? command
      let remedy =
        switch program {
        case "ModemManager": "systemctl disable --now ModemManager, or install systemd/60-limbd.rules, which tells it to keep off"
        case "agetty", "getty": "systemctl disable --now serial-getty@\(resolved.dropFirst("/dev/".count))"
        case "limbd": "a daemon runs already: limbd status"
        default: "end it; a serial port has one user"
        }
      return .problem(
        .port, "\(path) is in use by \(command)\(holder.processIdentifier.map { " (process \($0))" } ?? "")", remedy: remedy,
        exitCode: 69)
    }
  }

  private func console(_ path: String, _ name: String) -> [DoctorFinding] {
    let consoles = files.text("/sys/class/tty/console/active")?.split(separator: " ").map(String.init) ?? []
    guard consoles.contains(name) else { return [] }
    return [
      .problem(
        .port, "\(path) is a console of the kernel, which writes its messages to the robot",
        remedy: "take console=\(name) out of the kernel's command line and start anew", exitCode: 69)
    ]
  }

  private func modemManager(_ path: String, _ name: String, _ device: MachineFiles.Device) -> [DoctorFinding] {
    guard name.hasPrefix("ttyACM") || name.hasPrefix("ttyUSB"), !files.processes(named: "ModemManager").isEmpty else { return [] }
    let properties = files.lines("/run/udev/data/c\(device.major):\(device.minor)")
    guard !properties.contains("E:ID_MM_DEVICE_IGNORE=1"), !properties.contains("E:ID_MM_PORT_IGNORE=1") else { return [] }
    return [
      .warning(
        .port, "ModemManager runs and talks to \(path) for some seconds whenever it is plugged in",
        remedy: "install systemd/60-limbd.rules (make install), or: systemctl disable --now ModemManager")
    ]
  }

  private func latency(_ path: String, _ name: String) -> [DoctorFinding] {
    guard let milliseconds = files.number("/sys/bus/usb-serial/devices/\(name)/latency_timer"), milliseconds > 1 else {
      return []
    }
    return [
      .warning(
        .port, "\(path): the adapter keeps bytes back for up to \(milliseconds) ms (latency_timer)",
        remedy: "install systemd/60-limbd.rules, or now: echo 1 > /sys/bus/usb-serial/devices/\(name)/latency_timer")
    ]
  }

  /// `/dev/ttyUSB0` is whatever was plugged in first.
  private func changingName(_ path: String, _ resolved: String) -> [DoctorFinding] {
    guard profile != nil, path == resolved, path.hasPrefix("/dev/ttyUSB") || path.hasPrefix("/dev/ttyACM") else { return [] }
    let lasting = files.names(in: "/dev/serial/by-id").map { "/dev/serial/by-id/" + $0 }.first { files.resolved($0) == resolved }
    return [
      .warning(
        .port, "\(path) is the name of whatever is plugged in first",
        remedy: lasting.map { "link.port: \"\($0)\"" }
          ?? "give the robot a name of its own by a udev rule (systemd/60-limbd.rules shows one)")
    ]
  }
}

internal import Glibc
internal import LimbDevices
internal import LimbExperience
internal import LimbProfile
internal import LimbTypes

/// Room and speed where the robot's life is kept.
extension Doctor {
  func diskFindings() -> [DoctorFinding] {
    let folder = nearestFolder
    var found = [room(folder)].compactMap(\.self)
    if let kind = volatileKind(folder) {
      found.append(
        .warning(
          .disk, "\(stateDirectory) would lie in memory (\(kind)): what the robot learns is gone when the computer stops",
          remedy: "give --state a folder on a disk"))
    }
    return found + [speed(folder)]
  }

  /// The state directory, or the nearest folder above it that exists.
  private var nearestFolder: String {
    var path = stateDirectory
    while !path.isEmpty, path != "/", unsafe access(path, F_OK) != 0 {
      path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      if path.isEmpty { path = "/" }
    }
    return path.isEmpty ? "." : path
  }

  /// Bytes that a whole replay store takes; nil without a profile.
  private var storeBytes: Int? {
    guard let profile, let plan = try? MachineBench.compile(profile) else { return nil }
    return profile.replay.capacitySteps * StepRecordLayout(plan: plan).stride
  }

  /// Session log, policies and checkpoints of some hours.
  private static let otherBytes = 1 << 30

  private func room(_ folder: String) -> DoctorFinding? {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else {
      return .problem(.disk, "\(folder): the disk does not answer", remedy: "look at dmesg; is it mounted?", exitCode: 74)
    }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let wanted = (storeBytes ?? 0) + Self.otherBytes
    let numbers = "\(folder) has \(Self.gigabytes(free)) free; \(Self.gigabytes(wanted)) are wanted"
    guard free < wanted else { return .fine(.disk, numbers) }
    return .warning(
      .disk, numbers + " for a full replay store and some hours of logs", remedy: "make room, or lower replay.capacity_steps")
  }

  private static func gigabytes(_ bytes: Int) -> String { "\((Double(bytes) / 1e8).rounded() / 10) GB" }

  /// The kind of the file system, if it lies in memory: that of the longest mount point that the folder is below.
  private func volatileKind(_ folder: String) -> String? {
    guard let whole = TransportOpener.resolve(folder) else { return nil }
    var longest = (point: "", kind: "")
    for line in files.lines("/proc/self/mounts") {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count > 2 else { continue }
      let point = fields[1]
      let isAbove = point == "/" || whole == point || whole.hasPrefix(point + "/")
      // Of several at one point the last is the one that is seen.
      if isAbove, point.count >= longest.point.count { longest = (point, fields[2]) }
    }
    return ["tmpfs", "ramfs"].contains(longest.kind) ? longest.kind : nil
  }

  /// Writes with a sync each, as a recorder does, to a file whose name is gone at once: it leaves nothing.
  private func speed(_ folder: String) -> DoctorFinding {
    var name = Array((folder + "/.limbd-doctor-XXXXXX").utf8CString)
    let descriptor = unsafe name.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
    guard descriptor >= 0 else {
      let number = errno
      return .problem(
        .disk, "\(folder): no file can be made there (\(unsafe String(cString: strerror(number))))",
        remedy: "give \(rights.user) the folder, or give --state another one", exitCode: number == EACCES ? 77 : 74)
    }
    unsafe unlink(name)
    defer { close(descriptor) }
    let block = [UInt8](repeating: 0x5A, count: 4096)
    var worst = 0.0
    for number in 0..<32 {
      let start = ContinuousClock.now
      guard unsafe pwrite(descriptor, block, block.count, number * block.count) == block.count, fdatasync(descriptor) == 0 else {
        return .problem(
          .disk, "\(folder): a write failed (\(unsafe String(cString: strerror(errno))))",
          remedy: "look at dmesg; is the disk full or failing?",
          exitCode: 74)
      }
      let (seconds, attoseconds) = start.duration(to: .now).components
      worst = max(worst, Double(seconds) * 1000 + Double(attoseconds) * 1e-15)
    }
    let limit = Double(profile?.replay.syncMilliseconds ?? 200)
    let text = "\(folder): 32 writes of 4 KiB, each brought to the disk, took \((worst * 10).rounded() / 10) ms at most"
    guard worst > limit else { return .fine(.disk, text) }
    return .warning(
      .disk, text + "; replay.sync_ms is \(Int(limit))",
      remedy: "a quicker disk: a power cut costs what was lived through during a sync, besides replay.sync_ms")
  }
}

internal import Glibc

/// What the kernel lets this process do. A service has rights of its own: see systemd/limbd@.service.
package struct ProcessRights: Sendable, Equatable {
  /// The user, for words.
  package var user: String
  /// The user's groups.
  package var groups: [String]
  /// SCHED_FIFO priorities up to this one are granted (RLIMIT_RTPRIO, or any with CAP_SYS_NICE).
  package var realtimePriority: Int
  /// Bytes that may be locked (RLIMIT_MEMLOCK, or all with CAP_IPC_LOCK); nil: no limit.
  package var lockableBytes: Int?

  /// Told.
  package init(user: String, groups: [String], realtimePriority: Int, lockableBytes: Int?) {
    self.user = user
    self.groups = groups
    self.realtimePriority = realtimePriority
    self.lockableBytes = lockableBytes
  }

  /// Of the calling process, from `/proc/self/limits` and `/proc/self/status` (CAP_IPC_LOCK is bit 14 of the capabilities,
  /// CAP_SYS_NICE bit 23).
  package static func own(_ files: MachineFiles = MachineFiles()) -> ProcessRights {
    let line = files.lines("/proc/self/status").first { $0.hasPrefix("CapEff:") }
    let capabilities = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    let mayLock = capabilities >> 14 & 1 == 1
    let mayHurry = capabilities >> 23 & 1 == 1
    return ProcessRights(
      user: name(unsafe getpwuid(geteuid()).map { unsafe String(cString: $0.pointee.pw_name) }, geteuid()), groups: ownGroups(),
      realtimePriority: mayHurry ? 99 : limit("Max realtime priority", files) ?? 99,
      lockableBytes: mayLock ? nil : limit("Max locked memory", files))
  }

  /// The soft limit of a line; nil: unlimited. A line that is not there is taken for a limit of 0.
  private static func limit(_ title: String, _ files: MachineFiles) -> Int? {
    guard let line = files.lines("/proc/self/limits").first(where: { $0.hasPrefix(title) }),
      let word = line.dropFirst(title.count).split(separator: " ").first
    else { return 0 }
    return word == "unlimited" ? nil : Int(word) ?? 0
  }

  /// The name of a group.
  static func group(_ number: gid_t) -> String {
    name(unsafe getgrgid(number).map { unsafe String(cString: $0.pointee.gr_name) }, number)
  }

  private static func name(_ found: String?, _ number: UInt32) -> String { found ?? "\(number)" }

  private static func ownGroups() -> [String] {
    var numbers = [gid_t](repeating: 0, count: 256)
    let count = unsafe getgroups(Int32(numbers.count), &numbers)
    let all = Set(numbers.prefix(max(0, Int(count))) + [getegid()])
    return all.map(group).sorted()
  }
}

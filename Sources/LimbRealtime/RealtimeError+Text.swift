extension RealtimeError: CustomStringConvertible {
  /// One line for a person: what was refused and what to grant.
  package var description: String {
    switch self {
    case .threadNotCreated(let name, let errno):
      "thread \(name) could not be created (errno \(errno)); raise LimitNPROC= or the memory limit"
    case .refused(let name, let grant):
      "thread \(name): " + grant.refusals.joined(separator: "; ")
    case .memoryNotLocked(let errno):
      "memory could not be locked (errno \(errno)); grant LimitMEMLOCK=infinity in the unit, or CAP_IPC_LOCK"
    case .sharedMemory(let path, let operation, let errno):
      "\(path): \(operation) failed (errno \(errno)); there must be room in it, and its name be free"
    }
  }
}

extension ThreadGrant {
  /// What was refused, with the remedy, one line each; empty if everything asked for was granted.
  package var refusals: [String] {
    var lines: [String] = []
    if case .refused(let errno) = realtime {
      lines.append(
        "real-time scheduling was refused (errno \(errno)); grant LimitRTPRIO=99 in the unit, or CAP_SYS_NICE")
    }
    if case .refused(let errno) = affinity {
      lines.append("the processor asked for was refused (errno \(errno)); name one that exists in realtime.cpu")
    }
    if case .refused(let errno) = nice {
      lines.append("the nice value was refused (errno \(errno)); grant LimitNICE= in the unit, or CAP_SYS_NICE")
    }
    return lines
  }
}

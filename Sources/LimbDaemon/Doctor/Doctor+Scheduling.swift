internal import LimbProfile

/// Whether the control thread gets what it asks for.
extension Doctor {
  private var priority: Int { profile?.realtime.priority ?? 70 }

  func schedulingFindings() -> [DoctorFinding] { [rights(toPriority: priority), locking, throttling, kernel] }

  /// What a refusal means: a real robot is not armed then unless its profile accepts it (promise R3).
  private func refused(_ found: String, _ remedy: String) -> DoctorFinding {
    guard let profile, !profile.link.isSimulated, profile.realtime.whenRefused == .refuseToArm else {
      return .warning(.scheduling, found, remedy: remedy)
    }
    return .problem(.scheduling, found + ", and realtime.when_refused is refuse_to_arm", remedy: remedy, exitCode: 77)
  }

  private func rights(toPriority wanted: Int) -> DoctorFinding {
    let granted = rights.realtimePriority
    guard granted < wanted else {
      return .fine(.scheduling, "SCHED_FIFO up to priority \(granted) is granted; \(wanted) is asked for")
    }
    return refused(
      "user \(rights.user) may use SCHED_FIFO priorities up to \(granted); \(wanted) is asked for",
      "run it as the service limbd@ (LimitRTPRIO=90), or add a line to /etc/security/limits.d/limbd.conf and log in again: "
        + "\(rights.user) - rtprio \(wanted)")
  }

  /// Control's own memory: rings, policy, stacks, the programs' pages.
  private static let lockedBytes = 256 << 20

  private var locking: DoctorFinding {
    guard let most = rights.lockableBytes, most < Self.lockedBytes else { return .fine(.scheduling, "memory may be locked") }
    return refused(
      "user \(rights.user) may lock \(most >> 20) MiB of memory; \(Self.lockedBytes >> 20) are wanted, lest control waits for the disk",
      "run it as the service limbd@ (LimitMEMLOCK=infinity), or add a line to /etc/security/limits.d/limbd.conf and log in again: "
        + "\(rights.user) - memlock unlimited")
  }

  private var throttling: DoctorFinding {
    guard let runtime = files.number("/proc/sys/kernel/sched_rt_runtime_us"),
      let period = files.number("/proc/sys/kernel/sched_rt_period_us"), period > 0
    else { return .note(.scheduling, "the kernel does not say whether it throttles real-time threads") }
    if runtime < 0 {
      return .warning(
        .scheduling, "real-time throttling is off: a real-time thread that spins takes this computer with it",
        remedy: "sysctl kernel.sched_rt_runtime_us=950000")
    }
    let share = runtime * 100 / period
    if share < 90 {
      return .warning(
        .scheduling, "real-time threads get \(share) % of a processor and stand still for the rest",
        remedy: "sysctl kernel.sched_rt_runtime_us=\(period * 95 / 100)")
    }
    return .fine(.scheduling, "real-time threads get \(share) % of a processor")
  }

  private var kernel: DoctorFinding {
    let version = files.text("/proc/version") ?? ""
    if files.number("/sys/kernel/realtime") == 1 || version.contains("PREEMPT_RT") {
      return .fine(.scheduling, "the kernel is PREEMPT_RT")
    }
    return .note(
      .scheduling, "an ordinary kernel: wake-ups may be late by milliseconds under load",
      remedy: "limbd bench loop measures it; a PREEMPT_RT kernel (Debian: linux-image-rt-…) mends it")
  }
}

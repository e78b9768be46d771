import Glibc
import Synchronization

private let signalsTaken = Atomic<Int>(0)
private let wasAskedToStop = Atomic<Bool>(false)

/// SIGTERM, SIGINT and SIGHUP as a flag that the operations thread polls: the first asks for a clean stop, a third within
/// the clean stop ends the process at once (its device's time-to-live makes the robot safe).
package enum StopSignals {
  /// Installs the handlers, and ignores SIGPIPE. A terminal that goes away (SIGHUP) takes its operator with it: the robot
  /// comes to rest, unless who started us had SIGHUP ignored (nohup). Call once, before threads start.
  package static func install() {
    // Whoever started us may have left them blocked, and a mask is inherited.
    var wanted = sigset_t()
    unsafe sigemptyset(&wanted)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&wanted, number) }
    _ = unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    for number in [SIGTERM, SIGINT, SIGHUP] where number != SIGHUP || !isIgnored(SIGHUP) {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in
        if signalsTaken.wrappingAdd(1, ordering: .relaxed).newValue >= 3 { _exit(1) }
      }
      _ = unsafe sigaction(number, &action, nil)
    }
    _ = signal(SIGPIPE, SIG_IGN)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var present = sigaction()
    guard unsafe sigaction(number, nil, &present) == 0 else { return false }
    // Functions cannot be compared: SIG_IGN is the address 1.
    return unsafe withUnsafeBytes(of: present.__sigaction_handler) { unsafe $0.load(as: UInt.self) } == 1
  }

  /// True once somebody asked this process to stop.
  package static var isRequested: Bool { wasAskedToStop.load(ordering: .relaxed) || signalsTaken.load(ordering: .relaxed) > 0 }

  /// Asks for the same clean stop: the control socket's `shutdown`. However often it is asked, it cuts nothing short: only
  /// signals are counted.
  package static func request() { wasAskedToStop.store(true, ordering: .relaxed) }
}

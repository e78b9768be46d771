import Glibc

/// The `limbd-sim` that `run` starts beside its own executable when the profile's port is `sim:`.
///
/// It inherits one end of a pipe as its lifetime: when this process ends, however it ends, the pipe closes and the
/// simulator exits (docs/architecture.md; not PDEATHSIG, which follows the spawning thread). Spawned before memory is
/// locked and before any thread of ours runs.
package final class SimulatorChild {
  /// The symlink under which its pseudo-terminal stands.
  package let port: String
  private let pid: pid_t
  private let lifetime: Int32

  /// What the simulator is told.
  package struct Options: Sendable {
    /// The profile both sides read.
    package var profile: String
    /// The symlink to make.
    package var port: String
    /// Seed of its randomisation.
    package var seed: UInt64
    /// Barrier or real time.
    package var lockstep: Bool
    /// Where the truth goes; nil for none.
    package var truth: String?
    /// `--fault` specifications.
    package var faults: [String]
    /// How long the daemon may owe it an answer in lockstep; nil: as long as this process lives.
    package var patienceSeconds: Int? = 30

    /// The child's command line, part by part.
    package init(profile: String, port: String, seed: UInt64, lockstep: Bool, truth: String?, faults: [String]) {
      self.profile = profile
      self.port = port
      self.seed = seed
      self.lockstep = lockstep
      self.truth = truth
      self.faults = faults
    }
  }

  /// Starts it and waits until it says that the port is there.
  package init(_ options: Options) throws(DaemonError) {
    let program = Self.siblingPath("limbd-sim")
    guard unsafe access(program, X_OK) == 0 else {
      throw .simulator(path: program, reason: "no simulator beside this limbd; build it, or name a real port in the profile")
    }
    var pipeEnds: [Int32] = [0, 0]
    var outputEnds: [Int32] = [0, 0]
    guard unsafe pipe(&pipeEnds) == 0 else { throw .state(path: program, call: "pipe", errno: errno) }
    guard unsafe pipe(&outputEnds) == 0 else {
      defer { for end in pipeEnds { close(end) } }
      throw .state(path: program, call: "pipe", errno: errno)
    }
    _ = fcntl(pipeEnds[1], F_SETFD, FD_CLOEXEC)
    _ = fcntl(outputEnds[0], F_SETFD, FD_CLOEXEC)
    var arguments = [
      program, options.profile, "--port", options.port, "--seed", "\(options.seed)", "--lifetime-fd", "\(pipeEnds[0])",
    ]
    if options.lockstep { arguments.append("--lockstep") }
    if let truth = options.truth { arguments += ["--truth", truth] }
    // Someone who waits for a learner's action may wait long; a daemon that has gone is seen by the lifetime.
    arguments += ["--patience", "\(options.patienceSeconds ?? 1_000_000_000)"]
    for fault in options.faults { arguments += ["--fault", fault] }
    let spawned: pid_t
    do throws(DaemonError) {
      spawned = try Self.spawn(program, arguments, standardOutput: outputEnds[1])
    } catch {
      for end in pipeEnds + outputEnds { close(end) }
      throw error
    }
    // From here on all properties are set, and `deinit` ends the child and closes the lifetime, also when this throws.
    pid = spawned
    lifetime = pipeEnds[1]
    port = options.port
    close(pipeEnds[0])
    close(outputEnds[1])
    let greeting = Self.firstLine(of: outputEnds[0], timeoutMilliseconds: 20_000)
    close(outputEnds[0])
    guard let greeting, greeting.hasPrefix("ready") else {
      kill(pid, SIGKILL)
      throw .simulator(path: program, reason: "did not come up: \(greeting ?? "no line within 20 s")")
    }
  }

  deinit {
    close(lifetime)
    var status: Int32 = 0
    _ = unsafe waitpid(pid, &status, 0)
  }

  /// The file `name` in the directory of the running executable.
  package static func siblingPath(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = unsafe readlink("/proc/self/exe", &buffer, 4096)
    guard count > 0 else { return name }
    let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return name }
    return String(own[...slash]) + name
  }

  private static func spawn(
    _ program: String, _ arguments: [String], standardOutput: Int32
  ) throws(DaemonError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, standardOutput, 1)
    // A group of its own, so that Ctrl-C in a terminal stops the daemon first and the daemon stops the simulator.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var child = pid_t()
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { for index in 0..<arguments.count { unsafe free(pointers[index]) } }
    let result = unsafe posix_spawn(&child, program, &actions, &attributes, &pointers, environ)
    guard result == 0 else { throw .state(path: program, call: "posix_spawn", errno: result) }
    return child
  }

  private static func firstLine(of descriptor: Int32, timeoutMilliseconds: Int32) -> String? {
    var line: [UInt8] = []
    while line.count < 1000 {
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&poller, 1, timeoutMilliseconds) > 0 else { return nil }
      var byte: UInt8 = 0
      guard unsafe read(descriptor, &byte, 1) == 1 else {
        return line.isEmpty ? "it ended before it was ready, for the reason that it gives above" : String(decoding: line, as: UTF8.self)
      }
      if byte == 10 { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}

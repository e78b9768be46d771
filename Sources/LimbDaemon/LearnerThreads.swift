internal import LimbProfile
internal import LimbRealtime

/// How many threads share an update. The bytes are the same for one and two, so that this may depend on the machine.
struct LearnerThreads: Equatable {
  /// Processors that a second thread needs in real time, beside those of control and of a simulated robot: itself, the first, and
  /// one for everything else.
  static let processorsNeeded = 3

  /// 1 or 2.
  let count: Int
  /// Why it is fewer than the profile asks for, for a person; nil if it is not.
  let refusal: String?

  /// In lockstep nothing waits for anybody, and the profile has its way.
  init(asked: Int, lockstep: Bool, simulated: Bool, processors: Int) {
    let left = processors - (simulated ? 2 : 1)
    if asked > 1, !lockstep, left < Self.processorsNeeded {
      count = 1
      refusal =
        "learning.workers: \(asked) needs \(Self.processorsNeeded) processors beside "
        + "\(simulated ? "control's and the simulator's" : "control's"), found \(max(left, 0)): one thread learns"
    } else {
      count = asked
      refusal = nil
    }
  }

  init(_ profile: RobotProfile, lockstep: Bool) {
    self.init(
      asked: profile.learning.workers, lockstep: lockstep, simulated: profile.link.isSimulated,
      processors: RealtimeProcess.processorCount)
  }

  /// The second thread beside a control thread: as modest as the first, and never on control's processor.
  static func options(_ profile: RobotProfile) -> ThreadOptions {
    let cpu = profile.realtime.cpu.flatMap { $0 < RealtimeProcess.processorCount ? $0 : nil }
    return ThreadOptions(
      name: "limbd-learn2", nice: 10, affinity: cpu.map { .avoiding(processor: $0) } ?? .inherited)
  }
}

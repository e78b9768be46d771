internal import LimbRealtime
package import LimbTypes
internal import Synchronization

/// How many records each ring of a `ControlBoard` holds, and how long a policy's block is.
package struct ControlBoardSizes: Sendable {
  /// Step records that wait for the recorder at most.
  package var steps = 1024
  /// Tick records that wait for the recorder at most.
  package var ticks = 1024
  /// Events that wait for the recorder at most.
  package var events = 1024
  /// Requests from operations that wait for control at most, and replies that wait for operations.
  package var requests = 64
  /// Floats in the actor's parameter block.
  package var policyParameters: Int

  /// The usual sizes for an actor of so many parameters.
  package init(policyParameters: Int) { self.policyParameters = policyParameters }
}

/// Everything that crosses between the control thread and the others: rings, the policy's mailbox, flags.
///
/// A copyable handle; the memory behind it lives as long as the process (one board a run), so that handles need no
/// owner and the control path no reference counting. Which side may call what is said at each function.
@safe package struct ControlBoard: @unchecked Sendable {
  @safe struct Storage: ~Copyable {
    let steps: SPSCRing<StepRecord>
    let ticks: SPSCRing<TickRecord>
    let events: SPSCRing<ControlEvent>
    let requests: SPSCRing<ControlRequest>
    let replies: SPSCRing<RequestReply>
    let velocity: LatestValue<Vector3>
    let policy: BlockMailbox
    let status: LatestValue<ControlStatus>
    let blackBox: BlackBox
    /// Raises so far; how many of them control has seen; how many a person has cleared. Counts and not flags, so that a
    /// raise during a clear is one more and cannot be lowered with the ones before.
    let emergencyStops = Atomic<UInt64>(0)
    let emergencyStopsSeen = Atomic<UInt64>(0)
    let emergencyStopsCleared = Atomic<UInt64>(0)
    let iterations = Atomic<UInt64>(0)
    let armingBlocks = Atomic<UInt32>(0)

    init(_ sizes: ControlBoardSizes, _ blackBox: consuming BlackBox) {
      self.blackBox = blackBox
      steps = SPSCRing(capacity: sizes.steps, filledWith: StepRecord())
      ticks = SPSCRing(capacity: sizes.ticks, filledWith: TickRecord())
      events = SPSCRing(capacity: sizes.events, filledWith: ControlEvent())
      requests = SPSCRing(capacity: sizes.requests, filledWith: ControlRequest(id: 0, .arm))
      replies = SPSCRing(capacity: sizes.requests, filledWith: RequestReply(id: 0, .done))
      velocity = LatestValue(Vector3())
      policy = BlockMailbox(blockCount: sizes.policyParameters)
      status = LatestValue(ControlStatus())
    }
  }

  let storage: UnsafeMutablePointer<Storage>

  /// Allocates and touches all of it.
  package init(_ sizes: ControlBoardSizes, blackBox: consuming BlackBox) {
    unsafe storage = UnsafeMutablePointer<Storage>.allocate(capacity: 1)
    unsafe storage.initialize(to: Storage(sizes, blackBox))
  }

  /// The same with a small black box in memory of its own.
  package init(_ sizes: ControlBoardSizes) { self.init(sizes, blackBox: BlackBox(rateHertz: 100)) }
}

/// Control's side.
extension ControlBoard {
  @_noLocks func push(_ record: StepRecord) -> Bool { unsafe storage.pointee.steps.push(record) }
  /// The black box keeps a record and an event, too, whether or not the recorder takes them.
  @_noLocks func push(_ record: TickRecord) -> Bool {
    unsafe storage.pointee.blackBox.note(record)
    return unsafe storage.pointee.ticks.push(record)
  }
  @_noLocks func push(_ event: ControlEvent) -> Bool {
    unsafe storage.pointee.blackBox.note(event)
    return unsafe storage.pointee.events.push(event)
  }
  /// Answers are few; when nobody reads them they are lost, and the asker has gone.
  @_noLocks func reply(_ reply: RequestReply) { _ = unsafe storage.pointee.replies.push(reply) }
  @_noLocks func takeRequest(_ request: inout ControlRequest) -> Bool {
    unsafe storage.pointee.requests.pop(into: &request)
  }
  /// The newest velocity that operations told, once.
  @_noLocks func takeVelocity(_ velocity: inout Vector3) -> Bool {
    guard unsafe storage.pointee.velocity.refresh() else { return false }
    velocity = unsafe storage.pointee.velocity.value
    return true
  }
  @_noLocks func publish(_ status: ControlStatus) { unsafe storage.pointee.status.publish(status) }
  /// How often anybody has raised the e-stop so far.
  @_noLocks func emergencyStopCount() -> UInt64 {
    unsafe storage.pointee.emergencyStops.load(ordering: .acquiring)
  }
  /// Whether one of the first `count` raises has not been cleared.
  @_noLocks func isEmergencyStopRaised(_ count: UInt64) -> Bool {
    unsafe count > storage.pointee.emergencyStopsCleared.load(ordering: .acquiring)
  }
  /// Control has acted on the first `count` raises.
  @_noLocks func acknowledgeEmergencyStop(_ count: UInt64) {
    unsafe storage.pointee.emergencyStopsSeen.store(count, ordering: .releasing)
  }
  /// The first `count` raises were cleared; a later one stays raised.
  @_noLocks func lowerEmergencyStop(_ count: UInt64) {
    unsafe storage.pointee.emergencyStopsCleared.store(count, ordering: .releasing)
  }
  @_noLocks func countIteration(_ number: UInt64) {
    unsafe storage.pointee.iterations.store(number, ordering: .releasing)
  }
  @_noLocks func presentArmingBlocks() -> ArmingBlocks {
    unsafe ArmingBlocks(rawValue: storage.pointee.armingBlocks.load(ordering: .acquiring))
  }
  @_noLocks func hasNewerPolicy() -> Bool { unsafe storage.pointee.policy.hasNewer() }
  @_noLocks func takePolicy() -> Bool { unsafe storage.pointee.policy.takeNewest() }
  @_noLocks func revertPolicy() { unsafe storage.pointee.policy.revert() }
  @_noLocks func policyBlock() -> UnsafePointer<Float> { unsafe storage.pointee.policy.block() }
  @_noLocks func policyVersion() -> UInt64 { unsafe storage.pointee.policy.version() }
}

/// The recorder's side: one thread.
extension ControlBoard {
  /// Moves the oldest step record into `record`; false when there is none.
  @_noLocks package func popStep(into record: inout StepRecord) -> Bool {
    unsafe storage.pointee.steps.pop(into: &record)
  }
  /// Moves the oldest tick record into `record`; false when there is none.
  @_noLocks package func popTick(into record: inout TickRecord) -> Bool {
    unsafe storage.pointee.ticks.pop(into: &record)
  }
  /// Moves the oldest event into `event`; false when there is none.
  @_noLocks package func popEvent(into event: inout ControlEvent) -> Bool {
    unsafe storage.pointee.events.pop(into: &event)
  }
  /// What the black box holds now. Any thread; allocates.
  package func blackBox() -> BlackBox.Contents { unsafe storage.pointee.blackBox.contents() }
  /// Leaves no black box for the next start; the caller has everything in it on the disk.
  package func discardBlackBox() { unsafe storage.pointee.blackBox.discard() }
}

/// The learner's side: one thread.
extension ControlBoard {
  /// Copies `policyParameters` floats and makes them the newest policy. Versions grow and begin at 1.
  package func publishPolicy(version: UInt64, copying block: UnsafePointer<Float>) {
    unsafe storage.pointee.policy.publish(version: version, copying: block)
  }
  /// Fills the newest policy in place (every float must be written).
  package func publishPolicy(version: UInt64, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
    unsafe storage.pointee.policy.publish(version: version, fill)
  }
  /// Whether a published policy has not been taken yet.
  package var isPolicyWaiting: Bool { unsafe storage.pointee.policy.hasNewer() }
}

/// The side of operations: one thread, but for the flags, which any thread may use.
extension ControlBoard {
  /// Asks for something; false when the queue is full. Answers come by `popReply` with the same id.
  ///
  /// Programs may send labels and velocities at any rate, and the queue is for people who want the robot to stop: labels get half
  /// of it. A velocity (for `estimation.velocity: external`) has a place of its own, is never answered, and of several between two
  /// iterations the newest counts.
  package func ask(_ request: ControlRequest) -> Bool {
    switch request.kind {
    case .velocity(let velocity):
      unsafe storage.pointee.velocity.publish(velocity)
      return true
    case .label:
      let limit = unsafe storage.pointee.requests.capacity / 2
      guard unsafe storage.pointee.requests.count < limit else { return false }
    default: break
    }
    var request = request
    request.emergencyStopCount = unsafe storage.pointee.emergencyStops.load(ordering: .acquiring)
    return unsafe storage.pointee.requests.push(request)
  }
  /// The oldest answer; nil when there is none.
  package func popReply() -> RequestReply? { unsafe storage.pointee.replies.pop() }
  /// The newest status.
  package func status() -> ControlStatus { unsafe storage.pointee.status.latest() }
  /// Any thread: raises the e-stop. Control acknowledges within its next iteration.
  package func raiseEmergencyStop() {
    _ = unsafe storage.pointee.emergencyStops.wrappingAdd(1, ordering: .acquiringAndReleasing)
  }
  /// Any thread: whether an e-stop is raised and control has seen the newest raise. If not within two ticks, use the
  /// `EmergencyLine`.
  package var isEmergencyStopAcknowledged: Bool {
    let count = unsafe storage.pointee.emergencyStops.load(ordering: .acquiring)
    return unsafe count > storage.pointee.emergencyStopsCleared.load(ordering: .acquiring)
      && storage.pointee.emergencyStopsSeen.load(ordering: .acquiring) >= count
  }
  /// Any thread: iterations so far, for the watchdog.
  package var iterations: UInt64 { unsafe storage.pointee.iterations.load(ordering: .acquiring) }
  /// Any thread: sets or clears a reason not to arm.
  package func block(_ reason: ArmingBlocks, _ isBlocked: Bool) {
    if isBlocked {
      _ = unsafe storage.pointee.armingBlocks.bitwiseOr(reason.rawValue, ordering: .acquiringAndReleasing)
    } else {
      _ = unsafe storage.pointee.armingBlocks.bitwiseAnd(~reason.rawValue, ordering: .acquiringAndReleasing)
    }
  }
}

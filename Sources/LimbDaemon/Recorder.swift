internal import LimbControl
internal import LimbExperience
internal import LimbLearning
internal import LimbSessions
internal import LimbTask
internal import LimbTypes
internal import Synchronization

/// Empties control's rings into the replay store and the session log, and keeps count of episodes.
///
/// Belongs to the recorder thread (in lockstep to the one thread). Nothing it does can hold up control: when it is slow
/// the rings fill and control counts what it could not hand over; when the disk is full, records are dropped, counted
/// and said, and the next record tries again (promise S7).
@safe final class Recorder: @unchecked Sendable {
  private let board: ControlBoard
  private let store: ReplayStore
  private let policies: PolicyArchive
  private var log: SessionLog
  private var blackBox: BlackBoxKeeper?
  private var tracker: EpisodeTracker
  private var step = StepRecord()
  private var tick = TickRecord()
  private var event = ControlEvent()
  private let finished = Mutex<[EpisodeSummary]>([])
  private let troubles = Mutex<Troubles>(Troubles())
  /// When `drain` was called last.
  private var newest = Instant()
  private var countedFailedSyncs: UInt64 = 0
  /// The newest end of an episode, for the one thread of lockstep: taken once.
  private var newestClose: StepRecord?

  /// What went wrong with the disk, for people.
  struct Troubles: Sendable {
    var storeErrors: UInt64 = 0
    var logErrors: UInt64 = 0
    /// Those not yet told.
    var untold = TroubleList()
  }

  init(
    board: ControlBoard, store: ReplayStore, log: consuming SessionLog, plan: ControlPlan, policies: PolicyArchive,
    blackBox: BlackBoxKeeper? = nil
  ) {
    self.board = board
    self.blackBox = blackBox
    self.policies = policies
    self.store = store
    self.log = log
    tracker = EpisodeTracker(plan: plan)
  }

  /// Takes everything that is there. True if there was anything.
  @discardableResult
  func drain(now: Instant) -> Bool {
    var any = false
    while board.popTick(into: &tick) {
      any = true
      note(log: { () throws(SessionError) in try self.log.append(self.tick) })
    }
    while board.popEvent(into: &event) {
      any = true
      note(log: { () throws(SessionError) in try self.log.append(self.event) })
      blackBox?.look(event)
      if event.kind == .policyAdopted { notePolicy(version: event.a, tick: event.tick) }
    }
    while board.popStep(into: &step) {
      any = true
      take(step)
    }
    note(store: { () throws(ReplayError) in
      try self.store.publish()
      try self.store.syncIfDue(now: now)
    })
    noteFailedSyncs()
    note(log: { () throws(SessionError) in _ = try self.log.syncIfDue(now: now) })
    newest = now
    note(log: { () throws(SessionError) in try self.blackBox?.work(now: now) })
    return any
  }

  private func take(_ record: StepRecord) {
    note(store: { () throws(ReplayError) in try self.store.stage(record) })
    note(log: { () throws(SessionError) in try self.log.append(record) })
    if record.kind == .close { newestClose = record }
    if let episode = tracker.take(record) { finished.withLock { $0.append(episode) } }
  }

  /// The record that ended the newest episode, once. Lockstep only: the recorder's thread is the caller's.
  func takeClose() -> StepRecord? {
    defer { newestClose = nil }
    return newestClose
  }

  /// Notes which numbers the version has that control follows from now on; they are kept in `policies/` under that hash.
  private func notePolicy(version: UInt64, tick: UInt64) {
    guard let hash = policies.adopt(version: version) else { return }
    note(log: { () throws(SessionError) in
      try self.log.appendPolicy(version: version, tick: tick, parameterHash: hash)
    })
  }

  /// Last words: what is staged is written, segments and log are closed in order.
  func close() {
    note(store: { () throws(ReplayError) in try self.store.close() })
    noteFailedSyncs()
    let failures = errorCounts().log
    note(log: { () throws(SessionError) in try self.log.finish() })
    note(log: { () throws(SessionError) in try self.blackBox?.work(now: self.newest, isLast: true) })
    // What the disk did not take stays in memory for the next start.
    if errorCounts().log == failures { board.discardBlackBox() }
  }

  /// Episodes that ended since the last call. Any thread.
  func takeFinished() -> [EpisodeSummary] {
    finished.withLock { list in
      defer { list.removeAll(keepingCapacity: true) }
      return list
    }
  }

  /// The oldest trouble with the disk that was not told yet. Any thread.
  func takeTrouble() -> String? { troubles.withLock { $0.untold.take() } }

  /// How often store and log could not take something. Any thread.
  func errorCounts() -> (store: UInt64, log: UInt64) { troubles.withLock { ($0.storeErrors, $0.logErrors) } }

  /// A full segment that could not be synced stops nothing, so the store does not throw it.
  private func noteFailedSyncs() {
    let count = store.failedSyncs
    guard count > countedFailedSyncs, let error = store.newestSealFailure else { return }
    let fresh = count - countedFailedSyncs
    countedFailedSyncs = count
    troubles.withLock {
      $0.storeErrors += fresh
      $0.untold.add("\(error): this segment of the replay store is whole, but a power cut may lose it")
    }
  }

  private func note(store body: () throws(ReplayError) -> Void) {
    do throws(ReplayError) {
      try body()
    } catch {
      let text = "\(error)"
      troubles.withLock {
        $0.storeErrors += 1
        $0.untold.add(text)
      }
    }
  }

  private func note(log body: () throws(SessionError) -> Void) {
    do throws(SessionError) {
      try body()
    } catch {
      let text = "\(error)"
      troubles.withLock {
        $0.logErrors += 1
        $0.untold.add(text)
      }
    }
  }
}

package import LimbTypes

/// What another run lived through, read for learning and never written: a robot that already knows something to learn from
/// (Ball et al., "Efficient online reinforcement learning with offline data", 2023: RLPD).
///
/// It must have been recorded with the same observation, the same action map, and the same dynamics (rate, gains, limits, filter):
/// anything else would teach a robot that this one is not. Rewards are computed anew from signals, so they may differ.
/// Opened once; any thread may read it. It may lie in a directory that another daemon writes to: what was there at opening counts.
package struct PriorData: Sendable {
  /// Online transitions that must be there before any of it is used (RLPD begins with the robot's own, too).
  package static let leastOnline = 256

  let layout: StepRecordLayout
  let segments: [ReplaySegment]

  /// Opens `stateDirectory`/replay. Throws `foreign`, naming the field and both values, if one of its segments does not belong to
  /// this robot and task, and `empty` if there is nothing in it.
  package init(stateDirectory: String, layout: StepRecordLayout, identity: ReplayIdentity) throws(ReplayError) {
    let reader = try ReplayReader(stateDirectory: stateDirectory)
    for segment in reader.segments { try segment.requireSameTask(layout, identity, dynamics: true) }
    segments = reader.segments.filter { $0.recordCount > 0 }
    if segments.isEmpty { throw .empty(directory: stateDirectory) }
    self.layout = layout
  }

  /// Takes its maps out of locked memory, as `ReplayStore.unlockMaps` does for a store.
  package func unlockMaps() { for segment in segments { segment.unlock() } }

  /// Records in it.
  package var recordCount: Int { segments.reduce(0) { $0 + $1.recordCount } }
}

/// Where a sampler's records come from: a store that grows, or prior data that stays as it is.
enum RecordSource {
  case store(ReplayStore)
  case prior(PriorData)

  var layout: StepRecordLayout {
    switch self {
    case .store(let store): store.layout
    case .prior(let data): data.layout
    }
  }

  /// The most records at any time.
  var mostRecords: Int {
    switch self {
    case .store(let store): store.mostRecords
    case .prior(let data): data.recordCount
    }
  }

  /// Changes whenever a segment comes or goes.
  var generation: UInt64 {
    switch self {
    case .store(let store): store.segmentGeneration
    case .prior: 0
    }
  }

  var segments: [ReplaySegment] {
    switch self {
    case .store(let store): store.segmentsNow
    case .prior(let data): data.segments
    }
  }
}

extension ReplaySegment {
  /// Throws `foreign`, naming the field, if the segment was recorded by another robot or for another task.
  /// - Parameter dynamics: Whether other dynamics are foreign too.
  func requireSameTask(
    _ layout: StepRecordLayout, _ identity: ReplayIdentity, dynamics: Bool
  ) throws(ReplayError) {
    let own = SegmentHeader(
      layout: layout, identity: identity, capacityRecords: 1, segment: 0, recordsBefore: 0, stepsBefore: 0)
    let path = path
    func compare(_ field: String, _ expected: String, _ actual: String) throws(ReplayError) {
      if expected != actual { throw .foreign(path: path, field: field, expected: expected, actual: actual) }
    }
    try compare("joints", String(own.joints), String(header.joints))
    try compare("actions", String(own.actions), String(header.actions))
    try compare("observation_width", String(own.observationWidth), String(header.observationWidth))
    try compare("observation_hash", own.observationHash, header.observationHash)
    try compare("action_hash", own.actionHash, header.actionHash)
    if own.columns != header.columns {
      throw .foreign(
        path: path, field: "columns", expected: "\(own.columns.count) columns",
        actual: "\(header.columns.count) other columns")
    }
    if dynamics { try compare("dynamics_hash", own.dynamicsHash, header.dynamicsHash) }
  }
}

internal import CKernels
internal import LimbLink
internal import LimbTask
internal import LimbTypes

/// Which stored transitions may be learned from, kept up to date as records come and go (docs/architecture.md, The
/// record).
///
/// A position is the number of a record in this index, counted from its first on without gap. Three rings of fixed size,
/// allocated once: a word a record (where its bytes are, and what kind of outcome it is), its reward, and the positions of
/// all *anchors*, the records whose action may be sampled. So a draw costs one look-up, uniform over what may be sampled,
/// what follows an action is known without a look at the records, and nothing is allocated while sampling.
///
/// Every record is verified once, when the index first sees it: length, checksum, known enumerations, finite numbers.
/// A damaged one keeps its position and breaks the chain. One thread at a time.
@safe struct ReplayIndex: ~Copyable {
  /// Frames of a network input: an anchor needs so many records of its chain behind it, itself included.
  let history: Int
  private let layout: StepRecordLayout
  private let reward: RewardPlan
  /// Length of the rings less one; a power of two less one, because a division a look-up would cost more than the look-up.
  private let mask: UInt64
  /// Address of the record's bytes (0: damaged), a multiple of eight, and `Outcome` in its lowest bits.
  private let rows: UnsafeMutablePointer<UInt>
  private let rewards: UnsafeMutablePointer<Float>
  private let anchors: UnsafeMutablePointer<UInt64>
  private var anchorHead: UInt64 = 0
  private var anchorTail: UInt64 = 0
  private var first: UInt64 = 0
  private var end: UInt64 = 0
  private var segments: [ReplaySegment] = []
  /// Records of `segments.last` that were taken in.
  private var takenOfLast = 0
  private var generation: UInt64?
  private var chain = Chain()
  private let crc = CRC32C()
  /// Records that were found damaged or not finite, and are not served.
  private(set) var damagedRecords: UInt64 = 0

  /// What a record says about the action before it.
  private enum Outcome {
    /// The transition that leads to the record may be used.
    static let usable: UInt = 1
    /// The episode ended there in a termination.
    static let terminated: UInt = 2
    static let all: UInt = 7
  }

  /// What the next record is compared with.
  private struct Chain {
    /// Good records in unbroken order up to the last one; 0 if that one was damaged.
    var length = 0
    var session: UInt64 = 0
    var episode: UInt32 = 0
    var index: Int32 = 0
    var kind = RecordKind.close
    var hasAction = false
  }

  /// Room for `records` at a time: the most that the store ever holds.
  init(layout: StepRecordLayout, reward: RewardPlan, records: Int, history: Int) {
    precondition(layout.stride % 8 == 0, "records lie at multiples of eight")
    self.layout = layout
    self.reward = reward
    self.history = history
    var capacity = 1
    while capacity < records + 1 { capacity *= 2 }
    mask = UInt64(capacity - 1)
    unsafe rows = .allocate(capacity: capacity)
    unsafe rows.initialize(repeating: 0, count: capacity)
    unsafe rewards = .allocate(capacity: capacity)
    unsafe rewards.initialize(repeating: 0, count: capacity)
    unsafe anchors = .allocate(capacity: capacity)
    unsafe anchors.initialize(repeating: 0, count: capacity)
  }

  deinit {
    unsafe rows.deallocate()
    unsafe rewards.deallocate()
    unsafe anchors.deallocate()
  }

  /// How many transitions may be sampled.
  var anchorCount: Int { Int(anchorTail - anchorHead) }
  /// Records that the index holds.
  var recordCount: Int { Int(end - first) }

  /// Position of anchor `number`, 0 ..< anchorCount, in the order they were recorded.
  func anchor(_ number: Int) -> UInt64 {
    precondition(number >= 0 && number < anchorCount, "there are \(anchorCount) anchors")
    return unsafe anchors[slot(anchorHead + UInt64(number))]
  }

  /// The bytes of the record at `position`, which the caller knows to be good.
  func record(_ position: UInt64) -> UnsafeRawPointer {
    precondition(position >= first && position < end, "position is in the index")
    guard let bytes = unsafe UnsafeRawPointer(bitPattern: row(position) & ~Outcome.all) else {
      preconditionFailure("a damaged record is never asked for")
    }
    return unsafe bytes
  }

  /// Asks for what the index knows of the action at `position` and of what followed it.
  func fetch(_ position: UInt64) {
    let place = slot(position)
    unsafe limb_fetch(rows + place, 16)
    unsafe limb_fetch(rewards + place, 8)
  }

  /// True if the record at `position` is there and ends a transition that may be learned from.
  func endsUsableTransition(_ position: UInt64) -> Bool { position < end && row(position) & Outcome.usable != 0 }

  /// True if the episode ended in a termination at `position`, which ends a usable transition.
  func isTerminated(_ position: UInt64) -> Bool { row(position) & Outcome.terminated != 0 }

  /// The reward of the action before `position`, which ends a usable transition.
  func reward(_ position: UInt64) -> Float { unsafe rewards[slot(position)] }

  private func slot(_ number: UInt64) -> Int { Int(truncatingIfNeeded: number & mask) }
  private func row(_ position: UInt64) -> UInt { unsafe rows[slot(position)] }

  /// Takes in what was written since, and forgets what was evicted.
  mutating func refresh(_ source: RecordSource) {
    let now = source.generation
    if generation != now {
      generation = now
      adopt(source.segments)
    }
    takeIn()
  }

  private mutating func adopt(_ list: [ReplaySegment]) {
    guard let oldest = list.first else { return }
    while let held = segments.first, held.header.segment < oldest.header.segment {
      // All but the newest were taken in whole; what was never taken of that one is a gap, which the keys show.
      first += UInt64(segments.count == 1 ? takenOfLast : held.recordCount)
      segments.removeFirst()
      if segments.isEmpty { takenOfLast = 0 }
    }
    dropAnchors()
    let newest = segments.last?.header.segment
    for segment in list where newest.map({ segment.header.segment > $0 }) ?? true {
      takeIn()
      segments.append(segment)
      takenOfLast = 0
    }
  }

  /// Anchors whose history begins before the first record are gone with it.
  private mutating func dropAnchors() {
    let lead = UInt64(history - 1)
    while anchorHead < anchorTail, anchor(0) < first + lead { anchorHead += 1 }
  }

  private mutating func takeIn() {
    guard let segment = segments.last else { return }
    let count = segment.recordCount
    while takenOfLast < count {
      take(segment, takenOfLast)
      takenOfLast += 1
    }
  }

  private mutating func take(_ segment: ReplaySegment, _ number: Int) {
    let position = end
    end += 1
    var record = StepRecord()
    let bytes = unsafe segment.record(number)
    let isGood = unsafe segment.isWhole(number, crc) && layout.decode(bytes, into: &record) && isFinite(bytes, record)
    guard isGood else {
      damagedRecords += 1
      chain = Chain()
      set(position, 0)
      return
    }
    let follows = continues(record)
    let usable = follows && chain.hasAction && Self.isUsableOutcome(record)
    if usable && chain.length >= history {
      unsafe anchors[slot(anchorTail)] = position - 1
      anchorTail += 1
    }
    let terminated = record.flags.contains(.terminated) ? Outcome.terminated : 0
    set(position, UInt(bitPattern: bytes) | (usable ? Outcome.usable | terminated : 0))
    if usable { unsafe rewards[slot(position)] = reward.reward(record.signals) }
    chain = Chain(
      length: follows ? chain.length + 1 : 1, session: record.session, episode: record.episode, index: record.index,
      kind: record.kind, hasAction: record.kind == .step && record.source != .none)
  }

  private func set(_ position: UInt64, _ row: UInt) { unsafe rows[slot(position)] = row }

  /// True if `record` is the next of the same episode.
  private func continues(_ record: StepRecord) -> Bool {
    chain.length > 0 && chain.kind != .close && record.session == chain.session && record.episode == chain.episode
      && record.index == chain.index + 1
  }

  /// True if the interval that led to `record` may be learned from. The control thread clears `regular` where the table
  /// of end causes drops the last transition; the table is asked again, so that neither place alone can let one in.
  private static func isUsableOutcome(_ record: StepRecord) -> Bool {
    record.kind != .context && record.flags.contains(.regular) && record.endCause.consequence != .truncatedDropped
  }

  /// True if every number that a learner could meet is finite.
  private func isFinite(_ bytes: UnsafeRawPointer, _ record: StepRecord) -> Bool {
    let signals = StepRecordLayout.Offset.baseVelocity
    var good = unsafe Self.areFinite(bytes, from: signals, to: StepRecordLayout.Offset.contacts)
    good =
      unsafe good
      && Self.areFinite(bytes, from: StepRecordLayout.Offset.jointPower, to: StepRecordLayout.Offset.successLabel)
    good = unsafe good && Self.areFinite(bytes, from: layout.observationOffset, to: layout.appliedTargetOffset)
    guard good, record.kind == .step else { return good }
    return unsafe Self.areFinite(bytes, from: layout.preSquashOffset, to: layout.meanOffset)
  }

  private static func areFinite(_ bytes: UnsafeRawPointer, from: Int, to: Int) -> Bool {
    var offset = from
    while offset < to {
      let bits = unsafe bytes.load(fromByteOffset: offset, as: UInt32.self)
      if bits & 0x7F80_0000 == 0x7F80_0000 { return false }
      offset += 4
    }
    return true
  }
}

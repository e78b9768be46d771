import LimbProfile
import LimbTask
import LimbTestSupport
import LimbTypes

@testable import LimbExperience

/// The plan of `configs/quad8-sim.yaml` with another history.
func testPlan(history: Int = 3) throws -> ControlPlan {
  try ControlPlan(profile: testProfile(history: history))
}

func testProfile(history: Int = 3) throws -> RobotProfile {
  let text = try Repository.text("configs/quad8-sim.yaml")
  guard let range = text.firstRange(of: "history: 2") else { throw FixtureError.missing("history: 2") }
  return try RobotProfile.load(yaml: text.replacingCharacters(in: range, with: "history: \(history)"))
}

enum FixtureError: Error { case missing(String) }

extension String {
  func firstRange(of text: String) -> Range<String.Index>? {
    indices.lazy.compactMap { start in
      self[start...].hasPrefix(text) ? start..<self.index(start, offsetBy: text.count) : nil
    }.first
  }

  func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}

/// A small robot's layout for tests of the store alone.
let smallLayout = StepRecordLayout(jointCount: 2, actionCount: 2, footCount: 0, observationFrameWidth: 3)!

func testIdentity(_ plan: ControlPlan? = nil, session: UInt64 = 7, run: UInt64 = 1) -> ReplayIdentity {
  ReplayIdentity(
    robotUUID: "0123456789abcdef0123456789abcdef", profileName: "test", profileHash: 1,
    observationHash: plan?.observationHash ?? 2, actionHash: plan?.actionHash ?? 3,
    dynamicsHash: plan?.dynamicsHash ?? 4, rewardHash: plan?.rewardHash ?? 5, session: session, runCounter: run,
    bootID: "boot")
}

func openStore(
  _ directory: TemporaryDirectory, layout: StepRecordLayout = smallLayout, plan: ControlPlan? = nil,
  capacity: Int = 1000, segment: Int = 16, session: UInt64 = 7, run: UInt64 = 1
) throws -> ReplayStore {
  try ReplayStore.open(
    stateDirectory: directory.path, layout: layout, identity: testIdentity(plan, session: session, run: run),
    limits: ReplayLimits(capacitySteps: capacity, segmentSteps: segment, syncMilliseconds: 200))
}

/// A record all of whose numbers follow from its sequence number, so that it can be checked by itself.
func numbered(_ sequence: UInt64, layout: StepRecordLayout = smallLayout, kind: RecordKind = .step) -> StepRecord {
  var record = StepRecord()
  record.kind = kind
  record.sequence = sequence
  record.session = 7
  record.episode = 1
  record.index = Int32(truncatingIfNeeded: sequence)
  record.flags = .regular
  record.source = kind == .step ? .policy : .none
  let words = Philox.uniforms(seed: 5, stream: .test, counter: sequence, lane: 0)
  for i in 0..<layout.observationFrameWidth { record.observation[i] = words[i % 4] + Float(i) }
  record.observation.count = Int32(layout.observationFrameWidth)
  for a in 0..<layout.actionCount {
    record.preSquash[a] = words[a % 4] * 4 - 2
    record.mean[a] = words[a % 4]
    record.logStandardDeviation[a] = -1 - words[a % 4]
  }
  record.signals.baseVelocityMetersPerSecond = Vector3(words.x, words.y, words.z)
  record.signals.rollRadians = words.w - 0.5
  record.signals.pitchRadians = words.z - 0.5
  record.signals.headingRadians = words.x - 0.5
  record.signals.actionAcceleration = words.y
  record.logDensity = -words.x
  return record
}

/// The bytes of a record as the store would write them, without the checksum.
func encoded(_ record: StepRecord, _ layout: StepRecordLayout = smallLayout) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: layout.stride)
  unsafe bytes.withUnsafeMutableBytes { unsafe layout.encode(record, into: $0.baseAddress!) }
  return bytes
}

/// Every whole record of a store, in order.
func allRecords(_ store: ReplayStore) -> [StepRecord] {
  var records: [StepRecord] = []
  for segment in store.segmentsNow {
    for index in 0..<segment.recordCount where segment.isWhole(index, store.crc) {
      var record = StepRecord()
      if unsafe store.layout.decode(segment.record(index), into: &record) { records.append(record) }
    }
  }
  return records
}

/// Draws for tests: the k-th number of a stream of its own.
struct TestRandom {
  let seed: UInt64
  var counter: UInt64 = 0

  init(seed: UInt64) { self.seed = seed }

  mutating func word() -> UInt32 {
    counter += 1
    return Philox.block(seed: seed, stream: .test, counter: counter, lane: 9).x
  }

  mutating func below(_ bound: Int) -> Int { Philox.index(word(), below: bound) }

  mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
}

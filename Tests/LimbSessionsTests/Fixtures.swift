import LimbTypes

@testable import LimbSessions

let testLayout = StepRecordLayout(jointCount: 2, actionCount: 2, footCount: 0, observationFrameWidth: 3)!

func testHeader(run: UInt64 = 1) -> SessionHeader {
  SessionHeader(
    runCounter: run, session: "0000000000000007", bootID: "boot", startedAt: "1970-01-01T00:00:00Z", buildID: "test",
    seed: 3, isLockstep: true, robotUUID: "", profile: "limbd: 1\nrobot: {name: \"quad\"}\n",
    profileHash: "1", observationHash: "2", actionHash: "3", dynamicsHash: "4", rewardHash: "5",
    joints: 2, actions: 2, feet: 0, observationWidth: 3)
}

func tick(_ iteration: UInt64) -> TickRecord {
  var record = TickRecord()
  record.iteration = iteration
  record.tick = iteration + 4_294_967_290
  record.wokeAt = Instant(nanoseconds: iteration * 2_000_000)
  record.readAt = Instant(nanoseconds: iteration * 2_000_000 + 11)
  record.wroteAt = Instant(nanoseconds: iteration * 2_000_000 + 22)
  record.deadline = Instant(nanoseconds: iteration * 2_000_000 - iteration % 2)
  record.state = SupervisorCode.allCases[Int(iteration) % SupervisorCode.allCases.count]
  record.hadFrame = iteration % 3 != 0
  record.bytesInCount = Int32(iteration * 37 % 2049)
  record.bytesOutCount = Int32(iteration * 11 % 513)
  for index in 0..<Int(record.bytesInCount) { record.bytesIn[index] = UInt8(truncatingIfNeeded: index &* 7 + 1) }
  for index in 0..<Int(record.bytesOutCount) { record.bytesOut[index] = UInt8(truncatingIfNeeded: index &* 5) }
  return record
}

func same(_ a: TickRecord, _ b: TickRecord) -> Bool {
  guard a.iteration == b.iteration, a.tick == b.tick, a.wokeAt == b.wokeAt, a.readAt == b.readAt,
    a.wroteAt == b.wroteAt, a.deadline == b.deadline, a.state == b.state, a.hadFrame == b.hadFrame,
    a.bytesInCount == b.bytesInCount, a.bytesOutCount == b.bytesOutCount
  else { return false }
  return (0..<2048).allSatisfy { a.bytesIn[$0] == b.bytesIn[$0] }
    && (0..<512).allSatisfy { a.bytesOut[$0] == b.bytesOut[$0] }
}

func event(_ sequence: UInt64) -> ControlEvent {
  var event = ControlEvent()
  event.sequence = sequence
  event.iteration = sequence * 10
  event.tick = sequence * 10 + 5
  event.at = Instant(nanoseconds: sequence * 777)
  event.kind = ControlEventKind.allCases[Int(sequence) % ControlEventKind.allCases.count]
  event.a = sequence &* 0x9E37_79B9_7F4A_7C15
  event.b = ~event.a
  event.value = Float(sequence) / 3
  return event
}

func step(_ sequence: UInt64) -> StepRecord {
  var record = StepRecord()
  record.sequence = sequence
  record.session = 7
  record.index = Int32(sequence)
  record.source = .policy
  record.observation.count = 3
  for index in 0..<3 { record.observation[index] = Float(sequence) + Float(index) / 4 }
  record.preSquash[1] = -Float(sequence)
  return record
}

/// All entries of a reader.
func entries(_ reader: inout SessionReader) throws -> [SessionEntry] {
  var all: [SessionEntry] = []
  while let entry = try reader.next() { all.append(entry) }
  return all
}

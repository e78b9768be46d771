package import LimbTypes

/// One entry of a session log, as read back.
package enum SessionEntry: Sendable {
  case header(SessionHeader)
  case tick(TickRecord)
  case event(ControlEvent)
  case step(StepRecord)
  /// The whole state of the step as opaque bytes, from which a replay resumes: taken after `iteration`.
  case keyFrame(iteration: UInt64, tick: UInt64, bytes: [UInt8])
  /// A policy version came into use at `tick`; `parameterHash` names its numbers, `bytes` may hold them.
  case policy(version: UInt64, tick: UInt64, parameterHash: UInt64, bytes: [UInt8])
  /// The log was closed in order: how many ticks, events and steps it had been given since the run began.
  case end(ticks: UInt64, events: UInt64, steps: UInt64)
}

/// The byte that says what an entry is; the numbers never change.
enum SessionEntryKind: UInt8, CaseIterable {
  case header = 1
  case tick = 2
  case event = 3
  case step = 4
  case keyFrame = 5
  case policy = 6
  case end = 7
}

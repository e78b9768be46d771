internal import LimbLink
package import LimbTypes

extension LimbLinkDriver {
  /// Sends one command, unless the link is not up. True if the line took the whole frame; a frame that it did not take
  /// is lost, counted, and not sent again.
  @_noLocks @discardableResult package mutating func send(_ command: JointCommand) -> Bool {
    guard phase == .linked else { return false }
    var message = CommandMessage()
    plan.convert(command, caps.scales, into: &message)
    message.session = session
    message.sensorSequence = UInt16(truncatingIfNeeded: command.answersTick)
    guard transmit(.command(message)) else { return false }
    statistics.commands &+= 1
    return true
  }

  /// Control's own way to stop the device at once, in any phase; operations has `EmergencyLine`. True if the line took
  /// the whole frame. A CLEAR that is unanswered is not repeated behind it: it ends as if nobody had answered.
  @_noLocks @discardableResult package mutating func sendEmergencyStop(reason: UInt8) -> Bool {
    switch authority.kind {
    case .clear, .clearEmergencyStop: authority.finish(result: 0, detail: 0, timedOut: true)
    case .none, .arm, .disarm, .setParameter, .listParameter: break
    }
    guard isOffline || transport.isOpen else { return false }
    var message = EmergencyStopMessage()
    message.reason = reason
    return transmit(.emergencyStop(message))
  }

  /// The bytes that came and went in this iteration.
  @_noLocks package borrowing func copyBytes(into record: inout TickRecord) {
    let inCount = min(inputEnd - inputLogged, tickBytesInCapacity)
    for index in 0..<inCount { unsafe record.bytesIn[index] = input[inputLogged + index] }
    record.bytesInCount = Int32(truncatingIfNeeded: inCount)
    for index in 0..<outputCount { unsafe record.bytesOut[index] = output[index] }
    record.bytesOutCount = Int32(truncatingIfNeeded: outputCount)
  }

  /// Makes a frame behind what was sent in this iteration and writes it.
  @_noLocks mutating func transmit(_ message: Message) -> Bool {
    // Before the barrier stands there is no device time, and wall time would make no two logs alike.
    let microseconds = isBeforeBarrier ? 0 : UInt32(truncatingIfNeeded: now.nanoseconds / 1000)
    let frame = unsafe output + outputCount
    let count = unsafe encoder.encode(
      message, microseconds: microseconds, into: frame, capacity: LinkLimits.encodedBytes)
    guard count > 0 else { return false }
    // What would not fit the record is sent all the same; only the log is short. Nothing of ours comes near it.
    if outputCount + count <= tickBytesOutCapacity { outputCount += count }
    statistics.bytesOut &+= UInt64(count)
    if isOffline { return true }
    switch unsafe transport.write(UnsafeRawPointer(frame), count: count) {
    case .whole: return true
    case .short:
      statistics.shortWrites &+= 1
      return false
    case .gone:
      loseLine()
      return false
    }
  }
}

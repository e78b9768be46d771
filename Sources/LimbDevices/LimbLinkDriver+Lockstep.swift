internal import LimbLink
package import LimbTypes

/// How far a lockstep tick has come.
package enum TickArrival: UInt8, BitwiseCopyable, Sendable {
  /// `tick` is set: set the clock, tell the driver (`setInstant`), then read the frames.
  case complete
  /// Wait for the line to become readable and call again.
  case incomplete
  /// The peer has closed.
  case gone
}

extension LimbLinkDriver {
  /// Lockstep: reads what is there and looks for the end of the tick, without decoding its frames yet. What exceeds a
  /// tick record is dropped and counted, but still looked through for the TICK.
  @_noLocks package mutating func receiveTick() -> TickArrival {
    if hasTick { return .complete }
    if findTick(upTo: inputEnd) { return .complete }
    let room = min(tickBytesInCapacity - (inputEnd - inputLogged), 2 * tickBytesInCapacity - inputEnd)
    if room > 0 {
      guard receive() else { return .gone }
      return findTick(upTo: inputEnd) ? .complete : .incomplete
    }
    // The record is full: the rest goes where the next frame would be made, and nowhere else.
    let spare = unsafe output + outputCount
    switch unsafe transport.read(into: UnsafeMutableRawPointer(spare), capacity: LinkLimits.encodedBytes) {
    case .gone:
      loseLine()
      return .gone
    case .nothing: return .incomplete
    case .bytes(let count):
      statistics.inputOverrun &+= UInt64(count)
      var offset = 0
      while unsafe scout.consume(spare, count: count, offset: &offset) {
        if case .tick(let found) = scout.message {
          take(found)
          return .complete
        }
      }
      return .incomplete
    }
  }

  /// Lockstep: the device's time at the tick that has wholly arrived, as an instant.
  package var tickInstant: Instant {
    @_noLocks get { Instant(nanoseconds: tick.deviceTimeMicroseconds &* 1000) }
  }

  /// Lockstep: says that this tick has been answered; the peer goes on.
  @_noLocks @discardableResult package mutating func finishTick() -> Bool {
    var message = TickDoneMessage()
    message.number = tick.number
    return transmit(.tickDone(message))
  }

  @_noLocks private mutating func findTick(upTo end: Int) -> Bool {
    while unsafe scout.consume(input, count: end, offset: &scouted) {
      if case .tick(let found) = scout.message {
        take(found)
        return true
      }
    }
    return false
  }

  @_noLocks private mutating func take(_ found: TickMessage) {
    tick = found
    hasTick = true
  }
}

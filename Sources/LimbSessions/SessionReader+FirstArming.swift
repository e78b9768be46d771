internal import LimbTypes

extension SessionReader {
  /// The device tick at which a run first armed its robot. Nil if it never did, or if the log does not show it: the
  /// beginning was deleted by the limit of the logs, or is damaged. Reads no further than that.
  package static func firstArmedTick(
    sessionsDirectory: String, run: UInt64
  ) throws(SessionError) -> UInt64? {
    var reader = try SessionReader(sessionsDirectory: sessionsDirectory, run: run)
    while let entry = try reader.next() {
      switch entry {
      case .header(let header) where header.part != 0: return nil
      case .event(let event) where event.kind == .transition && isArming(event):
        return reader.gaps.contains { $0.counter == .event } ? nil : event.tick
      default: continue
      }
    }
    return nil
  }

  /// CHECK leads to an armed state only by the device's own word: upright it ramps, lying it is a fallen robot.
  private static func isArming(_ event: ControlEvent) -> Bool {
    guard event.a == SupervisorCode.check.number else { return false }
    return event.b == SupervisorCode.ramp.number || event.b == SupervisorCode.fallen.number
  }
}

internal import LimbTypes

/// The emergency stop: heard, told to the device, kept.
extension ControlStep {
  /// How many ESTOPs a line must take whole before control is silent.
  private static var burstCount: Int { @_noLocks get { 3 } }

  /// Counts the ESTOPs that went out whole. A line that was opened, a handshake, or frames after a silence may mean that
  /// the device has heard none of them: it is told anew.
  @_noLocks mutating func watchLine(_ input: ControlInput) {
    if input.wroteEmergencyStop { state.emergencyBursts += 1 }
    if input.lineNumber != state.lineNumber || input.isLinked && !state.wasLinked { state.emergencyBursts = 0 }
    state.lineNumber = input.lineNumber
    state.wasLinked = input.isLinked
  }

  /// The e-stop that anybody raised: acknowledged in this iteration. One that comes while an earlier one is being
  /// cleared takes the clear back.
  @_noLocks mutating func watchEmergencyStop(_ input: ControlInput) {
    guard input.isEmergencyStopRaised else { return }
    if input.emergencyStopCount != state.emergencyStopCount {
      state.emergencyStopCount = input.emergencyStopCount
      state.emergencyBursts = 0
      withdrawClear()
    }
    enterEmergencyStop(input.now, .emergencyStopRequested)
    board.acknowledgeEmergencyStop(input.emergencyStopCount)
  }

  /// The driver forgets its own CLEAR when it sends ESTOP.
  @_noLocks private mutating func withdrawClear() {
    if case .clear = state.wanted { state.wanted = .none }
    if case .clear = state.underWay { state.underWay = .none }
    guard state.hasClearRequest else { return }
    state.hasClearRequest = false
    board.reply(RequestReply(id: state.clearRequest, .interrupted))
  }

  /// Latches ESTOP, whatever is going on.
  @_noLocks mutating func enterEmergencyStop(_ now: Instant, _ why: TransitionReason) {
    if case .emergencyStop = state.supervisor.state { return }
    state.counters.emergencyStops &+= 1
    endEpisode(why.endCause)
    interruptRequests()
    state.emergencyBursts = 0
    state.wanted = .none
    state.supervisor.emergencyStop(at: now, why)
  }

  /// ESTOP three times, then no word, so that the device's own watchdog fires too. A device whose frames show another
  /// state has not heard it, and is told until it has; but not while a person clears the stop.
  @_noLocks mutating func stayStopped(_ isFresh: Bool, _ output: inout ControlOutput) {
    guard !isClearing else { return }
    var isUnheard = isFresh
    if case .emergencyStop = state.frame.deviceState { isUnheard = false }
    output.sendsEmergencyStop = !isToldEmergencyStop || isUnheard
  }

  /// The line took as many ESTOPs as it should.
  var isToldEmergencyStop: Bool { @_noLocks get { state.emergencyBursts >= ControlStep.burstCount } }

  /// A CLEAR is on its way to the device.
  private var isClearing: Bool {
    @_noLocks get {
      if case .clear = state.underWay { return true }
      if case .clear = state.wanted { return true }
      return false
    }
  }
}

internal import LimbLink
internal import LimbTypes

extension LimbLinkDriver {
  /// Asks the device to make its motors live. Of arm, disarm and clear the newest supersedes an unanswered one. Does
  /// nothing unless linked. The answer comes through `takeAnswer`, within 300 ms.
  @_noLocks package mutating func requestArm() { begin(.arm) }

  /// Asks the device to let go.
  @_noLocks package mutating func requestDisarm() { begin(.disarm) }

  /// Asks the device to lift its latch; that of an e-stop only if `emergencyStop`.
  @_noLocks package mutating func requestClear(emergencyStop: Bool) {
    begin(emergencyStop ? .clearEmergencyStop : .clear)
  }

  /// Sets an unsigned parameter of the device (SPEC §4.6). A newer request supersedes an unanswered one.
  @_noLocks package mutating func setParameter(_ id: UInt16, to value: UInt32) {
    guard phase == .linked else { return }
    var slot = ServiceSlot()
    slot.begin(.setParameter, request: takeRequestNumber(), at: now)
    slot.parameter = id
    slot.value = value
    send(&slot)
    parameter = slot
  }

  /// Asks for the device's parameter at `index`, from 0; the answer comes through `takeParameterAnswer`, the value is in
  /// `parameterValue` then. An index beyond the last is refused (14).
  @_noLocks package mutating func requestParameter(at index: UInt16) {
    guard phase == .linked else { return }
    var slot = ServiceSlot()
    slot.begin(.listParameter, request: takeRequestNumber(), at: now)
    slot.parameter = index
    send(&slot)
    parameter = slot
  }

  /// Announces the number of the episode that begins. A device that knows no such parameter is not asked again.
  @_noLocks package mutating func announceEpisode(_ number: UInt32) {
    if takesEpisodes { setParameter(0x0001, to: number) }
  }

  /// The answer to arm, disarm or clear, once; false if none has come.
  @_noLocks package mutating func takeAnswer(_ answer: inout ServiceAnswer) -> Bool { authority.take(&answer) }

  /// The answer to the last parameter, once; false if none has come.
  @_noLocks package mutating func takeParameterAnswer(_ answer: inout ServiceAnswer) -> Bool {
    parameter.take(&answer)
  }

  /// True while arm, disarm or clear is unanswered.
  package var awaitsAnswer: Bool { @_noLocks get { authority.kind != .none } }

  @_noLocks private mutating func begin(_ kind: ServiceKind) {
    guard phase == .linked else { return }
    var slot = ServiceSlot()
    slot.begin(kind, request: takeRequestNumber(), at: now)
    send(&slot)
    authority = slot
  }

  @_noLocks mutating func takeRequestNumber() -> UInt16 {
    defer { nextRequest = nextRequest &+ 1 }
    return nextRequest
  }

  @_noLocks mutating func forgetRequests() {
    if authority.kind != .none { authority.finish(result: 0, detail: 0, timedOut: true) }
    if parameter.kind != .none { parameter.finish(result: 0, detail: 0, timedOut: true) }
  }

  @_noLocks mutating func repeatRequests() {
    if authority.kind != .none && now >= authority.nextTryAt {
      var slot = authority
      send(&slot)
      authority = slot
    }
    if parameter.kind != .none && now >= parameter.nextTryAt {
      var slot = parameter
      send(&slot)
      parameter = slot
    }
  }

  /// Sends what a slot asks for, or gives up.
  @_noLocks private mutating func send(_ slot: inout ServiceSlot) {
    if slot.triesLeft == 0 {
      slot.finish(result: 0, detail: 0, timedOut: true)
      return
    }
    slot.triesLeft -= 1
    slot.nextTryAt = now.adding(nanoseconds: ServiceSlot.retryNanoseconds)
    switch slot.kind {
    case .none: break
    case .arm:
      var message = ArmMessage()
      message.request = slot.request
      message.session = session
      message.capsCRC = caps.capsCRC
      _ = transmit(.arm(message))
    case .disarm:
      var message = DisarmMessage()
      message.request = slot.request
      message.session = session
      _ = transmit(.disarm(message))
    case .clear, .clearEmergencyStop:
      var message = ClearMessage()
      message.request = slot.request
      message.session = session
      message.what = slot.kind == .clear ? 1 : 3
      _ = transmit(.clear(message))
    case .setParameter, .listParameter:
      var message = ParameterMessage()
      message.request = slot.request
      message.session = session
      message.operation = slot.kind == .setParameter ? 1 : 2
      message.id = slot.parameter
      message.value = slot.value
      _ = transmit(.parameter(message))
    }
  }

  @_noLocks mutating func handle(_ ack: AckMessage) {
    if authority.kind != .none && ack.request == authority.request {
      authority.finish(result: ack.result, detail: ack.detail, timedOut: false)
      status.state = ack.state
    } else if parameter.kind != .none && ack.request == parameter.request {
      // 14: no such parameter.
      if ack.result == 14 && parameter.kind == .setParameter && parameter.parameter == 0x0001 { takesEpisodes = false }
      parameter.finish(result: ack.result, detail: ack.detail, timedOut: false)
    }
  }

  @_noLocks mutating func handle(_ value: ParameterValueMessage) {
    guard parameter.kind != .none && value.request == parameter.request else { return }
    parameterValue = value
    parameter.finish(result: 0, detail: 0, timedOut: false)
  }
}

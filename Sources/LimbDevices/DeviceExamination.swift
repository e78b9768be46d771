package import LimbLink
internal import LimbRealtime
internal import LimbTypes

/// A parameter as the device lists it (SPEC §4.6).
package struct DeviceParameter: Sendable, Equatable {
  /// As the device spells it; its number if it has no name.
  package let name: String
  /// In words of its own type, unit behind it.
  package let value: String
  /// Whether the device refuses to set it.
  package let isReadOnly: Bool

  init(_ message: ParameterValueMessage) {
    let name = (0..<min(Int(message.nameLength), 32)).map { message.name[$0] }
    let unit = (0..<min(Int(message.unitLength), 32)).map { message.unit[$0] }
    self.name = name.isEmpty ? "\(message.id)" : String(decoding: name, as: UTF8.self)
    let number =
      switch message.valueType {
      case 1: "\(Int32(bitPattern: message.value))"
      case 2: "\(Float(bitPattern: message.value))"
      default: "\(message.value)"
      }
    value = unit.isEmpty ? number : number + " " + String(decoding: unit, as: UTF8.self)
    isReadOnly = message.flags & 1 != 0
  }
}

/// What a device says of itself, held against a profile: one handshake, half a second of listening, the list of its
/// parameters. The comparison is the driver's own, the one that every link begins with.
///
/// Nothing but HELLO, TIMESYNC, PARAM list and acknowledgements of FAULT is sent: no COMMAND, no ARM, no CLEAR. A device
/// that waits for a host is DISARMED afterwards; one that holds, damps, is limp or latched stays so.
package struct DeviceExamination: Sendable {
  /// How far it went.
  package enum Outcome: Sendable, Equatable {
    /// The device is the profile's robot.
    case agrees
    /// `mismatches` says in what it is not.
    case differs
    /// HELLO was refused for a reason of SPEC §5.
    case refused(result: UInt8)
    /// Nothing answered; so many bytes came all the same.
    case silent(bytes: UInt64)
    /// The line went away.
    case lost
  }

  /// How far it went; `silent` until something answers.
  package private(set) var outcome = Outcome.silent(bytes: 0)
  /// In what the device is not the profile's robot.
  package private(set) var mismatches = LinkMismatches()
  /// Differences that do no harm.
  package private(set) var remarks = LinkMismatches()
  /// Valid unless silent or lost.
  package private(set) var identity = DeviceIdentity()
  /// Valid if it agrees or differs in anything but version and readability.
  package private(set) var caps: CapsMessage?
  /// What the device last said of its state.
  package private(set) var status = DeviceStatus()
  /// SENSOR frames heard after the handshake.
  package private(set) var frames: UInt64 = 0
  /// SENSOR frames that were lost between them, by their ticks.
  package private(set) var framesLost: UInt64 = 0
  /// Over the device's own time; 0 if too few came.
  package private(set) var framesPerSecond = 0.0
  /// In the device's order.
  package private(set) var parameters: [DeviceParameter] = []

  /// How long an answer is waited for, and how long a linked device is listened to, nanoseconds.
  private static let patience: Int64 = 3_000_000_000
  private static let listening: Int64 = 500_000_000

  /// Asks the device at the far end of `line`. Blocks for at most some seconds; off the control path. `session` (not 0)
  /// and `nonce` name this conversation to the device.
  package init(_ line: borrowing OpenLine, plan: DriverPlan, session: UInt16, nonce: UInt32) {
    var driver = LimbLinkDriver(plan: plan, session: session, nonce: nonce, wantsLockstep: false)
    driver.attach(line.transport)
    let time = TimeSource.monotonic()
    listen(&driver, time)
    identity = driver.identity
    status = driver.status
    mismatches = driver.mismatches
    if driver.caps.capsCRC == identity.capsCRC, driver.caps.rateHertz > 0 { caps = driver.caps }
    if let caps { remarks = plan.remarks(caps) }
  }

  private mutating func listen(_ driver: inout LimbLinkDriver, _ time: TimeSource) {
    let began = time.now()
    var linkedAt: Instant?
    var first = SensorFrame()
    var frame = SensorFrame()
    var hasAllParameters = false
    var isAsking = false
    while true {
      let now = time.now()
      driver.beginIteration(at: now)
      driver.receive()
      while driver.nextFrame(into: &frame) {
        if frames == 0 { first = frame }
        frames += 1
      }
      driver.serve()
      switch driver.phase {
      case .mismatched:
        outcome = .differs
        return
      case .refused:
        outcome = .refused(result: driver.refusal)
        return
      case .disconnected:
        outcome = .lost
        return
      case .greeting, .examining:
        // A link that came and went is not the link that is wanted.
        if now.nanoseconds(since: began) > DeviceExamination.patience {
          outcome = .silent(bytes: driver.statistics.bytesIn)
          return
        }
      case .linked:
        if linkedAt == nil { linkedAt = now }
        if !hasAllParameters { hasAllParameters = !takeParameter(&driver, &isAsking) }
        guard let since = linkedAt, now.nanoseconds(since: since) > DeviceExamination.listening, hasAllParameters else { break }
        outcome = .agrees
        summarise(first, frame)
        return
      }
      _ = driver.transport.waitUntilReadable(or: now.adding(nanoseconds: 10_000_000))
    }
  }

  /// One turn of listing: false when there is nothing more to ask for.
  private mutating func takeParameter(_ driver: inout LimbLinkDriver, _ isAsking: inout Bool) -> Bool {
    var answer = ServiceAnswer()
    if isAsking {
      guard driver.takeParameterAnswer(&answer) else { return true }
      isAsking = false
      guard answer.isAccepted else { return false }
      parameters.append(DeviceParameter(driver.parameterValue))
      if parameters.count >= Int(driver.parameterValue.count) { return false }
    }
    driver.requestParameter(at: UInt16(parameters.count))
    isAsking = true
    return true
  }

  private mutating func summarise(_ first: SensorFrame, _ last: SensorFrame) {
    guard frames > 1, last.deviceTimeMicroseconds > first.deviceTimeMicroseconds else { return }
    let ticks = last.tick - first.tick
    framesLost = ticks + 1 > frames ? ticks + 1 - frames : 0
    framesPerSecond = Double(ticks) * 1e6 / Double(last.deviceTimeMicroseconds - first.deviceTimeMicroseconds)
  }
}

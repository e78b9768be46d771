internal import LimbLink
internal import LimbTypes

extension LimbLinkDriver {
  /// How often HELLO is repeated while nobody answers, and while the answer was unwelcome.
  private static var greetingNanoseconds: Int64 { @_noLocks get { 100_000_000 } }
  private static var unwelcomeNanoseconds: Int64 { @_noLocks get { 1_000_000_000 } }
  /// Before the lockstep barrier, on wall time: nothing is lost on that line, so a slow start of the peer must not show
  /// in the number of greetings, and with it in the bytes of the log.
  private static var patientNanoseconds: Int64 { @_noLocks get { 5_000_000_000 } }
  /// So many greetings in a row that were answered by HELLO_ACK and by no readable CAPS are a mismatch.
  private static var capabilitiesPatience: Int { @_noLocks get { 10 } }
  private static var timeSyncNanoseconds: Int64 { @_noLocks get { 1_000_000_000 } }

  /// Does what is due at this instant: asks for a port and takes it when it comes, repeats HELLO, repeats requests,
  /// compares clocks. Writes at most a few short frames.
  @_noLocks package mutating func serve() {
    if phase == .disconnected { seekLine() }
    switch phase {
    case .disconnected: break
    case .greeting, .examining, .mismatched, .refused:
      if now >= nextGreetingAt { greet() }
    case .linked:
      repeatRequests()
      if !wantsLockstep && now >= nextTimeSyncAt { compareClocks() }
    }
  }

  @_noLocks private mutating func seekLine() {
    guard let handover, !isOffline else { return }
    handover.request()
    if handover.adopt(into: &transport) { beginLine() }
  }

  /// A line has come: forget what was half received and greet at once.
  @_noLocks mutating func beginLine() {
    decoder.reset()
    scout.reset()
    inputStart = 0
    inputEnd = 0
    inputLogged = 0
    scouted = 0
    phase = .greeting
    lineNumber &+= 1
    capabilitiesMissed = 0
    checksumsBeforeGreeting = decoder.counters.crc
    strangeness = 0
    nextGreetingAt = now
  }

  /// The line has gone: it may not be touched any more, and whatever comes next begins with a handshake.
  @_noLocks mutating func loseLine() {
    if phase != .disconnected { statistics.losses &+= 1 }
    transport = Transport()
    phase = .disconnected
    hasBarrier = false
    forgetRequests()
  }

  /// Lockstep is wanted and not yet granted: instants are wall time.
  var isBeforeBarrier: Bool { @_noLocks get { wantsLockstep && !hasBarrier } }

  private var greetingPauseNanoseconds: Int64 {
    @_noLocks get { isBeforeBarrier ? LimbLinkDriver.patientNanoseconds : LimbLinkDriver.greetingNanoseconds }
  }

  @_noLocks private mutating func greet() {
    if phase == .examining && capabilitiesAreUnreadable() { return }
    var hello = HelloMessage()
    hello.session = session
    hello.nonce = nonce
    hello.rateHertz = UInt16(clamping: plan.rateHertz)
    hello.flags = wantsLockstep ? 1 : 0
    _ = transmit(.hello(hello))
    if phase == .examining { phase = .greeting }
    let pause = phase == .greeting ? greetingPauseNanoseconds : LimbLinkDriver.unwelcomeNanoseconds
    nextGreetingAt = now.adding(nanoseconds: pause)
  }

  /// CAPS did not come before the next HELLO is due. Once is chance; a row of it while checksums fail is told.
  @_noLocks private mutating func capabilitiesAreUnreadable() -> Bool {
    capabilitiesMissed += 1
    let failed = decoder.counters.crc &- checksumsBeforeGreeting
    guard capabilitiesMissed >= LimbLinkDriver.capabilitiesPatience, failed > 0 else { return false }
    mismatches = LinkMismatches()
    mismatches.append(LinkMismatch(.capabilities, joint: -1, found: Float(failed), expected: 0))
    phase = .mismatched
    nextGreetingAt = now.adding(nanoseconds: LimbLinkDriver.unwelcomeNanoseconds)
    capabilitiesMissed = 0
    checksumsBeforeGreeting = decoder.counters.crc
    return true
  }

  /// The answer to HELLO.
  @_noLocks mutating func handle(_ answer: HelloAckMessage) {
    guard answer.session == session && answer.nonce == nonce else { return }
    status.state = answer.state
    status.latch = answer.latch
    identity = DeviceIdentity(answer, protocolVersion: decoder.header.version)
    if phase == .linked { return }
    if identity.protocolVersion >> 4 != LinkLimits.versionMajor || answer.result == 13 {
      mismatches = LinkMismatches()
      mismatches.append(
        LinkMismatch(
          .protocolVersion, joint: -1, found: Float(identity.protocolVersion),
          expected: Float(LinkLimits.versionMajor << 4 | LinkLimits.versionMinor)))
      phase = .mismatched
      nextGreetingAt = now.adding(nanoseconds: LimbLinkDriver.unwelcomeNanoseconds)
      return
    }
    if answer.result != 0 {
      refusal = answer.result
      phase = .refused
      nextGreetingAt = now.adding(nanoseconds: LimbLinkDriver.unwelcomeNanoseconds)
      return
    }
    phase = .examining
    nextGreetingAt = now.adding(nanoseconds: greetingPauseNanoseconds)
  }

  /// What the device can do: the link is up if that is what the profile says.
  @_noLocks mutating func handle(_ capabilities: CapsMessage) {
    guard phase == .examining && capabilities.capsCRC == identity.capsCRC else { return }
    caps = capabilities
    capabilitiesMissed = 0
    mismatches = plan.mismatches(capabilities, wantsLockstep: wantsLockstep)
    if plan.hasUUID && !isExpectedBoard { mismatches.append(LinkMismatch(.uuid, joint: -1, found: 0, expected: 0)) }
    guard mismatches.isEmpty else {
      phase = .mismatched
      nextGreetingAt = now.adding(nanoseconds: LimbLinkDriver.unwelcomeNanoseconds)
      return
    }
    phase = .linked
    if wantsLockstep { hasBarrier = true }
    statistics.handshakes &+= 1
    lineNumber &+= 1
    strangeness = 0
    takesEpisodes = true
    clock.beginSession()
    nextTimeSyncAt = now
  }

  private var isExpectedBoard: Bool {
    @_noLocks get {
      var difference: UInt8 = 0
      for index in 0..<16 { difference |= plan.uuid[index] ^ identity.uuid[index] }
      return difference == 0
    }
  }

  /// Messages of another session while the link is up: the device was reset, or belongs to somebody else by now. One
  /// delayed frame means nothing; a row of them begins the handshake anew.
  @_noLocks mutating func noteStranger(weight: Int) {
    guard phase == .linked else { return }
    strangeness += weight
    guard strangeness >= 10 else { return }
    strangeness = 0
    statistics.losses &+= 1
    phase = .greeting
    nextGreetingAt = now
    forgetRequests()
  }

  @_noLocks private mutating func compareClocks() {
    var message = TimeSyncMessage()
    message.request = takeRequestNumber()
    message.hostSentMicroseconds = now.nanoseconds / 1000
    _ = transmit(.timeSync(message))
    nextTimeSyncAt = now.adding(nanoseconds: LimbLinkDriver.timeSyncNanoseconds)
  }

  /// Four stamps give offset and round trip (NTP); of the last 16 s the one with the shortest round trip counts.
  @_noLocks mutating func handle(_ sync: TimeSyncMessage) {
    let received = Int64(truncatingIfNeeded: now.nanoseconds / 1000)
    let sent = Int64(truncatingIfNeeded: sync.hostSentMicroseconds)
    let deviceReceived = Int64(truncatingIfNeeded: sync.deviceReceivedMicroseconds)
    let deviceSent = Int64(truncatingIfNeeded: sync.deviceSentMicroseconds)
    let roundTrip = (received &- sent) &- (deviceSent &- deviceReceived)
    guard roundTrip >= 0 && roundTrip < 1_000_000 else { return }
    let isOld = now.nanoseconds(since: bestTimeSyncAt) > 16_000_000_000
    let isFirst = statistics.roundTripMicroseconds == 0
    guard isFirst || isOld || UInt32(roundTrip) <= statistics.roundTripMicroseconds else { return }
    statistics.roundTripMicroseconds = UInt32(roundTrip)
    statistics.clockOffsetMicroseconds = ((deviceReceived &- sent) &+ (deviceSent &- received)) / 2
    bestTimeSyncAt = now
  }
}

internal import LimbDevices
internal import LimbRealtime
internal import LimbTypes

/// One iteration's work, the same in real time and in lockstep.
extension ControlLoop {
  /// Decodes what was read. The newest frame stays in `newest`; the ones before it go to the estimator at once.
  @_noLocks mutating func takeFrames() {
    while true {
      let before = newest
      guard driver.nextFrame(into: &newest) else {
        if hasNewest { newest = before }
        return
      }
      if hasNewest { step.absorbLate(before) }
      count(newest)
      hasNewest = true
    }
  }

  /// Loss by gaps in the ticks, over windows of one second.
  @_noLocks private mutating func count(_ frame: SensorFrame) {
    if hasTick, frame.tick > lastTick { windowLost += frame.tick - lastTick - 1 }
    windowFrames += 1
    lastTick = frame.tick
    hasTick = true
    lastFrameAt = frame.receivedAt
    if frame.receivedAt.nanoseconds(since: windowSince) > 1_000_000_000 {
      lossRatio = Float(windowLost) / Float(windowLost + windowFrames)
      windowFrames = 0
      windowLost = 0
      windowSince = frame.receivedAt
    }
  }

  /// Whether the newest frame belongs to a slot that was coasted over: it only updates the estimator, and the next one
  /// gets a command again. A frame behind those slots is on time.
  @_noLocks mutating func noteArrival(_ now: Instant) -> Bool {
    guard hasNewest else { return false }
    let isLate =
      !isHostPaced && coastedSlots > 0 && newest.tick > answeredTick
      && newest.tick <= answeredTick &+ coastedSlots
    coastedSlots = 0
    answeredTick = newest.tick
    return isLate
  }

  /// The step, and what it wants done.
  @_noLocks mutating func runStep(_ now: Instant, isLate: Bool) {
    HeapProbe.arm()
    driver.serve()
    RealtimeSanitizer.enter()
    if hasNewest, isLate { step.absorbLate(newest) }
    fillInput(now, isLate: isLate)
    step.advance(input, command: &command, output: &output)
    RealtimeSanitizer.exit()
    let heapCalls = HeapProbe.disarm()
    if step.isAwaitingAction { return }
    let computed = time.now()
    perform()
    record.wroteAt = time.now()
    if step.state.counters.iterations > 50 { step.state.counters.heapCalls &+= heapCalls }
    watch(now, computed)
  }

  @_noLocks private mutating func fillInput(_ now: Instant, isLate: Bool) {
    input.now = now
    input.hasFrame = hasNewest && !isLate
    if input.hasFrame { input.frame = newest }
    // A line on which nothing has come for a second is no link; it is one again with the next frame.
    input.isLinked = isLinked && (!hasTick || hasNewest || now.nanoseconds(since: lastFrameAt) < 1_000_000_000)
    if !isLinked { hasTick = false }
    input.lossRatio = lossRatio
    step.state.counters.lostFrames = driver.statistics.lostFrames
    step.state.counters.damagedFrames = driver.statistics.damagedFrames
    input.consecutiveOverruns = overruns
    input.emergencyStopCount = board.emergencyStopCount()
    input.isEmergencyStopRaised = board.isEmergencyStopRaised(input.emergencyStopCount)
    input.wroteEmergencyStop = wroteEmergencyStop
    input.lineNumber = driver.lineNumber
    input.armingBlocks = board.presentArmingBlocks()
    takeAnswer()
    input.requestCount = 0
    var velocity = Vector3()
    if board.takeVelocity(&velocity) {
      input.requests[0] = ControlRequest(id: 0, .velocity(velocity))
      input.requestCount = 1
    }
    var request = ControlRequest(id: 0, .arm)
    while input.requestCount < 4, board.takeRequest(&request) {
      input.requests[input.requestCount] = request
      input.requestCount += 1
    }
  }

  @_noLocks private mutating func takeAnswer() {
    var answer = ServiceAnswer()
    input.answer = .none
    guard driver.takeAnswer(&answer) || driver.takeParameterAnswer(&answer) else { return }
    input.answer = translate(answer)
    input.answerKind = answer.kind
  }

  @_noLocks private func translate(_ answer: ServiceAnswer) -> DeviceAnswer {
    if answer.timedOut { return .timedOut }
    return answer.result == 0 ? .accepted : .refused(code: answer.result, detail: answer.detail)
  }

  /// Sends what the step decided: e-stop first, then the command, then requests.
  @_noLocks mutating func perform() {
    wroteEmergencyStop = output.sendsEmergencyStop && driver.sendEmergencyStop(reason: 0)
    if output.sendsCommand {
      if driver.send(command) {
        step.state.counters.commandsSent &+= 1
      } else {
        step.state.counters.commandsFailed &+= 1
      }
    }
    switch output.request {
    case .none: break
    case .arm: driver.requestArm()
    case .disarm: driver.requestDisarm()
    case .clear(let isEmergency): driver.requestClear(emergencyStop: isEmergency)
    case .episode(let number): driver.announceEpisode(number)
    }
  }

  /// Own slowness, told by cause, and what the kernel did to the thread.
  @_noLocks private mutating func watch(_ readAt: Instant, _ computedAt: Instant) {
    guard !time.isManual() else { return }
    let total = record.wroteAt.nanoseconds(since: readAt)
    if total >= 0 { computeHistogram.record(nanoseconds: UInt64(total)) }
    let quarter = periodNanoseconds / 4
    if readAt.nanoseconds(since: record.wokeAt) > quarter { step.state.counters.longReads &+= 1 }
    if computedAt.nanoseconds(since: readAt) > quarter { step.state.counters.longSteps &+= 1 }
    if record.wroteAt.nanoseconds(since: computedAt) > quarter { step.state.counters.longWrites &+= 1 }
    if total > periodNanoseconds {
      overruns += 1
      step.state.counters.missedDeadlines &+= 1
    } else {
      overruns = 0
    }
    guard usage.isDue(atNanoseconds: readAt.nanoseconds) else { return }
    let more = usage.take(.current(), iterations: step.state.counters.iterations)
    step.state.counters.pageFaults &+= UInt64(clamping: more.minorFaults + more.majorFaults)
    step.state.counters.involuntarySwitches &+= UInt64(clamping: more.involuntarySwitches)
  }

  /// The tick's record, and the sign of life.
  @_noLocks mutating func finish() {
    record.iteration = step.state.counters.iterations
    record.tick = lastTick
    record.state = step.state.supervisor.code
    record.hadFrame = input.hasFrame
    driver.copyBytes(into: &record)
    if !board.push(record) { step.state.counters.ticksDropped &+= 1 }
    board.countIteration(step.state.counters.iterations)
  }
}

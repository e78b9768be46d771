internal import LimbTask
internal import LimbTypes

/// Step records: outcome of the interval that led here, choice made here (docs/architecture.md, The record).
extension ControlStep {
  /// One policy step at its edge: observe, close the last interval, choose, begin the next.
  @_noLocks mutating func takeStep(_ input: ControlInput) {
    var record = StepRecord()
    fillOutcome(&record, isCutShort: false, isDropped: false)
    var entry = ObservationHistory.Entry()
    observe(&entry)
    entry.isRegular = record.flags.contains(.regular)
    record.observation = entry.frame
    state.history.push(entry)
    adoptPolicy(input.now)
    if case .external = state.mode {
      openRecord = record
      isAwaitingAction = true
      return
    }

    var choice = ActionChoice()
    if !choose(&choice) {
      refuseAction(choice, input.now)
      guard state.episode.isRunning else { return }
      choice = ActionChoice()
    } else {
      act(choice)
    }
    closeStep(&record, choice, input)
  }

  /// The record of the step with the choice made at it; the next interval begins.
  @_noLocks mutating func closeStep(_ record: inout StepRecord, _ choice: ActionChoice, _ input: ControlInput) {
    record.source = choice.source
    record.preSquash = choice.preSquash
    record.mean = choice.mean
    record.logStandardDeviation = choice.logDeviation
    record.logDensity = choice.logDensity
    record.policyVersion = choice.policyVersion
    record.requestedTargetRadians = state.requestedRadians
    record.frameAgeSeconds = Float(input.now.seconds(since: input.frame.receivedAt))
    record.powerPercent = state.powerPercent
    emit(&record)
    state.episode.index += 1
    state.stepNumber &+= 1
    state.interval.begin(atMicroseconds: state.frame.deviceTimeMicroseconds, powerPercent: state.powerPercent)
    if state.episode.isCoastingAction { state.interval.spoil() }
  }

  /// The targets of an action; the filter takes over from here, tick by tick.
  @_noLocks mutating func act(_ choice: ActionChoice) {
    state.episode.isCoastingAction = false
    state.episode.action2 = state.episode.action1
    state.episode.action1 = state.episode.action
    state.episode.action = choice.action
    plan.action.targets(
      action: choice.action, measuredOrLastTarget: state.envelope.appliedRadians, into: &state.requestedRadians)
  }

  /// An action that is not finite: refused. The first in an episode: the last target goes on for this step and the
  /// policy before takes over. The second: SAFE_STOP.
  @_noLocks private mutating func refuseAction(_ choice: ActionChoice, _ now: Instant) {
    state.counters.refusedActions &+= 1
    state.episode.refusedActions += 1
    event(.actionRefused, a: choice.policyVersion, b: UInt64(state.episode.refusedActions), at: now)
    if state.episode.refusedActions > 1 {
      stopOrHold(now, .nonFiniteAction)
      return
    }
    state.episode.isCoastingAction = true
    board.revertPolicy()
    if board.policyVersion() == 0 { state.hasPolicy = false }
  }

  /// The last H − 1 observations before the episode.
  @_noLocks mutating func emitContext() {
    var age = plan.observation.history - 2
    while age >= 0 {
      if age < state.history.count {
        let entry = state.history.entry(age: age)
        var record = StepRecord()
        record.kind = .context
        record.index = -Int32(age) - 1
        record.observation = entry.frame
        record.tick = entry.tick
        record.deviceTimeMicroseconds = entry.deviceTimeMicroseconds
        if entry.isRegular { record.flags.insert(.regular) }
        record.powerPercent = state.powerPercent
        emit(&record, atFrame: false)
      }
      age -= 1
    }
  }

  /// The observation after the last action, with what the end means for learning.
  @_noLocks mutating func emitClose(_ cause: EndCause) {
    var record = StepRecord()
    record.kind = .close
    record.endCause = cause
    var isDropped = false
    var isCutShort = false
    switch cause.consequence {
    case .running: break
    case .terminated:
      record.flags.insert(.terminated)
      isCutShort = true
    case .truncated: record.flags.insert(.truncated)
    case .truncatedDropped:
      record.flags.insert(.truncated)
      isDropped = true
    }
    fillOutcome(&record, isCutShort: isCutShort, isDropped: isDropped)
    var entry = ObservationHistory.Entry()
    observe(&entry)
    record.observation = entry.frame
    record.powerPercent = state.powerPercent
    emit(&record)
  }

  /// Signals, targets in force, duration and whether the interval may be learned from.
  @_noLocks private func fillOutcome(_ record: inout StepRecord, isCutShort: Bool, isDropped: Bool) {
    record.signals = state.interval.signals(state.estimator.state, limits: limits)
    record.signals.headingRadians = state.episode.headingRadians
    record.signals.goalPositionMeters = state.episode.goalMeters
    record.signals.externalReward = state.episode.externalReward
    record.signals.successLabel = state.episode.successLabel
    record.signals.labelRevision = state.episode.labelRevision
    fillActionSignals(&record.signals)
    record.appliedTargetRadians = state.envelope.appliedRadians
    record.deviceTargetRadians = state.frame.deviceTargetRadians
    record.limitedBy = state.interval.limitedBy
    record.coastedTicks = state.interval.coastedTicks
    let seconds = state.interval.seconds(untilMicroseconds: state.frame.deviceTimeMicroseconds)
    record.durationSeconds = seconds
    let nominal = settings.stepSeconds
    let isTimely = seconds <= nominal * 1.1 && (isCutShort || seconds >= nominal * 0.9)
    if state.interval.isRegular, isTimely, !isDropped { record.flags.insert(.regular) }
  }

  /// Differences of the last three actions: their root mean squares over dimensions.
  @_noLocks private func fillActionSignals(_ signals: inout RewardSignals) {
    var rate: Float = 0
    var acceleration: Float = 0
    for index in 0..<plan.actionCount {
      let newest = state.episode.action[index]
      let before = state.episode.action1[index]
      let first = newest - before
      let second = first - before + state.episode.action2[index]
      rate += first * first
      acceleration += second * second
    }
    let share = 1 / Float(plan.actionCount)
    signals.actionRate = PortableMath.sqrt(rate * share)
    signals.actionAcceleration = PortableMath.sqrt(acceleration * share)
  }

  /// Numbers a record and hands it to the recorder; a full ring loses it, counted, and the gap shows.
  @_noLocks private mutating func emit(_ record: inout StepRecord, atFrame: Bool = true) {
    record.sequence = state.recordSequence
    state.recordSequence &+= 1
    record.session = settings.run.session
    record.seed = settings.run.seed
    record.episode = state.episode.number
    if atFrame {
      record.index = state.episode.index
      record.tick = state.frame.tick
      record.deviceTimeMicroseconds = state.frame.deviceTimeMicroseconds
    }
    if !board.push(record) { state.counters.stepsDropped &+= 1 }
  }
}

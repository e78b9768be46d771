internal import LimbNetworks
internal import LimbTask
internal import LimbTypes

/// Who acts, and with which policy.
extension ControlStep {
  /// True while actions are uniform because too few steps have been recorded, or no policy has come yet.
  var isWarmingUp: Bool {
    @_noLocks get {
      guard case .sample = state.mode else { return false }
      return state.stepNumber < settings.run.warmUpSteps || !state.hasPolicy
    }
  }

  /// Chooses the action of this step. False: it is not finite and must be refused.
  @_noLocks mutating func choose(_ choice: inout ActionChoice) -> Bool {
    switch state.mode {
    case .sample where isWarmingUp:
      if settings.warmUpIsNoise {
        drawNoise(for: .noise)
        policy.wander(logDeviation: settings.warmUpLogDeviation, noise: state.noise, into: &choice)
        return true
      }
      policy.uniform(seed: settings.run.seed, step: state.stepNumber, into: &choice)
    case .sample:
      drawNoise(for: .policy)
      return ask(state.noise, into: &choice)
    case .uniform: policy.uniform(seed: settings.run.seed, step: state.stepNumber, into: &choice)
    case .mean where state.hasPolicy:
      state.noise.forget()
      return ask(nil, into: &choice)
    // An action from outside never comes this way: `takeStep` awaits it.
    case .zero, .mean, .external: choice.source = .zero
    case .scripted: gait.choose(seconds: Float(state.episode.index) * settings.stepSeconds, into: &choice)
    }
    state.noise.forget()
    return true
  }

  @_noLocks private mutating func drawNoise(for source: ActionSource) {
    state.noise.draw(
      seed: settings.run.seed, step: state.stepNumber, count: policy.actionCount,
      correlation: settings.explorationCorrelation, source: source)
  }

  @_noLocks private func ask(_ noise: ExplorationNoise?, into choice: inout ActionChoice) -> Bool {
    unsafe policy.choose(
      board.policyBlock(), version: board.policyVersion(), history: state.history, plan: plan.observation,
      noise: noise, into: &choice)
  }

  /// Takes the newest policy if one waits and it is time: at most every `adopt_every_steps`, and not before its lag is
  /// over. One that is not finite, or says something not finite, is sent back and counted.
  @_noLocks mutating func adoptPolicy(_ now: Instant) {
    guard board.hasNewerPolicy() else { return }
    if state.policyWaitingSince == .max { state.policyWaitingSince = state.stepNumber }
    guard state.stepNumber &+ 1 >= state.policyWaitingSince &+ settings.run.policyLagSteps,
      !state.hasPolicy || state.stepNumber &- state.lastAdoptionStep >= settings.adoptEverySteps
    else { return }
    let before = board.policyVersion()
    guard board.takePolicy() else { return }
    state.policyWaitingSince = .max
    guard unsafe policy.isUsable(board.policyBlock(), history: state.history, plan: plan.observation) else {
      board.revertPolicy()
      state.counters.refusedPolicies &+= 1
      return
    }
    state.hasPolicy = true
    state.lastAdoptionStep = state.stepNumber
    state.counters.adoptedPolicies &+= 1
    event(.policyAdopted, a: board.policyVersion(), b: before, at: now)
  }
}

package import LimbTypes

/// What an armed robot is doing (RUN of docs/safety.md).
package enum Activity: BitwiseCopyable, Sendable, Equatable {
  /// The policy acts.
  case episode
  /// On the ground or being put back: no stiffness, damping alone. `attempt` counts stand-ups of this reset.
  case fallen(since: Instant, attempt: Int)
  /// Upright and still, waiting for a person to confirm.
  case wait(since: Instant, attempt: Int)
  /// Standing up (`gentle`: from the ground, beginning at 10 % power) or going back to the stance, and settling there.
  case stand(gentle: Bool, since: Instant, attempt: Int)
  /// A person asked for a pause: sits or parks, then waits without stiffness (an arm holds).
  case paused(since: Instant)

  /// The activity as records and counters carry it.
  package var code: SupervisorCode {
    @_noLocks get {
      switch self {
      case .episode: .episode
      case .fallen: .fallen
      case .wait: .wait
      case .stand: .stand
      case .paused: .paused
      }
    }
  }

  /// Equal activity since the same instant; spelt out, since a synthesised one carries no annotation for the control
  /// path.
  @_noLocks package static func == (a: Activity, b: Activity) -> Bool {
    switch (a, b) {
    case (.episode, .episode): true
    case (.fallen(let s, let n), .fallen(let t, let m)): s == t && n == m
    case (.wait(let s, let n), .wait(let t, let m)): s == t && n == m
    case (.stand(let g, let s, let n), .stand(let h, let t, let m)): g == h && s == t && n == m
    case (.paused(let s), .paused(let t)): s == t
    default: false
    }
  }
}

/// How a safe stop moves the robot.
package enum StopMotion: UInt8, BitwiseCopyable, Sendable {
  /// No stiffness, damping.
  case damp
  /// To the park angles at ramp speed, then damp (fresh sensors only).
  case park
  /// Send nothing: the device runs into its own stop action (no fresh sensors).
  case silence
}

/// The supervisor's state (docs/safety.md).
package enum SupervisorState: BitwiseCopyable, Sendable {
  /// The process has started; nothing is open.
  case boot
  /// Looking for the device.
  case link(since: Instant)
  /// Linked, motors off.
  case disarmed(since: Instant)
  /// Asked to arm: preconditions are watched, the device counts mode-OFF commands.
  case check(since: Instant)
  /// Armed; targets go from the measured angles to the stance.
  case ramp(since: Instant)
  /// Armed and working.
  case run(Activity)
  /// Armed without a fresh frame; `origin` goes on when one comes.
  case coast(origin: CoastOrigin, since: Instant)
  /// On the way to DISARMED; `latch` says whether it ends in FAULT instead.
  case safeStop(StopMotion, reason: TransitionReason, since: Instant, latch: Bool)
  /// A gravity-loaded arm holds its pose after a stop, until a person clears or disarms.
  case hold(reason: TransitionReason, since: Instant)
  /// Latched: a person clears it when the cause is gone.
  case fault(reason: TransitionReason, code: UInt32)
  /// Latched: only `clear --estop` leaves it.
  case emergencyStop(since: Instant)

  /// What was interrupted by a missing frame.
  package enum CoastOrigin: BitwiseCopyable, Sendable {
    case ramp(since: Instant)
    case run(Activity)
    case safeStop(StopMotion, reason: TransitionReason, since: Instant, latch: Bool)
    case hold(reason: TransitionReason, since: Instant)
  }

  /// The state as records and counters carry it.
  package var code: SupervisorCode {
    @_noLocks get {
      switch self {
      case .boot: .boot
      case .link: .link
      case .disarmed: .disarmed
      case .check: .check
      case .ramp: .ramp
      case .run(let activity): activity.code
      case .coast: .coast
      case .safeStop: .safeStop
      case .hold: .hold
      case .fault: .fault
      case .emergencyStop: .emergencyStop
      }
    }
  }

  /// True while limbd streams commands that the motors follow.
  package var isArmed: Bool {
    @_noLocks get {
      switch self {
      case .ramp, .run, .coast, .safeStop, .hold: true
      case .boot, .link, .disarmed, .check, .fault, .emergencyStop: false
      }
    }
  }

  /// How grave it is: a second trigger may only raise it.
  package var severity: Int {
    @_noLocks get {
      switch self {
      case .boot, .link, .disarmed, .check, .ramp, .run, .coast: 0
      case .safeStop, .hold: 1
      case .fault: 2
      case .emergencyStop: 3
      }
    }
  }
}

/// A transition that the supervisor's table does not have.
package enum SupervisorError: Error, Equatable {
  /// The event has no meaning in this state; nothing changed.
  case illegal(in: SupervisorCode, event: TransitionReason)
}

/// One change of state, for the event log.
package struct Transition: BitwiseCopyable, Sendable {
  /// The state before.
  package var from = SupervisorCode.boot
  /// The state after.
  package var to = SupervisorCode.boot
  /// Why.
  package var reason = TransitionReason.none

  /// From BOOT to BOOT, for no reason.
  @_noLocks package init() {}
}

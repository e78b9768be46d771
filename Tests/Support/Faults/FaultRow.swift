/// One row of the fault matrix in docs/safety.md: what goes wrong, and what must come of it.
package struct FaultRow: Sendable {
  /// Which clock applies. Bounds in ticks hold on the injected one; on the wall's only the order of states, the last state
  /// and what is kept.
  package enum Clock: String, Sendable {
    /// The control loop and the real firmware, tick by tick on one clock that the test moves.
    case injected
    /// `limbd run --lockstep` with the simulator: the device's clock, one tick after the other.
    case lockstep
    /// The real programs in real time.
    case wall
  }

  /// What is true once the robot counts as safe.
  package enum Safe: String, Sendable {
    /// No joint of the device has stiffness or feed-forward any more.
    case limp = "no stiffness, no feed-forward"
    /// Every joint keeps its pose: the applied targets stand still.
    case holds = "holds its pose"
    /// The policy acts again, inside the envelope; it was inside it all the time.
    case walks = "walks on"
    /// Sits or lies, and waits for a person without stiffness.
    case rests = "sits, then no stiffness"
    /// Motors never get power.
    case stays = "never powered"
    /// The process has ended or was not the robot's; the device is without stiffness.
    case alone = "the device stops by itself"
  }

  /// Short name, unique: what a test reports under.
  package let name: String
  /// What goes wrong, for people.
  package let fault: String
  /// Which clock its bound is counted on.
  package let clock: Clock
  /// What is true in the end.
  package let safe: Safe
  /// Most ticks (of 2 ms) from the fault's beginning until `safe`; for `.walks`: from its end. Nil: wall clock.
  package let ticks: Int?
  /// What of the experience is kept.
  package let kept: String
  /// What a person does to go on.
  package let back: String

  /// A row; see the properties.
  package init(
    _ name: String, _ fault: String, _ clock: Clock, _ safe: Safe, within ticks: Int? = nil, kept: String,
    back: String
  ) {
    self.name = name
    self.fault = fault
    self.clock = clock
    self.safe = safe
    self.ticks = ticks
    self.kept = kept
    self.back = back
  }
}

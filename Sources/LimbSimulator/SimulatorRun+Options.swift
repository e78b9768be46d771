package import LimbProfile

extension SimulatorRun {
  /// What the command line says.
  package struct Options: Sendable {
    /// The validated profile.
    package var profile: RobotProfile
    /// Path of the MuJoCo model.
    package var modelPath: String
    /// Path of the symlink to the pseudo-terminal.
    package var port: String
    /// Seed of everything that the simulation draws.
    package var seed: UInt64
    /// Grant lockstep when it is asked for.
    package var isLockstep: Bool
    /// File that the truth is written to; nil: none.
    package var truthPath: String?
    /// What goes wrong, and when.
    package var faults: FaultSchedule
    /// Descriptor whose end of file ends the run; −1 for none.
    package var lifetime: Int32
    /// Lockstep: how long the host may say nothing while it owes a TICK_DONE.
    package var silenceSeconds: Int

    /// The options of a run, part by part.
    package init(
      profile: RobotProfile, modelPath: String, port: String, seed: UInt64, isLockstep: Bool, truthPath: String?,
      faults: FaultSchedule, lifetime: Int32, silenceSeconds: Int = 30
    ) {
      self.profile = profile
      self.modelPath = modelPath
      self.port = port
      self.seed = seed
      self.isLockstep = isLockstep
      self.truthPath = truthPath
      self.faults = faults
      self.lifetime = lifetime
      self.silenceSeconds = silenceSeconds
    }
  }
}

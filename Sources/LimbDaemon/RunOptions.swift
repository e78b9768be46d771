package import LimbControl

/// What `limbd run` was asked to do.
package struct RunOptions: Sendable {
  /// The profile's path.
  package var profile: String
  /// The state directory.
  package var state: String
  /// Arm as soon as the robot can be armed: the explicit act of promise S1.
  package var arm = false
  /// Learn while running.
  package var learn = true
  /// One thread, device time, same seed same bytes.
  package var lockstep = false
  /// End after so many steps in this run; nil for no limit.
  package var steps: UInt64?
  /// End after so many episodes in this run; nil for no limit.
  package var episodes: UInt64?
  /// End after so many seconds of wall time since the start; nil for no limit. Real time only.
  package var duration: Double?
  /// Seed of every random draw.
  package var seed: UInt64 = 0
  /// Who chooses actions.
  package var policy = PolicyMode.sample
  /// End ten episodes after walking, by the daemon's own estimate.
  package var untilWalking = false
  /// One JSON object an episode, appended to this file; nil for none.
  package var jsonLines: String?
  /// The control socket; nil for the default.
  package var socket: String?
  /// `--fault` for a simulator that we start.
  package var faults: [String] = []
  /// Keep actor and store but start the critics anew if the stored reward differs.
  package var relabel = false

  /// The defaults of `limbd run` for a profile's path and a state directory.
  package init(profile: String, state: String) {
    self.profile = profile
    self.state = state
  }

  /// Where the control socket is, if nobody said otherwise: inside the state directory, so that a run needs no rights.
  package var socketPath: String { socket ?? state + "/control.sock" }
}

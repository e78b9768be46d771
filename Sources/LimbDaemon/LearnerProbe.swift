internal import LimbLearning
package import LimbOperations
package import LimbProfile
internal import LimbRealtime
internal import LimbTask

/// Whether this machine does the updates that a profile asks for, measured: what a real-time run is planned by. A learner that
/// cannot keep up drops updates all the time; fewer a step, all of them done, are an honest plan.
package struct LearnerProbe: Sendable, Equatable {
  /// Of the measured rate, what a run may use: the rest is for drawing batches, writing checkpoints and everybody else.
  package static let usableShare = 0.8

  /// What the learner did alone, updates a second.
  package let updatesPerSecond: Double
  /// Policy steps a second.
  package let stepsPerSecond: Double
  /// What the profile asks for.
  package let askedPerStep: Int

  /// From a measurement.
  package init(updatesPerSecond: Double, stepsPerSecond: Double, askedPerStep: Int) {
    self.updatesPerSecond = updatesPerSecond
    self.stepsPerSecond = stepsPerSecond
    self.askedPerStep = askedPerStep
  }

  /// Measures for at most two seconds on the calling thread; a learner that is far quicker than needed shows it sooner.
  package static func measure(_ profile: RobotProfile, threads: Int = 1) throws(DaemonError) -> LearnerProbe {
    let plan = try MachineBench.compile(profile)
    let hyperparameters = Hyperparameters(profile: profile, inputWidth: plan.observation.inputWidth, seed: 1)
    let needed = Double(hyperparameters.updatesPerStep) * profile.control.policyRateHertz
    let clock = TimeSource.monotonic()
    let rate = LearnerBench.probe(hyperparameters, threads: threads, enough: 3 * needed / usableShare) {
      clock.nowNanoseconds()
    }
    return LearnerProbe(
      updatesPerSecond: rate, stepsPerSecond: profile.control.policyRateHertz,
      askedPerStep: hyperparameters.updatesPerStep)
  }

  /// What the profile asks for, updates a second.
  package var neededPerSecond: Double { Double(askedPerStep) * stepsPerSecond }

  /// Updates a step that this machine keeps up with, at most those asked for and at least one.
  package var affordablePerStep: Int {
    let affordable = updatesPerSecond * Self.usableShare / stepsPerSecond
    return min(askedPerStep, max(1, affordable.isFinite ? Int(min(affordable, 1e6)) : 1))
  }

  /// True if the machine does what is asked.
  package var fits: Bool { affordablePerStep == askedPerStep }

  /// A line for people.
  package var text: String {
    let measured = "\(Int(updatesPerSecond)) updates a second measured here, \(Int(neededPerSecond)) needed"
    if fits { return "this machine: \(measured): fits" }
    let slow = updatesPerSecond * Self.usableShare < stepsPerSecond
    let rest = slow ? "; even those fall behind and are dropped: choose fewer or narrower hidden layers" : ""
    return "this machine: \(measured): in real time run makes \(affordablePerStep) a step instead of \(askedPerStep)\(rest)"
  }

  /// As `check --json` has it.
  package var object: JSONObject {
    var object = JSONObject()
    object.set("updates_per_second", updatesPerSecond)
    object.set("needed_per_second", neededPerSecond)
    object.set("updates_per_step", askedPerStep)
    object.set("affordable_per_step", affordablePerStep)
    return object
  }
}

import ArgumentParser
import LimbDaemon
import LimbOperations
import LimbProfile

/// `limbd bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine: loop, learner, replay or link.",
    discussion: "The CPU affinity that it inherits is kept: taskset -c 0 limbd bench learner measures that core.")

  @Argument(help: "loop, learner, replay or link.")
  var what: String

  @Option(help: "The profile whose sizes are measured.", completion: .file(extensions: ["yaml"]))
  var profile = "configs/quad8-sim.yaml"

  @Option(help: "How long, seconds (loop), or how long each of five rounds (learner).")
  var seconds: Double?

  @Option(help: "Records in the store (replay).")
  var records = 1_000_000

  @Flag(help: "One JSON object.")
  var json = false

  mutating func validate() throws {
    guard ["loop", "learner", "replay", "link"].contains(what) else {
      throw ValidationError("Found \"\(what)\", expected loop, learner, replay or link.")
    }
    guard (seconds ?? 1) > 0, records > 0 else { throw ValidationError("--seconds and --records are positive.") }
  }

  func run() throws {
    let loaded = try loadProfile(profile)
    let object: JSONObject
    do throws(DaemonError) {
      object = try measure(loaded)
    } catch {
      printError(error.message)
      throw ExitCode(error.exitCode)
    }
    print(json ? object.text : (JSONReader(object.text)?.outline ?? object.text))
  }

  private func measure(_ loaded: RobotProfile) throws(DaemonError) -> JSONObject {
    switch what {
    case "loop": try MachineBench.loop(loaded, path: profile, seconds: seconds ?? 20)
    case "learner": try MachineBench.learner(loaded, secondsEach: seconds ?? 0.5)
    case "replay": try MachineBench.replay(loaded, records: records)
    default: MachineBench.link(loaded)
    }
  }
}

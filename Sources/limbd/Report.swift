import ArgumentParser
import LimbDaemon
import LimbOperations
import LimbTypes

/// `limbd report`.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "What a state directory holds: episodes, and whether a simulated robot walked.",
    discussion: """
      Walking is judged from the simulator's truth alone (DIR/truth/, or --truth FILE): an episode passes if the robot \
      covers 0.3 m/s along its first heading over the whole episode, trunk off the ground, above half its standing height, \
      within 45 degrees. Walking = three passes in a row; retained = at least 8 of the next 10.
      """)

  @Argument(help: "A state directory, as --state of run made it.", completion: .directory)
  var directory: String

  @Option(help: "A truth file that limbd-sim wrote elsewhere.", completion: .file())
  var truth: String?

  @Flag(help: "One JSON object.")
  var json = false

  func run() throws {
    let report: StateReport
    do {
      report = try StateReport(directory: directory, truthFile: truth)
    } catch {
      printError("\(directory): \((error as? DaemonError)?.message ?? "\(error)")")
      throw ExitCode(Exit.noInput)
    }
    if json {
      print(report.json.text)
      return
    }
    for (episode, summary) in zip(report.episodes, report.summaries) {
      let truth = report.hasTruth ? "\(fixed(episode.distanceMeters, 2)) m true, " : ""
      print(
        "episode \(episode.episode): \(episode.steps) steps, \(truth)\(fixed(summary.estimatedDistanceMeters, 2)) m estimated, "
          + "return \(fixed(summary.episodeReturn, 1)), ended by \(episode.endCause.name)")
    }
    let score = report.walking
    if let walked = score.walking {
      print(
        "walked after \(walked.stepsTotal) steps, \(fixed(walked.robotSeconds / 60, 1)) robot-minutes; "
          + "then \(score.passesAfter) of \(score.episodesAfter) episodes passed")
    } else if report.hasTruth {
      print("not walking yet: \(score.passes) of \(report.episodes.count) episodes pass")
    }
    if report.hasTruth {
      print(
        "velocity estimate: bias \(fixed(report.estimator.bias * 100, 1)) %, "
          + "RMS \(fixed(report.estimator.rootMeanSquare, 3)) m/s against the truth")
    }
    if report.goalsTried > 0 { print("goals: \(report.goalsReached) of \(report.goalsTried) reached and held") }
  }
}

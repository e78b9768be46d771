import ArgumentParser
import LimbDaemon
import LimbProfile

/// `limbd train`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Let the learner of a profile learn in somebody else's environment.",
    discussion: """
      The environment is any program that speaks the protocol of docs/environment-protocol.md on standard input and \
      output: a Gymnasium one through docs/examples/gymnasium_environment.py, or a robot of limbd's own:

        limbd train learner.yaml --environment 'limbd environment configs/quad8-sim.yaml' --steps 10000

      Of the profile only learning: and replay: count; a file of limbd: 1 and these two is enough. What is seen and what \
      acts, the environment says.

      With --state the learner's checkpoint is kept there, and running again goes on from it; transitions live in main \
      memory alone. Exit code 69: the environment ended, fell silent, or said what it may not.
      """)

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml"]))
  var profile: String

  @Option(help: ArgumentHelp("The environment's command line, for /bin/sh.", valueName: "command"))
  var environment: String

  @Option(help: "End after so many steps in this run.")
  var steps: UInt64

  @Option(help: "Seed of every random draw, and of the environment where it obeys one.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("State directory; without it nothing is kept.", valueName: "dir"), completion: .directory)
  var state: String?

  @Option(name: .customLong("evaluate-every"), help: ArgumentHelp("Play episodes with the mean action every so many steps, in an environment of its own.", valueName: "steps"))
  var evaluateEvery: UInt64 = 0

  @Option(name: .customLong("evaluation-episodes"), help: ArgumentHelp("How many.", valueName: "count"))
  var evaluationEpisodes = 10

  @Option(name: .customLong("json-lines"), help: ArgumentHelp("Append JSON lines: one a start, an episode, an evaluation, an end.", valueName: "file"))
  var jsonLines: String?

  @Option(help: ArgumentHelp("How long the environment may take for an answer.", valueName: "seconds"))
  var patience = 60.0

  mutating func validate() throws {
    guard evaluationEpisodes > 0 else { throw ValidationError("--evaluation-episodes is positive.") }
    guard patience > 0, patience <= 1e6 else { throw ValidationError("--patience: found \(patience), expected up to 1000000 seconds.") }
  }

  func run() throws {
    let loaded: LearnerProfile
    do throws(ProfileError) { loaded = try LearnerProfile.load(path: profile) } catch {
      for line in error.errorLines { printLine(line) }
      if case .unreadable = error { throw ExitCode(Exit.noInput) }
      throw ExitCode(Exit.configuration)
    }
    var options = TrainingRun.Options(command: environment, steps: steps)
    options.seed = seed
    options.state = state
    options.evaluateEvery = evaluateEvery
    options.evaluationEpisodes = evaluationEpisodes
    options.jsonLines = jsonLines
    options.patienceSeconds = patience
    do throws(DaemonError) {
      try TrainingRun.run(profile: loaded, options: options)
    } catch {
      printError(error.message)
      throw ExitCode(error.exitCode)
    }
  }
}

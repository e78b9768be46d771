import ArgumentParser
import Glibc
import LimbDaemon
import LimbOperations
import LimbProfile

/// `limbd bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine: loop, learner, replay or link.",
    discussion: """
      The CPU affinity that it inherits is kept: taskset -c 0 limbd bench learner measures that core.

      Without --profile the sizes of the shipped eight-motor quadruped are measured: configs/quad8-sim.yaml of the folder \
      one stands in, else the installed one (../share/limbd/configs beside the program, /usr/share/limbd/configs).
      """)

  @Argument(help: "loop, learner, replay or link.")
  var what: String

  @Option(help: "The profile whose sizes are measured.", completion: .file(extensions: ["yaml"]))
  var profile: String?

  @Option(help: "How long, seconds (loop), or how long each of five rounds (learner).")
  var seconds: Double?

  @Option(help: "Control iterations a second, whatever the profile's (loop).")
  var rate = 1000

  @Option(help: "Threads that share an update, 1 or 2 (learner).")
  var threads = 1

  @Option(help: "Records in the store (replay).")
  var records = 1_000_000

  @Flag(help: "One JSON object.")
  var json = false

  mutating func validate() throws {
    guard ["loop", "learner", "replay", "link"].contains(what) else {
      throw ValidationError("Found \"\(what)\", expected loop, learner, replay or link.")
    }
    guard (seconds ?? 1) > 0, records > 0 else { throw ValidationError("--seconds and --records are positive.") }
    guard 50...1000 ~= rate else { throw ValidationError("Found --rate \(rate), expected 50 to 1000.") }
    guard 1...2 ~= threads else { throw ValidationError("Found --threads \(threads), expected 1 or 2.") }
  }

  func run() throws {
    let path = try profile ?? ShippedProfile.find()
    let loaded = try loadProfile(path)
    let object: JSONObject
    do throws(DaemonError) {
      object = try measure(loaded, path)
    } catch {
      printError(error.message)
      throw ExitCode(error.exitCode)
    }
    print(json ? object.text : (JSONReader(object.text)?.outline ?? object.text))
  }

  private func measure(_ loaded: RobotProfile, _ path: String) throws(DaemonError) -> JSONObject {
    switch what {
    case "loop": try MachineBench.loop(loaded, path: path, seconds: seconds ?? 60, rateHertz: rate)
    case "learner": try MachineBench.learner(loaded, secondsEach: seconds ?? 0.5, threads: threads)
    case "replay": try MachineBench.replay(loaded, records: records)
    default: MachineBench.link(loaded)
    }
  }
}

/// The profile that is measured if none is named.
enum ShippedProfile {
  private static let name = "configs/quad8-sim.yaml"

  /// Where it may lie, in the order of looking: here, beside the program, where packages put it.
  private static var places: [String] {
    var places = [name]
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    if count > 0 {
      let program = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folders = program.split(separator: "/").dropLast(2)
      places.append("/" + (folders.map(String.init) + ["share", "limbd", name]).joined(separator: "/"))
    }
    places.append("/usr/share/limbd/" + name)
    return places
  }

  /// The first that can be read; exits with 66 and names every place if there is none.
  static func find() throws -> String {
    let places = places
    if let found = places.first(where: { unsafe access($0, R_OK) == 0 }) { return found }
    printError("no profile to measure: pass --profile FILE (looked for \(places.joined(separator: ", ")))")
    throw ExitCode(Exit.noInput)
  }
}

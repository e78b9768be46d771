import Foundation
import LimbTask
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

/// A Python with numpy: `.venv` of the repository first (`make test` makes it), then the system's.
private enum Python {
  static let withNumpy: String? = candidates.first { (try? run($0, ["-c", "import numpy"]))?.status == 0 }

  private static var candidates: [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let system = path.split(separator: ":").map { "\($0)/python3" }
    return ([Repository.root + "/.venv/bin/python3"] + system).filter(FileManager.default.isExecutableFile(atPath:))
  }

  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: Data) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}

@Suite("The store read by numpy")
struct PythonReaderTests {
  struct Summary: Decodable {
    var records: Int
    var steps: Int
    var episodes: Int
    var first_sequence: UInt64
    var last_sequence: UInt64
    var mean_forward_velocity_m_s: Double
    var mean_action: [Double]
    var observation_sum: Double
  }

  @Test(
    "ten lines of numpy see what was written, in a closed segment and in one being written",
    .enabled(if: Python.withNumpy != nil, "no python3 with numpy: neither .venv/bin/python3 nor one in PATH imports it"))
  func script() throws {
    let python = try #require(Python.withNumpy)
    let plan = try testPlan()
    var reference = ReferenceStream(plan: plan)
    let directory = TemporaryDirectory()
    let store = try openStore(directory, layout: reference.layout, plan: plan, segment: 64)
    for length in [50, 20, 70] {
      for record in reference.liveEpisode(length: length, cause: .fall) { try store.append(record) }
    }
    let (status, output) = try Python.run(
      python, [Repository.root + "/docs/examples/read_replay.py", store.directory])
    #expect(status == 0)
    let summary = try JSONDecoder().decode(Summary.self, from: output)
    let records = reference.records
    let steps = records.filter { $0.kind == .step }
    #expect(summary.records == records.count && summary.steps == 140 && summary.episodes == 3)
    #expect(summary.first_sequence == 0 && summary.last_sequence == UInt64(records.count - 1))
    let velocity = records.reduce(0.0) { $0 + Double($1.signals.baseVelocityMetersPerSecond.x) } / Double(records.count)
    #expect(abs(summary.mean_forward_velocity_m_s - velocity) < 1e-12)
    let observations = records.reduce(0.0) { sum, record in
      (0..<plan.observation.frameWidth).reduce(sum) { $0 + Double(record.observation[$1]) }
    }
    #expect(abs(summary.observation_sum - observations) < 1e-6)
    #expect(summary.mean_action.count == plan.actionCount)
    for action in 0..<plan.actionCount {
      let mean = steps.reduce(0.0) { $0 + tanh(Double($1.preSquash[action])) } / Double(steps.count)
      #expect(abs(summary.mean_action[action] - mean) < 1e-12)
    }
  }
}

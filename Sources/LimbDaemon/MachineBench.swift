internal import Glibc
internal import LimbExperience
internal import LimbLearning
internal import LimbLink
package import LimbOperations
package import LimbProfile
internal import LimbRealtime
internal import LimbTask

/// What `limbd bench` prints: figures of this machine, each measured when it is asked for.
package enum MachineBench {
  /// Multiply-add peak, sgemm, updates a second of the plain learner and of the profile's, and one inference beside sgemv.
  package static func learner(_ profile: RobotProfile, secondsEach: Double, threads: Int) throws(DaemonError) -> JSONObject {
    let plan = try compile(profile)
    let ours = Hyperparameters(profile: profile, inputWidth: plan.observation.inputWidth, seed: 1)
    let clock = TimeSource.monotonic()
    let result = LearnerBench.run(ours: ours, secondsEach: secondsEach, threads: threads) { clock.nowNanoseconds() }
    var object = JSONObject()
    object.set("peak_gflops", result.peakGigaflops)
    object.set("sgemm_gflops", result.productGigaflops)
    object.set("plain", rate(result.plain))
    object.set("default", rate(result.ours))
    object.set("updates_per_step", ours.updatesPerStep)
    object.set("threads", result.threads)
    let inference = LearnerBench.inference { clock.nowNanoseconds() }
    var policy = JSONObject()
    policy.set("p50_us", inference.microsecondsP50)
    policy.set("p99_us", inference.microsecondsP99)
    policy.set("sgemv_p50_us", inference.productsMicrosecondsP50)
    object.set("inference", policy)
    return object
  }

  private static func rate(_ rate: LearnerBench.Rate) -> JSONObject {
    var object = JSONObject()
    object.set("updates_per_second", rate.updatesPerSecond)
    object.set("gflops", rate.gigaflops)
    return object
  }

  /// A store of `records` records in a temporary directory.
  package static func replay(_ profile: RobotProfile, records: Int) throws(DaemonError) -> JSONObject {
    let plan = try compile(profile)
    let directory = "\(temporaryDirectory())/limbd-bench-\(getpid())"
    defer { removeTree(directory) }
    let figures: ReplayFigures
    do throws(ReplayError) {
      figures = try ReplayBench.run(stateDirectory: directory, plan: plan, records: records)
    } catch {
      throw .part(name: "replay", reason: "\(error)")
    }
    var object = JSONObject()
    object.set("records", figures.records)
    object.set("record_bytes", figures.recordBytes)
    object.set("append_per_second", figures.appendPerSecond)
    object.set("append_batched_per_second", figures.appendBatchedPerSecond)
    var sample = JSONObject()
    sample.set("p50", figures.sampleMicrosecondsP50)
    sample.set("p99", figures.sampleMicrosecondsP99)
    sample.set("max", figures.sampleMicrosecondsMax)
    object.set("sample_us", sample)
    object.set("batch_size", figures.batchSize)
    object.set("open_seconds", figures.openSeconds)
    object.set("index_seconds", figures.indexSeconds)
    return object
  }

  /// One sensor frame of the profile's robot through the Swift codec, encoded and decoded.
  package static func link(_ profile: RobotProfile) -> JSONObject {
    let rounds = 200_000
    let encoder = FrameEncoder()
    var sensor = SensorMessage()
    sensor.jointCount = UInt8(profile.jointCount)
    sensor.footCount = UInt8(profile.kinematics.legs.count)
    var bytes = [UInt8](repeating: 0, count: LinkLimits.encodedBytes)
    var count = 0
    let clock = TimeSource.monotonic()
    let start = clock.nowNanoseconds()
    for round in 0..<rounds {
      count = unsafe bytes.withUnsafeMutableBufferPointer {
        unsafe encoder.encode(
          .sensorQuad(sensor), sequence: UInt16(truncatingIfNeeded: round), microseconds: UInt32(truncatingIfNeeded: round),
          into: $0.baseAddress!, capacity: $0.count)
      }
    }
    let encoded = clock.nowNanoseconds()
    // Each with a sequence number of its own, as on a line: a repeated one would be dropped unread.
    var stream: [[UInt8]] = []
    for round in 0..<1024 {
      let length = unsafe bytes.withUnsafeMutableBufferPointer {
        unsafe encoder.encode(
          .sensorQuad(sensor), sequence: UInt16(round), microseconds: 0, into: $0.baseAddress!, capacity: $0.count)
      }
      stream.append(Array(bytes[..<length]))
    }
    var decoder = FrameDecoder()
    var frames = 0
    let begun = clock.nowNanoseconds()
    for _ in 0..<rounds / 1024 {
      decoder.reset()
      for frame in stream {
        var offset = 0
        let got = unsafe frame.withUnsafeBufferPointer {
          unsafe decoder.consume($0.baseAddress!, count: $0.count, offset: &offset)
        }
        if got { frames += 1 }
      }
    }
    let decoded = clock.nowNanoseconds()
    var object = JSONObject()
    object.set("frame_bytes", count)
    object.set("frames_decoded", frames)
    object.set("encode_ns_per_frame", Double(encoded - start) / Double(rounds))
    object.set("decode_ns_per_frame", Double(decoded - begun) / Double(max(frames, 1)))
    return object
  }

  static func compile(_ profile: RobotProfile) throws(DaemonError) -> ControlPlan {
    do throws(TaskError) { return try ControlPlan(profile: profile) } catch {
      throw .part(name: "profile", reason: "\(error)")
    }
  }

  static func temporaryDirectory() -> String { ProcessEnvironment.all["TMPDIR"] ?? "/tmp" }

  /// Removes a directory of our own making, two levels deep.
  static func removeTree(_ path: String) {
    guard let directory = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let child = path + "/" + name
      if unsafe unlink(child) != 0 { removeTree(child) }
    }
    unsafe closedir(directory)
    _ = unsafe rmdir(path)
  }
}

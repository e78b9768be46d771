import CLimbLink
@testable import LimbControl
import LimbTestSupport
import LimbTypes
import Testing

/// The wire between host and robot, on the injected clock.
@Suite(.serialized) struct LineFaultTests {
  @Test("a fault of the line is outlived, or stops the robot in time, and nothing is lost", arguments: faults)
  func fault(_ fault: InjectedFault) throws { try fault.run() }

  /// The quadruped on a clock that is moved by hand: time-outs of the line count.
  @Sendable static func striding() throws -> ControlBench {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", [quick[1]]), lockstep: false, change: { $0.mode = .uniform })
    bench.turn(50)
    bench.persuades(.arm)
    _ = bench.turns(limit: 4000) { bench.state == .episode }
    bench.turn(110)
    return bench
  }

  static let faults: [InjectedFault] = [
    InjectedFault(
      name: "frame-lost", begins: { $0.losesFrames = true }, lasts: 1, lifted: { $0.losesFrames = false },
      path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "frames-lost-burst", begins: { $0.losesFrames = true }, lasts: 25, lifted: { $0.losesFrames = false },
      path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "frames-lost", begins: { $0.losesFrames = true }, lifted: { $0.losesFrames = false },
      path: [.coast, .safeStop], cause: .staleSensors),
    InjectedFault(
      name: "commands-lost", begins: { $0.lostTypes = nil }, lifted: { $0.lostTypes = [] }, path: [.safeStop, .disarmed],
      cause: .linkLoss),
    InjectedFault(
      name: "frames-corrupted", begins: { bench in bench.wire = { bytes in corrupt(&bytes) } }, lasts: 25,
      lifted: { $0.wire = nil }, path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "frames-duplicated", begins: { bench in bench.wire = { bytes in bytes += bytes } }, lasts: 500,
      lifted: { $0.wire = nil }, path: [], back: .nothing),
    InjectedFault(
      name: "frames-reordered", bench: striding, begins: { $0.wire = swapped() }, lasts: 500, lifted: { $0.wire = nil },
      path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "frames-delayed", bench: striding, begins: { $0.wire = delayed(ticks: 10) }, lasts: 500, lifted: { $0.wire = nil },
      path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "frames-stale", bench: striding, begins: { $0.wire = delayed(ticks: 60) }, lifted: { $0.wire = nil },
      path: [.coast, .safeStop, .disarmed], cause: .staleSensors),
    InjectedFault(
      name: "garbage-flood", begins: { $0.wire = flooded() }, lasts: 500, lifted: { $0.wire = nil }, path: [],
      back: .nothing),
    InjectedFault(
      name: "frame-oversize",
      begins: { bench in bench.wire = { bytes in bytes = [UInt8](repeating: 0x55, count: 2000) + bytes } }, lasts: 25,
      lifted: { $0.wire = nil }, path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "frames-cut", begins: { bench in bench.wire = { bytes in bytes.removeLast(bytes.count / 2) } }, lasts: 25,
      lifted: { $0.wire = nil }, path: [.coast, .episode], back: .nothing),
    InjectedFault(
      name: "unplug", bench: striding, begins: { $0.unplug() }, lifted: { $0.replug() }, path: [.link], cause: .linkLoss),
  ]

  /// One byte of each frame is another.
  private static func corrupt(_ bytes: inout [UInt8]) {
    for index in bytes.indices.dropFirst(8) where bytes[index - 8] == 0 && bytes[index] > 1 { bytes[index] ^= 1 }
  }

  /// Of two ticks the first comes with and behind the second.
  private static func swapped() -> (inout [UInt8]) -> Void {
    var kept: [UInt8] = []
    return { bytes in
      if kept.isEmpty { swap(&kept, &bytes) } else { bytes += kept; kept = [] }
    }
  }

  private static func delayed(ticks: Int) -> (inout [UInt8]) -> Void {
    var under = [[UInt8]](repeating: [], count: ticks)
    return { bytes in
      under.append(bytes)
      bytes = under.removeFirst()
    }
  }

  private static func flooded() -> (inout [UInt8]) -> Void {
    var random = SplitMix64(seed: 7)
    return { bytes in
      bytes = (0..<1024).map { _ in UInt8.random(in: 0...255, using: &random) } + [0] + bytes
    }
  }
}

import CLimbLink
import LimbTypes

@testable import LimbControl

/// Eight joints with the limits of a small quadruped.
func quadLimits() -> ControlLimits {
  var limits = ControlLimits(
    jointCount: 8, slewRadiansPerSecond: 18, rampRadiansPerSecond: 1.5, periodSeconds: 0.002, powerPercent: 100,
    holdErrorRadians: 0.15)
  for joint in 0..<8 {
    limits.positionMinimumRadians[joint] = -1.2
    limits.positionMaximumRadians[joint] = 1.2
    limits.velocityMaximumRadiansPerSecond[joint] = 20
    limits.torqueMaximumNewtonMeters[joint] = 3.5
    limits.stiffness[joint] = 18
    limits.damping[joint] = 0.6
    limits.nominalRadians[joint] = joint % 2 == 0 ? 0.55 : -1.1
    limits.parkRadians[joint] = joint % 2 == 0 ? 1.1 : -1.15
  }
  return limits
}

/// Numbers that break careless arithmetic, mixed with ordinary ones; a pure function of (case, lane).
func nastyNumber(_ index: Int, _ lane: Int) -> Float {
  let word = Philox.block(seed: 7, stream: .test, counter: UInt64(index), lane: UInt32(lane))
  switch word.x % 24 {
  case 0: return .nan
  case 1: return .infinity
  case 2: return -.infinity
  case 3: return 1e30
  case 4: return -1e30
  case 5: return .leastNonzeroMagnitude
  case 6: return -.leastNormalMagnitude
  case 7: return .greatestFiniteMagnitude
  case 8: return -.greatestFiniteMagnitude
  case 9: return index % 2 == 0 ? 1e6 : -1e6
  case 10: return -0.0
  default: return (Philox.unit(word.y) - 0.5) * 6
  }
}

/// The shipped arm in its second second of reaching, with random actions and short episodes.
func reaching(
  _ changes: [(String, String)] = [], firmware: (inout limb_firmware_config) -> Void = { _ in }
) throws -> ControlBench {
  let bench = try ControlBench(
    shippedProfile("arm6-sim.yaml", [("episode_steps: 200", "episode_steps: 20")] + changes),
    change: { $0.mode = .uniform }, firmware: firmware)
  try bench.walk()
  bench.advance(120)
  return bench
}

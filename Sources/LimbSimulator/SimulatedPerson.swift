internal import LimbProfile

/// The hands that put a fallen robot back on its feet (docs/safety.md).
///
/// A hand is a spring and damper on the trunk that follows a smooth path, so that accelerometer, gyro and encoders tell
/// one story. It takes hold only after the motors have been without stiffness for `reactionSeconds`, turns the robot
/// upright along a quintic path of `rightingSeconds` above the place where it lies, holds it clear of the floor while
/// the legs drive to their stance, sets it down, and lets go once the legs carry full stiffness.
struct SimulatedPerson {
  struct Base {
    var position: SIMD3<Double>
    /// Body to world.
    var orientation: Rotation3D
    /// World frame.
    var velocity: SIMD3<Double>
    /// Body frame.
    var angularVelocity: SIMD3<Double>
  }

  struct Legs {
    /// Applied stiffness as a share of the profile's gains; 0 without power.
    var stiffness: Double
    /// Largest distance of a joint from its nominal angle, radians.
    var error: Double
    /// Largest joint speed, rad/s.
    var speed: Double
  }

  /// On the trunk: force in the world frame, torque in the body frame.
  struct Wrench {
    var force = SIMD3<Double>()
    var torque = SIMD3<Double>()
  }

  private struct Path {
    var from: SIMD3<Double>
    var to: SIMD3<Double>
    /// Extra height in the middle, so that limbs clear the floor while the robot turns.
    var arch: Double
    var start: Rotation3D
    /// World rotation vector from `start` to the end.
    var turn: SIMD3<Double>
    var duration: Double
    var elapsed = 0.0
  }

  private enum Phase {
    case away
    case moving(Path, then: Rest)
    case resting(Rest, position: SIMD3<Double>, orientation: Rotation3D)
    case lettingGo(elapsed: Double, position: SIMD3<Double>, orientation: Rotation3D)
  }

  /// Where a movement ends.
  private enum Rest {
    /// Held clear of the floor.
    case lifted
    /// Feet on the floor, hands still there.
    case standing
  }

  private let reactionSeconds: Double
  private let rightingSeconds: Double
  private let standingHeight: Double
  private let mass: Double
  private let inertia: SIMD3<Double>
  private let fullPower: Double
  private var phase = Phase.away
  private var limpSeconds = 0.0
  private var settledSeconds = 0.0

  /// Trunk height while held clear of the floor, metres.
  var holdHeight: Double { standingHeight + 0.03 }
  private static let letGoSeconds = 0.3
  private static let loweringSeconds = 0.6

  /// A person beside a robot of this mass (kg) and inertia (kg·m²).
  init(
    _ person: RobotProfile.Person, standingHeight: Double, mass: Double, inertia: SIMD3<Double>, fullPower: Double
  ) {
    reactionSeconds = max(1, person.reactionSeconds)
    rightingSeconds = max(1.5, person.rightingSeconds)
    self.standingHeight = standingHeight
    self.mass = mass
    self.inertia = inertia
    self.fullPower = fullPower
  }

  var isHolding: Bool {
    if case .away = phase { false } else { true }
  }

  /// Holds the robot where it is from now on.
  mutating func hold(at base: Base) {
    phase = .resting(.lifted, position: base.position, orientation: base.orientation)
  }

  /// One integration step.
  mutating func push(base: Base, legs: Legs, seconds: Double) -> Wrench {
    limpSeconds = legs.stiffness > 0 ? 0 : limpSeconds + seconds
    let isStill = legs.stiffness > 0 && legs.error < 0.15 && legs.speed < 1
    settledSeconds = isStill ? settledSeconds + seconds : 0
    switch phase {
    case .away:
      if limpSeconds >= reactionSeconds && !isStanding(base) { phase = .moving(righting(base), then: .lifted) }
      return Wrench()
    case .moving(var path, let rest):
      path.elapsed += seconds
      let target = Self.target(path)
      if path.elapsed >= path.duration {
        phase = .resting(rest, position: path.to, orientation: target.orientation)
      } else {
        phase = .moving(path, then: rest)
      }
      return spring(base, target, grip: 1)
    case .resting(let rest, let position, let orientation):
      let target = Target(position: position, orientation: orientation)
      advanceRest(rest, base, target, legs)
      return spring(base, target, grip: 1)
    case .lettingGo(let elapsed, let position, let orientation):
      let gone = elapsed + seconds
      phase = gone >= Self.letGoSeconds
        ? .away : .lettingGo(elapsed: gone, position: position, orientation: orientation)
      let grip = 1 - quinticBlend(gone / Self.letGoSeconds).value
      return spring(base, Target(position: position, orientation: orientation), grip: grip)
    }
  }

  private mutating func advanceRest(_ rest: Rest, _ base: Base, _ target: Target, _ legs: Legs) {
    switch rest {
    case .lifted where settledSeconds > 0.2:
      phase = .moving(
        straight(from: target, toHeight: standingHeight), then: .standing)
    case .standing where legs.stiffness <= 0:
      phase = .moving(straight(from: target, toHeight: holdHeight), then: .lifted)
    case .standing where settledSeconds > 0.2 && legs.stiffness >= 0.5 * fullPower:
      phase = .lettingGo(elapsed: 0, position: target.position, orientation: target.orientation)
    default: break
    }
  }

  private func isStanding(_ base: Base) -> Bool {
    base.orientation.uprightness > 0.97 && base.position.z > 0.85 * standingHeight
  }

  private func righting(_ base: Base) -> Path {
    let upright = Rotation3D(vector: SIMD3(0, 0, base.orientation.yaw))
    return Path(
      from: base.position, to: SIMD3(base.position.x, base.position.y, holdHeight), arch: 0.1,
      start: base.orientation, turn: (upright * base.orientation.inverse).vector, duration: rightingSeconds)
  }

  private func straight(from target: Target, toHeight height: Double) -> Path {
    Path(
      from: target.position, to: SIMD3(target.position.x, target.position.y, height), arch: 0,
      start: target.orientation, turn: SIMD3(), duration: Self.loweringSeconds)
  }

  private struct Target {
    var position: SIMD3<Double>
    var orientation: Rotation3D
    var velocity = SIMD3<Double>()
    /// World frame.
    var angularVelocity = SIMD3<Double>()
  }

  private static func target(_ path: Path) -> Target {
    let blend = quinticBlend(path.elapsed / path.duration)
    let s = blend.value
    let rate = blend.slope / path.duration
    let lift = SIMD3(0, 0, path.arch * 16 * s * s * (1 - s) * (1 - s))
    let liftRate = SIMD3(0, 0, path.arch * 32 * s * (1 - s) * (1 - 2 * s) * rate)
    return Target(
      position: path.from + s * (path.to - path.from) + lift,
      orientation: Rotation3D(vector: s * path.turn) * path.start,
      velocity: rate * (path.to - path.from) + liftRate, angularVelocity: rate * path.turn)
  }

  /// Critically damped, 25 rad/s, carrying the weight; no stronger than five times the robot's weight.
  private func spring(_ base: Base, _ target: Target, grip: Double) -> Wrench {
    let omega = 25.0
    let weight = mass * 9.81
    var force = mass * (omega * omega * (target.position - base.position)
      + 2 * omega * (target.velocity - base.velocity))
    force.z += weight
    let strength = (force * force).sum().squareRoot()
    if strength > 5 * weight { force *= 5 * weight / strength }
    let toBody = base.orientation.inverse
    let error = toBody.rotate((target.orientation * base.orientation.inverse).vector)
    let rate = toBody.rotate(target.angularVelocity) - base.angularVelocity
    let torque = inertia * (omega * omega * error + 2 * omega * rate)
    return Wrench(force: grip * force, torque: grip * torque)
  }
}

internal import CMuJoCo
package import LimbProfile
package import LimbTypes

/// The body, its motors and the floor: physics in steps of one millisecond.
///
/// One thread owns it. A millisecond is `sense`, then `actuate` with the torques that the firmware asked for at that
/// sample. The same profile, seed and torques give the same bits on the same binary and machine.
package struct Plant: ~Copyable {
  let physics: Physics
  let layout: PlantLayout
  let profile: RobotProfile
  let simulation: RobotProfile.Simulation
  let noise: SensorNoise
  let nominalMotor: MotorModel
  /// Of this episode.
  var motor: MotorModel
  /// What this episode has drawn.
  package private(set) var draw: EpisodeDraw
  /// Number of the episode that runs.
  package private(set) var episode: UInt32 = 0
  var person: SimulatedPerson?
  /// Milliseconds since the start and since the episode began.
  package private(set) var millisecond: UInt64 = 0
  private var episodeMillisecond: UInt32 = 0
  let nominalMass: [Double]
  let nominalInertia: [Double]
  private var torques = JointVector()
  private var amperes = 0.0
  /// What `--fault` does to the body.
  package var disturbance = Disturbance()

  /// Faults of the body rather than of the line.
  package struct Disturbance: Sendable, Equatable {
    /// Replaces the supply.
    package var supplyVolts: Double?
    /// Joints that are jammed, by profile index.
    package var jammedJoints: Set<Int> = []
    /// Nothing broken.
    package init() {}
  }

  /// Loads the model that the profile names; episode 0 begins, and a person holds a legged robot above the floor.
  package init(profile: RobotProfile, modelPath: String, seed: UInt64) throws(SimulatorError) {
    guard let simulation = profile.simulation else { throw .noSimulation(profile: profile.robot.name) }
    let physics = try Physics(path: modelPath)
    layout = try PlantLayout(profile, physics)
    self.profile = profile
    self.simulation = simulation
    noise = SensorNoise(levels: simulation.noise, seed: seed)
    nominalMotor = MotorModel(simulation.motors)
    motor = nominalMotor
    draw = EpisodeDraw(simulation, jointCount: profile.jointCount, seed: seed, episode: 0)
    let bodies = unsafe Int(physics.model.pointee.nbody)
    nominalMass = (0..<bodies).map { unsafe physics.model.pointee.body_mass[$0] }
    nominalInertia = (0..<3 * bodies).map { unsafe physics.model.pointee.body_inertia[$0] }
    self.physics = physics
    unsafe self.physics.model.pointee.opt.disableflags |= Int32(mjDSBL_CLAMPCTRL.rawValue)
    self.physics.reset()
    applyDraw()
    placeAtStart()
  }

  /// Draws an episode's world: masses, motors, friction, latency, biases. The robot stays where it is.
  package mutating func beginEpisode(_ number: UInt32) {
    episode = number
    episodeMillisecond = 0
    draw = EpisodeDraw(simulation, jointCount: profile.jointCount, seed: noise.seed, episode: number)
    applyDraw()
  }

  /// Integration steps in a millisecond.
  private var substeps: Int { max(1, Int((0.001 / physics.stepSeconds).rounded())) }

  /// Positions, velocities and contacts at this instant become sensor readings.
  package mutating func sense() -> SensorReading {
    physics.prepare()
    var reading = exactReading()
    noise.apply(
      draw, episode: episode, millisecond: episodeMillisecond, jointCount: profile.jointCount, to: &reading)
    return reading
  }

  /// Applies requested joint torques (N·m, profile order) for one millisecond.
  package mutating func actuate(_ requested: JointVector, enabled: Bool, stiffness: Double) {
    for step in 0..<substeps {
      if step > 0 { physics.prepare() }
      drive(requested, enabled: enabled)
      pushByHand(stiffness: stiffness)
      physics.advance()
    }
    millisecond += 1
    episodeMillisecond &+= 1
  }

  private mutating func drive(_ requested: JointVector, enabled: Bool) {
    motor.supplyVolts = disturbance.supplyVolts ?? draw.supplyVolts
    amperes = 0
    for (index, joint) in layout.joints.enumerated() {
      var torque = 0.0
      if enabled {
        let velocity = unsafe physics.data.pointee.qvel[joint.velocity]
        let duty = motor.duty(torque: Double(requested[index]), velocity: velocity)
        torque = motor.torque(duty: duty, velocity: velocity)
        amperes += abs(motor.current(duty: duty, velocity: velocity) * duty)
      }
      torques[index] = Float(torque)
      unsafe physics.data.pointee.ctrl[joint.actuator] = torque
    }
  }

  private mutating func pushByHand(stiffness: Double) {
    guard person != nil else { return }
    let base = baseState()
    let wrench = person!.push(base: base, legs: legState(stiffness: stiffness), seconds: physics.stepSeconds)
    for axis in 0..<3 {
      unsafe physics.data.pointee.qfrc_applied[axis] = wrench.force[axis]
      unsafe physics.data.pointee.qfrc_applied[3 + axis] = wrench.torque[axis]
    }
  }

  private func legState(stiffness: Double) -> SimulatedPerson.Legs {
    var legs = SimulatedPerson.Legs(stiffness: stiffness, error: 0, speed: 0)
    for (index, joint) in layout.joints.enumerated() {
      let q = unsafe physics.data.pointee.qpos[joint.position]
      let dq = unsafe physics.data.pointee.qvel[joint.velocity]
      legs.error = max(legs.error, abs(q - profile.joints[index].nominalRadians))
      legs.speed = max(legs.speed, abs(dq))
    }
    return legs
  }

  /// Pose and velocity of the floating base.
  func baseState() -> SimulatedPerson.Base {
    let q = unsafe physics.data.pointee.qpos!
    let v = unsafe physics.data.pointee.qvel!
    return unsafe SimulatedPerson.Base(
      position: SIMD3(q[0], q[1], q[2]), orientation: Rotation3D(w: q[3], v: SIMD3(q[4], q[5], q[6])),
      velocity: SIMD3(v[0], v[1], v[2]), angularVelocity: SIMD3(v[3], v[4], v[5]))
  }

  private func exactReading() -> SensorReading {
    var reading = SensorReading()
    let d = unsafe physics.data.pointee
    for (index, joint) in layout.joints.enumerated() {
      reading.jointPositionRadians[index] = unsafe Float(d.qpos[joint.position])
      reading.jointVelocityRadiansPerSecond[index] = unsafe Float(d.qvel[joint.velocity])
    }
    reading.jointTorqueNewtonMeters = torques
    if let at = layout.orientationSensor {
      reading.orientation = unsafe Quaternion(
        w: Float(d.sensordata[at]), x: Float(d.sensordata[at + 1]), y: Float(d.sensordata[at + 2]),
        z: Float(d.sensordata[at + 3]))
    }
    if let at = layout.gyroSensor { reading.angularVelocityRadiansPerSecond = unsafe vector(d.sensordata, at) }
    if let at = layout.accelerometerSensor {
      reading.accelerationMetersPerSecondSquared = unsafe vector(d.sensordata, at)
    }
    for foot in layout.feet {
      reading.footForceNewtons[foot.contactIndex] = unsafe Float(d.sensordata[foot.touchSensor])
    }
    if let at = layout.gripperPosition { reading.gripperWidthMeters = unsafe 2 * Float(d.qpos[at]) }
    reading.busVolts = Float(disturbance.supplyVolts ?? draw.supplyVolts)
    reading.busAmperes = Float(amperes)
    return reading
  }

  private func vector(_ values: UnsafeMutablePointer<mjtNum>, _ at: Int) -> Vector3 {
    unsafe Vector3(Float(values[at]), Float(values[at + 1]), Float(values[at + 2]))
  }
}

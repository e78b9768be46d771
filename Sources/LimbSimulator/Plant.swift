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
  private let nominalMass: [Double]
  private let nominalInertia: [Double]
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

extension Plant {
  /// Writes the episode's masses, friction and motors into the model.
  private mutating func applyDraw() {
    let m = unsafe physics.model
    for body in nominalMass.indices {
      unsafe m.pointee.body_mass[body] = nominalMass[body] * draw.massScale
      for axis in 0..<3 {
        unsafe m.pointee.body_inertia[3 * body + axis] =
          nominalInertia[3 * body + axis] * draw.massScale * draw.inertiaScale
      }
    }
    for geom in unsafe 0..<Int(m.pointee.ngeom) { unsafe m.pointee.geom_friction[3 * geom] = draw.floorFriction }
    applyJams()
    recomputeConstants()
    motor = nominalMotor
    motor.strength = draw.motorStrength
    motor.supplyVolts = draw.supplyVolts
  }

  /// Jams and frees joints as `disturbance` says: a jam is friction that a motor moves by milliradians a second.
  package mutating func applyJams() {
    for (index, joint) in layout.joints.enumerated() {
      let isJammed = disturbance.jammedJoints.contains(index)
      unsafe physics.model.pointee.dof_damping[joint.velocity] = isJammed ? 1000 : draw.viscousFriction
      unsafe physics.model.pointee.dof_frictionloss[joint.velocity] = draw.coulombFriction
    }
  }

  /// MuJoCo's derived constants follow the masses; they are computed in a scratch state, so that the robot's stays.
  private func recomputeConstants() {
    guard let scratch = unsafe mj_makeData(physics.model) else { return }
    unsafe mj_setConst(physics.model, scratch)
    unsafe mj_deleteData(scratch)
  }

  /// Puts a joint of the profile where a hand might have bent it, at rest. Radians; for tests.
  func bend(_ joint: Int, to radians: Double) {
    unsafe physics.data.pointee.qpos[layout.joints[joint].position] = radians
    unsafe physics.data.pointee.qvel[layout.joints[joint].velocity] = 0
  }

  private mutating func placeAtStart() {
    let d = unsafe physics.data
    for (index, joint) in layout.joints.enumerated() {
      let own = profile.joints[index]
      // An arm lies where it rests without power; a legged robot hangs in a person's hands.
      let angle = layout.trunkBody == nil ? own.parkRadians : own.nominalRadians
      let offset = layout.trunkBody == nil ? 0 : draw.startJoints[index]
      unsafe d.pointee.qpos[joint.position] = angle + offset
    }
    if layout.trunkBody != nil {
      let turn = Rotation3D(vector: SIMD3(0, 0, draw.startYaw))
      let height = profile.kinematics.standingHeightMeters
      let person = SimulatedPerson(
        simulation.person, standingHeight: height, mass: mass, inertia: baseInertia(), fullPower: fullStiffnessShare)
      unsafe d.pointee.qpos[2] = person.holdHeight
      unsafe d.pointee.qpos[3] = turn.w
      for axis in 0..<3 { unsafe d.pointee.qpos[4 + axis] = turn.v[axis] }
      self.person = person
      self.person!.hold(at: baseState())
    }
    unsafe mj_forward(physics.model, d)
  }

  /// Share of the profile's own stiffness that the daemon asks for at full power.
  private var fullStiffnessShare: Double { Double(profile.safety.powerPercent) / 100 }

  /// Of the whole robot, kg.
  package var mass: Double {
    unsafe (0..<Int(physics.model.pointee.nbody)).reduce(0) { unsafe $0 + physics.model.pointee.body_mass[$1] }
  }

  /// Inertia of the whole robot about the base's axes, kg·m².
  private func baseInertia() -> SIMD3<Double> {
    let count = unsafe Int(physics.model.pointee.nv)
    var full = [Double](repeating: 0, count: count * count)
    unsafe mj_fullM(physics.model, &full, physics.data.pointee.qM)
    return SIMD3(full[3 * count + 3], full[4 * count + 4], full[5 * count + 5])
  }
}

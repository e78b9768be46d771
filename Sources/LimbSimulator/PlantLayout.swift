internal import CMuJoCo
internal import LimbProfile

/// Where in MuJoCo's arrays the parts of the profile are.
struct PlantLayout {
  struct Joint {
    let name: String
    let position: Int
    let velocity: Int
    let actuator: Int
  }

  struct Foot {
    let geom: Int
    let touchSensor: Int
    let contactIndex: Int
  }

  let joints: [Joint]
  let feet: [Foot]
  /// The floating base; nil for an arm.
  let trunkBody: Int?
  let orientationSensor: Int?
  let gyroSensor: Int?
  let accelerometerSensor: Int?
  let handSite: Int?
  let gripperPosition: Int?
  /// Degrees of freedom that carry a motor of the model, in the profile or not.
  let motorDegrees: [Int]

  init(_ profile: RobotProfile, _ physics: borrowing Physics) throws(SimulatorError) {
    let m = unsafe physics.model.pointee
    func sensor(_ name: String) throws(SimulatorError) -> Int {
      unsafe Int(m.sensor_adr[try physics.index(mjOBJ_SENSOR, "sensor", name)])
    }
    var joints: [Joint] = []
    for joint in profile.joints {
      let id = try physics.index(mjOBJ_JOINT, "joint", joint.name)
      let actuator = try physics.index(mjOBJ_ACTUATOR, "motor", joint.name)
      joints.append(
        unsafe Joint(
          name: joint.name, position: Int(m.jnt_qposadr[id]), velocity: Int(m.jnt_dofadr[id]), actuator: actuator))
    }
    self.joints = joints
    var feet: [Foot] = []
    for leg in profile.kinematics.legs {
      let name = leg.name + "_foot"
      guard let index = leg.contactIndex else { continue }
      let geom = try physics.index(mjOBJ_GEOM, "foot geom", name)
      feet.append(Foot(geom: geom, touchSensor: try sensor(name), contactIndex: index))
    }
    self.feet = feet
    if profile.robot.kind == .quadruped {
      trunkBody = try physics.index(mjOBJ_BODY, "body", "trunk")
      _ = try physics.index(mjOBJ_JOINT, "free joint", "base")
    } else {
      trunkBody = nil
    }
    let hasImu = profile.robot.sensors.contains(.imu)
    orientationSensor = hasImu ? try sensor("orientation") : nil
    gyroSensor = hasImu ? try sensor("gyro") : nil
    accelerometerSensor = hasImu ? try sensor("accelerometer") : nil
    handSite = physics.find(mjOBJ_SITE, "hand")
    gripperPosition = physics.find(mjOBJ_JOINT, "gripper").map { unsafe Int(m.jnt_qposadr[$0]) }
    motorDegrees = unsafe (0..<Int(m.nu)).map { unsafe Int(m.jnt_dofadr[Int(m.actuator_trnid[2 * $0])]) }
  }
}

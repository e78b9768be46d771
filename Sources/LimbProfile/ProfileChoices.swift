/// A closed choice in a profile. The raw value is the YAML spelling, here and nowhere else.
package protocol ProfileChoice: RawRepresentable<String>, CaseIterable, Sendable, Hashable {}

/// `robot.kind`
package enum RobotKind: String, ProfileChoice {
  /// Four legs and a floating base.
  case quadruped
  /// A fixed base and one hand.
  case arm
}

/// `joints[].kind`
package enum JointKind: String, ProfileChoice {
  /// Turns: radians and N·m.
  case hinge
  /// Slides: metres and newtons; its keys end in `_m`, `_m_s` and `_n`.
  case slide
}

/// `robot.sensors`: what the device reports beyond joint position and velocity.
package enum Sensor: String, ProfileChoice {
  case imu
  case jointTorque = "joint_torque"
  case footContact = "foot_contact"
  case busVoltage = "bus_voltage"
  case motorTemperature = "motor_temperature"
}

/// `link.driver`
package enum LinkDriver: String, ProfileChoice {
  /// The protocol of `firmware-protocol/SPEC.md`.
  case limbLink = "limb-link"
}

/// `realtime.when_refused`
package enum RealtimeRefusal: String, ProfileChoice {
  /// A real robot cannot be armed.
  case refuseToArm = "refuse_to_arm"
  /// Say so and go on.
  case warn
}

/// `estimation.velocity`
package enum VelocitySource: String, ProfileChoice {
  /// Leg odometry and IMU.
  case legs
  /// A client of the control socket, for instance motion capture.
  case external
}

/// `control.pacing`
package enum Pacing: String, ProfileChoice {
  /// The frame is the clock.
  case device
  /// The absolute deadline is the clock.
  case host
}

/// `safety.on_link_loss`, `safety.on_estop`: what the device does by itself.
package enum StopAction: String, ProfileChoice {
  /// Motors off.
  case limp
  /// No stiffness, only damping.
  case damp
  /// Keep the last target under a current cap.
  case hold
}

/// `safety.on_shutdown`: what limbd does with fresh sensors before it disarms.
package enum ShutdownAction: String, ProfileChoice {
  /// Quadruped: lower the body to the park angles, then damp.
  case sit
  /// Arm: go to the park angles, then disarm.
  case park
  /// Damp where it is.
  case damp
}

/// `kinematics.legs[].side`
package enum BodySide: String, ProfileChoice {
  case left, right
}

/// `observation.terms`
package enum ObservationTermKind: String, ProfileChoice, BitwiseCopyable {
  /// Angle minus nominal, rad, one a joint.
  case jointPosition = "joint_position"
  /// rad/s, one a joint.
  case jointVelocity = "joint_velocity"
  /// N·m, one a joint.
  case jointTorque = "joint_torque"
  /// rad, two. Yaw is left out: it drifts.
  case rollPitch = "roll_pitch"
  /// Direction of gravity in the body frame, three.
  case gravity
  /// rad/s in the body frame, three.
  case angularVelocity = "angular_velocity"
  /// Estimated, m/s in the body frame, three.
  case baseVelocity = "base_velocity"
  /// 0 or 1, one a leg.
  case footContact = "foot_contact"
  /// The policy's last output in [−1, 1], one an output.
  case previousAction = "previous_action"
  /// Target after filter and envelope, minus nominal, rad, one a joint.
  case appliedTarget = "applied_target"
  /// m in the body frame, three.
  case handPosition = "hand_position"
  /// m in the body frame, three.
  case goalPosition = "goal_position"
  /// Goal minus hand, m in the body frame, three.
  case goalError = "goal_error"
}

/// `task.reward[].term`
package enum RewardTermKind: String, ProfileChoice, BitwiseCopyable {
  /// x of the estimated base velocity in the heading frame, m/s. Only falling short of the target costs.
  case forwardVelocity = "forward_velocity"
  /// |y of the estimated base velocity in the heading frame|, m/s.
  case lateralVelocity = "lateral_velocity"
  /// |heading against the episode's first record|, rad.
  case heading
  /// Angle between the body's z axis and the vertical, rad.
  case upright
  /// |yaw rate|, rad/s.
  case yawRate = "yaw_rate"
  /// Root mean square over outputs of aₜ − 2aₜ₋₁ + aₜ₋₂, action units.
  case actionAcceleration = "action_acceleration"
  /// Σ over joints of |torque · velocity|, W.
  case energy
  /// Smallest distance of a joint to its range as a share of half the range. Only falling short of the target costs.
  case jointLimits = "joint_limits"
  /// Distance from hand to goal, m.
  case handToGoal = "hand_to_goal"
  /// Speed of the hand while it is within the goal's tolerance, m/s; worth 0 outside it.
  case hold
  /// √(Σ over joints of torque²), N·m.
  case effort
  /// A number that a client sends with the episode; its own scale.
  case external

  /// The unit of target, tolerance and margin as it ends their YAML keys; empty for a plain number.
  package var unit: String {
    switch self {
    case .forwardVelocity, .lateralVelocity, .hold: "m_s"
    case .upright, .heading: "rad"
    case .yawRate: "rad_s"
    case .energy: "w"
    case .handToGoal: "m"
    case .effort: "nm"
    case .actionAcceleration, .jointLimits, .external: ""
    }
  }
}

/// `task.reward[].combine`
package enum RewardCombination: String, ProfileChoice, BitwiseCopyable {
  /// Part of the weighted mean.
  case add
  /// A factor of the whole reward.
  case multiply
}

/// `task.reward[].shape`
package enum RewardShape: String, ProfileChoice, BitwiseCopyable {
  case linear, gaussian
}

/// `task.terminate.trips`: trips of the envelope that are the policy's own fault.
package enum SelfInflictedTrip: String, ProfileChoice {
  /// A measured angle outside its range.
  case jointRange = "joint_range"
  /// A measured velocity above its limit.
  case jointVelocity = "joint_velocity"
}

/// `action.kind`
package enum ActionKind: String, ProfileChoice, BitwiseCopyable {
  /// Target = nominal + scale · a.
  case jointOffset = "joint_offset"
  /// Swing and extension of each leg around the nominal stance.
  case swingExtension = "swing_extension"
  /// Target = previous target + scale · a.
  case jointDelta = "joint_delta"
}

/// `task.reset.kind`
package enum ResetKind: String, ProfileChoice {
  /// A person rights the robot; it then stands up by itself.
  case standUp = "stand_up"
  /// The arm drives back to its nominal angles.
  case home
  /// The next episode starts where the last one ended.
  case none
}

/// `task.reset.confirm`
package enum ResetConfirm: String, ProfileChoice {
  /// `limbd resume` or a device button.
  case `operator`
  /// Upright and still for a second.
  case automatic
}

/// `learning.algorithm`
package enum LearningAlgorithm: String, ProfileChoice {
  /// Soft actor-critic.
  case sac
}

/// `learning.warm_up_actions`
package enum WarmUpActions: String, ProfileChoice {
  /// Uniform in (−1, 1).
  case uniform
  /// tanh of Gaussian noise about 0.
  case noise
}

/// `learning.actor_loss`
package enum ActorLoss: String, ProfileChoice {
  case mean, min
}

/// `learning.target_entropy`
package enum TargetEntropy: Sendable, Equatable {
  /// −A/2.
  case automatic
  /// A number of nats.
  case nats(Double)
}

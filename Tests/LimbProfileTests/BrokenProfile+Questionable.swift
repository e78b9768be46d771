extension BrokenProfile {
  /// Profiles that load, each with all of its findings. Part 1.
  static let questionable1: [BrokenProfile] = [
    BrokenProfile(.quadruped, "baud: 1000000", "baud: 115200", """
      p.yaml:3:47: error: link.baud: sensor frames of 107 bytes at 500 Hz need 535000 of 115200 bit/s, 465 %; at \
      most 70 % can be relied on: 764286 baud or 71 Hz
      p.yaml:3:47: error: link.baud: command frames of 65 bytes at 500 Hz need 325000 of 115200 bit/s, 283 %; at \
      most 70 % can be relied on: 464286 baud or 71 Hz
      """),
    BrokenProfile(.quadruped, "coast_ms: 60", "coast_ms: 2", """
      p.yaml:28:56: error: safety.coast_ms: 2 ms is not longer than the period of 2 ms (control.rate_hz 500): every \
      late frame would stop the robot
      """),
    BrokenProfile(.quadruped, "coast_ms: 60", "coast_ms: 100", """
      p.yaml:28:56: error: safety.coast_ms: 100 ms is not shorter than control.command_ttl_ms 100 ms: the device \
      would stop before limbd has stopped coasting
      """),
    BrokenProfile(.quadruped, "rate_hz: 500", "rate_hz: 300", """
      p.yaml:27:20: error: control.rate_hz: 300 Hz is not a rate of limb-link, which sends every k-th of 1000 \
      samples a second: 333 or 250 Hz
      """),
    BrokenProfile(.quadruped, "policy_every: 25", "policy_every: 2", """
      p.yaml:27:39: warning: control.policy_every: 250 decisions a second: learning on robots is known to work at 10 \
      to 50
      """),
    BrokenProfile(.quadruped, "policy_every: 25", "policy_every: 250", """
      p.yaml:27:39: warning: control.policy_every: 2 decisions a second: too few to balance by
      """),
    BrokenProfile(.quadruped, "low_pass_hz: 5", "low_pass_hz: 250", """
      p.yaml:33:59: error: action.low_pass_hz: 250 Hz is not below half of control.rate_hz 500 Hz
      """),
    BrokenProfile(.quadruped, "slew_rad_s: 9", "slew_rad_s: 9, ramp_rad_s: 0.04", """
      p.yaml:29:30: warning: safety.ramp_rad_s: 0.04 rad/s: sit may take 34.25 s until power goes; a wanted stop should \
      be over within 30 s
      """),
    BrokenProfile(.quadruped, "slew_rad_s: 9", "slew_rad_s: 5", """
      p.yaml:29:15: warning: safety.slew_rad_s: 5 rad/s is below the 8.595 rad/s that 0.6 rad through \
      action.low_pass_hz 5 Hz can ask for (0.456·2π·f_c·change): the envelope will cut the policy's fast moves
      """),
    BrokenProfile(.quadruped, "scale_rad: 0.3, low_pass_hz: 5", "scale_rad: 1.2, low_pass_hz: 1", """
      p.yaml:33:41: warning: action.scale_rad: fl: nominal ± scale is -1.2 to 1.2 rad, beyond position_rad -1 to 1 \
      rad
      p.yaml:33:41: warning: action.scale_rad: fr: nominal ± scale is -1.2 to 1.2 rad, beyond position_rad -1 to 1 \
      rad
      p.yaml:33:41: warning: action.scale_rad: rl: nominal ± scale is -1.2 to 1.2 rad, beyond position_rad -1 to 1 \
      rad
      p.yaml:33:41: warning: action.scale_rad: rr: nominal ± scale is -1.2 to 1.2 rad, beyond position_rad -1 to 1 \
      rad
      """),
    BrokenProfile(.arm, "scale_rad: 0.05", "scale_rad: 0.2", """
      p.yaml:19:15: warning: safety.slew_rad_s: 0.2 rad take 100 ms at 2 rad/s, longer than a step of 50 ms
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: 0", """
      p.yaml:8:52: error: joints[0].kp: fl: 0 N·m/rad: the joint would not follow its target
      p.yaml:10:52: warning: joints[1].kp: fr: 20 is not the mirror image of fl's, which would be 0
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: 400", """
      p.yaml:8:52: warning: joints[0].kp: fl: full torque at an error of 0.008 rad (torque_max_nm/kp): on or off
      p.yaml:10:52: warning: joints[1].kp: fr: 20 is not the mirror image of fl's, which would be 400
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: 1", """
      p.yaml:8:52: warning: joints[0].kp: fl: full torque only at an error of 3 rad, more than its whole range of 2 \
      rad: too soft to hold anything
      p.yaml:10:52: warning: joints[1].kp: fr: 20 is not the mirror image of fl's, which would be 1
      """),
    BrokenProfile(.quadruped, "kd: 0.5", "kd: 0", """
      p.yaml:8:60: warning: joints[0].kd: fl: 0 N·m·s/rad: nothing damps the joint
      p.yaml:10:60: warning: joints[1].kd: fr: 0.5 is not the mirror image of fl's, which would be 0
      """),
    BrokenProfile(.quadruped, "kd: 0.5", "kd: 20", """
      p.yaml:8:60: warning: joints[0].kd: fl: damping alone takes all torque at 0.15 rad/s, of 10 rad/s allowed
      p.yaml:10:60: warning: joints[1].kd: fr: 0.5 is not the mirror image of fl's, which would be 20
      """),
    BrokenProfile(.quadruped, "kp: 20", "kp: 2000", """
      p.yaml:8:52: warning: joints[0].kp: fl: full torque at an error of 0.002 rad (torque_max_nm/kp): on or off
      p.yaml:8:52: warning: joints[0].kp: fl: 2000 N·m/rad at the device is above the 1023.984 N·m/rad that \
      limb-link carries unless the device declares other scales
      p.yaml:10:52: warning: joints[1].kp: fr: 20 is not the mirror image of fl's, which would be 2000
      """),
    BrokenProfile(.quadruped, "on_link_loss: damp", "on_link_loss: hold, hold_error_rad: 0.1", """
      p.yaml:28:24: warning: safety.on_link_loss: hold: a quadruped that has fallen would strain against the floor; \
      damp
      """),
    BrokenProfile(.arm, "on_estop: hold", "on_estop: damp", """
      p.yaml:18:40: warning: safety.on_estop: damp: an arm sinks under its weight; hold keeps it up
      """),
    BrokenProfile(.arm, "on_estop: hold", "on_estop: hold, on_shutdown: sit", """
      p.yaml:18:59: error: safety.on_shutdown: sit is for quadrupeds; an arm parks
      """),
    BrokenProfile(.arm, "algorithm: sac", "algorithm: sac, symmetry: true", """
      p.yaml:27:38: error: learning.symmetry: true, but the profile has no section "symmetry"
      """),
    BrokenProfile(.quadruped, "zero_rad: 0, position_rad: [-1, 1]", "zero_rad: 0, position_rad: [-1, 0.9]", """
      p.yaml:9:67: error: joints[1].position_rad: fr: 1 is not the mirror image of fl's, which would be 0.9
      """),
    BrokenProfile(.quadruped, "[[fl, fr], [rl, rr]]", "[[fl, rr], [rl, fr]]", """
      p.yaml:26:19: error: symmetry.pairs: fl and rr: offsets [0.2, 0.1, 0] and [-0.2, -0.1, 0] m are no mirror \
      images
      p.yaml:26:19: error: symmetry.pairs: fr and rl: offsets [0.2, -0.1, 0] and [-0.2, 0.1, 0] m are no mirror \
      images
      """),
    BrokenProfile(.quadruped, "[rl, rr]]}", "[rl, rr]], negated: [rl, rr]}", """
      p.yaml:26:50: error: symmetry.negated: rl and rr: seen in the mirror, axes [0, 1, 0] and [0, 1, 0] turn alike: \
      take them out of here
      """),
    BrokenProfile(.quadruped, "nominal_rad: 0}", "nominal_rad: 0.3}", """
      p.yaml:10:78: error: joints[1].nominal_rad: fr: 0 is not the mirror image of fl's, which would be 0.3
      """),
  ]
  /// Profiles that load, each with all of its findings. Part 2.
  static let questionable2: [BrokenProfile] = [
    BrokenProfile(.quadruped, "scale_rad: 0.3", "joints: [fl, rl, rr], scale_rad: 0.3", """
      p.yaml:33:38: error: action.joints: of the mirror images fl and fr the policy moves only the first
      """),
    BrokenProfile(.quadruped, "scale_rad: 0.3", "scale_rad: [0.3, 0.2, 0.3, 0.3]", """
      p.yaml:33:41: error: action.scale_rad: fl and fr are mirror images with scales of 0.3 and 0.2 rad
      """),
    BrokenProfile(.quadruped, "standing_height_m: 0.2", "standing_height_m: 0.3", """
      p.yaml:16:22: warning: kinematics.standing_height_m: 0.3 m, but with nominal_rad the foot of a is 0.2 m below \
      the body
      """),
    BrokenProfile(.quadruped, "name: a, side: left", "name: a, side: right", """
      p.yaml:18:23: error: kinematics.legs[0].side: right, but in the stance the foot is at y = 0.1 m (y points \
      left)
      """),
    BrokenProfile(.quadruped, "previous_action, ", "", """
      p.yaml:31:10: error: observation.terms: previous_action is missing: with a slew limit or a filter the next \
      state depends on it, and what the policy cannot see it cannot learn
      """),
    BrokenProfile(.quadruped, "roll_pitch", "hand_position", """
      p.yaml:31:63: error: observation.terms[2]: hand_position needs kinematics.arm
      """),
    BrokenProfile(.quadruped, "roll_pitch", "goal_error", """
      p.yaml:31:63: error: observation.terms[2]: goal_error needs kinematics.arm
      """),
    BrokenProfile(.arm, "goal_error", "base_velocity", """
      p.yaml:20:55: error: observation.terms[2]: base_velocity needs kinematics.legs, or estimation.velocity: \
      external
      """),
    BrokenProfile(.arm, "term: hold", "term: upright", """
      p.yaml:25:52: error: task.reward[1].term: upright needs the sensor imu, which robot.sensors does not list
      """),
    BrokenProfile(.quadruped, "term: upright, weight: 0.5", "term: upright, weight: -0.5", """
      p.yaml:38:31: warning: task.reward[1].weight: -0.5 while task.terminate exists: where reward can be negative, \
      falling early pays; every term is 1 at its best already
      """),
    BrokenProfile(.quadruped, "term: upright", "term: external", """
      p.yaml:38:14: warning: task.reward[1].term: external while task.terminate exists: if the reward sent is ever \
      negative, falling early pays
      """),
    BrokenProfile(.quadruped, "roll_deg: 45", "roll_deg: 60", """
      p.yaml:39:25: error: task.terminate.roll_deg: 60° is not inside safety.tilt_limit_deg 60°: a fall would be a \
      safe stop before it is the end of an episode
      """),
    BrokenProfile(.quadruped, "pitch_deg: 45", "pitch_deg: 45, height_min_m: 0.25", """
      p.yaml:39:58: error: task.terminate.height_min_m: 0.25 m is not below kinematics.standing_height_m 0.2 m
      """),
    BrokenProfile(.quadruped, "kind: stand_up", "kind: home", """
      p.yaml:40:17: error: task.reset.kind: home is for arms; a quadruped takes stand_up
      """),
    BrokenProfile(.quadruped, "port: \"sim:\"", "port: /dev/ttyACM0", """
      p.yaml:40:36: error: task.reset.confirm: automatic on a real robot (link.port /dev/ttyACM0): a robot held \
      upright and still is being held by someone; say hands_off_acknowledged: true, or operator
      """),
    BrokenProfile(.arm, "box_max_m: [0.3, 0.1, 0.1]", "box_max_m: [0.5, 0.1, 0.1]", """
      p.yaml:24:9: error: task.goal: 75 of 125 points of the box are within reach; the farthest miss is 111.516 mm \
      at [0.5, -0.1, 0.1] m
      """),
    BrokenProfile(.arm, "box_max_m: [0.3, 0.1, 0.1]}", "box_max_m: [0.3, 0.1, 0.1], hold_s: 20}", """
      p.yaml:24:75: error: task.goal.hold_s: 20 s do not fit an episode of 10 s
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sac, warm_up_steps: 100", """
      p.yaml:41:43: warning: learning.warm_up_steps: 100 steps are fewer than a batch of 256: early batches repeat \
      themselves
      """),
    BrokenProfile(.quadruped, "episode_steps: 100", "episode_steps: 1", """
      p.yaml:32:12: error: observation.history: 2 frames, more than task.episode_steps 1
      p.yaml:41:11: error: learning.n_step: 1 is not shorter than task.episode_steps 1
      """),
    BrokenProfile(
      .quadruped,
      "algorithm: sac",
      "algorithm: sac, n_step: 16, updates_per_step: 8, backlog_limit_updates: 4", """
      p.yaml:41:84: error: learning.backlog_limit_updates: 4 is below updates_per_step 8: every step would lose \
      updates
      """),
    BrokenProfile(.quadruped, "algorithm: sac", "algorithm: sac, critic: {layer_norm: false}", """
      p.yaml:41:49: warning: learning.critic.layer_norm: false with 4 updates a step: critics without LayerNorm are \
      known to diverge
      """),
    BrokenProfile(.quadruped, "capacity_steps: 100000", "capacity_steps: 100000, segment_steps: 60000", """
      p.yaml:42:49: error: replay.segment_steps: 60000 is more than half of capacity_steps 100000: evicting one \
      segment would throw away most of the experience
      """),
    BrokenProfile(.quadruped, "current_limit_a: 40", "current_limit_a: 20", """
      p.yaml:45:91: warning: simulation.motors.current_limit_a: the simulated motors give at most 2 N·m (current \
      limit × torque constant), fl allows 3 N·m
      """),
    BrokenProfile(.quadruped, "supply_v: 16,", "supply_v: 12.5,", """
      p.yaml:44:3: error: simulation.randomize.supply_v: down to 12.5 V, where safety.voltage_min_v stops the robot \
      at 13 V
      """),
    BrokenProfile(.quadruped, "current_limit_a: 40}", "current_limit_a: 40}\n  physics_hz: 1500", """
      p.yaml:46:15: error: simulation.physics_hz: 1500 Hz is not a multiple of the firmware's 1000 Hz
      """),
  ]
}

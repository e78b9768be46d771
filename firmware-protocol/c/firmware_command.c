#include "firmware_internal.h"

static bool is_moving(const limb_firmware *fw) {
  return fw->state == LIMB_STATE_ARMED || fw->state == LIMB_STATE_COAST;
}

// SPEC 7, check 4. The device tick that `seq` names, if it is one of the last 256 of the link session.
static bool find_frame(const limb_firmware *fw, uint16_t seq, uint64_t *frame) {
  if (fw->frames_sent == fw->session_frame) return false;
  const uint64_t latest = fw->frames_sent - 1;
  const uint16_t latest_seq = (uint16_t)(fw->config.first_cyclic_seq + (latest & 0xFFFFu));
  const uint16_t behind = (uint16_t)(latest_seq - seq);
  if (behind >= LIMB_FRAME_MEMORY || behind > latest - fw->session_frame) return false;
  *frame = latest - behind;
  return true;
}

static bool mode_fits(const limb_firmware *fw, const limb_command *command, bool coast) {
  if (command->mode == LIMB_MODE_RUN) return is_moving(fw) && (!coast || fw->running);
  return !coast && !(is_moving(fw) && fw->running);
}

// Runs checks 1 to 8; returns the counter of the first that fails, or NULL.
static uint32_t *refuse(limb_firmware *fw, const limb_command *command, uint64_t *frame) {
  limb_command_counters *counters = &fw->command_counters;
  const bool coast = (command->flags & LIMB_COMMAND_COAST) != 0;
  if (fw->session == 0 || command->session != fw->session) return &counters->wrong_session;
  if (command->n_joints != fw->config.n_joints) return &counters->wrong_count;
  if (command->ttl_ms < fw->config.ttl_min_ms) return &counters->bad_ttl;
  if (!find_frame(fw, command->sensor_seq, frame)) return &counters->unknown_frame;
  if (fw->have_command && *frame < fw->command_frame) return &counters->older;
  if (fw->have_command && *frame == fw->command_frame && !coast) return &counters->repeated;
  const uint32_t ttl_ms = command->ttl_ms < fw->config.ttl_max_ms ? command->ttl_ms : fw->config.ttl_max_ms;
  const uint64_t sampled_us = fw->frame_time_us[*frame % LIMB_FRAME_MEMORY];
  const uint64_t age_us = fw->now_us > sampled_us ? fw->now_us - sampled_us : 0;
  if (coast ? limb_command_age_us(fw) >= fw->command_ttl_us : age_us >= (uint64_t)ttl_ms * 1000u) {
    return &counters->stale;
  }
  return mode_fits(fw, command, coast) ? NULL : &counters->wrong_mode;
}

// Mode OFF: nothing moves; the command is counted for ARM if it says where the robot really is.
static void count_for_arm(limb_firmware *fw, const limb_command *command) {
  fw->far_joint = LIMB_NO_JOINT;
  for (uint8_t j = 0; j < command->n_joints; j++) {
    const float error = limb_from_i16(command->joints[j].q, fw->config.scales.q_per_rad) - fw->sample.q[j];
    const bool near = error < fw->config.arm_delta_rad && error > -fw->config.arm_delta_rad;
    if (!near && fw->far_joint == LIMB_NO_JOINT) fw->far_joint = j;
  }
  fw->arm_count = fw->far_joint == LIMB_NO_JOINT ? fw->arm_count + 1 : 0;
  fw->arm_count_us = fw->now_us;
}

static float limited(limb_firmware *fw, size_t joint, float value, float low, float high, uint16_t flag) {
  const float inside = limb_clamp(value, low, high);
  if (inside != value) {
    fw->clamp_flags |= flag;
    fw->clamped_joints |= 1u << joint;
  }
  return inside;
}

static void take_targets(limb_firmware *fw, const limb_command *command, bool coast) {
  const limb_scales *scales = &fw->config.scales;
  for (size_t j = 0; j < command->n_joints; j++) {
    const limb_command_joint *wire = &command->joints[j];
    const limb_joint_config *limits = &fw->config.joints[j];
    limb_joint_control *joint = &fw->joints[j];
    joint->target = limited(
        fw, j, limb_from_i16(wire->q, scales->q_per_rad), limits->q_min, limits->q_max, LIMB_FLAG_POSITION_CLAMPED);
    joint->kp = limited(
        fw, j, limb_from_u16(wire->kp, scales->kp_per_nm_rad), 0.0f, limits->kp_max, LIMB_FLAG_GAIN_CLAMPED);
    joint->kd = limited(
        fw, j, limb_from_u16(wire->kd, scales->kd_per_nm_s_rad), 0.0f, limits->kd_max, LIMB_FLAG_GAIN_CLAMPED);
    // A coasting host sends zeros here; the last true feed-forward is kept, for HOLD.
    if (coast) continue;
    joint->dq = limited(
        fw, j, limb_from_i16(wire->dq, scales->dq_per_rad_s), -limits->dq_max, limits->dq_max,
        LIMB_FLAG_VELOCITY_CLAMPED);
    joint->tau = limited(
        fw, j, limb_from_i16(wire->tau, scales->tau_per_nm), -limits->tau_max, limits->tau_max,
        LIMB_FLAG_TORQUE_CLAMPED);
  }
}

static void apply_run(limb_firmware *fw, const limb_command *command, bool coast) {
  if (!fw->running) limb_start_follow(fw);
  take_targets(fw, command, coast);
  fw->coast_flagged = coast;
  if (coast) return;
  fw->state = LIMB_STATE_ARMED;
  limb_set_action(fw, LIMB_ACTION_FOLLOW);
}

static void apply(limb_firmware *fw, const limb_command *command, uint64_t frame) {
  const bool coast = (command->flags & LIMB_COMMAND_COAST) != 0;
  fw->command_counters.applied++;
  fw->last_command_seq = fw->message.header.seq;
  fw->command_frame = frame;
  if (!coast) {
    const uint32_t ttl_ms = command->ttl_ms < fw->config.ttl_max_ms ? command->ttl_ms : fw->config.ttl_max_ms;
    fw->have_command = true;
    fw->command_time_us = fw->frame_time_us[frame % LIMB_FRAME_MEMORY];
    fw->command_ttl_us = ttl_ms * 1000u;
  }
  if (command->mode == LIMB_MODE_RUN) {
    apply_run(fw, command, coast);
  } else {
    // Still waiting for the first RUN: a fresh OFF command keeps an armed robot armed.
    if (fw->state == LIMB_STATE_COAST) fw->state = LIMB_STATE_ARMED;
    count_for_arm(fw, command);
  }
}

void limb_take_command(limb_firmware *fw) {
  const limb_command *command = &fw->message.body.command;
  const uint16_t seq = fw->message.header.seq;
  if (fw->session != 0 && command->session == fw->session) {
    const uint16_t gap = fw->have_previous_seq ? (uint16_t)(seq - fw->previous_seq - 1u) : 0;
    fw->command_lost = (uint16_t)(fw->command_lost + gap);
    if (gap > LIMB_ARM_COMMANDS) fw->arm_count = 0;
    fw->have_previous_seq = true;
    fw->previous_seq = seq;
  }
  uint64_t frame = 0;
  uint32_t *const counter = refuse(fw, command, &frame);
  if (counter == NULL) {
    apply(fw, command, frame);
    return;
  }
  (*counter)++;
  if (counter == &fw->command_counters.wrong_session) return;
  fw->command_lost++;
  if (command->mode == LIMB_MODE_RUN && !is_moving(fw)) fw->arm_count = 0;
}

#include "firmware_internal.h"

#define OUTWARD_FADE 0.01f  // of the joint's range, beyond it: where feed-forward outward has ended

bool limb_is_finite(float x) { return x - x == 0.0f; }

float limb_clamp(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

// The first RUN command after ARM: from measurement, or from what HOLD was holding, so that nothing jumps.
void limb_start_follow(limb_firmware *fw) {
  const bool from_hold = fw->action == LIMB_ACTION_HOLD;
  for (size_t j = 0; j < fw->config.n_joints; j++) {
    fw->joints[j].applied = from_hold ? limb_hold_target(fw, j) : fw->sample.q[j];
  }
  fw->handover_us = from_hold ? fw->now_us : 0;
  fw->running = true;
}

static void tell_clamped(limb_firmware *fw, size_t j, uint16_t flag) {
  fw->clamp_flags |= flag;
  fw->clamped_joints |= 1u << j;
}

// 1 above the joint's range, -1 below it, 0 inside.
static int side_of_range(const limb_joint_config *limits, float q) {
  return q > limits->q_max ? 1 : q < limits->q_min ? -1 : 0;
}

// SPEC 8.2: feed-forward that pushes a joint further out of its range. It ends within the first hundredth of the range
// beyond it, not at once: at the edge it may carry a weight, which then sinks to the edge and rests there.
static float inward_torque(const limb_firmware *fw, size_t j, float tau) {
  const limb_joint_config *limits = &fw->config.joints[j];
  const float q = fw->sample.q[j];
  const int side = side_of_range(limits, q);
  if (side == 0 || (side > 0 ? tau <= 0.0f : tau >= 0.0f)) return tau;
  const float beyond = side > 0 ? q - limits->q_max : limits->q_min - q;
  return tau * limb_clamp(1.0f - beyond / (OUTWARD_FADE * (limits->q_max - limits->q_min)), 0.0f, 1.0f);
}

void limb_capture_hold(limb_firmware *fw) {
  const float error = fw->config.hold_error_rad;
  for (size_t j = 0; j < fw->config.n_joints; j++) {
    const limb_joint_control *joint = &fw->joints[j];
    const float least_kd = fw->config.joints[j].damp_kd;
    limb_joint_control held = *joint;
    if (limb_is_finite(fw->sample.q[j])) {
      held.target = limb_clamp(joint->applied, fw->sample.q[j] - error, fw->sample.q[j] + error);
    } else {
      held.target = joint->applied;
    }
    held.applied = held.target;
    held.dq = 0.0f;
    held.tau = inward_torque(fw, j, joint->tau);  // as it was applied: a stop begins no push outward
    held.kd = joint->kd > least_kd ? joint->kd : least_kd;
    fw->held[j] = held;
  }
}

float limb_hold_target(const limb_firmware *fw, size_t joint) {
  const float q = fw->sample.q[joint];
  return limb_clamp(fw->held[joint].target, q - fw->config.hold_error_rad, q + fw->config.hold_error_rad);
}

// 1 at once, falling to 0 in `milliseconds`.
static float remaining(const limb_firmware *fw, uint64_t since_us, uint16_t milliseconds) {
  const uint64_t elapsed_us = fw->now_us - since_us;
  const uint64_t total_us = (uint64_t)milliseconds * 1000u;
  if (elapsed_us >= total_us) return 0.0f;
  return 1.0f - (float)elapsed_us / (float)total_us;
}

// SPEC 8.2: outside its range a joint moves inward alone, and slowly: it may lie on its stop with the robot's weight.
static void slew(limb_firmware *fw, size_t j) {
  const limb_joint_config *limits = &fw->config.joints[j];
  limb_joint_control *joint = &fw->joints[j];
  const int side = side_of_range(limits, fw->sample.q[j]);
  const bool outside = side != 0 || side_of_range(limits, joint->applied) != 0;
  const float step = (outside ? limits->inward_max : limits->slew_max) / (float)LIMB_TICK_HZ;
  const float way = joint->target - joint->applied;
  if ((side > 0 && way > 0.0f) || (side < 0 && way < 0.0f)) return;
  if (way > step) {
    joint->applied += step;
  } else if (way < -step) {
    joint->applied -= step;
  } else {
    joint->applied = joint->target;
  }
}

// The commanded velocity; outside the range inward alone, at most at the inward speed.
static float inward_velocity(const limb_firmware *fw, size_t j, float dq) {
  const limb_joint_config *limits = &fw->config.joints[j];
  const int side = side_of_range(limits, fw->sample.q[j]);
  if (side > 0) return limb_clamp(dq, -limits->inward_max, 0.0f);
  return side < 0 ? limb_clamp(dq, 0.0f, limits->inward_max) : dq;
}

static float follow(limb_firmware *fw, size_t j) {
  slew(fw, j);
  const limb_joint_control *joint = &fw->joints[j];
  const bool coasting = fw->action == LIMB_ACTION_COAST || fw->coast_flagged;
  float kp = joint->kp;
  float kd = joint->kd;
  float dq = coasting ? 0.0f : inward_velocity(fw, j, joint->dq);
  float tau = coasting ? 0.0f : inward_torque(fw, j, joint->tau);
  if (!coasting && dq != joint->dq) tell_clamped(fw, j, LIMB_FLAG_VELOCITY_CLAMPED);
  if (!coasting && tau != joint->tau) tell_clamped(fw, j, LIMB_FLAG_TORQUE_CLAMPED);
  if (fw->handover_us != 0) {
    const float old = remaining(fw, fw->handover_us, fw->config.handover_ms);
    const limb_joint_control *held = &fw->held[j];
    kp += (held->kp - kp) * old;
    kd += (held->kd - kd) * old;
    tau += (held->tau - tau) * old;
    dq -= dq * old;
  }
  return kp * (joint->applied - fw->sample.q[j]) + kd * (dq - fw->sample.dq[j]) + tau;
}

static float hold(const limb_firmware *fw, size_t j) {
  const limb_joint_control *held = &fw->held[j];
  const float strength = fw->fading ? remaining(fw, fw->fade_us, fw->config.hold_fade_ms) : 1.0f;
  const float cap = fw->config.hold_torque_ratio * fw->config.joints[j].tau_max;
  const float still = strength * (held->kp * (limb_hold_target(fw, j) - fw->sample.q[j]) + held->tau);
  return limb_clamp(still - held->kd * fw->sample.dq[j], -cap, cap);
}

static float damp(const limb_firmware *fw, size_t j) { return -fw->config.joints[j].damp_kd * fw->sample.dq[j]; }

// The true torque clamp, and no torque that would accelerate a joint beyond its fastest.
static float clamp_torque(limb_firmware *fw, size_t j, float wanted) {
  const limb_joint_config *limits = &fw->config.joints[j];
  if (!limb_is_finite(wanted)) return 0.0f;
  float tau = limb_clamp(wanted, -limits->tau_max, limits->tau_max);
  if (tau != wanted) tell_clamped(fw, j, LIMB_FLAG_TORQUE_CLAMPED);
  const float dq = fw->sample.dq[j];
  if ((dq > limits->dq_max && tau > 0.0f) || (dq < -limits->dq_max && tau < 0.0f)) {
    tell_clamped(fw, j, LIMB_FLAG_VELOCITY_CLAMPED);
    tau = 0.0f;
  }
  return tau;
}

void limb_control_joints(limb_firmware *fw, limb_firmware_output *output) {
  output->motors_enabled = fw->valid && limb_is_powered(fw);
  output->action = fw->action;
  for (size_t j = 0; j < LIMB_MAX_JOINTS; j++) output->tau[j] = 0.0f;
  if (!output->motors_enabled) return;
  for (size_t j = 0; j < fw->config.n_joints; j++) {
    float wanted = 0.0f;
    switch (fw->action) {
      case LIMB_ACTION_FOLLOW:
      case LIMB_ACTION_COAST: wanted = follow(fw, j); break;
      case LIMB_ACTION_HOLD: wanted = hold(fw, j); break;
      case LIMB_ACTION_DAMP: wanted = damp(fw, j); break;
      default: break;
    }
    output->tau[j] = clamp_torque(fw, j, wanted);
  }
}

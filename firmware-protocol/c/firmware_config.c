#include <string.h>

#include "firmware_internal.h"

void limb_firmware_config_defaults(limb_firmware_config *config) {
  memset(config, 0, sizeof *config);
  config->scales.q_per_rad = LIMB_DEFAULT_Q_PER_RAD;
  config->scales.dq_per_rad_s = LIMB_DEFAULT_DQ_PER_RAD_S;
  config->scales.tau_per_nm = LIMB_DEFAULT_TAU_PER_NM;
  config->scales.kp_per_nm_rad = LIMB_DEFAULT_KP_PER_NM_RAD;
  config->scales.kd_per_nm_s_rad = LIMB_DEFAULT_KD_PER_NM_S_RAD;
  config->scales.gyro_per_rad_s = LIMB_DEFAULT_GYRO_PER_RAD_S;
  config->scales.acc_per_m_s2 = LIMB_DEFAULT_ACC_PER_M_S2;
  config->scales.foot_per_n = LIMB_DEFAULT_FOOT_PER_N;
  config->firmware_version[0] = 1;
  config->max_rate_hz = 1000;
  config->ttl_min_ms = 10;
  config->ttl_max_ms = LIMB_TTL_LIMIT_MS;
  config->on_link_loss = LIMB_STOP_DAMP;
  config->on_estop = LIMB_STOP_DAMP;
  config->limp_after_ms = 2000;
  config->hold_error_rad = 0.15f;
  config->hold_torque_ratio = 0.6f;
  config->hold_fade_ms = 2000;
  config->handover_ms = 250;
  config->arm_delta_rad = 0.1f;
  config->voltage_min_v = 0.0f;
  config->voltage_fault_v = 0.0f;
  config->voltage_max_v = 65.0f;
  config->temperature_warn_c = 70.0f;
  config->temperature_max_c = 80.0f;
  config->fault_debounce_ms = 100;
}

static bool positive(float x) { return limb_is_finite(x) && x > 0.0f; }

static bool joint_is_safe(const limb_joint_config *joint, const limb_scales *scales) {
  return limb_is_finite(joint->q_min) && limb_is_finite(joint->q_max) && joint->q_min < joint->q_max &&
         // A limit that CAPS cannot express would be reported smaller than it is.
         joint->q_min * (float)scales->q_per_rad >= -32768.0f && joint->q_max * (float)scales->q_per_rad <= 32767.0f &&
         positive(joint->dq_max) && positive(joint->tau_max) && positive(joint->kp_max) && positive(joint->kd_max) &&
         positive(joint->slew_max) && positive(joint->inward_max) && joint->inward_max <= joint->slew_max &&
         limb_is_finite(joint->damp_kd) && joint->damp_kd >= 0.0f && joint->kind <= 2;
}

static bool scales_are_set(const limb_scales *s) {
  return s->q_per_rad && s->dq_per_rad_s && s->tau_per_nm && s->kp_per_nm_rad && s->kd_per_nm_s_rad &&
         s->gyro_per_rad_s && s->acc_per_m_s2 && s->foot_per_n;
}

bool limb_config_is_safe(const limb_firmware_config *config) {
  if (config->kind > LIMB_KIND_ARM || config->n_joints < 1 || config->n_joints > LIMB_MAX_JOINTS) return false;
  if (config->n_feet > LIMB_MAX_FEET || !scales_are_set(&config->scales)) return false;
  for (size_t j = 0; j < config->n_joints; j++) {
    if (!joint_is_safe(&config->joints[j], &config->scales)) return false;
  }
  if (config->max_rate_hz < 50 || config->max_rate_hz > LIMB_TICK_HZ) return false;
  if (config->ttl_min_ms < 1 || config->ttl_min_ms > config->ttl_max_ms) return false;
  if (config->ttl_max_ms > LIMB_TTL_LIMIT_MS) return false;
  if (config->on_link_loss > LIMB_STOP_HOLD || config->on_estop > LIMB_STOP_HOLD) return false;
  if (!positive(config->hold_error_rad) || !positive(config->hold_torque_ratio)) return false;
  if (config->hold_torque_ratio > 1.0f || config->hold_fade_ms < 2000) return false;
  if (!positive(config->arm_delta_rad) || !positive(config->voltage_max_v)) return false;
  if (!limb_is_finite(config->voltage_min_v) || !limb_is_finite(config->voltage_fault_v)) return false;
  return positive(config->temperature_warn_c) && positive(config->temperature_max_c) &&
         config->temperature_max_c <= (float)LIMB_TEMPERATURE_HIGHEST_C;
}

#include "reader.h"

bool limb_read_hello(limb_hello *m, limb_reader *r) {
  m->magic = u32(r);
  m->session = u16(r);
  m->rate_hz = u16(r);
  m->nonce = u32(r);
  m->flags = u16(r);
  return m->magic == LIMB_MAGIC && m->session != 0;
}

bool limb_read_hello_ack(limb_hello_ack *m, limb_reader *r) {
  m->magic = u32(r);
  m->session = u16(r);
  m->nonce = u32(r);
  m->result = u8(r);
  m->state = u8(r);
  m->latch = u8(r);
  m->reset_cause = u8(r);
  bytes(r, m->uuid, sizeof m->uuid);
  m->board = u16(r);
  m->firmware_major = u8(r);
  m->firmware_minor = u8(r);
  m->firmware_patch = u8(r);
  m->bootloader = u8(r);
  bytes(r, m->git, sizeof m->git);
  m->uptime_ms = u32(r);
  m->caps_crc = u32(r);
  return m->magic == LIMB_MAGIC && m->session != 0;
}

static bool read_scales(limb_scales *s, limb_reader *r) {
  s->q_per_rad = u16(r);
  s->dq_per_rad_s = u16(r);
  s->tau_per_nm = u16(r);
  s->kp_per_nm_rad = u16(r);
  s->kd_per_nm_s_rad = u16(r);
  s->gyro_per_rad_s = u16(r);
  s->acc_per_m_s2 = u16(r);
  s->foot_per_n = u16(r);
  return s->q_per_rad && s->dq_per_rad_s && s->tau_per_nm && s->kp_per_nm_rad && s->kd_per_nm_s_rad &&
         s->gyro_per_rad_s && s->acc_per_m_s2 && s->foot_per_n;
}

bool limb_read_caps(limb_caps *m, limb_reader *r, const uint8_t *payload, size_t count) {
  m->caps_crc = u32(r);
  m->rate_hz = u16(r);
  m->session_flags = u16(r);
  m->kind = u8(r);
  m->n_joints = u8(r);
  m->n_feet = u8(r);
  m->on_link_loss = u8(r);
  m->on_estop = u8(r);
  m->temperature_max_c = u8(r);
  m->sensors = u16(r);
  m->max_rate_hz = u16(r);
  m->max_decoded = u16(r);
  m->ttl_min_ms = u16(r);
  m->ttl_max_ms = u16(r);
  m->limp_after_ms = u16(r);
  m->voltage_min_mv = u16(r);
  m->hold_error = u16(r);
  m->arm_delta = u16(r);
  const bool scaled = read_scales(&m->scales, r);
  for (size_t j = 0; j < m->n_joints; j++) {
    limb_caps_joint *joint = &m->joints[j];
    joint->kind = u8(r);
    joint->q_min = i16(r);
    joint->q_max = i16(r);
    joint->dq_max = u16(r);
    joint->tau_max = u16(r);
    joint->kp_max = u16(r);
    joint->kd_max = u16(r);
    joint->slew_max = u16(r);
  }
  return scaled && m->caps_crc == limb_crc32c(payload + 8, count - 8);
}

bool limb_read_sensor(limb_sensor *m, limb_reader *r, bool quadruped) {
  m->n_joints = u8(r);
  m->n_feet = u8(r);
  m->state = u8(r);
  m->action = u8(r);
  m->latch = u8(r);
  m->hottest_joint = u8(r);
  m->temperature_max_c = (int8_t)u8(r);
  m->arm_commands = u8(r);
  m->flags = u16(r);
  m->last_cmd_seq = u16(r);
  m->cmd_age_100us = u16(r);
  m->cmd_lost = u16(r);
  m->session = u16(r);
  m->voltage_mv = u16(r);
  m->current_10ma = i16(r);
  m->fault = u32(r);
  m->clamped_joints = u32(r);
  if (quadruped) {
    for (size_t k = 0; k < 4; k++) m->imu.quaternion[k] = i16(r);
    for (size_t k = 0; k < 3; k++) m->imu.gyro[k] = i16(r);
    for (size_t k = 0; k < 3; k++) m->imu.acc[k] = i16(r);
    m->imu.imu_seq = u16(r);
  }
  for (size_t j = 0; j < m->n_joints; j++) {
    m->joints[j].q = i16(r);
    m->joints[j].dq = i16(r);
    m->joints[j].tau = i16(r);
    m->joints[j].applied = i16(r);
  }
  if (quadruped) {
    for (size_t f = 0; f < m->n_feet; f++) m->feet[f] = u16(r);
  } else if (m->n_feet == 1) {
    m->gripper_width = u16(r);
    m->gripper_force = i16(r);
  }
  return m->state <= LIMB_STATE_ESTOP && m->action <= LIMB_ACTION_LIMP;
}

bool limb_read_command(limb_command *m, limb_reader *r) {
  m->n_joints = u8(r);
  m->mode = u8(r);
  m->flags = u16(r);
  m->ttl_ms = u16(r);
  m->sensor_seq = u16(r);
  m->session = u16(r);
  for (size_t j = 0; j < m->n_joints; j++) {
    m->joints[j].q = i16(r);
    m->joints[j].dq = i16(r);
    m->joints[j].tau = i16(r);
    m->joints[j].kp = u16(r);
    m->joints[j].kd = u16(r);
  }
  return m->mode <= LIMB_MODE_RUN;
}

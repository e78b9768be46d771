#include "writer.h"

void limb_write_hello(limb_writer *w, const limb_hello *m) {
  w->ok = m->session != 0;
  u32(w, LIMB_MAGIC);
  u16(w, m->session);
  u16(w, m->rate_hz);
  u32(w, m->nonce);
  u16(w, m->flags);
}

void limb_write_hello_ack(limb_writer *w, const limb_hello_ack *m) {
  w->ok = m->session != 0;
  u32(w, LIMB_MAGIC);
  u16(w, m->session);
  u32(w, m->nonce);
  u8(w, m->result);
  u8(w, m->state);
  u8(w, m->latch);
  u8(w, m->reset_cause);
  bytes(w, m->uuid, sizeof m->uuid);
  u16(w, m->board);
  u8(w, m->firmware_major);
  u8(w, m->firmware_minor);
  u8(w, m->firmware_patch);
  u8(w, m->bootloader);
  bytes(w, m->git, sizeof m->git);
  u32(w, m->uptime_ms);
  u32(w, m->caps_crc);
}

void limb_write_caps(limb_writer *w, const limb_caps *m) {
  const limb_scales *s = &m->scales;
  w->ok = m->n_joints >= 1 && m->n_joints <= LIMB_MAX_JOINTS && m->n_feet <= LIMB_MAX_FEET && s->q_per_rad &&
          s->dq_per_rad_s && s->tau_per_nm && s->kp_per_nm_rad && s->kd_per_nm_s_rad && s->gyro_per_rad_s &&
          s->acc_per_m_s2 && s->foot_per_n;
  if (!w->ok) return;
  uint8_t *const start = w->at;
  u32(w, 0);
  u16(w, m->rate_hz);
  u16(w, m->session_flags);
  u8(w, m->kind);
  u8(w, m->n_joints);
  u8(w, m->n_feet);
  u8(w, m->on_link_loss);
  u8(w, m->on_estop);
  u8(w, m->temperature_max_c);
  u16(w, m->sensors);
  u16(w, m->max_rate_hz);
  u16(w, m->max_decoded);
  u16(w, m->ttl_min_ms);
  u16(w, m->ttl_max_ms);
  u16(w, m->limp_after_ms);
  u16(w, m->voltage_min_mv);
  u16(w, m->hold_error);
  u16(w, m->arm_delta);
  u16(w, s->q_per_rad);
  u16(w, s->dq_per_rad_s);
  u16(w, s->tau_per_nm);
  u16(w, s->kp_per_nm_rad);
  u16(w, s->kd_per_nm_s_rad);
  u16(w, s->gyro_per_rad_s);
  u16(w, s->acc_per_m_s2);
  u16(w, s->foot_per_n);
  for (size_t j = 0; j < m->n_joints; j++) {
    const limb_caps_joint *joint = &m->joints[j];
    u8(w, joint->kind);
    i16(w, joint->q_min);
    i16(w, joint->q_max);
    u16(w, joint->dq_max);
    u16(w, joint->tau_max);
    u16(w, joint->kp_max);
    u16(w, joint->kd_max);
    u16(w, joint->slew_max);
  }
  if (!w->ok) return;
  limb_writer crc = {start, 4, true};
  u32(&crc, limb_crc32c(start + 8, (size_t)(w->at - start) - 8));
}

void limb_write_sensor(limb_writer *w, const limb_sensor *m, bool quadruped) {
  w->ok = m->n_joints >= 1 && m->n_joints <= LIMB_MAX_JOINTS && m->n_feet <= (quadruped ? LIMB_MAX_FEET : 1) &&
          m->state <= LIMB_STATE_ESTOP && m->action <= LIMB_ACTION_LIMP;
  if (!w->ok) return;
  u8(w, m->n_joints);
  u8(w, m->n_feet);
  u8(w, m->state);
  u8(w, m->action);
  u8(w, m->latch);
  u8(w, m->hottest_joint);
  u8(w, (uint8_t)m->temperature_max_c);
  u8(w, m->arm_commands);
  u16(w, m->flags);
  u16(w, m->last_cmd_seq);
  u16(w, m->cmd_age_100us);
  u16(w, m->cmd_lost);
  u16(w, m->session);
  u16(w, m->voltage_mv);
  i16(w, m->current_10ma);
  u32(w, m->fault);
  u32(w, m->clamped_joints);
  if (quadruped) {
    for (size_t k = 0; k < 4; k++) i16(w, m->imu.quaternion[k]);
    for (size_t k = 0; k < 3; k++) i16(w, m->imu.gyro[k]);
    for (size_t k = 0; k < 3; k++) i16(w, m->imu.acc[k]);
    u16(w, m->imu.imu_seq);
  }
  for (size_t j = 0; j < m->n_joints; j++) {
    i16(w, m->joints[j].q);
    i16(w, m->joints[j].dq);
    i16(w, m->joints[j].tau);
    i16(w, m->joints[j].applied);
  }
  if (quadruped) {
    for (size_t f = 0; f < m->n_feet; f++) u16(w, m->feet[f]);
  } else if (m->n_feet == 1) {
    u16(w, m->gripper_width);
    i16(w, m->gripper_force);
  }
}

void limb_write_command(limb_writer *w, const limb_command *m) {
  w->ok = m->n_joints >= 1 && m->n_joints <= LIMB_MAX_JOINTS && m->mode <= LIMB_MODE_RUN;
  if (!w->ok) return;
  u8(w, m->n_joints);
  u8(w, m->mode);
  u16(w, m->flags);
  u16(w, m->ttl_ms);
  u16(w, m->sensor_seq);
  u16(w, m->session);
  for (size_t j = 0; j < m->n_joints; j++) {
    i16(w, m->joints[j].q);
    i16(w, m->joints[j].dq);
    i16(w, m->joints[j].tau);
    u16(w, m->joints[j].kp);
    u16(w, m->joints[j].kd);
  }
}

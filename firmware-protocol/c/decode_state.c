#include "reader.h"

bool limb_read_hello(limb_hello *m, limb_reader *r) {
  m->magic = u32(r);
  LIMB_FIELDS_HELLO(READ)
  return m->magic == LIMB_MAGIC && m->session != 0;
}

bool limb_read_hello_ack(limb_hello_ack *m, limb_reader *r) {
  m->magic = u32(r);
  LIMB_FIELDS_HELLO_ACK(READ, READ_ALL)
  return m->magic == LIMB_MAGIC && m->session != 0;
}

static void read_scales(limb_scales *m, limb_reader *r) { LIMB_FIELDS_SCALES(READ) }

static void read_caps_joint(limb_caps_joint *m, limb_reader *r) { LIMB_FIELDS_CAPS_JOINT(READ) }

bool limb_scales_usable(const limb_scales *s) {
  return s->q_per_rad && s->dq_per_rad_s && s->tau_per_nm && s->kp_per_nm_rad && s->kd_per_nm_s_rad &&
         s->gyro_per_rad_s && s->acc_per_m_s2 && s->foot_per_n;
}

bool limb_read_caps(limb_caps *m, limb_reader *r, const uint8_t *payload, size_t count) {
  m->caps_crc = u32(r);
  LIMB_FIELDS_CAPS(READ)
  read_scales(&m->scales, r);
  for (size_t j = 0; j < m->n_joints; j++) read_caps_joint(&m->joints[j], r);
  return limb_scales_usable(&m->scales) && m->caps_crc == limb_crc32c(payload + 8, count - 8);
}

static void read_imu(limb_sensor_imu *m, limb_reader *r) { LIMB_FIELDS_SENSOR_IMU(READ, READ_ALL) }

static void read_sensor_joint(limb_sensor_joint *m, limb_reader *r) { LIMB_FIELDS_SENSOR_JOINT(READ) }

bool limb_read_sensor(limb_sensor *m, limb_reader *r, bool quadruped) {
  LIMB_FIELDS_SENSOR(READ)
  if (quadruped) read_imu(&m->imu, r);
  for (size_t j = 0; j < m->n_joints; j++) read_sensor_joint(&m->joints[j], r);
  if (quadruped) {
    for (size_t f = 0; f < m->n_feet; f++) m->feet[f] = u16(r);
  } else if (m->n_feet == 1) {
    m->gripper_width = u16(r);
    m->gripper_force = i16(r);
  }
  return m->state <= LIMB_STATE_ESTOP && m->action <= LIMB_ACTION_LIMP;
}

static void read_command_joint(limb_command_joint *m, limb_reader *r) { LIMB_FIELDS_COMMAND_JOINT(READ) }

bool limb_read_command(limb_command *m, limb_reader *r) {
  LIMB_FIELDS_COMMAND(READ)
  for (size_t j = 0; j < m->n_joints; j++) read_command_joint(&m->joints[j], r);
  return m->mode <= LIMB_MODE_RUN;
}

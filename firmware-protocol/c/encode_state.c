#include "writer.h"

void limb_write_hello(limb_writer *w, const limb_hello *m) {
  w->ok = m->session != 0;
  u32(w, LIMB_MAGIC);
  LIMB_FIELDS_HELLO(WRITE)
}

void limb_write_hello_ack(limb_writer *w, const limb_hello_ack *m) {
  w->ok = m->session != 0;
  u32(w, LIMB_MAGIC);
  LIMB_FIELDS_HELLO_ACK(WRITE, WRITE_ALL)
}

static void write_scales(limb_writer *w, const limb_scales *m) { LIMB_FIELDS_SCALES(WRITE) }

static void write_caps_joint(limb_writer *w, const limb_caps_joint *m) { LIMB_FIELDS_CAPS_JOINT(WRITE) }

void limb_write_caps(limb_writer *w, const limb_caps *m) {
  w->ok = m->n_joints >= 1 && m->n_joints <= LIMB_MAX_JOINTS && m->n_feet <= LIMB_MAX_FEET &&
          limb_scales_usable(&m->scales);
  if (!w->ok) return;
  uint8_t *const start = w->at;
  u32(w, 0);
  LIMB_FIELDS_CAPS(WRITE)
  write_scales(w, &m->scales);
  for (size_t j = 0; j < m->n_joints; j++) write_caps_joint(w, &m->joints[j]);
  if (!w->ok) return;
  limb_writer crc = {start, 4, true};
  u32(&crc, limb_crc32c(start + 8, (size_t)(w->at - start) - 8));
}

static void write_imu(limb_writer *w, const limb_sensor_imu *m) { LIMB_FIELDS_SENSOR_IMU(WRITE, WRITE_ALL) }

static void write_sensor_joint(limb_writer *w, const limb_sensor_joint *m) { LIMB_FIELDS_SENSOR_JOINT(WRITE) }

void limb_write_sensor(limb_writer *w, const limb_sensor *m, bool quadruped) {
  w->ok = m->n_joints >= 1 && m->n_joints <= LIMB_MAX_JOINTS && m->n_feet <= (quadruped ? LIMB_MAX_FEET : 1) &&
          m->state <= LIMB_STATE_ESTOP && m->action <= LIMB_ACTION_LIMP;
  if (!w->ok) return;
  LIMB_FIELDS_SENSOR(WRITE)
  if (quadruped) write_imu(w, &m->imu);
  for (size_t j = 0; j < m->n_joints; j++) write_sensor_joint(w, &m->joints[j]);
  if (quadruped) {
    for (size_t f = 0; f < m->n_feet; f++) u16(w, m->feet[f]);
  } else if (m->n_feet == 1) {
    u16(w, m->gripper_width);
    i16(w, m->gripper_force);
  }
}

static void write_command_joint(limb_writer *w, const limb_command_joint *m) { LIMB_FIELDS_COMMAND_JOINT(WRITE) }

void limb_write_command(limb_writer *w, const limb_command *m) {
  w->ok = m->n_joints >= 1 && m->n_joints <= LIMB_MAX_JOINTS && m->mode <= LIMB_MODE_RUN;
  if (!w->ok) return;
  LIMB_FIELDS_COMMAND(WRITE)
  for (size_t j = 0; j < m->n_joints; j++) write_command_joint(w, &m->joints[j]);
}

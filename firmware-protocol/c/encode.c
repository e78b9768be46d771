#include <string.h>

#include "wire_internal.h"

// Writes forward; once something did not fit, nothing more is written and `ok` is false.
typedef struct writer {
  uint8_t *at;
  size_t left;
  bool ok;
} writer;

static void bytes(writer *w, const void *from, size_t count) {
  if (!w->ok || w->left < count) {
    w->ok = false;
    return;
  }
  memcpy(w->at, from, count);
  w->at += count;
  w->left -= count;
}
static void u8(writer *w, uint8_t value) { bytes(w, &value, 1); }
static void u16(writer *w, uint16_t value) {
  const uint8_t b[2] = {(uint8_t)(value & 255u), (uint8_t)(value >> 8)};
  bytes(w, b, sizeof b);
}
static void i16(writer *w, int16_t value) { u16(w, (uint16_t)value); }
static void u32(writer *w, uint32_t value) {
  u16(w, (uint16_t)(value & 0xFFFFu));
  u16(w, (uint16_t)(value >> 16));
}
static void u64(writer *w, uint64_t value) {
  u32(w, (uint32_t)(value & 0xFFFFFFFFu));
  u32(w, (uint32_t)(value >> 32));
}

static void write_hello(writer *w, const limb_hello *m) {
  w->ok = m->session != 0;
  u32(w, LIMB_MAGIC);
  u16(w, m->session);
  u16(w, m->rate_hz);
  u32(w, m->nonce);
  u16(w, m->flags);
}

static void write_hello_ack(writer *w, const limb_hello_ack *m) {
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

static void write_caps(writer *w, const limb_caps *m) {
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
  writer crc = {start, 4, true};
  u32(&crc, limb_crc32c(start + 8, (size_t)(w->at - start) - 8));
}

static void write_sensor(writer *w, const limb_sensor *m, bool quadruped) {
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

static void write_command(writer *w, const limb_command *m) {
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

static void write_param_value(writer *w, const limb_param_value *m) {
  w->ok = m->name_length <= LIMB_MAX_NAME && m->unit_length <= LIMB_MAX_NAME;
  if (!w->ok) return;
  u16(w, m->request);
  u16(w, m->id);
  u8(w, m->index);
  u8(w, m->count);
  u8(w, m->value_type);
  u8(w, m->flags);
  u32(w, m->value);
  u32(w, m->minimum);
  u32(w, m->maximum);
  u8(w, m->name_length);
  u8(w, m->unit_length);
  bytes(w, m->name, m->name_length);
  bytes(w, m->unit, m->unit_length);
}

static void write_stats(writer *w, const limb_stats *m) {
  const uint32_t fields[] = {
      m->link.frames, m->link.oversize, m->link.cobs, m->link.short_frame, m->link.unknown_type, m->link.crc,
      m->link.bad_version, m->link.bad_length, m->link.bad_value, m->link.seq_gap, m->link.seq_repeat,
      m->link.seq_old, m->command.applied, m->command.stale, m->command.older, m->command.repeated,
      m->command.unknown_frame, m->command.wrong_session, m->command.wrong_count, m->command.bad_ttl,
      m->command.wrong_mode, m->unexpected, m->tx_dropped, m->tick_gap_max_us};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) u32(w, fields[i]);
}

static void write_requests(writer *w, const limb_message *message) {
  switch (message->header.type) {
    case LIMB_ARM:
      u16(w, message->body.arm.request);
      u16(w, message->body.arm.session);
      u32(w, message->body.arm.caps_crc);
      return;
    case LIMB_DISARM:
      u16(w, message->body.disarm.request);
      u16(w, message->body.disarm.session);
      return;
    case LIMB_CLEAR:
      u16(w, message->body.clear.request);
      u16(w, message->body.clear.session);
      u8(w, message->body.clear.what);
      return;
    case LIMB_ACK: {
      const limb_ack *m = &message->body.ack;
      u16(w, m->request);
      u8(w, m->type);
      u8(w, m->result);
      u16(w, m->detail);
      u8(w, m->state);
      return;
    }
    case LIMB_PARAM: {
      const limb_param *m = &message->body.param;
      w->ok = m->op <= LIMB_PARAM_SAVE;
      u16(w, m->request);
      u16(w, m->session);
      u8(w, m->op);
      u8(w, m->value_type);
      u16(w, m->id);
      u32(w, m->value);
      return;
    }
    case LIMB_TIMESYNC:
      u16(w, message->body.timesync.request);
      u64(w, message->body.timesync.t1_us);
      u64(w, message->body.timesync.t2_us);
      u64(w, message->body.timesync.t3_us);
      return;
    case LIMB_BOOT:
      u16(w, message->body.boot.request);
      u16(w, message->body.boot.session);
      u32(w, LIMB_BOOT_MAGIC);
      return;
    default: w->ok = false;
  }
}

static void write_reports(writer *w, const limb_message *message) {
  switch (message->header.type) {
    case LIMB_HEARTBEAT: {
      const limb_heartbeat *m = &message->body.heartbeat;
      u8(w, m->state);
      u8(w, m->load_percent);
      u16(w, m->flags);
      u16(w, m->session);
      u8(w, m->latch);
      u8(w, m->action);
      u32(w, m->fault);
      return;
    }
    case LIMB_ESTOP:
      u8(w, message->body.estop.reason);
      u8(w, message->body.estop.source);
      return;
    case LIMB_FAULT: {
      const limb_fault *m = &message->body.fault;
      u16(w, m->request);
      u16(w, m->code);
      u8(w, m->joint);
      u8(w, m->severity);
      u32(w, (uint32_t)m->value);
      return;
    }
    case LIMB_LOG:
      w->ok = message->body.log.length <= LIMB_MAX_LOG_TEXT;
      if (!w->ok) return;
      u8(w, message->body.log.level);
      u8(w, message->body.log.length);
      bytes(w, message->body.log.text, message->body.log.length);
      return;
    case LIMB_TICK:
      u64(w, message->body.tick.n);
      u64(w, message->body.tick.device_time_us);
      return;
    case LIMB_TICK_DONE: u64(w, message->body.tick_done.n); return;
    default: write_requests(w, message);
  }
}

size_t limb_encode_payload(const limb_message *message, uint8_t *out, size_t capacity) {
  writer w = {out, capacity, true};
  switch (message->header.type) {
    case LIMB_HELLO: write_hello(&w, &message->body.hello); break;
    case LIMB_HELLO_ACK: write_hello_ack(&w, &message->body.hello_ack); break;
    case LIMB_CAPS: write_caps(&w, &message->body.caps); break;
    case LIMB_SENSOR_QUAD: write_sensor(&w, &message->body.sensor, true); break;
    case LIMB_SENSOR_ARM: write_sensor(&w, &message->body.sensor, false); break;
    case LIMB_COMMAND: write_command(&w, &message->body.command); break;
    case LIMB_PARAM_VALUE: write_param_value(&w, &message->body.param_value); break;
    case LIMB_STATS: write_stats(&w, &message->body.stats); break;
    default: write_reports(&w, message); break;
  }
  return w.ok ? capacity - w.left : 0;
}

// Shared tail of every encoder: CRC, COBS, delimiters.
static size_t finish(uint8_t *raw, size_t covered, uint8_t *out, size_t capacity) {
  writer tail = {raw + covered, LIMB_CRC_SIZE, true};
  u32(&tail, limb_frame_crc(raw[1], raw, covered));
  uint8_t stuffed[LIMB_MAX_STUFFED];
  const size_t size = limb_cobs_encode(raw, covered + LIMB_CRC_SIZE, stuffed);
  if (size + 2 > capacity) return 0;
  out[0] = 0;
  memcpy(out + 1, stuffed, size);
  out[size + 1] = 0;
  return size + 2;
}

static void write_header(uint8_t *raw, uint8_t type, uint16_t seq, uint32_t t_us) {
  writer w = {raw, LIMB_HEADER_SIZE, true};
  u8(&w, LIMB_VERSION_MAJOR << 4 | LIMB_VERSION_MINOR);
  u8(&w, type);
  u16(&w, seq);
  u32(&w, t_us);
}

size_t limb_encode(const limb_message *message, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_MAX_DECODED];
  const limb_header *header = &message->header;
  const bool classless = limb_class_of(header->type) == LIMB_CLASS_NONE;
  write_header(raw, header->type, classless ? 0 : header->seq, header->t_us);
  const size_t payload =
      limb_encode_payload(message, raw + LIMB_HEADER_SIZE, sizeof raw - LIMB_HEADER_SIZE - LIMB_CRC_SIZE);
  if (payload == 0) return 0;
  return finish(raw, LIMB_HEADER_SIZE + payload, out, capacity);
}

size_t limb_encode_tick(uint64_t n, uint64_t device_time_us, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_HEADER_SIZE + 16 + LIMB_CRC_SIZE];
  write_header(raw, LIMB_TICK, 0, (uint32_t)(device_time_us & 0xFFFFFFFFu));
  writer w = {raw + LIMB_HEADER_SIZE, 16, true};
  u64(&w, n);
  u64(&w, device_time_us);
  return finish(raw, LIMB_HEADER_SIZE + 16, out, capacity);
}

size_t limb_encode_tick_done(uint64_t n, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_HEADER_SIZE + 8 + LIMB_CRC_SIZE];
  write_header(raw, LIMB_TICK_DONE, 0, 0);
  writer w = {raw + LIMB_HEADER_SIZE, 8, true};
  u64(&w, n);
  return finish(raw, LIMB_HEADER_SIZE + 8, out, capacity);
}

size_t limb_encode_estop(uint8_t reason, uint8_t source, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_HEADER_SIZE + 2 + LIMB_CRC_SIZE];
  write_header(raw, LIMB_ESTOP, 0, 0);
  writer w = {raw + LIMB_HEADER_SIZE, 2, true};
  u8(&w, reason);
  u8(&w, source);
  return finish(raw, LIMB_HEADER_SIZE + 2, out, capacity);
}

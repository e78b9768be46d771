#include "dump.h"

#include <inttypes.h>
#include <stdio.h>

static char *at;

static void put(int64_t value) { at += sprintf(at, "%" PRId64 ",", value); }
static void put_each(const int64_t *values, size_t count) {
  for (size_t i = 0; i < count; i++) put(values[i]);
}
// The fields are named here a second time, not taken from fields.h: a mistake there must not confirm itself.
#define PUT(...) \
  put_each((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))
// u64 fields exceed int64_t.
static void put_big(uint64_t value) { at += sprintf(at, "%" PRIu64 ",", value); }

static void dump_hello(const limb_hello *m) { PUT(m->magic, m->session, m->rate_hz, m->nonce, m->flags); }

static void dump_hello_ack(const limb_hello_ack *m) {
  PUT(m->magic, m->session, m->nonce, m->result, m->state, m->latch, m->reset_cause);
  for (size_t i = 0; i < 16; i++) put(m->uuid[i]);
  PUT(m->board, m->firmware_major, m->firmware_minor, m->firmware_patch, m->bootloader);
  for (size_t i = 0; i < 8; i++) put(m->git[i]);
  PUT(m->uptime_ms, m->caps_crc);
}

static void dump_caps(const limb_caps *m) {
  PUT(m->caps_crc, m->rate_hz, m->session_flags, m->kind, m->n_joints, m->n_feet, m->on_link_loss, m->on_estop,
      m->temperature_max_c, m->sensors, m->max_rate_hz, m->max_decoded, m->ttl_min_ms, m->ttl_max_ms,
      m->limp_after_ms, m->voltage_min_mv, m->hold_error, m->arm_delta, m->scales.q_per_rad, m->scales.dq_per_rad_s,
      m->scales.tau_per_nm, m->scales.kp_per_nm_rad, m->scales.kd_per_nm_s_rad, m->scales.gyro_per_rad_s,
      m->scales.acc_per_m_s2, m->scales.foot_per_n);
  for (size_t i = 0; i < m->n_joints; i++) {
    const limb_caps_joint *j = &m->joints[i];
    PUT(j->kind, j->q_min, j->q_max, j->dq_max, j->tau_max, j->kp_max, j->kd_max, j->slew_max);
  }
}

static void dump_sensor_head(const limb_sensor *m) {
  PUT(m->n_joints, m->n_feet, m->state, m->action, m->latch, m->hottest_joint, m->temperature_max_c, m->arm_commands,
      m->flags, m->last_cmd_seq, m->cmd_age_100us, m->cmd_lost, m->session, m->voltage_mv, m->current_10ma, m->fault,
      m->clamped_joints);
}

static void dump_sensor_joints(const limb_sensor *m) {
  for (size_t i = 0; i < m->n_joints; i++) {
    const limb_sensor_joint *j = &m->joints[i];
    PUT(j->q, j->dq, j->tau, j->applied);
  }
}

static void dump_sensor_quad(const limb_sensor *m) {
  dump_sensor_head(m);
  for (size_t i = 0; i < 4; i++) put(m->imu.quaternion[i]);
  for (size_t i = 0; i < 3; i++) put(m->imu.gyro[i]);
  for (size_t i = 0; i < 3; i++) put(m->imu.acc[i]);
  put(m->imu.imu_seq);
  dump_sensor_joints(m);
  for (size_t i = 0; i < m->n_feet; i++) put(m->feet[i]);
}

static void dump_sensor_arm(const limb_sensor *m) {
  dump_sensor_head(m);
  dump_sensor_joints(m);
  if (m->n_feet == 1) PUT(m->gripper_width, m->gripper_force);
}

static void dump_command(const limb_command *m) {
  PUT(m->n_joints, m->mode, m->flags, m->ttl_ms, m->sensor_seq, m->session);
  for (size_t i = 0; i < m->n_joints; i++) {
    const limb_command_joint *j = &m->joints[i];
    PUT(j->q, j->dq, j->tau, j->kp, j->kd);
  }
}

static void dump_heartbeat(const limb_heartbeat *m) {
  PUT(m->state, m->load_percent, m->flags, m->session, m->latch, m->action, m->fault);
}

static void dump_estop(const limb_estop *m) { PUT(m->reason, m->source); }

static void dump_fault(const limb_fault *m) { PUT(m->request, m->code, m->joint, m->severity, m->value); }

static void dump_arm(const limb_arm *m) { PUT(m->request, m->session, m->caps_crc); }

static void dump_disarm(const limb_disarm *m) { PUT(m->request, m->session); }

static void dump_clear(const limb_clear *m) { PUT(m->request, m->session, m->what); }

static void dump_ack(const limb_ack *m) { PUT(m->request, m->type, m->result, m->detail, m->state); }

static void dump_param(const limb_param *m) { PUT(m->request, m->session, m->op, m->value_type, m->id, m->value); }

static void dump_param_value(const limb_param_value *m) {
  PUT(m->request, m->id, m->index, m->count, m->value_type, m->flags, m->value, m->minimum, m->maximum,
      m->name_length, m->unit_length);
  for (size_t i = 0; i < m->name_length; i++) put((uint8_t)m->name[i]);
  for (size_t i = 0; i < m->unit_length; i++) put((uint8_t)m->unit[i]);
}

static void dump_timesync(const limb_timesync *m) {
  put(m->request);
  put_big(m->t1_us);
  put_big(m->t2_us);
  put_big(m->t3_us);
}

static void dump_stats(const limb_stats *m) {
  PUT(m->link.frames, m->link.oversize, m->link.cobs, m->link.short_frame, m->link.unknown_type, m->link.crc,
      m->link.bad_version, m->link.bad_length, m->link.bad_value, m->link.seq_gap, m->link.seq_repeat,
      m->link.seq_old, m->command.applied, m->command.stale, m->command.older, m->command.repeated,
      m->command.unknown_frame, m->command.wrong_session, m->command.wrong_count, m->command.bad_ttl,
      m->command.wrong_mode, m->unexpected, m->tx_dropped, m->tick_gap_max_us);
}

static void dump_log(const limb_log *m) {
  PUT(m->level, m->length);
  for (size_t i = 0; i < m->length; i++) put((uint8_t)m->text[i]);
}

static void dump_boot(const limb_boot *m) { PUT(m->request, m->session, m->magic); }

static void dump_tick(const limb_tick *m) {
  put_big(m->n);
  put_big(m->device_time_us);
}

static void dump_tick_done(const limb_tick_done *m) {
  put_big(m->n);
}

void dump_values(const limb_message *message, char *out) {
  at = out;
  switch (message->header.type) {
    case LIMB_HELLO: dump_hello(&message->body.hello); break;
    case LIMB_HELLO_ACK: dump_hello_ack(&message->body.hello_ack); break;
    case LIMB_CAPS: dump_caps(&message->body.caps); break;
    case LIMB_SENSOR_QUAD: dump_sensor_quad(&message->body.sensor); break;
    case LIMB_SENSOR_ARM: dump_sensor_arm(&message->body.sensor); break;
    case LIMB_COMMAND: dump_command(&message->body.command); break;
    case LIMB_HEARTBEAT: dump_heartbeat(&message->body.heartbeat); break;
    case LIMB_ESTOP: dump_estop(&message->body.estop); break;
    case LIMB_FAULT: dump_fault(&message->body.fault); break;
    case LIMB_ARM: dump_arm(&message->body.arm); break;
    case LIMB_DISARM: dump_disarm(&message->body.disarm); break;
    case LIMB_CLEAR: dump_clear(&message->body.clear); break;
    case LIMB_ACK: dump_ack(&message->body.ack); break;
    case LIMB_PARAM: dump_param(&message->body.param); break;
    case LIMB_PARAM_VALUE: dump_param_value(&message->body.param_value); break;
    case LIMB_TIMESYNC: dump_timesync(&message->body.timesync); break;
    case LIMB_STATS: dump_stats(&message->body.stats); break;
    case LIMB_LOG: dump_log(&message->body.log); break;
    case LIMB_BOOT: dump_boot(&message->body.boot); break;
    case LIMB_TICK: dump_tick(&message->body.tick); break;
    case LIMB_TICK_DONE: dump_tick_done(&message->body.tick_done); break;
    default: break;
  }
  if (at > out) at--;
  *at = 0;
}

#include "dump.h"

#include <inttypes.h>
#include <stdio.h>

static char *at;

static void put(int64_t value) { at += sprintf(at, "%" PRId64 ",", value); }
// u64 fields exceed int64_t.
static void put_big(uint64_t value) { at += sprintf(at, "%" PRIu64 ",", value); }

static void dump_hello(const limb_hello *m) {
  put(m->magic);
  put(m->session);
  put(m->rate_hz);
  put(m->nonce);
  put(m->flags);
}

static void dump_hello_ack(const limb_hello_ack *m) {
  put(m->magic);
  put(m->session);
  put(m->nonce);
  put(m->result);
  put(m->state);
  put(m->latch);
  put(m->reset_cause);
  for (size_t i = 0; i < 16; i++) put(m->uuid[i]);
  put(m->board);
  put(m->firmware_major);
  put(m->firmware_minor);
  put(m->firmware_patch);
  put(m->bootloader);
  for (size_t i = 0; i < 8; i++) put(m->git[i]);
  put(m->uptime_ms);
  put(m->caps_crc);
}

static void dump_caps(const limb_caps *m) {
  put(m->caps_crc);
  put(m->rate_hz);
  put(m->session_flags);
  put(m->kind);
  put(m->n_joints);
  put(m->n_feet);
  put(m->on_link_loss);
  put(m->on_estop);
  put(m->temperature_max_c);
  put(m->sensors);
  put(m->max_rate_hz);
  put(m->max_decoded);
  put(m->ttl_min_ms);
  put(m->ttl_max_ms);
  put(m->limp_after_ms);
  put(m->voltage_min_mv);
  put(m->hold_error);
  put(m->arm_delta);
  put(m->scales.q_per_rad);
  put(m->scales.dq_per_rad_s);
  put(m->scales.tau_per_nm);
  put(m->scales.kp_per_nm_rad);
  put(m->scales.kd_per_nm_s_rad);
  put(m->scales.gyro_per_rad_s);
  put(m->scales.acc_per_m_s2);
  put(m->scales.foot_per_n);
  for (size_t i = 0; i < m->n_joints; i++) {
    put(m->joints[i].kind);
    put(m->joints[i].q_min);
    put(m->joints[i].q_max);
    put(m->joints[i].dq_max);
    put(m->joints[i].tau_max);
    put(m->joints[i].kp_max);
    put(m->joints[i].kd_max);
    put(m->joints[i].slew_max);
  }
}

static void dump_sensor_quad(const limb_sensor *m) {
  put(m->n_joints);
  put(m->n_feet);
  put(m->state);
  put(m->action);
  put(m->latch);
  put(m->hottest_joint);
  put(m->temperature_max_c);
  put(m->arm_commands);
  put(m->flags);
  put(m->last_cmd_seq);
  put(m->cmd_age_100us);
  put(m->cmd_lost);
  put(m->session);
  put(m->voltage_mv);
  put(m->current_10ma);
  put(m->fault);
  put(m->clamped_joints);
  for (size_t i = 0; i < 4; i++) put(m->imu.quaternion[i]);
  for (size_t i = 0; i < 3; i++) put(m->imu.gyro[i]);
  for (size_t i = 0; i < 3; i++) put(m->imu.acc[i]);
  put(m->imu.imu_seq);
  for (size_t i = 0; i < m->n_joints; i++) {
    put(m->joints[i].q);
    put(m->joints[i].dq);
    put(m->joints[i].tau);
    put(m->joints[i].applied);
  }
  for (size_t i = 0; i < m->n_feet; i++) put(m->feet[i]);
}

static void dump_sensor_arm(const limb_sensor *m) {
  put(m->n_joints);
  put(m->n_feet);
  put(m->state);
  put(m->action);
  put(m->latch);
  put(m->hottest_joint);
  put(m->temperature_max_c);
  put(m->arm_commands);
  put(m->flags);
  put(m->last_cmd_seq);
  put(m->cmd_age_100us);
  put(m->cmd_lost);
  put(m->session);
  put(m->voltage_mv);
  put(m->current_10ma);
  put(m->fault);
  put(m->clamped_joints);
  for (size_t i = 0; i < m->n_joints; i++) {
    put(m->joints[i].q);
    put(m->joints[i].dq);
    put(m->joints[i].tau);
    put(m->joints[i].applied);
  }
  if (m->n_feet == 1) {
    put(m->gripper_width);
    put(m->gripper_force);
  }
}

static void dump_command(const limb_command *m) {
  put(m->n_joints);
  put(m->mode);
  put(m->flags);
  put(m->ttl_ms);
  put(m->sensor_seq);
  put(m->session);
  for (size_t i = 0; i < m->n_joints; i++) {
    put(m->joints[i].q);
    put(m->joints[i].dq);
    put(m->joints[i].tau);
    put(m->joints[i].kp);
    put(m->joints[i].kd);
  }
}

static void dump_heartbeat(const limb_heartbeat *m) {
  put(m->state);
  put(m->load_percent);
  put(m->flags);
  put(m->session);
  put(m->latch);
  put(m->action);
  put(m->fault);
}

static void dump_estop(const limb_estop *m) {
  put(m->reason);
  put(m->source);
}

static void dump_fault(const limb_fault *m) {
  put(m->request);
  put(m->code);
  put(m->joint);
  put(m->severity);
  put(m->value);
}

static void dump_arm(const limb_arm *m) {
  put(m->request);
  put(m->session);
  put(m->caps_crc);
}

static void dump_disarm(const limb_disarm *m) {
  put(m->request);
  put(m->session);
}

static void dump_clear(const limb_clear *m) {
  put(m->request);
  put(m->session);
  put(m->what);
}

static void dump_ack(const limb_ack *m) {
  put(m->request);
  put(m->type);
  put(m->result);
  put(m->detail);
  put(m->state);
}

static void dump_param(const limb_param *m) {
  put(m->request);
  put(m->session);
  put(m->op);
  put(m->value_type);
  put(m->id);
  put(m->value);
}

static void dump_param_value(const limb_param_value *m) {
  put(m->request);
  put(m->id);
  put(m->index);
  put(m->count);
  put(m->value_type);
  put(m->flags);
  put(m->value);
  put(m->minimum);
  put(m->maximum);
  put(m->name_length);
  put(m->unit_length);
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
  put(m->link.frames);
  put(m->link.oversize);
  put(m->link.cobs);
  put(m->link.short_frame);
  put(m->link.unknown_type);
  put(m->link.crc);
  put(m->link.bad_version);
  put(m->link.bad_length);
  put(m->link.bad_value);
  put(m->link.seq_gap);
  put(m->link.seq_repeat);
  put(m->link.seq_old);
  put(m->command.applied);
  put(m->command.stale);
  put(m->command.older);
  put(m->command.repeated);
  put(m->command.unknown_frame);
  put(m->command.wrong_session);
  put(m->command.wrong_count);
  put(m->command.bad_ttl);
  put(m->command.wrong_mode);
  put(m->unexpected);
  put(m->tx_dropped);
  put(m->tick_gap_max_us);
}

static void dump_log(const limb_log *m) {
  put(m->level);
  put(m->length);
  for (size_t i = 0; i < m->length; i++) put((uint8_t)m->text[i]);
}

static void dump_boot(const limb_boot *m) {
  put(m->request);
  put(m->session);
  put(m->magic);
}

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

#include "rig.h"

#include <string.h>

#include "check.h"

void rig_config(limb_firmware_config *config) {
  limb_firmware_config_defaults(config);
  config->kind = LIMB_KIND_QUADRUPED;
  config->n_joints = RIG_JOINTS;
  config->n_feet = 4;
  config->sensors = LIMB_SENSOR_HAS_IMU | LIMB_SENSOR_HAS_FEET | LIMB_SENSOR_HAS_VOLTAGE | LIMB_SENSOR_HAS_CURRENT |
                    LIMB_SENSOR_HAS_TEMPERATURE | LIMB_SENSOR_HAS_BUTTON | LIMB_SENSOR_HAS_ESTOP_INPUT;
  config->has_episode = true;
  config->grants_lockstep = true;
  config->voltage_min_v = 14.0f;
  config->voltage_fault_v = 13.0f;
  config->voltage_max_v = 18.0f;
  config->first_cyclic_seq = 65000;
  for (uint8_t i = 0; i < 16; i++) config->uuid[i] = (uint8_t)(i * 17);
  for (size_t j = 0; j < RIG_JOINTS; j++) {
    limb_joint_config *joint = &config->joints[j];
    joint->q_min = -1.5f;
    joint->q_max = 1.5f;
    joint->dq_max = 20.0f;
    joint->tau_max = 3.5f;
    joint->kp_max = 60.0f;
    joint->kd_max = 5.0f;
    joint->slew_max = 20.0f;
    joint->inward_max = 1.0f;
    joint->damp_kd = 0.5f;
  }
}

void rig_init_with(rig *r, const limb_firmware_config *config) {
  memset(r, 0, sizeof *r);
  r->config = *config;
  r->now_us = 5000000;
  r->kp = 20.0f;
  r->kd = 0.5f;
  r->session = 7;
  r->cyclic_seq = 65530;  // wraps early in every test
  r->service_seq = 100;
  r->sample.voltage_v = 16.0f;
  r->sample.quaternion[0] = 1.0f;
  r->sample.acc_m_s2[2] = 9.81f;
  for (size_t j = 0; j < LIMB_MAX_JOINTS; j++) {
    r->sample.q[j] = 0.05f * (float)j;
    r->sample.temperature_c[j] = 30.0f;
  }
  limb_decoder_init(&r->decoder);
  limb_firmware_init(&r->fw, config);
}

void rig_init(rig *r) {
  limb_firmware_config config;
  rig_config(&config);
  rig_init_with(r, &config);
}

static void take(rig *r) {
  const limb_message *m = &r->received;
  switch (m->header.type) {
    case LIMB_SENSOR_QUAD:
    case LIMB_SENSOR_ARM:
      r->sensor = m->body.sensor;
      r->sensor_header = m->header;
      r->sensors++;
      break;
    case LIMB_HELLO_ACK: r->hello_ack = m->body.hello_ack; r->hello_acks++; break;
    case LIMB_CAPS: r->caps = m->body.caps; r->capses++; break;
    case LIMB_ACK: r->ack = m->body.ack; r->acks++; break;
    case LIMB_PARAM_VALUE: r->param_value = m->body.param_value; r->param_values++; break;
    case LIMB_TIMESYNC: r->timesync = m->body.timesync; break;
    case LIMB_STATS: r->stats = m->body.stats; break;
    case LIMB_FAULT: r->fault = m->body.fault; r->faults++; break;
    case LIMB_HEARTBEAT: r->heartbeat = m->body.heartbeat; r->heartbeats++; break;
    case LIMB_LOG: r->log = m->body.log; r->logs++; break;
    default: CHECK(!"a device does not send this");
  }
}

static void drain(rig *r) {
  uint8_t bytes[97];  // odd on purpose: frames arrive in pieces
  size_t count;
  while ((count = limb_firmware_transmit(&r->fw, bytes, sizeof bytes)) > 0) {
    size_t at = 0;
    while (at < count) {
      bool delivered = false;
      at += limb_decoder_push(&r->decoder, bytes + at, count - at, &r->received, &delivered);
      if (delivered) take(r);
    }
  }
}

void rig_give(rig *r, const uint8_t *bytes, size_t count) {
  limb_firmware_receive(&r->fw, bytes, count, r->now_us);
  drain(r);
}

void rig_send(rig *r, limb_type type, const limb_message *body) {
  uint8_t bytes[LIMB_MAX_ENCODED];
  limb_message message = *body;
  message.header.type = (uint8_t)type;
  message.header.seq = type == LIMB_COMMAND ? r->cyclic_seq++ : r->service_seq++;
  message.header.t_us = (uint32_t)r->now_us;
  const size_t count = limb_encode(&message, bytes, sizeof bytes);
  CHECK(count > 0);
  rig_give(r, bytes, count);
}

void rig_hello(rig *r, uint16_t session, uint32_t nonce, uint16_t rate_hz, uint16_t flags) {
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.hello.session = session;
  m.body.hello.nonce = nonce;
  m.body.hello.rate_hz = rate_hz;
  m.body.hello.flags = flags;
  rig_send(r, LIMB_HELLO, &m);
}

void rig_answer(rig *r) {
  limb_message m;
  memset(&m, 0, sizeof m);
  limb_command *command = &m.body.command;
  *command = r->command;
  command->n_joints = r->config.n_joints;
  command->sensor_seq = r->sensor_header.seq;
  command->session = r->session;
  if (command->ttl_ms == 0) command->ttl_ms = RIG_TTL_MS;
  const limb_scales *scales = &r->config.scales;
  for (size_t j = 0; j < r->config.n_joints; j++) {
    const bool off = command->mode == LIMB_MODE_OFF;
    command->joints[j].q = off ? r->sensor.joints[j].q : limb_to_i16(r->target[j], scales->q_per_rad);
    command->joints[j].dq = limb_to_i16(r->dq, scales->dq_per_rad_s);
    command->joints[j].tau = limb_to_i16(r->feed_forward, scales->tau_per_nm);
    command->joints[j].kp = limb_to_u16(r->kp, scales->kp_per_nm_rad);
    command->joints[j].kd = limb_to_u16(r->kd, scales->kd_per_nm_s_rad);
  }
  rig_send(r, LIMB_COMMAND, &m);
}

void rig_tick(rig *r, int ticks) {
  for (int i = 0; i < ticks; i++) {
    r->now_us += 1000;
    r->sample.imu_seq++;
    limb_firmware_tick(&r->fw, &r->sample, r->now_us, &r->output);
    const int before = r->sensors;
    drain(r);
    if (r->answering && r->sensors != before) rig_answer(r);
  }
}

void rig_next_frame(rig *r) {
  do rig_tick(r, 1);
  while (!r->output.cyclic);
}

static limb_result request(rig *r, limb_type type, limb_message *m, uint16_t id) {
  const int before = r->acks;
  rig_send(r, type, m);
  CHECK_EQUAL(r->acks, before + 1);
  CHECK_EQUAL(r->ack.request, id);
  CHECK_EQUAL(r->ack.type, type);
  CHECK_EQUAL(r->ack.state, r->fw.state);
  return (limb_result)r->ack.result;
}

limb_result rig_arm(rig *r) {
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.arm.request = ++r->request;
  m.body.arm.session = r->session;
  m.body.arm.caps_crc = r->caps.caps_crc;
  return request(r, LIMB_ARM, &m, r->request);
}

limb_result rig_disarm(rig *r) {
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.disarm.request = ++r->request;
  m.body.disarm.session = r->session;
  return request(r, LIMB_DISARM, &m, r->request);
}

limb_result rig_clear(rig *r, uint8_t what) {
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.clear.request = ++r->request;
  m.body.clear.session = r->session;
  m.body.clear.what = what;
  return request(r, LIMB_CLEAR, &m, r->request);
}

void rig_estop(rig *r) {
  uint8_t bytes[LIMB_MAX_ENCODED];
  const size_t count = limb_encode_estop(1, 0, bytes, sizeof bytes);
  rig_give(r, bytes, count);
}

void rig_off(rig *r) {
  memset(&r->command, 0, sizeof r->command);
  r->command.mode = LIMB_MODE_OFF;
  r->answering = true;
}

void rig_run(rig *r) {
  memset(&r->command, 0, sizeof r->command);
  r->command.mode = LIMB_MODE_RUN;
  r->answering = true;
}

void rig_silence(rig *r) { r->answering = false; }

void rig_to_disarmed(rig *r) {
  rig_tick(r, 1);
  rig_hello(r, 7, 1234, 500, 0);
  CHECK_EQUAL(r->fw.state, LIMB_STATE_DISARMED);
  rig_tick(r, 3);
}

void rig_to_armed(rig *r) {
  rig_to_disarmed(r);
  rig_off(r);
  rig_tick(r, 30);
  CHECK_EQUAL(rig_arm(r), LIMB_OK);
  CHECK_EQUAL(r->fw.state, LIMB_STATE_ARMED);
}

void rig_to_running(rig *r) {
  rig_to_armed(r);
  for (size_t j = 0; j < RIG_JOINTS; j++) r->target[j] = r->sample.q[j];
  rig_run(r);
  rig_tick(r, 10);
  CHECK_EQUAL(r->fw.state, LIMB_STATE_ARMED);
  CHECK_EQUAL(r->fw.action, LIMB_ACTION_FOLLOW);
}

void rig_init_running(rig *r) {
  rig_init(r);
  rig_to_running(r);
}

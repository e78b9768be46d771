#include <string.h>

#include "firmware_internal.h"

// Encodes fw->outgoing.body as `type`; a frame that does not fit is dropped whole, and counted.
void limb_send(limb_firmware *fw, limb_type type) {
  limb_header *header = &fw->outgoing.header;
  const limb_class class = limb_class_of((uint8_t)type);
  header->type = (uint8_t)type;
  header->t_us = (uint32_t)(fw->now_us & 0xFFFFFFFFu);
  if (class == LIMB_CLASS_CYCLIC) {
    header->seq = (uint16_t)(fw->config.first_cyclic_seq + (fw->frames_sent & 0xFFFFu));
  } else {
    header->seq = fw->service_seq++;
  }
  const size_t size = limb_encode(
      &fw->outgoing, fw->transmit + fw->transmit_count, LIMB_TRANSMIT_CAPACITY - fw->transmit_count);
  if (size == 0) fw->tx_dropped++;
  fw->transmit_count += size;
}

void limb_fill_caps(const limb_firmware *fw, limb_caps *caps) {
  const limb_firmware_config *config = &fw->config;
  const limb_scales *scales = &config->scales;
  memset(caps, 0, sizeof *caps);
  caps->rate_hz = fw->rate_hz;
  caps->session_flags = fw->lockstep ? LIMB_CAPS_LOCKSTEP : 0;
  caps->kind = config->kind;
  caps->n_joints = config->n_joints;
  caps->n_feet = config->n_feet;
  caps->on_link_loss = config->on_link_loss;
  caps->on_estop = config->on_estop;
  caps->temperature_max_c = (uint8_t)limb_to_u16(config->temperature_max_c, 1);
  caps->sensors = config->sensors;
  caps->max_rate_hz = config->max_rate_hz;
  caps->max_decoded = LIMB_MAX_DECODED;
  caps->ttl_min_ms = config->ttl_min_ms;
  caps->ttl_max_ms = config->ttl_max_ms;
  caps->limp_after_ms = config->limp_after_ms;
  caps->voltage_min_mv = limb_to_u16(config->voltage_min_v, 1000);
  caps->hold_error = limb_to_u16(config->hold_error_rad, scales->q_per_rad);
  caps->arm_delta = limb_to_u16(config->arm_delta_rad, scales->q_per_rad);
  caps->scales = *scales;
  for (size_t j = 0; j < config->n_joints; j++) {
    const limb_joint_config *joint = &config->joints[j];
    limb_caps_joint *out = &caps->joints[j];
    out->kind = joint->kind;
    out->q_min = limb_to_i16(joint->q_min, scales->q_per_rad);
    out->q_max = limb_to_i16(joint->q_max, scales->q_per_rad);
    out->dq_max = limb_to_u16(joint->dq_max, scales->dq_per_rad_s);
    out->tau_max = limb_to_u16(joint->tau_max, scales->tau_per_nm);
    out->kp_max = limb_to_u16(joint->kp_max, scales->kp_per_nm_rad);
    out->kd_max = limb_to_u16(joint->kd_max, scales->kd_per_nm_s_rad);
    out->slew_max = limb_to_u16(joint->slew_max, scales->dq_per_rad_s);
  }
}

// caps_crc is what the encoder puts into the first four bytes of the payload.
static void compute_caps_crc(limb_firmware *fw) {
  uint8_t payload[LIMB_MAX_DECODED];
  limb_fill_caps(fw, &fw->outgoing.body.caps);
  fw->outgoing.header.type = LIMB_CAPS;
  if (limb_encode_payload(&fw->outgoing, payload, sizeof payload) == 0) return;
  fw->caps_crc = (uint32_t)payload[0] | (uint32_t)payload[1] << 8 | (uint32_t)payload[2] << 16 |
                 (uint32_t)payload[3] << 24;
}

void limb_send_caps(limb_firmware *fw) {
  compute_caps_crc(fw);
  limb_send(fw, LIMB_CAPS);
}

void limb_send_hello_ack(limb_firmware *fw, limb_result result) {
  const limb_firmware_config *config = &fw->config;
  compute_caps_crc(fw);
  limb_hello_ack *ack = &fw->outgoing.body.hello_ack;
  memset(ack, 0, sizeof *ack);
  ack->session = fw->message.body.hello.session;
  ack->nonce = fw->message.body.hello.nonce;
  ack->result = (uint8_t)result;
  ack->state = fw->state;
  ack->latch = fw->latch;
  ack->reset_cause = config->reset_cause;
  memcpy(ack->uuid, config->uuid, sizeof ack->uuid);
  ack->board = config->board;
  ack->firmware_major = config->firmware_version[0];
  ack->firmware_minor = config->firmware_version[1];
  ack->firmware_patch = config->firmware_version[2];
  ack->bootloader = config->bootloader;
  memcpy(ack->git, config->git, sizeof ack->git);
  ack->uptime_ms = (uint32_t)((fw->now_us - fw->boot_us) / 1000u & 0xFFFFFFFFu);
  ack->caps_crc = fw->caps_crc;
  limb_send(fw, LIMB_HELLO_ACK);
}

void limb_send_ack(limb_firmware *fw, uint16_t request, limb_type type, limb_result result, uint16_t detail) {
  limb_ack *ack = &fw->outgoing.body.ack;
  ack->request = request;
  ack->type = (uint8_t)type;
  ack->result = (uint8_t)result;
  ack->detail = detail;
  ack->state = fw->state;
  limb_send(fw, LIMB_ACK);
}

static uint16_t flags_of(limb_firmware *fw) {
  const limb_firmware_config *config = &fw->config;
  uint16_t flags = fw->clamp_flags;
  if (fw->state == LIMB_STATE_COAST) flags |= LIMB_FLAG_COAST;
  if (fw->sample.button) flags |= LIMB_FLAG_BUTTON;
  if (fw->sample.estop_input) flags |= LIMB_FLAG_ESTOP_INPUT;
  if (fw->cleared) flags |= LIMB_FLAG_CLEARED;
  if (fw->arm_count >= LIMB_ARM_COMMANDS) flags |= LIMB_FLAG_ARM_READY;
  if (limb_is_powered(fw)) flags |= LIMB_FLAG_MOTORS_ENABLED;
  if ((config->sensors & LIMB_SENSOR_HAS_IMU) && fw->now_us - fw->imu_us > 20000u) flags |= LIMB_FLAG_IMU_STALE;
  if ((config->sensors & LIMB_SENSOR_HAS_VOLTAGE) && fw->sample.voltage_v < config->voltage_min_v) {
    flags |= LIMB_FLAG_VOLTAGE_LOW;
  }
  return flags;
}

void limb_send_heartbeat(limb_firmware *fw) {
  limb_heartbeat *beat = &fw->outgoing.body.heartbeat;
  beat->state = fw->state;
  beat->load_percent = 0;
  beat->flags = flags_of(fw);
  beat->session = fw->session;
  beat->latch = fw->latch;
  beat->action = fw->action;
  beat->fault = fw->fault;
  limb_send(fw, LIMB_HEARTBEAT);
  fw->heartbeat_us = fw->now_us;
}

static float applied_target(const limb_firmware *fw, size_t j) {
  switch (fw->action) {
    case LIMB_ACTION_FOLLOW:
    case LIMB_ACTION_COAST: return fw->joints[j].applied;
    case LIMB_ACTION_HOLD: return limb_hold_target(fw, j);
    default: return fw->sample.q[j];
  }
}

static void fill_joints(limb_firmware *fw, limb_sensor *sensor) {
  const limb_scales *scales = &fw->config.scales;
  const bool following = fw->action == LIMB_ACTION_FOLLOW || fw->action == LIMB_ACTION_COAST;
  for (size_t j = 0; j < fw->config.n_joints; j++) {
    limb_sensor_joint *joint = &sensor->joints[j];
    joint->q = limb_to_i16(fw->sample.q[j], scales->q_per_rad);
    joint->dq = limb_to_i16(fw->sample.dq[j], scales->dq_per_rad_s);
    joint->tau = limb_to_i16(fw->sample.tau[j], scales->tau_per_nm);
    joint->applied = limb_to_i16(applied_target(fw, j), scales->q_per_rad);
    if (following && fw->joints[j].applied != fw->joints[j].target) {
      fw->clamp_flags |= LIMB_FLAG_SLEW_CLAMPED;
      fw->clamped_joints |= 1u << j;
    }
  }
}

static void fill_hottest(const limb_firmware *fw, limb_sensor *sensor) {
  sensor->hottest_joint = LIMB_NO_JOINT;
  sensor->temperature_max_c = LIMB_NO_TEMPERATURE;
  if (!(fw->config.sensors & LIMB_SENSOR_HAS_TEMPERATURE)) return;
  float hottest = (float)LIMB_NO_TEMPERATURE;
  for (uint8_t j = 0; j < fw->config.n_joints; j++) {
    const float celsius = fw->sample.temperature_c[j];
    if (!limb_temperature_is_plausible(celsius) || celsius <= hottest) continue;
    hottest = fw->sample.temperature_c[j];
    sensor->hottest_joint = j;
  }
  const int16_t whole = limb_to_i16(hottest, 1);
  sensor->temperature_max_c = (int8_t)(whole > INT8_MAX ? INT8_MAX : whole);
  if (hottest > fw->config.temperature_warn_c) sensor->flags |= LIMB_FLAG_TEMPERATURE_HIGH;
}

static void fill_body(const limb_firmware *fw, limb_sensor *sensor) {
  const limb_firmware_sample *sample = &fw->sample;
  const limb_scales *scales = &fw->config.scales;
  for (size_t k = 0; k < 4; k++) {
    sensor->imu.quaternion[k] = limb_to_i16(sample->quaternion[k], LIMB_QUATERNION_ONE);
  }
  for (size_t k = 0; k < 3; k++) {
    sensor->imu.gyro[k] = limb_to_i16(sample->gyro_rad_s[k], scales->gyro_per_rad_s);
    sensor->imu.acc[k] = limb_to_i16(sample->acc_m_s2[k], scales->acc_per_m_s2);
  }
  sensor->imu.imu_seq = sample->imu_seq;
  for (size_t f = 0; f < fw->config.n_feet; f++) sensor->feet[f] = limb_to_u16(sample->foot_n[f], scales->foot_per_n);
  // 100000 counts a metre do not fit a u16 scale: through millimetres.
  sensor->gripper_width = limb_to_u16(sample->gripper_width_m * 1000.0f, LIMB_GRIPPER_WIDTH_PER_M / 1000);
  sensor->gripper_force = limb_to_i16(sample->gripper_force_n, LIMB_GRIPPER_FORCE_PER_N);
}

void limb_send_sensor(limb_firmware *fw) {
  limb_sensor *sensor = &fw->outgoing.body.sensor;
  const bool quadruped = fw->config.kind == LIMB_KIND_QUADRUPED;
  const bool gripper = (fw->config.sensors & LIMB_SENSOR_HAS_GRIPPER) != 0;
  memset(sensor, 0, sizeof *sensor);
  fill_joints(fw, sensor);
  fill_body(fw, sensor);
  sensor->n_joints = fw->config.n_joints;
  sensor->n_feet = quadruped ? fw->config.n_feet : (uint8_t)gripper;
  sensor->state = fw->state;
  sensor->action = fw->action;
  sensor->latch = fw->latch;
  sensor->arm_commands = (uint8_t)(fw->arm_count < 255 ? fw->arm_count : 255);
  sensor->flags = flags_of(fw);
  fill_hottest(fw, sensor);
  const uint64_t age = limb_command_age_us(fw) / 100u;
  sensor->last_cmd_seq = fw->last_command_seq;
  sensor->cmd_age_100us = (uint16_t)(fw->have_command && age < 65535u ? age : 65535u);
  sensor->cmd_lost = fw->command_lost;
  sensor->session = fw->session;
  sensor->voltage_mv = limb_to_u16(fw->sample.voltage_v, 1000);
  sensor->current_10ma = limb_to_i16(fw->sample.current_a, 100);
  sensor->fault = fw->fault;
  sensor->clamped_joints = fw->clamped_joints;
  limb_send(fw, quadruped ? LIMB_SENSOR_QUAD : LIMB_SENSOR_ARM);
  fw->frame_time_us[fw->frames_sent % LIMB_FRAME_MEMORY] = fw->now_us;
  fw->frames_sent++;
  fw->clamp_flags = 0;
  fw->clamped_joints = 0;
}

static void send_stats(limb_firmware *fw) {
  limb_stats *stats = &fw->outgoing.body.stats;
  stats->link = fw->decoder.counters;
  stats->command = fw->command_counters;
  stats->unexpected = fw->unexpected;
  stats->tx_dropped = fw->tx_dropped;
  stats->tick_gap_max_us = fw->tick_gap_max_us;
  limb_send(fw, LIMB_STATS);
  fw->stats_us = fw->now_us;
}

// The service frames that the device sends of its own accord: FAULT until acknowledged, HEARTBEAT, STATS.
void limb_send_reports(limb_firmware *fw) {
  const bool first = fw->fault_tries == 3;
  if (fw->fault_tries > 0 && (first || fw->now_us - fw->fault_sent_us >= 100000u)) {
    fw->outgoing.body.fault = fw->fault_report;
    limb_send(fw, LIMB_FAULT);
    fw->fault_tries--;
    fw->fault_sent_us = fw->now_us;
  }
  if (fw->session == 0) {
    if (fw->now_us - fw->heartbeat_us >= 100000u) limb_send_heartbeat(fw);
  } else if (fw->now_us - fw->stats_us >= 1000000u) {
    send_stats(fw);
  }
}

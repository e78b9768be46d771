#include "reader.h"

// Size of the fixed part of each message's payload.
static size_t fixed_size(uint8_t type) {
  switch (type) {
    case LIMB_HELLO: return 14;
    case LIMB_HELLO_ACK: return 52;
    case LIMB_CAPS: return 48;
    case LIMB_SENSOR_QUAD: return 52;
    case LIMB_SENSOR_ARM: return 30;
    case LIMB_COMMAND: return 10;
    case LIMB_HEARTBEAT: return 12;
    case LIMB_ESTOP: return 2;
    case LIMB_FAULT: return 10;
    case LIMB_ARM: return 8;
    case LIMB_DISARM: return 4;
    case LIMB_CLEAR: return 5;
    case LIMB_ACK: return 7;
    case LIMB_PARAM: return 12;
    case LIMB_PARAM_VALUE: return 22;
    case LIMB_TIMESYNC: return 26;
    case LIMB_STATS: return 96;
    case LIMB_LOG: return 2;
    case LIMB_BOOT: return 8;
    case LIMB_TICK: return 16;
    default: return 8;  // TICK_DONE
  }
}

// Bytes of the lists after the fixed part, or SIZE_MAX if a count is out of range (SPEC 4, counts).
static size_t list_size(uint8_t type, const uint8_t *payload) {
  size_t joints = payload[0];
  switch (type) {
    case LIMB_CAPS:
      joints = payload[9];
      if (joints < 1 || joints > LIMB_MAX_JOINTS || payload[10] > LIMB_MAX_FEET) return SIZE_MAX;
      return joints * 15;
    case LIMB_SENSOR_QUAD:
      if (joints < 1 || joints > LIMB_MAX_JOINTS || payload[1] > LIMB_MAX_FEET) return SIZE_MAX;
      return joints * 8 + (size_t)payload[1] * 2;
    case LIMB_SENSOR_ARM:
      if (joints < 1 || joints > LIMB_MAX_JOINTS || payload[1] > 1) return SIZE_MAX;
      return joints * 8 + (size_t)payload[1] * 4;
    case LIMB_COMMAND:
      if (joints < 1 || joints > LIMB_MAX_JOINTS) return SIZE_MAX;
      return joints * 10;
    case LIMB_LOG:
      return payload[1] > LIMB_MAX_LOG_TEXT ? SIZE_MAX : payload[1];
    case LIMB_PARAM_VALUE:
      if (payload[20] > LIMB_MAX_NAME || payload[21] > LIMB_MAX_NAME) return SIZE_MAX;
      return (size_t)payload[20] + payload[21];
    default: return 0;
  }
}

static void read_param_value(limb_param_value *m, limb_reader *r) {
  m->request = u16(r);
  m->id = u16(r);
  m->index = u8(r);
  m->count = u8(r);
  m->value_type = u8(r);
  m->flags = u8(r);
  m->value = u32(r);
  m->minimum = u32(r);
  m->maximum = u32(r);
  m->name_length = u8(r);
  m->unit_length = u8(r);
  bytes(r, m->name, m->name_length);
  bytes(r, m->unit, m->unit_length);
}

static void read_stats(limb_stats *m, limb_reader *r) {
  uint32_t *const fields[] = {
      &m->link.frames, &m->link.oversize, &m->link.cobs, &m->link.short_frame, &m->link.unknown_type, &m->link.crc,
      &m->link.bad_version, &m->link.bad_length, &m->link.bad_value, &m->link.seq_gap, &m->link.seq_repeat,
      &m->link.seq_old, &m->command.applied, &m->command.stale, &m->command.older, &m->command.repeated,
      &m->command.unknown_frame, &m->command.wrong_session, &m->command.wrong_count, &m->command.bad_ttl,
      &m->command.wrong_mode, &m->unexpected, &m->tx_dropped, &m->tick_gap_max_us};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) *fields[i] = u32(r);
}

// The small fixed messages; none has a value rule but PARAM and BOOT.
static bool read_small(limb_message *message, limb_reader *r) {
  switch (message->header.type) {
    case LIMB_HEARTBEAT: {
      limb_heartbeat *m = &message->body.heartbeat;
      m->state = u8(r);
      m->load_percent = u8(r);
      m->flags = u16(r);
      m->session = u16(r);
      m->latch = u8(r);
      m->action = u8(r);
      m->fault = u32(r);
      return true;
    }
    case LIMB_ESTOP:
      message->body.estop.reason = u8(r);
      message->body.estop.source = u8(r);
      return true;
    case LIMB_FAULT: {
      limb_fault *m = &message->body.fault;
      m->request = u16(r);
      m->code = u16(r);
      m->joint = u8(r);
      m->severity = u8(r);
      m->value = (int32_t)u32(r);
      return true;
    }
    case LIMB_ARM:
      message->body.arm.request = u16(r);
      message->body.arm.session = u16(r);
      message->body.arm.caps_crc = u32(r);
      return true;
    case LIMB_DISARM:
      message->body.disarm.request = u16(r);
      message->body.disarm.session = u16(r);
      return true;
    case LIMB_CLEAR:
      message->body.clear.request = u16(r);
      message->body.clear.session = u16(r);
      message->body.clear.what = u8(r);
      return true;
    case LIMB_ACK: {
      limb_ack *m = &message->body.ack;
      m->request = u16(r);
      m->type = u8(r);
      m->result = u8(r);
      m->detail = u16(r);
      m->state = u8(r);
      return true;
    }
    case LIMB_PARAM: {
      limb_param *m = &message->body.param;
      m->request = u16(r);
      m->session = u16(r);
      m->op = u8(r);
      m->value_type = u8(r);
      m->id = u16(r);
      m->value = u32(r);
      return m->op <= LIMB_PARAM_SAVE;
    }
    case LIMB_TIMESYNC:
      message->body.timesync.request = u16(r);
      message->body.timesync.t1_us = u64(r);
      message->body.timesync.t2_us = u64(r);
      message->body.timesync.t3_us = u64(r);
      return true;
    case LIMB_BOOT:
      message->body.boot.request = u16(r);
      message->body.boot.session = u16(r);
      message->body.boot.magic = u32(r);
      return message->body.boot.magic == LIMB_BOOT_MAGIC;
    case LIMB_TICK:
      message->body.tick.n = u64(r);
      message->body.tick.device_time_us = u64(r);
      return true;
    default:
      message->body.tick_done.n = u64(r);
      return true;
  }
}

static bool read_body(limb_message *message, limb_reader *r, const uint8_t *payload, size_t count) {
  switch (message->header.type) {
    case LIMB_HELLO: return limb_read_hello(&message->body.hello, r);
    case LIMB_HELLO_ACK: return limb_read_hello_ack(&message->body.hello_ack, r);
    case LIMB_CAPS: return limb_read_caps(&message->body.caps, r, payload, count);
    case LIMB_SENSOR_QUAD: return limb_read_sensor(&message->body.sensor, r, true);
    case LIMB_SENSOR_ARM: return limb_read_sensor(&message->body.sensor, r, false);
    case LIMB_COMMAND: return limb_read_command(&message->body.command, r);
    case LIMB_PARAM_VALUE: read_param_value(&message->body.param_value, r); return true;
    case LIMB_STATS: read_stats(&message->body.stats, r); return true;
    case LIMB_LOG:
      message->body.log.level = u8(r);
      message->body.log.length = u8(r);
      bytes(r, message->body.log.text, message->body.log.length);
      return true;
    default: return read_small(message, r);
  }
}

limb_payload_result limb_decode_payload(limb_message *message, const uint8_t *payload, size_t count) {
  const uint8_t type = message->header.type;
  const size_t fixed = fixed_size(type);
  if (count < fixed) return LIMB_PAYLOAD_LENGTH;
  const size_t lists = list_size(type, payload);
  if (lists == SIZE_MAX) return LIMB_PAYLOAD_VALUE;
  if (count < fixed + lists) return LIMB_PAYLOAD_LENGTH;
  // Fields beyond the lists' ends (unused joints, feet, text) must not show an older message.
  memset(&message->body, 0, sizeof message->body);
  limb_reader r = {payload};
  return read_body(message, &r, payload, count) ? LIMB_PAYLOAD_OK : LIMB_PAYLOAD_VALUE;
}

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

static void read_heartbeat(limb_heartbeat *m, limb_reader *r) { LIMB_FIELDS_HEARTBEAT(READ) }
static void read_estop(limb_estop *m, limb_reader *r) { LIMB_FIELDS_ESTOP(READ) }
static void read_fault(limb_fault *m, limb_reader *r) { LIMB_FIELDS_FAULT(READ) }
static void read_arm(limb_arm *m, limb_reader *r) { LIMB_FIELDS_ARM(READ) }
static void read_disarm(limb_disarm *m, limb_reader *r) { LIMB_FIELDS_DISARM(READ) }
static void read_clear(limb_clear *m, limb_reader *r) { LIMB_FIELDS_CLEAR(READ) }
static void read_ack(limb_ack *m, limb_reader *r) { LIMB_FIELDS_ACK(READ) }
static void read_timesync(limb_timesync *m, limb_reader *r) { LIMB_FIELDS_TIMESYNC(READ) }
static void read_stats(limb_stats *m, limb_reader *r) { LIMB_FIELDS_STATS(READ) }
static void read_tick(limb_tick *m, limb_reader *r) { LIMB_FIELDS_TICK(READ) }
static void read_tick_done(limb_tick_done *m, limb_reader *r) { LIMB_FIELDS_TICK_DONE(READ) }

static bool read_param(limb_param *m, limb_reader *r) {
  LIMB_FIELDS_PARAM(READ)
  return m->op <= LIMB_PARAM_SAVE;
}

static void read_param_value(limb_param_value *m, limb_reader *r) {
  LIMB_FIELDS_PARAM_VALUE(READ)
  bytes(r, m->name, m->name_length);
  bytes(r, m->unit, m->unit_length);
}

static void read_log(limb_log *m, limb_reader *r) {
  LIMB_FIELDS_LOG(READ)
  bytes(r, m->text, m->length);
}

static bool read_boot(limb_boot *m, limb_reader *r) {
  LIMB_FIELDS_BOOT(READ)
  m->magic = u32(r);
  return m->magic == LIMB_BOOT_MAGIC;
}

// False if a message has a value rule and breaks it.
static bool read_body(limb_message *message, limb_reader *r, const uint8_t *payload, size_t count) {
  switch (message->header.type) {
    case LIMB_HELLO: return limb_read_hello(&message->body.hello, r);
    case LIMB_HELLO_ACK: return limb_read_hello_ack(&message->body.hello_ack, r);
    case LIMB_CAPS: return limb_read_caps(&message->body.caps, r, payload, count);
    case LIMB_SENSOR_QUAD: return limb_read_sensor(&message->body.sensor, r, true);
    case LIMB_SENSOR_ARM: return limb_read_sensor(&message->body.sensor, r, false);
    case LIMB_COMMAND: return limb_read_command(&message->body.command, r);
    case LIMB_PARAM: return read_param(&message->body.param, r);
    case LIMB_BOOT: return read_boot(&message->body.boot, r);
    case LIMB_HEARTBEAT: read_heartbeat(&message->body.heartbeat, r); return true;
    case LIMB_ESTOP: read_estop(&message->body.estop, r); return true;
    case LIMB_FAULT: read_fault(&message->body.fault, r); return true;
    case LIMB_ARM: read_arm(&message->body.arm, r); return true;
    case LIMB_DISARM: read_disarm(&message->body.disarm, r); return true;
    case LIMB_CLEAR: read_clear(&message->body.clear, r); return true;
    case LIMB_ACK: read_ack(&message->body.ack, r); return true;
    case LIMB_PARAM_VALUE: read_param_value(&message->body.param_value, r); return true;
    case LIMB_TIMESYNC: read_timesync(&message->body.timesync, r); return true;
    case LIMB_STATS: read_stats(&message->body.stats, r); return true;
    case LIMB_LOG: read_log(&message->body.log, r); return true;
    case LIMB_TICK: read_tick(&message->body.tick, r); return true;
    default: read_tick_done(&message->body.tick_done, r); return true;
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

#include "writer.h"

static void write_heartbeat(limb_writer *w, const limb_heartbeat *m) { LIMB_FIELDS_HEARTBEAT(WRITE) }
static void write_estop(limb_writer *w, const limb_estop *m) { LIMB_FIELDS_ESTOP(WRITE) }
static void write_fault(limb_writer *w, const limb_fault *m) { LIMB_FIELDS_FAULT(WRITE) }
static void write_arm(limb_writer *w, const limb_arm *m) { LIMB_FIELDS_ARM(WRITE) }
static void write_disarm(limb_writer *w, const limb_disarm *m) { LIMB_FIELDS_DISARM(WRITE) }
static void write_clear(limb_writer *w, const limb_clear *m) { LIMB_FIELDS_CLEAR(WRITE) }
static void write_ack(limb_writer *w, const limb_ack *m) { LIMB_FIELDS_ACK(WRITE) }
static void write_timesync(limb_writer *w, const limb_timesync *m) { LIMB_FIELDS_TIMESYNC(WRITE) }
static void write_stats(limb_writer *w, const limb_stats *m) { LIMB_FIELDS_STATS(WRITE) }
static void write_tick(limb_writer *w, const limb_tick *m) { LIMB_FIELDS_TICK(WRITE) }
static void write_tick_done(limb_writer *w, const limb_tick_done *m) { LIMB_FIELDS_TICK_DONE(WRITE) }

static void write_param(limb_writer *w, const limb_param *m) {
  w->ok = m->op <= LIMB_PARAM_SAVE;
  LIMB_FIELDS_PARAM(WRITE)
}

static void write_param_value(limb_writer *w, const limb_param_value *m) {
  w->ok = m->name_length <= LIMB_MAX_NAME && m->unit_length <= LIMB_MAX_NAME;
  if (!w->ok) return;
  LIMB_FIELDS_PARAM_VALUE(WRITE)
  bytes(w, m->name, m->name_length);
  bytes(w, m->unit, m->unit_length);
}

static void write_log(limb_writer *w, const limb_log *m) {
  w->ok = m->length <= LIMB_MAX_LOG_TEXT;
  if (!w->ok) return;
  LIMB_FIELDS_LOG(WRITE)
  bytes(w, m->text, m->length);
}

static void write_boot(limb_writer *w, const limb_boot *m) {
  LIMB_FIELDS_BOOT(WRITE)
  u32(w, LIMB_BOOT_MAGIC);
}

size_t limb_encode_payload(const limb_message *message, uint8_t *out, size_t capacity) {
  limb_writer w = {out, capacity, true};
  switch (message->header.type) {
    case LIMB_HELLO: limb_write_hello(&w, &message->body.hello); break;
    case LIMB_HELLO_ACK: limb_write_hello_ack(&w, &message->body.hello_ack); break;
    case LIMB_CAPS: limb_write_caps(&w, &message->body.caps); break;
    case LIMB_SENSOR_QUAD: limb_write_sensor(&w, &message->body.sensor, true); break;
    case LIMB_SENSOR_ARM: limb_write_sensor(&w, &message->body.sensor, false); break;
    case LIMB_COMMAND: limb_write_command(&w, &message->body.command); break;
    case LIMB_HEARTBEAT: write_heartbeat(&w, &message->body.heartbeat); break;
    case LIMB_ESTOP: write_estop(&w, &message->body.estop); break;
    case LIMB_FAULT: write_fault(&w, &message->body.fault); break;
    case LIMB_ARM: write_arm(&w, &message->body.arm); break;
    case LIMB_DISARM: write_disarm(&w, &message->body.disarm); break;
    case LIMB_CLEAR: write_clear(&w, &message->body.clear); break;
    case LIMB_ACK: write_ack(&w, &message->body.ack); break;
    case LIMB_PARAM: write_param(&w, &message->body.param); break;
    case LIMB_PARAM_VALUE: write_param_value(&w, &message->body.param_value); break;
    case LIMB_TIMESYNC: write_timesync(&w, &message->body.timesync); break;
    case LIMB_STATS: write_stats(&w, &message->body.stats); break;
    case LIMB_LOG: write_log(&w, &message->body.log); break;
    case LIMB_BOOT: write_boot(&w, &message->body.boot); break;
    case LIMB_TICK: write_tick(&w, &message->body.tick); break;
    case LIMB_TICK_DONE: write_tick_done(&w, &message->body.tick_done); break;
    default: w.ok = false;
  }
  return w.ok ? capacity - w.left : 0;
}

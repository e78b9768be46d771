#include "writer.h"

static void write_param_value(limb_writer *w, const limb_param_value *m) {
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

static void write_stats(limb_writer *w, const limb_stats *m) {
  const uint32_t fields[] = {
      m->link.frames, m->link.oversize, m->link.cobs, m->link.short_frame, m->link.unknown_type, m->link.crc,
      m->link.bad_version, m->link.bad_length, m->link.bad_value, m->link.seq_gap, m->link.seq_repeat,
      m->link.seq_old, m->command.applied, m->command.stale, m->command.older, m->command.repeated,
      m->command.unknown_frame, m->command.wrong_session, m->command.wrong_count, m->command.bad_ttl,
      m->command.wrong_mode, m->unexpected, m->tx_dropped, m->tick_gap_max_us};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) u32(w, fields[i]);
}

static void write_requests(limb_writer *w, const limb_message *message) {
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

static void write_reports(limb_writer *w, const limb_message *message) {
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
  limb_writer w = {out, capacity, true};
  switch (message->header.type) {
    case LIMB_HELLO: limb_write_hello(&w, &message->body.hello); break;
    case LIMB_HELLO_ACK: limb_write_hello_ack(&w, &message->body.hello_ack); break;
    case LIMB_CAPS: limb_write_caps(&w, &message->body.caps); break;
    case LIMB_SENSOR_QUAD: limb_write_sensor(&w, &message->body.sensor, true); break;
    case LIMB_SENSOR_ARM: limb_write_sensor(&w, &message->body.sensor, false); break;
    case LIMB_COMMAND: limb_write_command(&w, &message->body.command); break;
    case LIMB_PARAM_VALUE: write_param_value(&w, &message->body.param_value); break;
    case LIMB_STATS: write_stats(&w, &message->body.stats); break;
    default: write_reports(&w, message); break;
  }
  return w.ok ? capacity - w.left : 0;
}

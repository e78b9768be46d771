// Private to the encoders.
#ifndef LIMB_WRITER_H
#define LIMB_WRITER_H

#include <string.h>

#include "fields.h"
#include "wire_internal.h"

// Writes forward; once something did not fit, nothing more is written and `ok` is false.
typedef struct limb_writer {
  uint8_t *at;
  size_t left;
  bool ok;
} limb_writer;

static inline void bytes(limb_writer *w, const void *from, size_t count) {
  if (!w->ok || w->left < count) {
    w->ok = false;
    return;
  }
  memcpy(w->at, from, count);
  w->at += count;
  w->left -= count;
}
static inline void u8(limb_writer *w, uint8_t value) { bytes(w, &value, 1); }
static inline void i8(limb_writer *w, int8_t value) { u8(w, (uint8_t)value); }
static inline void u16(limb_writer *w, uint16_t value) {
  const uint8_t b[2] = {(uint8_t)(value & 255u), (uint8_t)(value >> 8)};
  bytes(w, b, sizeof b);
}
static inline void i16(limb_writer *w, int16_t value) { u16(w, (uint16_t)value); }
static inline void u32(limb_writer *w, uint32_t value) {
  u16(w, (uint16_t)(value & 0xFFFFu));
  u16(w, (uint16_t)(value >> 16));
}
static inline void i32(limb_writer *w, int32_t value) { u32(w, (uint32_t)value); }
static inline void u64(limb_writer *w, uint64_t value) {
  u32(w, (uint32_t)(value & 0xFFFFFFFFu));
  u32(w, (uint32_t)(value >> 32));
}

// F and A of fields.h for `w` and a structure `m`.
#define WRITE(how, field) how(w, m->field);
#define WRITE_ALL(how, field) \
  for (size_t i_ = 0; i_ < sizeof m->field / sizeof m->field[0]; i_++) how(w, m->field[i_]);

// encode_state.c: these leave `ok` false if the message is not valid.
void limb_write_hello(limb_writer *w, const limb_hello *m);
void limb_write_hello_ack(limb_writer *w, const limb_hello_ack *m);
void limb_write_caps(limb_writer *w, const limb_caps *m);
void limb_write_sensor(limb_writer *w, const limb_sensor *m, bool quadruped);
void limb_write_command(limb_writer *w, const limb_command *m);

#endif

// Private to the decoders.
#ifndef LIMB_READER_H
#define LIMB_READER_H

#include <string.h>

#include "fields.h"
#include "wire_internal.h"

// Reads forward through a payload whose length was checked before.
typedef struct limb_reader {
  const uint8_t *at;
} limb_reader;

static inline uint8_t u8(limb_reader *r) { return *r->at++; }
static inline int8_t i8(limb_reader *r) { return (int8_t)u8(r); }
static inline uint16_t u16(limb_reader *r) {
  const uint16_t value = (uint16_t)(r->at[0] | r->at[1] << 8);
  r->at += 2;
  return value;
}
static inline int16_t i16(limb_reader *r) { return (int16_t)u16(r); }
static inline uint32_t u32(limb_reader *r) {
  const uint32_t low = u16(r);
  return low | (uint32_t)u16(r) << 16;
}
static inline int32_t i32(limb_reader *r) { return (int32_t)u32(r); }
static inline uint64_t u64(limb_reader *r) {
  const uint64_t low = u32(r);
  return low | (uint64_t)u32(r) << 32;
}
static inline void bytes(limb_reader *r, void *out, size_t count) {
  memcpy(out, r->at, count);
  r->at += count;
}

// F and A of fields.h for `r` and a structure `m`.
#define READ(how, field) m->field = how(r);
#define READ_ALL(how, field) \
  for (size_t i_ = 0; i_ < sizeof m->field / sizeof m->field[0]; i_++) m->field[i_] = how(r);

// decode_state.c: false if a value rule is broken.
bool limb_read_hello(limb_hello *m, limb_reader *r);
bool limb_read_hello_ack(limb_hello_ack *m, limb_reader *r);
bool limb_read_caps(limb_caps *m, limb_reader *r, const uint8_t *payload, size_t count);
bool limb_read_sensor(limb_sensor *m, limb_reader *r, bool quadruped);
bool limb_read_command(limb_command *m, limb_reader *r);

#endif

// limb-link 1.0: the wire between a robot's microcontroller and its computer. The law is ../../SPEC.md.
//
// This header is all that a user of the codec includes. Everything here works on caller-owned fixed memory, allocates
// nothing and needs nothing of libc but <string.h>.
// Structures hold the wire's own integers; scales are declared by the device in CAPS.
#ifndef LIMB_LINK_H
#define LIMB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limb_messages.h"
#include "limb_numbers.h"
#include "limb_service.h"

#ifdef __cplusplus
extern "C" {
#endif

// One decoded message; `header.type` says which member is alive.
typedef struct limb_message {
  limb_header header;
  union {
    limb_hello hello;
    limb_hello_ack hello_ack;
    limb_caps caps;
    limb_sensor sensor;
    limb_command command;
    limb_heartbeat heartbeat;
    limb_estop estop;
    limb_fault fault;
    limb_arm arm;
    limb_disarm disarm;
    limb_clear clear;
    limb_ack ack;
    limb_param param;
    limb_param_value param_value;
    limb_timesync timesync;
    limb_stats stats;
    limb_log log;
    limb_boot boot;
    limb_tick tick;
    limb_tick_done tick_done;
  } body;
} limb_message;

typedef struct limb_decoder {
  uint8_t buffer[LIMB_MAX_STUFFED];
  uint16_t length;
  bool discarding;
  bool seen[2];           // class: 0 service, 1 cyclic
  uint16_t last_seq[2];
  limb_counters counters;
} limb_decoder;

// CRC-32C (Castagnoli, reflected, init and final xor all ones); "123456789" gives 0xE3069283.
uint32_t limb_crc32c(const uint8_t *bytes, size_t count);
// The same in pieces: begin with 0, feed the last result.
uint32_t limb_crc32c_more(uint32_t crc, const uint8_t *bytes, size_t count);

// COBS without delimiters. `out` needs count + count / 254 + 1 bytes. Returns the bytes written.
size_t limb_cobs_encode(const uint8_t *bytes, size_t count, uint8_t *out);
// Returns the decoded size (`out` needs count - 1 bytes), or SIZE_MAX if malformed. `out` may be `bytes`.
size_t limb_cobs_decode(const uint8_t *bytes, size_t count, uint8_t *out);

// Whether the type is of 1.0, and its schema hash (0 for HELLO, HELLO_ACK, ESTOP).
bool limb_type_known(uint8_t type);
uint32_t limb_schema_hash(uint8_t type);

// An empty decoder.
void limb_decoder_init(limb_decoder *decoder);
// Forgets sequence numbers (both classes), as HELLO and HELLO_ACK do by themselves.
void limb_decoder_forget_sequence(limb_decoder *decoder);
// Consumes bytes up to and including the end of the first delivered frame, or all. Sets *delivered and fills
// *message when there is one. Returns the bytes consumed; call again with the rest.
size_t limb_decoder_push(
    limb_decoder *decoder, const uint8_t *bytes, size_t count, limb_message *message, bool *delivered);

// Writes `00 COBS(header payload crc) 00`. header.version is filled in by the encoder; type, seq and t_us are the
// caller's. CAPS gets its caps_crc computed. Returns the bytes written, or 0 if the message is not
// valid (counts out of range, unknown type) or does not fit `capacity` (517 always suffices).
size_t limb_encode(const limb_message *message, uint8_t *out, size_t capacity);
// The payload alone, without header and CRC.
size_t limb_encode_payload(const limb_message *message, uint8_t *out, size_t capacity);
// The lockstep pair and the emergency stop, for callers without a message at hand (seq 0).
size_t limb_encode_tick(uint64_t n, uint64_t device_time_us, uint8_t *out, size_t capacity);
size_t limb_encode_tick_done(uint64_t n, uint8_t *out, size_t capacity);
size_t limb_encode_estop(uint8_t reason, uint8_t source, uint8_t *out, size_t capacity);

// Fixed-point conversions: round to nearest, ties away from zero, saturate, NaN gives 0.
int16_t limb_to_i16(float value, uint16_t per_unit);
uint16_t limb_to_u16(float value, uint16_t per_unit);
float limb_from_i16(int16_t value, uint16_t per_unit);
float limb_from_u16(uint16_t value, uint16_t per_unit);

#ifdef __cplusplus
}
#endif
#endif

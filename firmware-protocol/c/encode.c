#include "writer.h"

// Shared tail of every encoder: CRC, COBS, delimiters.
static size_t finish(uint8_t *raw, size_t covered, uint8_t *out, size_t capacity) {
  limb_writer tail = {raw + covered, LIMB_CRC_SIZE, true};
  u32(&tail, limb_frame_crc(raw[1], raw, covered));
  uint8_t stuffed[LIMB_MAX_STUFFED];
  const size_t size = limb_cobs_encode(raw, covered + LIMB_CRC_SIZE, stuffed);
  if (size + 2 > capacity) return 0;
  out[0] = 0;
  memcpy(out + 1, stuffed, size);
  out[size + 1] = 0;
  return size + 2;
}

static void write_header(uint8_t *raw, uint8_t type, uint16_t seq, uint32_t t_us) {
  limb_writer w = {raw, LIMB_HEADER_SIZE, true};
  u8(&w, LIMB_VERSION_MAJOR << 4 | LIMB_VERSION_MINOR);
  u8(&w, type);
  u16(&w, seq);
  u32(&w, t_us);
}

size_t limb_encode(const limb_message *message, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_MAX_DECODED];
  const limb_header *header = &message->header;
  const bool classless = limb_class_of(header->type) == LIMB_CLASS_NONE;
  write_header(raw, header->type, classless ? 0 : header->seq, header->t_us);
  const size_t payload =
      limb_encode_payload(message, raw + LIMB_HEADER_SIZE, sizeof raw - LIMB_HEADER_SIZE - LIMB_CRC_SIZE);
  if (payload == 0) return 0;
  return finish(raw, LIMB_HEADER_SIZE + payload, out, capacity);
}

size_t limb_encode_tick(uint64_t n, uint64_t device_time_us, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_HEADER_SIZE + 16 + LIMB_CRC_SIZE];
  write_header(raw, LIMB_TICK, 0, (uint32_t)(device_time_us & 0xFFFFFFFFu));
  limb_writer w = {raw + LIMB_HEADER_SIZE, 16, true};
  u64(&w, n);
  u64(&w, device_time_us);
  return finish(raw, LIMB_HEADER_SIZE + 16, out, capacity);
}

size_t limb_encode_tick_done(uint64_t n, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_HEADER_SIZE + 8 + LIMB_CRC_SIZE];
  write_header(raw, LIMB_TICK_DONE, 0, 0);
  limb_writer w = {raw + LIMB_HEADER_SIZE, 8, true};
  u64(&w, n);
  return finish(raw, LIMB_HEADER_SIZE + 8, out, capacity);
}

size_t limb_encode_estop(uint8_t reason, uint8_t source, uint8_t *out, size_t capacity) {
  uint8_t raw[LIMB_HEADER_SIZE + 2 + LIMB_CRC_SIZE];
  write_header(raw, LIMB_ESTOP, 0, 0);
  limb_writer w = {raw + LIMB_HEADER_SIZE, 2, true};
  u8(&w, reason);
  u8(&w, source);
  return finish(raw, LIMB_HEADER_SIZE + 2, out, capacity);
}

#include <string.h>

#include "wire_internal.h"

void limb_decoder_init(limb_decoder *decoder) { memset(decoder, 0, sizeof *decoder); }

void limb_decoder_forget_sequence(limb_decoder *decoder) {
  decoder->seen[0] = false;
  decoder->seen[1] = false;
}

limb_class limb_class_of(uint8_t type) {
  if (type == LIMB_ESTOP || type == LIMB_TICK || type == LIMB_TICK_DONE) return LIMB_CLASS_NONE;
  return type >= 0x10 && type <= 0x2F ? LIMB_CLASS_CYCLIC : LIMB_CLASS_SERVICE;
}

uint32_t limb_frame_crc(uint8_t type, const uint8_t *bytes, size_t count) {
  const uint32_t hash = limb_schema_hash(type);
  const uint8_t tail[4] = {
      (uint8_t)(hash & 255u), (uint8_t)(hash >> 8 & 255u), (uint8_t)(hash >> 16 & 255u), (uint8_t)(hash >> 24)};
  return limb_crc32c_more(limb_crc32c(bytes, count), tail, sizeof tail);
}

static uint32_t read_u32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// SPEC 2, the second table. True if the frame is to be delivered.
static bool take_sequence(limb_decoder *decoder, const limb_header *header) {
  const limb_class class = limb_class_of(header->type);
  if (class == LIMB_CLASS_NONE) return true;
  if (header->type == LIMB_HELLO || header->type == LIMB_HELLO_ACK) limb_decoder_forget_sequence(decoder);
  const uint16_t distance = (uint16_t)(header->seq - decoder->last_seq[class]);
  if (decoder->seen[class] && (distance == 0 || distance > 32768u)) {
    if (distance == 0) {
      decoder->counters.seq_repeat++;
    } else {
      decoder->counters.seq_old++;
    }
    return class == LIMB_CLASS_SERVICE;
  }
  if (decoder->seen[class]) decoder->counters.seq_gap += (uint32_t)distance - 1u;
  decoder->seen[class] = true;
  decoder->last_seq[class] = header->seq;
  return true;
}

// SPEC 2, the first table, for the candidate in the buffer. True if a message is to be delivered.
static bool take_candidate(limb_decoder *decoder, limb_message *message) {
  limb_counters *counters = &decoder->counters;
  uint8_t *bytes = decoder->buffer;
  const size_t size = limb_cobs_decode(bytes, decoder->length, bytes);
  if (size == SIZE_MAX) return counters->cobs++, false;
  if (size > LIMB_MAX_DECODED) return counters->oversize++, false;
  if (size < LIMB_HEADER_SIZE + LIMB_CRC_SIZE) return counters->short_frame++, false;
  limb_header *header = &message->header;
  header->version = bytes[0];
  header->type = bytes[1];
  header->seq = (uint16_t)(bytes[2] | bytes[3] << 8);
  header->t_us = read_u32(bytes + 4);
  if (!limb_type_known(header->type)) return counters->unknown_type++, false;
  const size_t covered = size - LIMB_CRC_SIZE;
  if (limb_frame_crc(header->type, bytes, covered) != read_u32(bytes + covered)) return counters->crc++, false;
  if (header->version >> 4 != LIMB_VERSION_MAJOR && limb_schema_hash(header->type) != 0) {
    return counters->bad_version++, false;
  }
  switch (limb_decode_payload(message, bytes + LIMB_HEADER_SIZE, covered - LIMB_HEADER_SIZE)) {
    case LIMB_PAYLOAD_LENGTH: return counters->bad_length++, false;
    case LIMB_PAYLOAD_VALUE: return counters->bad_value++, false;
    case LIMB_PAYLOAD_OK: break;
  }
  counters->frames++;
  return take_sequence(decoder, header);
}

size_t limb_decoder_push(
    limb_decoder *decoder, const uint8_t *bytes, size_t count, limb_message *message, bool *delivered) {
  *delivered = false;
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != 0) {
      if (decoder->discarding) continue;
      if (decoder->length == LIMB_MAX_STUFFED) {
        decoder->counters.oversize++;
        decoder->discarding = true;
        decoder->length = 0;
        continue;
      }
      decoder->buffer[decoder->length++] = bytes[i];
      continue;
    }
    decoder->discarding = false;
    if (decoder->length == 0) continue;
    *delivered = take_candidate(decoder, message);
    decoder->length = 0;
    if (*delivered) return i + 1;
  }
  return count;
}

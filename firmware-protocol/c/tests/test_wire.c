// SPEC 1 and 2: CRC, COBS, receiver; buffers are never overrun.
#include <string.h>

#include "check.h"
#include "limb_link.h"

static uint32_t seed = 1;

// xorshift: the same bytes on every machine.
static uint32_t next_random(void) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed;
}

static void crc_has_the_check_value(void) {
  CHECK_EQUAL(limb_crc32c((const uint8_t *)"123456789", 9), 0xE3069283u);
  CHECK_EQUAL(limb_crc32c_more(limb_crc32c((const uint8_t *)"1234", 4), (const uint8_t *)"56789", 5), 0xE3069283u);
  CHECK_EQUAL(limb_crc32c(NULL, 0), 0);
}

static void cobs_round_trips_every_length(void) {
  uint8_t plain[600], stuffed[640], back[640];
  for (int density = 0; density < 4; density++) {
    for (size_t n = 0; n <= 520; n++) {
      for (size_t i = 0; i < n; i++) {
        const uint8_t byte = (uint8_t)(next_random() & 255u);
        plain[i] = density == 0 ? (uint8_t)(byte | 1u) : density == 1 ? 0 : density == 2 ? byte : byte & 1u;
      }
      memset(stuffed, 0xA5, sizeof stuffed);
      const size_t size = limb_cobs_encode(plain, n, stuffed);
      CHECK(size <= n + n / 254 + 1);
      CHECK_EQUAL(stuffed[n + n / 254 + 1], 0xA5);
      CHECK(memchr(stuffed, 0, size) == NULL);
      CHECK_EQUAL(limb_cobs_decode(stuffed, size, back), n);
      CHECK(memcmp(plain, back, n) == 0);
      CHECK_EQUAL(limb_cobs_decode(stuffed, size, stuffed), n);  // in place
      CHECK(memcmp(plain, stuffed, n) == 0);
    }
  }
}

static limb_message sensor_message(uint8_t joints) {
  limb_message m;
  memset(&m, 0, sizeof m);
  m.header.type = LIMB_SENSOR_QUAD;
  m.header.seq = 5;
  m.body.sensor.n_joints = joints;
  m.body.sensor.n_feet = 4;
  for (size_t j = 0; j < joints; j++) m.body.sensor.joints[j].q = (int16_t)(j * 100);
  return m;
}

static void encoders_stay_inside_their_buffer(void) {
  limb_message m = sensor_message(12);
  uint8_t bytes[LIMB_MAX_ENCODED + 8];
  const size_t size = limb_encode(&m, bytes, LIMB_MAX_ENCODED);
  CHECK_EQUAL(size, 52 + 96 + 8 + 12 + 3);
  for (size_t capacity = 0; capacity < LIMB_MAX_ENCODED; capacity++) {
    memset(bytes, 0x5A, sizeof bytes);
    const size_t wrote = limb_encode(&m, bytes, capacity);
    CHECK_EQUAL(wrote, capacity >= size ? size : 0);
    for (size_t i = capacity; i < sizeof bytes; i++) CHECK(bytes[i] == 0x5A);
  }
  m.body.sensor.n_joints = 25;
  CHECK_EQUAL(limb_encode(&m, bytes, sizeof bytes), 0);
  m.header.type = 0x7F;
  CHECK_EQUAL(limb_encode(&m, bytes, sizeof bytes), 0);
}

static void the_largest_messages_fit_a_frame(void) {
  uint8_t bytes[LIMB_MAX_ENCODED];
  limb_message m = sensor_message(LIMB_MAX_JOINTS);
  m.body.sensor.n_feet = LIMB_MAX_FEET;
  CHECK(limb_encode(&m, bytes, sizeof bytes) > 0);
  memset(&m, 0, sizeof m);
  m.header.type = LIMB_CAPS;
  m.body.caps.n_joints = LIMB_MAX_JOINTS;
  memset(&m.body.caps.scales, 1, sizeof m.body.caps.scales);
  const size_t size = limb_encode(&m, bytes, sizeof bytes);
  CHECK(size > 400 && size <= LIMB_MAX_ENCODED);
}

static void frames_survive_any_cut_of_the_stream(void) {
  uint8_t stream[2048];
  size_t length = 0;
  for (uint16_t i = 0; i < 8; i++) {
    limb_message m = sensor_message((uint8_t)(i + 1));
    m.header.seq = i;
    length += limb_encode(&m, stream + length, sizeof stream - length);
    stream[length++] = 1;  // garbage between frames
    stream[length++] = 0;
  }
  for (size_t piece = 1; piece < 300; piece++) {
    limb_decoder decoder;
    limb_message m;
    limb_decoder_init(&decoder);
    uint32_t seen = 0;
    for (size_t at = 0; at < length; at += piece) {
      size_t end = at + piece < length ? at + piece : length;
      for (size_t i = at; i < end;) {
        bool delivered = false;
        i += limb_decoder_push(&decoder, stream + i, end - i, &m, &delivered);
        if (!delivered) continue;
        CHECK_EQUAL(m.body.sensor.n_joints, seen + 1);
        CHECK_EQUAL(m.body.sensor.joints[seen].q, seen * 100);
        seen++;
      }
    }
    CHECK_EQUAL(seen, 8);
    CHECK_EQUAL(decoder.counters.frames, 8);
    CHECK_EQUAL(decoder.counters.short_frame, 8);
  }
}

static void a_short_message_shows_nothing_of_a_longer_one(void) {
  uint8_t bytes[LIMB_MAX_ENCODED];
  limb_decoder decoder;
  limb_message decoded;
  bool delivered;
  limb_decoder_init(&decoder);
  const uint8_t sizes[2] = {8, 2};
  for (size_t i = 0; i < 2; i++) {
    const uint8_t joints = sizes[i];
    limb_message m = sensor_message(joints);
    m.header.seq = (uint16_t)(20 - joints);
    const size_t size = limb_encode(&m, bytes, sizeof bytes);
    limb_decoder_push(&decoder, bytes, size, &decoded, &delivered);
    CHECK(delivered);
    CHECK_EQUAL(decoded.body.sensor.joints[5].q, joints == 8 ? 500 : 0);
  }
}

static void a_flipped_bit_never_gives_a_frame(void) {
  limb_message m = sensor_message(8);
  uint8_t good[LIMB_MAX_ENCODED], bytes[LIMB_MAX_ENCODED];
  const size_t size = limb_encode(&m, good, sizeof good);
  for (size_t bit = 8; bit < 8 * (size - 1); bit++) {
    memcpy(bytes, good, size);
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    limb_decoder decoder;
    limb_decoder_init(&decoder);
    bool delivered = false;
    size_t at = 0;
    while (at < size && !delivered) at += limb_decoder_push(&decoder, bytes + at, size - at, &m, &delivered);
    CHECK(!delivered);
    const limb_counters *c = &decoder.counters;
    CHECK(c->cobs + c->crc + c->short_frame + c->unknown_type >= 1);
    CHECK_EQUAL(c->frames, 0);
  }
}

// Every candidate ends in exactly one counter, whatever the bytes.
static void random_bytes_end_in_named_counters(void) {
  limb_decoder decoder;
  limb_message m;
  limb_decoder_init(&decoder);
  uint32_t candidates = 0;
  bool open = false;
  bool over = false;
  size_t run = 0;
  for (int i = 0; i < 2000000; i++) {
    uint8_t byte = (uint8_t)(next_random() >> 13 & 255u);
    if ((i >> 12 & 7) == 3) byte |= 1;  // long runs without a delimiter
    bool delivered;
    limb_decoder_push(&decoder, &byte, 1, &m, &delivered);
    if (byte != 0) {
      open = true;
      over = over || ++run > LIMB_MAX_STUFFED;
    } else {
      if (open) candidates++;
      open = false;
      over = false;
      run = 0;
    }
  }
  if (over) candidates++;  // counted at once
  const limb_counters *c = &decoder.counters;
  CHECK(c->oversize > 0);
  CHECK_EQUAL(
      c->frames + c->oversize + c->cobs + c->short_frame + c->unknown_type + c->crc + c->bad_version + c->bad_length +
          c->bad_value,
      candidates);
}

static void oversize_is_counted_at_the_516th_byte(void) {
  limb_decoder decoder;
  limb_message m;
  bool delivered;
  limb_decoder_init(&decoder);
  const uint8_t one = 1;
  for (int i = 0; i < 515; i++) limb_decoder_push(&decoder, &one, 1, &m, &delivered);
  CHECK_EQUAL(decoder.counters.oversize, 0);
  limb_decoder_push(&decoder, &one, 1, &m, &delivered);
  CHECK_EQUAL(decoder.counters.oversize, 1);
  for (int i = 0; i < 2000; i++) limb_decoder_push(&decoder, &one, 1, &m, &delivered);
  CHECK_EQUAL(decoder.counters.oversize, 1);
  uint8_t frame[LIMB_MAX_ENCODED];
  const size_t size = limb_encode_tick(3, 4, frame, sizeof frame);
  size_t at = 0;
  delivered = false;
  while (at < size && !delivered) at += limb_decoder_push(&decoder, frame + at, size - at, &m, &delivered);
  CHECK(delivered);
  CHECK_EQUAL(m.body.tick.n, 3);
}

void wire_tests(void) {
  RUN(crc_has_the_check_value);
  RUN(cobs_round_trips_every_length);
  RUN(encoders_stay_inside_their_buffer);
  RUN(the_largest_messages_fit_a_frame);
  RUN(frames_survive_any_cut_of_the_stream);
  RUN(a_short_message_shows_nothing_of_a_longer_one);
  RUN(a_flipped_bit_never_gives_a_frame);
  RUN(random_bytes_end_in_named_counters);
  RUN(oversize_is_counted_at_the_516th_byte);
}

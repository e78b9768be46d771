// The golden vectors of ../vectors: bytes to fields, fields to bytes, streams to counters.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dump.h"
#include "limb_link.h"

static char line[65536];
static uint8_t bytes[32768];

static size_t from_hex(const char *text) {
  size_t count = 0;
  if (strcmp(text, "-") == 0) return 0;
  for (; text[0] && text[1]; text += 2) {
    const char pair[3] = {text[0], text[1], 0};
    bytes[count++] = (uint8_t)strtoul(pair, NULL, 16);
  }
  return count;
}

static void check_text(const char *found, const char *expected) {
  CHECK(strcmp(found, expected) == 0);
  if (strcmp(found, expected) != 0) printf("  expected %s\n  found    %s\n", expected, found);
}

static void crc_vector(char **column) {
  const size_t count = from_hex(column[1]);
  CHECK_EQUAL(limb_crc32c(bytes, count), strtoul(column[2], NULL, 16));
}

static void cobs_vector(char **column) {
  uint8_t plain[600], stuffed[600];
  const size_t plain_count = from_hex(column[1]);
  memcpy(plain, bytes, plain_count);
  const size_t stuffed_count = from_hex(column[2]);
  CHECK_EQUAL(limb_cobs_encode(plain, plain_count, stuffed), stuffed_count);
  CHECK(memcmp(stuffed, bytes, stuffed_count) == 0);
  CHECK_EQUAL(limb_cobs_decode(bytes, stuffed_count, stuffed), plain_count);
  CHECK(memcmp(stuffed, plain, plain_count) == 0);
}

static void schema_vector(char **column) {
  const uint8_t type = (uint8_t)strtoul(column[2], NULL, 10);
  CHECK(limb_type_known(type));
  CHECK_EQUAL(limb_schema_hash(type), strtoul(column[3], NULL, 16));
}

static void message_vector(char **column) {
  static char values[8192];
  const size_t count = from_hex(column[5]);
  limb_decoder decoder;
  limb_message message;
  bool delivered = false;
  limb_decoder_init(&decoder);
  CHECK_EQUAL(limb_decoder_push(&decoder, bytes, count, &message, &delivered), count);
  CHECK(delivered);
  if (!delivered) return;
  CHECK_EQUAL(message.header.type, strtoul(column[2], NULL, 10));
  CHECK_EQUAL(message.header.seq, strtoul(column[3], NULL, 10));
  CHECK_EQUAL(message.header.t_us, strtoul(column[4], NULL, 10));
  dump_values(&message, values);
  check_text(values, column[7]);
  uint8_t again[LIMB_MAX_ENCODED];
  CHECK_EQUAL(limb_encode(&message, again, sizeof again), count);
  CHECK(memcmp(again, bytes, count) == 0);
}

static void push_in_pieces(size_t count, size_t piece, limb_decoder *decoder, char *list) {
  limb_message message;
  char *out = list;
  limb_decoder_init(decoder);
  for (size_t at = 0; at < count;) {
    const size_t part = count - at < piece ? count - at : piece;
    bool delivered = false;
    at += limb_decoder_push(decoder, bytes + at, part, &message, &delivered);
    if (!delivered) continue;
    const char *comma = out == list ? "" : ",";
    out += sprintf(out, "%s%u:%u", comma, (unsigned)message.header.type, (unsigned)message.header.seq);
  }
  if (out == list) strcpy(list, "-");
}

static void stream_vector(char **column) {
  static char list[8192];
  char counters[256];
  const size_t count = from_hex(column[2]);
  const size_t pieces[] = {1, 2, 7, 64, 1000, 100000};
  for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
    limb_decoder decoder;
    push_in_pieces(count, pieces[i], &decoder, list);
    const limb_counters *c = &decoder.counters;
    const uint32_t all[12] = {
        c->frames, c->oversize, c->cobs, c->short_frame, c->unknown_type, c->crc, c->bad_version, c->bad_length,
        c->bad_value, c->seq_gap, c->seq_repeat, c->seq_old};
    char *out = counters;
    for (size_t k = 0; k < 12; k++) out += sprintf(out, "%s%" PRIu32, k ? "," : "", all[k]);
    check_text(counters, column[3]);
    check_text(list, column[4]);
  }
}

static void one_vector(char **column) {
  static char name[128];
  snprintf(name, sizeof name, "vector %s %.60s", column[0], column[1]);
  current_test = name;
  if (strcmp(column[0], "crc") == 0) {
    crc_vector(column);
  } else if (strcmp(column[0], "cobs") == 0) {
    cobs_vector(column);
  } else if (strcmp(column[0], "schema") == 0) {
    schema_vector(column);
  } else if (strcmp(column[0], "message") == 0) {
    message_vector(column);
  } else if (strcmp(column[0], "stream") == 0) {
    stream_vector(column);
  } else {
    CHECK(!"a kind of vector that this test knows");
  }
}

void vector_tests(const char *path) {
  current_test = "the vectors can be read";
  FILE *const file = fopen(path, "r");
  CHECK(file != NULL);
  if (file == NULL) return;
  int vectors = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '#' || line[0] == 0) continue;
    char *column[8] = {line, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    size_t columns = 1;
    for (char *at = line; *at; at++) {
      if (*at != '\t' || columns == 8) continue;
      *at = 0;
      column[columns++] = at + 1;
    }
    vectors++;
    one_vector(column);
  }
  fclose(file);
  current_test = "no vector was left out";
  CHECK(vectors > 300);
}

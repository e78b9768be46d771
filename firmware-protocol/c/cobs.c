#include "limb_link.h"

size_t limb_cobs_encode(const uint8_t *bytes, size_t count, uint8_t *out) {
  size_t code_at = 0;
  size_t at = 1;
  uint8_t code = 1;
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != 0) {
      out[at++] = bytes[i];
      code++;
    }
    // A full block at the very end is not followed by another code byte: the shortest form.
    if (bytes[i] == 0 || (code == 0xFF && i + 1 < count)) {
      out[code_at] = code;
      code_at = at++;
      code = 1;
    }
  }
  out[code_at] = code;
  return at;
}

size_t limb_cobs_decode(const uint8_t *bytes, size_t count, uint8_t *out) {
  size_t at = 0;
  size_t i = 0;
  while (i < count) {
    const uint8_t code = bytes[i++];
    if (code == 0 || (size_t)code - 1 > count - i) return SIZE_MAX;
    for (uint8_t k = 1; k < code; k++) out[at++] = bytes[i++];
    if (code != 0xFF && i < count) out[at++] = 0;
  }
  return at;
}

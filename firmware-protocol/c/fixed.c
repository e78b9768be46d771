#include "limb_link.h"

// Nearest integer, ties away from zero, without libm; |x| is far below 2^31 here.
static int32_t nearest(float x) {
  const int32_t whole = (int32_t)x;
  const float rest = x - (float)whole;
  if (rest >= 0.5f) return whole + 1;
  if (rest <= -0.5f) return whole - 1;
  return whole;
}

int16_t limb_to_i16(float value, uint16_t per_unit) {
  const float x = value * (float)per_unit;
  if (x != x) return 0;
  if (x >= 32767.0f) return INT16_MAX;
  if (x <= -32768.0f) return INT16_MIN;
  return (int16_t)nearest(x);
}

uint16_t limb_to_u16(float value, uint16_t per_unit) {
  const float x = value * (float)per_unit;
  if (x != x || x <= 0.0f) return 0;
  if (x >= 65535.0f) return UINT16_MAX;
  return (uint16_t)nearest(x);
}

float limb_from_i16(int16_t value, uint16_t per_unit) { return (float)value / (float)per_unit; }

float limb_from_u16(uint16_t value, uint16_t per_unit) { return (float)value / (float)per_unit; }

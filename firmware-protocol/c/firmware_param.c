#include <string.h>

#include "firmware_internal.h"

// SPEC 4.6: what can be asked and set from the host.
typedef enum param_id {
  PARAM_EPISODE = 1,
  PARAM_RATE_HZ = 2,
  PARAM_LIMP_AFTER_MS = 3,
  PARAM_HOLD_FADE_MS = 4,
  PARAM_HOLD_TORQUE_RATIO = 5,
  PARAM_HANDOVER_MS = 6,
  PARAM_LAST = PARAM_HANDOVER_MS
} param_id;

typedef struct param {
  const char *name;
  const char *unit;
  uint32_t minimum;
  uint32_t maximum;
  uint8_t type;
  bool read_only;
  bool disarmed_only;
} param;

static const uint32_t FLOAT_0_01 = 0x3C23D70Au;
static const uint32_t FLOAT_1 = 0x3F800000u;

static param describe(uint16_t id) {
  param p = {"episode", "", 0, UINT32_MAX, LIMB_PARAM_TYPE_U32, false, false};
  switch (id) {
    case PARAM_RATE_HZ: p = (param){"rate_hz", "Hz", 50, 1000, LIMB_PARAM_TYPE_U32, true, false}; break;
    case PARAM_LIMP_AFTER_MS: p = (param){"limp_after_ms", "ms", 0, 60000, LIMB_PARAM_TYPE_U32, false, true}; break;
    case PARAM_HOLD_FADE_MS: p = (param){"hold_fade_ms", "ms", 2000, 60000, LIMB_PARAM_TYPE_U32, false, true}; break;
    case PARAM_HOLD_TORQUE_RATIO:
      p = (param){"hold_torque_ratio", "", FLOAT_0_01, FLOAT_1, LIMB_PARAM_TYPE_F32, false, true};
      break;
    case PARAM_HANDOVER_MS: p = (param){"handover_ms", "ms", 0, 5000, LIMB_PARAM_TYPE_U32, false, true}; break;
    default: break;
  }
  return p;
}

static uint32_t get(const limb_firmware *fw, uint16_t id) {
  uint32_t bits = 0;
  switch (id) {
    case PARAM_EPISODE: return fw->episode;
    case PARAM_RATE_HZ: return fw->rate_hz;
    case PARAM_LIMP_AFTER_MS: return fw->config.limp_after_ms;
    case PARAM_HOLD_FADE_MS: return fw->config.hold_fade_ms;
    case PARAM_HOLD_TORQUE_RATIO: memcpy(&bits, &fw->config.hold_torque_ratio, sizeof bits); return bits;
    default: return fw->config.handover_ms;
  }
}

static void set(limb_firmware *fw, uint16_t id, uint32_t value) {
  switch (id) {
    case PARAM_EPISODE:
      fw->episode = value;
      fw->episode_changed = true;
      break;
    case PARAM_LIMP_AFTER_MS:
      fw->config.limp_after_ms = (uint16_t)value;
      limb_send_caps(fw);  // it is part of CAPS: the new caps_crc goes out at once
      break;
    case PARAM_HOLD_FADE_MS: fw->config.hold_fade_ms = (uint16_t)value; break;
    case PARAM_HOLD_TORQUE_RATIO: memcpy(&fw->config.hold_torque_ratio, &value, sizeof value); break;
    default: fw->config.handover_ms = (uint16_t)value; break;
  }
}

static bool exists(const limb_firmware *fw, uint16_t id) {
  return id >= (fw->config.has_episode ? PARAM_EPISODE : PARAM_RATE_HZ) && id <= PARAM_LAST;
}

static uint16_t first_id(const limb_firmware *fw) { return fw->config.has_episode ? PARAM_EPISODE : PARAM_RATE_HZ; }

static bool in_range(const param *p, uint32_t value) {
  if (p->type != LIMB_PARAM_TYPE_F32) return value >= p->minimum && value <= p->maximum;
  float x, low, high;
  memcpy(&x, &value, sizeof x);
  memcpy(&low, &p->minimum, sizeof low);
  memcpy(&high, &p->maximum, sizeof high);
  return x >= low && x <= high;  // NaN is in no range
}

static limb_result try_set(limb_firmware *fw, const limb_param *wish) {
  const param p = describe(wish->id);
  if (wish->session != fw->session || fw->session == 0) return LIMB_REFUSED_SESSION;
  if (p.read_only) return LIMB_REFUSED_READ_ONLY;
  if (wish->value_type != p.type || !in_range(&p, wish->value)) return LIMB_REFUSED_VALUE;
  if (p.disarmed_only && fw->state != LIMB_STATE_DISARMED) return LIMB_REFUSED_STATE;
  set(fw, wish->id, wish->value);
  return LIMB_OK;
}

static uint8_t copy_text(char *out, const char *text) {
  uint8_t length = 0;
  while (text[length] != 0 && length < LIMB_MAX_NAME) {
    out[length] = text[length];
    length++;
  }
  return length;
}

static void send_value(limb_firmware *fw, uint16_t request, uint16_t id) {
  const param p = describe(id);
  limb_param_value *value = &fw->outgoing.body.param_value;
  value->request = request;
  value->id = id;
  value->index = (uint8_t)(id - first_id(fw));
  value->count = (uint8_t)(PARAM_LAST + 1 - first_id(fw));
  value->value_type = p.type;
  value->flags = p.read_only ? 1 : 0;
  value->value = get(fw, id);
  value->minimum = p.minimum;
  value->maximum = p.maximum;
  value->name_length = copy_text(value->name, p.name);
  value->unit_length = copy_text(value->unit, p.unit);
  limb_send(fw, LIMB_PARAM_VALUE);
}

static limb_result save(limb_firmware *fw, const limb_param *wish) {
  if (wish->session != fw->session || fw->session == 0) return LIMB_REFUSED_SESSION;
  if (!fw->config.can_save) return LIMB_REFUSED_UNSUPPORTED;
  fw->save_requested = true;
  return LIMB_OK;
}

void limb_take_param(limb_firmware *fw) {
  const limb_param wish = fw->message.body.param;
  limb_result result = LIMB_OK;
  uint16_t id = wish.id;
  if (wish.op == LIMB_PARAM_SAVE) {
    limb_send_ack(fw, wish.request, LIMB_PARAM, save(fw, &wish), 0);
    return;
  }
  if (wish.op == LIMB_PARAM_LIST) {
    id = wish.id > PARAM_LAST ? UINT16_MAX : (uint16_t)(wish.id + first_id(fw));
  }
  if (!exists(fw, id)) {
    result = LIMB_REFUSED_PARAM;
  } else if (wish.op == LIMB_PARAM_SET) {
    result = try_set(fw, &wish);
  }
  if (result == LIMB_OK) {
    send_value(fw, wish.request, id);
  } else {
    limb_send_ack(fw, wish.request, LIMB_PARAM, result, wish.id);
  }
}
